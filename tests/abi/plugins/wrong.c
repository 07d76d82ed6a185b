/* SPDX-License-Identifier: MIT
 * Plugins that must not be loaded. One of the WRONG_ macros chooses why; NAME is what the plugin calls itself. */
#include <stddef.h>

#if defined(WRONG_LIBRARY) /* that has nothing to do with ubp */
__attribute__((visibility("default"))) int answer(void) { return 42; }

#elif defined(WRONG_ENTRY) /* a function where the entry should be */
__attribute__((section("ubpplug1"), visibility("default"))) int ubp_entry_v1(void) { return 42; }

#else
#include <ubp/abi.h>
#ifdef WRONG_MINOR
#define MINOR 99
#else
#define MINOR UBP_ABI_MINOR
#endif

extern int nobody_defines_this(void);

static ubp_status init(const ubp_host* host, const char* path) {
  (void)path;
#ifdef WRONG_SYMBOL
  if (nobody_defines_this()) return UBP_OK;
#endif
  host->set_error(host, UBP_E_UNSUPPORTED, "not on a Monday");
  return UBP_E_UNSUPPORTED;
}
static uint32_t count(void) { return 0; }
static const ubp_component* get(uint32_t index) { return (void)index, (const ubp_component*)NULL; }

UBP_EXPORT_SYM UBP_SECTION const ubp_entry ubp_entry_v1 = {sizeof(ubp_entry),
                                                           UBP_ABI_MAJOR,
                                                           MINOR,
                                                           UBP_TARGET_MINOR,
                                                           UBP_ABI_DRAFT,
                                                           NAME,
                                                           "1.0.0",
                                                           "MIT",
                                                           "C",
                                                           init,
                                                           count,
                                                           get};
#endif
