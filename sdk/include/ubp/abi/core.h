/* ubp/abi/core.h - versions, statuses, log levels, and the macros of rule R2. SPDX-License-Identifier: MIT
 *
 * The story of an error, from the plugin's side: a function of yours cannot do what it was asked. It writes one
 * sentence, host->set_error(host, UBP_E_SHAPE, "rows of 3 numbers, expected 4"), and returns the same status. The host
 * puts in front of the sentence who failed and where ("model 'mine', encode: ..."), ends what was going on, and records
 * the trial as failed with that sentence. A function of the host that fails has called set_error() itself: return its
 * status and its sentence goes through.
 */
#ifndef UBP_ABI_CORE_H
#define UBP_ABI_CORE_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* The version of this contract. What each minor changed: sdk/README.md, "What changed". A plugin carries the numbers of
 * the headers it was compiled with in its entry (entry.h). Test: tests/abi/loader.cpp */
#define UBP_ABI_MAJOR 0
#define UBP_ABI_MINOR 5
/* Not 0: still 0.x, host and plugin must agree exactly. */
#define UBP_ABI_DRAFT 1
/* The oldest minor of a host that the plugin runs on: the author's choice, of no effect while UBP_ABI_DRAFT is set.
 * Define it before the first include, and test UBP_HAS before what came later. */
#ifndef UBP_TARGET_MINOR
#define UBP_TARGET_MINOR 0
#endif

/* ELF, with gcc or clang: Linux. The entry lies in a section of its own, so that a plugin is recognised without being
 * loaded. Test: tests/abi/loader.cpp */
#define UBP_EXPORT_SYM __attribute__((visibility("default")))
#define UBP_SECTION __attribute__((section("ubpplug1")))

/* Rule R2, for a pointer p to a struct and a field f of it:
 *   UBP_END   bytes from the start of the struct to the end of f
 *   UBP_IN    is f inside the struct that the producer compiled?
 *   UBP_HAS   ... and is it set? What a consumer asks before it calls a function pointer:
 *             if (UBP_HAS(life, save)) status = life->save(self, &stream); */
#define UBP_END(p, f) ((size_t)((const char*)&(p)->f - (const char*)(p)) + sizeof((p)->f))
#define UBP_IN(p, f) ((p)->size >= UBP_END(p, f))
#define UBP_HAS(p, f) (UBP_IN(p, f) && (p)->f)

/* What every function returns that can fail. The status decides how a trial is recorded; the sentence says the rest.
 * Numbers that are missing here were used by earlier drafts and are not given out again. */
typedef int32_t ubp_status;
enum {
  UBP_OK = 0,
  UBP_E_UNKNOWN = 1,
  /* What was asked makes no sense; from a metric: these rows cannot be judged, it is left out with a note.
   * Test: tests/boundary/rows.cpp */
  UBP_E_INVALID_ARG = 2,
  /* It makes sense, and this side does not do it. A normal answer. */
  UBP_E_UNSUPPORTED = 3,
  /* A tensor, stream or batch that is stale, null or made up. Test: tests/gradient/engine.cpp */
  UBP_E_BAD_HANDLE = 4,
  UBP_E_SHAPE = 5,
  UBP_E_DTYPE = 6,
  UBP_E_NO_MEMORY = 7,
  /* A file: missing, damaged, not readable. The sentence names it. Test: tests/datasets/arrays.cpp */
  UBP_E_IO = 8,
  /* Right, but not now: a stale ctx, a role that is shaped after setup(). Test: tests/abi/mistakes.cpp */
  UBP_E_STATE = 9,
  /* A custom op without backward_graph in a second derivative. Test: tests/gradient/custom_ops.cpp */
  UBP_E_NOT_TWICE_DIFF = 11,
  /* A number that is not finite where it must be: the trial fails as `numeric`. Test: tests/metrics/scores.cpp */
  UBP_E_NUMERIC = 12,
  /* Something was thrown in the plugin that it did not mean to say: a defect. Test: tests/fault/misbehaviour.py */
  UBP_E_PLUGIN_EXCEPTION = 15,
  /* No such name; the message lists what there is. Test: tests/gradient/shapes.cpp */
  UBP_E_NOT_FOUND = 17
};

/* Levels of ubp_host.log. Others count as the nearest of these. Test: tests/abi/calls.cpp */
enum { UBP_LOG_DEBUG = 0, UBP_LOG_INFO = 1, UBP_LOG_WARN = 2, UBP_LOG_ERROR = 3 };

#ifdef __cplusplus
}
#endif
#endif
