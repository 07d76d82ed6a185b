/* SPDX-License-Identifier: MIT
 * A plugin whose library is not where the loader looks. */
#include <ubp/abi.h>

int doctor_absent(void);

static ubp_status init(const ubp_host* host, const char* path) {
  (void)host, (void)path;
  return UBP_OK;
}
static uint32_t count(void) { return (uint32_t)doctor_absent(); }
static const ubp_component* get(uint32_t index) {
  (void)index;
  return 0;
}

UBP_EXPORT_SYM UBP_SECTION const ubp_entry ubp_entry_v1 = {sizeof(ubp_entry),
                                                           UBP_ABI_MAJOR,
                                                           UBP_ABI_MINOR,
                                                           UBP_ABI_MINOR,
                                                           UBP_ABI_DRAFT,
                                                           "needs_absent",
                                                           "1.0.0",
                                                           "MIT",
                                                           "",
                                                           init,
                                                           count,
                                                           get};
