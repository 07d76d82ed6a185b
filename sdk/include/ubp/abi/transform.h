/* ubp/abi/transform.h - a transform: an augmentation of rows. SPDX-License-Identifier: MIT
 *
 * A transform is a pure function of (in, random). It holds no state beyond its parameters, and draws nothing itself:
 * the host hands it as many random words as it says it needs, from a counter-based stream, so that neither the number
 * of threads nor an interruption changes a bit. Test: tests/plugins/transforms.cpp, tests/boundary/resume.cpp
 *
 * The story of two views, from the host's side: an objective has n_views 2, the run [[transform]]s "crop_shift" and
 * "noise". For each view the host takes the input of the minibatch, [n, 1, 28, 28], and passes it through both in the
 * order of the spec, each with n * random_words fresh words. Inputs that are only read (evaluation, ubp_run_api.field
 * without a name) are not transformed.
 */
#ifndef UBP_ABI_TRANSFORM_H
#define UBP_ABI_TRANSFORM_H
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct ubp_transform_vt {
  uint32_t size;
  /* 64-bit words for each row */
  uint32_t random_words;
  /* [worker] in, out: F32 [n, row...] of one shape, not overlapping; every number of out is written. random: n_random =
   * n * random_words words, those of row i at random + i * random_words. Test: tests/plugins/transforms.cpp */
  ubp_status (*apply)(void* self, const ubp_view* in, ubp_view* out, const uint64_t* random, uint32_t n_random);
} ubp_transform_vt;

#ifdef __cplusplus
}
#endif
#endif
