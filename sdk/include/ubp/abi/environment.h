/* ubp/abi/environment.h - an environment: n instances of a task that pays. SPDX-License-Identifier: MIT
 *
 * The host plays many instances in one call. An environment never resets and never seeds itself: the host says which
 * instance starts anew, with which seed; so episodes can be played again, and there is no question of what an
 * observation after the end means. save() and load() (lifecycle.h) give the full state of all instances, so that a
 * trial goes on in the middle of an episode. Test: tests/environments/rollouts.cpp
 *
 * The story, from the host's side, of 4 instances of a cart with a pole:
 *
 *   open(self, "/data", 4)
 *   spaces(self, &observation, &action)           BOX [4];  DISCRETE, n 2
 *   reset(self, {0, 1, 2, 3}, seeds, 4, obs)      obs [4, 4]
 *   step(self, action, obs, reward, terminated, truncated)        ... instance 2 terminates
 *   reset(self, {2}, &seed, 1, obs)               obs [1, 4]
 *
 * An equal seed and equal actions give an equal episode, alone or among others. Evaluation has instances of its own.
 */
#ifndef UBP_ABI_ENVIRONMENT_H
#define UBP_ABI_ENVIRONMENT_H
#include <ubp/abi/env.h>
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct ubp_environment_vt {
  uint32_t size;
  /* reserved: 0; another value is refused. Test: tests/abi/descriptions.cpp */
  uint32_t flags;
  /* steps after which the host sets `truncated`; 0: no limit. Test: tests/abi/trials.cpp */
  int64_t max_steps;
  /* [trial] Once, for n instances. data_dir: where the person keeps data, "". */
  ubp_status (*open)(void* self, const char* data_dir, uint32_t n);
  /* [trial] Borrowed as long as the instance of the component. */
  ubp_status (*spaces)(void* self, const ubp_space** observation, const ubp_space** action);
  /* [trial] Instances which [m] start anew, each by its seed alone; obs F32 [m, ...]: their first observations. */
  ubp_status (*reset)(void* self, const uint32_t* which, const uint64_t* seeds, uint32_t m, ubp_view* obs);
  /* [trial] One step of all n. action: I64 [n], or F32 [n, ...] of a BOX; outside the space is refused. To be written:
   * obs F32 [n, ...], reward F64 [n], terminated and truncated U8 [n], 0 or 1. Test: tests/environments/rollouts.cpp */
  ubp_status (*step)(void* self, const ubp_view* action, ubp_view* obs, ubp_view* reward, ubp_view* terminated,
                     ubp_view* truncated);
} ubp_environment_vt;

#ifdef __cplusplus
}
#endif
#endif
