/* ubp/abi/host.h - the host as a plugin sees it: the door to everything else. SPDX-License-Identifier: MIT
 *
 * The story: init() and every create() are given the host. A plugin keeps the pointer, which is valid until the process
 * ends, and asks for the tables that it needs, once:
 *
 *   static const ubp_math_api* math;
 *   static ubp_status init(const ubp_host* host, const char* path) {
 *     math = (const ubp_math_api*)host->get_api(host, UBP_API_MATH);      // "ubp.math/1"
 *     return math ? UBP_OK : UBP_E_UNSUPPORTED;
 *   }
 *
 * Tables are constants of the host: nobody frees them. A table of another meaning would have another id, "ubp.math/2",
 * so that a host can serve both; a table that only grew keeps its id, and UBP_HAS tells what it has.
 */
#ifndef UBP_ABI_HOST_H
#define UBP_ABI_HOST_H
#include <ubp/abi/core.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct ubp_host {
  uint32_t size;
  /* the host's UBP_ABI_MAJOR and UBP_ABI_MINOR */
  uint16_t abi_major, abi_minor;
  /* the host's own */
  void* impl;
  /* "ubp" and its version, "0.1.0" */
  const char *name, *version;
  /* [any] The table of that id (UBP_API_*); NULL: this host has none. Test: tests/abi/calls.cpp */
  const void* (*get_api)(const struct ubp_host*, const char* api_id);
  /* [any] One line for the log of the trial, which `ubp show TRIAL` prints; outside a trial, for stderr. Control
   * characters are made harmless, a long line is cut. who: |0, the component; msg: |0, a sentence. Both are copied.
   * Test: tests/abi/calls.cpp */
  void (*log)(const struct ubp_host*, int32_t level, const char* who, const char* msg);
  /* [any] The sentence behind the last status of this thread that was not UBP_OK; "" if there was none. Valid until
   * this thread calls the host again. Test: tests/abi/calls.cpp */
  const char* (*last_error)(const struct ubp_host*);
  /* [any] Leaves a sentence for a status; then return that status. msg: |0, copied, one sentence without a full stop,
   * and without the component's name, which the host puts in front. Test: tests/abi/loader.cpp */
  void (*set_error)(const struct ubp_host*, ubp_status, const char* msg);
  /* [any] 1: the process has been asked to stop. What takes long, of any kind of component (a data set that decodes, a
   * metric that compares all pairs, an environment that plans), asks now and then, and returns any status but UBP_OK:
   * it is not recorded as a failure. Test: tests/abi/cancelled.cpp */
  int32_t (*cancelled)(const struct ubp_host*);
} ubp_host;

#ifdef __cplusplus
}
#endif
#endif
