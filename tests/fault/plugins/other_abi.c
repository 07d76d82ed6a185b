/* SPDX-License-Identifier: MIT
 * A plugin that was built against another version of the ABI. */
#include <ubp/abi.h>

static ubp_status init(const ubp_host* host, const char* path) {
  (void)host, (void)path;
  return UBP_OK;
}
static uint32_t count(void) { return 0; }
static const ubp_component* get(uint32_t index) {
  (void)index;
  return 0;
}

UBP_EXPORT_SYM UBP_SECTION const ubp_entry ubp_entry_v1 = {sizeof(ubp_entry), 9,     9,  9,    0,     "other_abi",
                                                           "1.0.0",           "MIT", "", init, count, get};
