/* ubp/abi/metric.h - a metric: numbers that judge what was learned. SPDX-License-Identifier: MIT
 *
 * A metric sees the results of an objective on held-out rows, and labels, which the objective did not. It is asked at
 * the end, and every `train.eval_every` epochs; it moves nothing of the trial.
 *
 * The story of an evaluation, from the host's side, of a k-nearest-neighbours accuracy (needs "embedding" and
 * "label", uses_train):
 *
 *   begin(self, ctx)                              forget the last evaluation
 *   update(self, ctx, {is_train 1, embedding [1000, 32], label [1000]})     ... all training rows
 *   update(self, ctx, {is_train 0, ...})          ... all rows of the judged split
 *   finish(self, ctx, emit, user)                 emit(user, "accuracy", 0.93): recorded as "test.accuracy"
 *
 * All numbers come as F64, matrices [n, ...], labels as I64 [n]. How rows are cut into batches must change no bit.
 * Test: tests/metrics/scores.cpp
 *
 * A metric that cannot judge these rows answers UBP_E_INVALID_ARG: it is left out with a note, unless the sweep depends
 * on it. Better, it says so before anything is trained: ubp/expect.h. Test: tests/boundary/rows.cpp
 */
#ifndef UBP_ABI_METRIC_H
#define UBP_ABI_METRIC_H
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

/* A factor of the data set (UBP_FIELD_FACTOR), by its place among them. */
typedef struct ubp_factor {
  uint32_t size;
  /* 1: a class by index, 0: a quantity */
  int32_t discrete;
  const char* name;
} ubp_factor;

/* From codes back to rows. Both are matrices of doubles, row by row. */
typedef struct ubp_decoder {
  uint32_t size;
  /* numbers of a code; of a decoded row */
  int64_t width, row;
  /* [trial] codes [n, width] to rows [n, row], in inference. From the first update() until finish() returns.
   * Test: tests/abi/factors.cpp */
  ubp_status (*decode)(const struct ubp_decoder*, const double* codes, int64_t n, double* rows);
} ubp_decoder;

/* n rows, borrowed until update() returns; NULL what was not asked for. */
typedef struct ubp_metric_batch {
  uint32_t size, n;
  /* 1: rows of the training split, only where uses_train */
  int32_t is_train;
  /* mask: 1 = known. samples: as many as there are, in no order: not paired with rows. score: [n, 1] or [n], higher is
   * more anomalous */
  const ubp_view *input, *mask, *label, *embedding, *reconstruction, *samples, *score;
  /* withheld: 1 = hidden from training, the truth is in input. assignment: I64 [n] */
  const ubp_view *imputed, *withheld, *assignment;
  /* [n] episodes of the greedy policy, as many of each instance */
  const ubp_view *episode_return, *episode_length;
  /* [n, n_factors], a class by its index; and what each column is, valid until finish() returns */
  const ubp_view* factors;
  const ubp_factor* const* factor;
  uint32_t n_factors;
  const ubp_decoder* decoder;
} ubp_metric_batch;

/* Which way is better: sweeps that are not told otherwise go that way. Test: tests/cli/manifest_text.cpp */
enum { UBP_SMALLER_IS_BETTER = 0, UBP_HIGHER_IS_BETTER = 1 };
typedef struct ubp_emitted {
  uint32_t size;
  const char* name;
  int32_t higher_is_better;
  /* one sentence, with the unit */
  const char* doc;
} ubp_emitted;

typedef struct ubp_metric_vt {
  uint32_t size;
  /* 1: update() sees the training split first */
  int32_t uses_train;
  /* |0 names, ended by NULL: what it asks for; ask for no more, as it is computed. Each is a field of ubp_metric_batch:
   *   "input" (with "mask" where cells are missing), "label", "factors": of the data
   *   "embedding", "reconstruction", "samples", "score", "decoder": of the objective and its models
   *   "imputed" (with "withheld"; input is then in the data set's own units): of the objective
   *   "assignment": of the objective if it gives one, else NULL: the metric may cluster the embedding
   *   "episodes": episode_return and episode_length, in one update()
   * A run whose objective and models cannot give it is refused before anything runs, and so is a name that is none of
   * these. Of data without factors the metric is left out.
   * Test: tests/plan/roles.cpp, tests/abi/descriptions.cpp */
  const char* const* needs;
  /* every name that finish() can emit, each once: recorded as "SPLIT.NAME". Test: tests/abi/descriptions.cpp */
  const ubp_emitted* const* emits;
  uint32_t n_emits;
  /* [trial] Forgets what was. */
  ubp_status (*begin)(void* self, ubp_ctx*);
  /* [trial] Some rows, in their order. */
  ubp_status (*update)(void* self, ubp_ctx*, const ubp_metric_batch*);
  /* [trial] emit: [trial], once for each number that it has, until finish() returns. Test: tests/metrics/scores.cpp */
  ubp_status (*finish)(void* self, ubp_ctx*, void (*emit)(void* user, const char* name, double value), void* user);
} ubp_metric_vt;

#ifdef __cplusplus
}
#endif
#endif
