/* ubp/abi/env.h - the run's environment, from the side of an objective that acts in it. SPDX-License-Identifier: MIT
 *
 * The run has n instances of one environment ([environment] instances), which step together: one call, n actions. The
 * other side, an environment that is a plugin, is environment.h; spaces are described here for both.
 *
 * The story of a rollout, inside collect():
 *
 *   env->observe(ctx, &obs);                                   // [n, 4]: where the last round stopped
 *   for (t = 0; t < horizon; ++t) {
 *     ... action = policy(obs), I64 [n] ...
 *     ubp_env_step s = {sizeof s};
 *     env->step(ctx, action, &s);
 *     ... keep obs, action, s.reward; bootstrap from s.next where s.terminated is 0 ...
 *     obs = s.obs;                                             // the host has reset what had finished
 *   }
 *
 * `next` and `obs` differ where an episode has ended: next is its last observation, obs the first of a new one. The
 * returns and lengths of finished episodes are recorded by the host. Test: tests/environments/rollouts.cpp
 */
#ifndef UBP_ABI_ENV_H
#define UBP_ABI_ENV_H
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

#define UBP_API_ENV "ubp.env/1"

/* Observations or actions. DISCRETE: one of 0 .. n-1, I64. BOX: numbers of a shape, each between low and high. */
enum { UBP_SPACE_DISCRETE = 1, UBP_SPACE_BOX = 2 };
typedef struct ubp_space {
  uint32_t size;
  /* UBP_SPACE_* */
  int32_t kind;
  /* DISCRETE: how many */
  int64_t n;
  /* BOX: of one observation or action, without the axis of instances */
  ubp_shape shape;
  /* |0 BOX: by element, may be +-INFINITY; NULL: unbounded */
  const double *low, *high;
} ubp_space;

/* What one step of all n instances led to; flags are 0 or 1 in the run's dtype. */
typedef struct ubp_env_step {
  uint32_t size;
  /* [n, ...]: where the step led, even at an episode's end: bootstrap from it */
  ubp_tensor next;
  /* [n] each. terminated: the task ended here, nothing follows; truncated: cut off, something would have followed */
  ubp_tensor reward, terminated, truncated;
  /* [n, ...]: where to act now */
  ubp_tensor obs;
} ubp_env_step;

typedef struct ubp_env_api {
  uint32_t size;
  /* [trial] |0 each out: both spaces, borrowed as long as the trial, and the number of instances. In setup(), too. */
  ubp_status (*spaces)(ubp_ctx*, const ubp_space** observation, const ubp_space** action, uint32_t* n);
  /* [trial] [n, ...]: where the last step stopped; resets at first. */
  ubp_status (*observe)(ubp_ctx*, ubp_tensor* obs);
  /* [trial] Starts all instances anew, with seeds from the run's. */
  ubp_status (*reset)(ubp_ctx*, ubp_tensor* obs);
  /* [trial] action: I64 [n], or [n, ...] of a BOX; converted to F32. Before the first observe() or reset():
   * UBP_E_STATE. Test: tests/abi/trials.cpp */
  ubp_status (*step)(ubp_ctx*, ubp_tensor action, ubp_env_step* out);
} ubp_env_api;

#ifdef __cplusplus
}
#endif
#endif
