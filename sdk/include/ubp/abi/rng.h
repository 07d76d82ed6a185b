/* ubp/abi/rng.h - random numbers that come back. SPDX-License-Identifier: MIT
 *
 * A stream is named, and is a pure function of (seed of the trial, owner, name): owner is a role, or "self" for the
 * objective. Draw k is the same number whatever else was drawn before: streams are counter-based (Philox4x32-10, Salmon
 * et al., SC 2011). Where a stream stands is part of the checkpoint, so that an interrupted trial draws what an
 * uninterrupted one draws. Test: tests/gradient/random.cpp, tests/boundary/resume.cpp
 *
 * The story of denoising noise, inside loss():
 *
 *   ubp_obj noise;
 *   rng->stream(ctx, "noise", &noise);                        // the same stream in every step; a look-up by name
 *   rng->normal(ctx, noise, &shape, &e);                      // the next numbers of it
 *
 * Give each use its own name: then a change of one moves no number of another. There is no other source of chance: no
 * clock, no rand(), no address.
 *
 * Floating types only (dtype 0: the run's), but for permutation and categorical: UBP_E_DTYPE.
 */
#ifndef UBP_ABI_RNG_H
#define UBP_ABI_RNG_H
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

#define UBP_API_RNG "ubp.rng/1"

typedef struct ubp_rng_api {
  uint32_t size;
  /* [trial] The stream of that name; the handle is valid as long as the trial. */
  ubp_status (*stream)(ubp_ctx*, const char* name, ubp_obj* out);
  /* [trial] Mean 0, deviation 1. */
  ubp_status (*normal)(ubp_ctx*, ubp_obj, const ubp_shape*, ubp_tensor*);
  /* [trial] In [lo, hi), never hi. */
  ubp_status (*uniform)(ubp_ctx*, ubp_obj, const ubp_shape*, double lo, double hi, ubp_tensor*);
  /* [trial] 0 .. n-1, each once: I64 [n]. */
  ubp_status (*permutation)(ubp_ctx*, ubp_obj, int64_t n, ubp_tensor* i64);
  /* [trial] 1 with probability p, else 0, as floating numbers. */
  ubp_status (*bernoulli)(ubp_ctx*, ubp_obj, const ubp_shape*, double p, ubp_tensor*);
  /* [trial] logits [n, k]: for each row an index, drawn with probability softmax(row): I64 [n]. One number of the
   * stream a row. Test: tests/abi/calls.cpp */
  ubp_status (*categorical)(ubp_ctx*, ubp_obj, ubp_tensor logits, ubp_tensor* i64);
  /* [trial] n words of 64 bits, to dst, for a generator of your own. Test: tests/abi/calls.cpp */
  ubp_status (*fill_u64)(ubp_ctx*, ubp_obj, uint64_t* dst, uint64_t n);
} ubp_rng_api;

#ifdef __cplusplus
}
#endif
#endif
