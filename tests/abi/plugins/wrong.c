/* SPDX-License-Identifier: MIT
 * Plugins that must not be loaded. WRONG chooses what is wrong; NAME is what the plugin calls itself. */
#include <ubp/abi.h>

#if WRONG == 4 /* a function where the entry should be */
static const int kMarker UBP_SECTION = 1;
UBP_EXPORT_SYM int ubp_entry_v1(void) { return kMarker; }
#elif WRONG == 5 /* a library that has nothing to do with ubp */
UBP_EXPORT_SYM int answer(void) { return 42; }
#else
#  if WRONG == 3
extern int nobody_defines_this(void);
#  endif
static const ubp_host *g_host;
static ubp_status init(const ubp_host *host, const char *path) {
  (void)path;
  g_host = host;
#  if WRONG == 3
  return nobody_defines_this();
#  elif WRONG == 6
  host->set_error(host, UBP_E_UNSUPPORTED, "not on a Monday");
  return UBP_E_UNSUPPORTED;
#  else
  return UBP_OK;
#  endif
}
static void deinit(void) {}
static uint32_t count(void) { return 0; }
static const ubp_component *get(uint32_t index) { return (void)index, (const ubp_component *)0; }

UBP_EXPORT_SYM UBP_SECTION const ubp_entry ubp_entry_v1 = {
    sizeof(ubp_entry), UBP_ABI_MAJOR, WRONG == 1 ? 99 : UBP_ABI_MINOR, UBP_TARGET_MINOR, UBP_ABI_DRAFT, NAME, "1.0.0", "", "MIT",
    "", "C", init, deinit, count, get, 0};
#endif
