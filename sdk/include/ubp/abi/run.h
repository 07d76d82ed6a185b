/* ubp/abi/run.h - the run: its rows, its models, its record. SPDX-License-Identifier: MIT
 *
 * What an objective calls most. The story of a step of an autoencoder, from the plugin's side: loss() is given a
 * ubp_batch;
 *
 *   run->call_model(ctx, "encoder", "encode", &batch->views[0], 1, &z, 1);      // [n, latent]
 *   run->call_model(ctx, "decoder", "decode", &z, 1, &y, 1);
 *   run->field(ctx, batch, NULL, &x);                                           // the rows before augmentation
 *   ... loss = mean((y - x)^2) ...
 *   run->log_scalar(ctx, "spread", spread);                                     // recorded as train.spread
 *
 * and returns the loss; objective.h tells the rest of the step. Which model stands behind "encoder" is the run's
 * choice.
 *
 * Calls that go over the whole data set (foreach_batch, map_split, kmeans) are for on_event() and setup().
 */
#ifndef UBP_ABI_RUN_H
#define UBP_ABI_RUN_H
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

#define UBP_API_RUN "ubp.run/1"

/* The rows at hand, valid as long as the callback. Rows of the data set, of a table (table.h), or none: an objective
 * with n_views 0 gets batches of which only n says anything. A copy of the struct is as good as the original; one that
 * is made up is UBP_E_BAD_HANDLE. Test: tests/boundary/rows.cpp, tests/abi/trials.cpp */
typedef struct ubp_batch {
  uint32_t size;
  /* rows: may be 1, unless UBP_OBJ_MIN_BATCH_2; may be smaller in the last batch of an epoch */
  uint32_t n;
  /* [n_views] tensors [n, row...]: each the input, augmented by the run's transforms with random numbers of its own.
   * Only in loss(), manual() and after_step(); elsewhere views[0] is the bare input */
  const ubp_tensor* views;
  uint32_t n_views;
  /* I64 [n]: row numbers in the split or table; null where there are no rows */
  ubp_tensor indices;
  /* null: nothing is missing; else [n, row...], 1 = known, 0 = missing. Inputs hold 0 where it is 0 */
  ubp_tensor mask;
  /* names that field() knows here, ended by NULL; |0 */
  const char* const* fields;
  /* rounds and epochs of this stage that are over; rounds of this epoch, -1 outside training */
  int64_t step, epoch, steps_per_epoch;
  /* |0 what indices count: "train", "valid", "test", or a split of the data set's own name; NULL: rows of a table, or
   * none */
  const char* split;
  /* in loss(), manual() and after_step(): the phase's rate at this step, as the optimizer gets it; else 0 */
  double lr;
  /* the host's: field() knows the rows by it */
  const void* impl;
  /* null: all rows count the same; else [n], 0 or more (UBP_FIELD_WEIGHT), as the data set gives them */
  ubp_tensor weights;
  /* null: all rows are as long as the input's first axis; else I64 [n] (UBP_FIELD_LENGTH); mask is 0 behind them */
  ubp_tensor lengths;
} ubp_batch;

/* Where the trial is, in loss(), manual() and after_step(): for rules that change while it trains (a temperature, a
 * momentum, a weight that warms up). A function of the trial's position alone: a trial that goes on after an
 * interruption is told what an uninterrupted one is. Test: tests/abi/trials.cpp */
typedef struct ubp_step {
  uint32_t size;
  /* by their places in the declaration: those that loss() is given */
  uint32_t stage, phase;
  /* rounds of the trial, of all stages, that are over: the step under which what is logged now is recorded */
  int64_t step;
  /* epochs of this stage that are over */
  int64_t epoch;
  /* rows of all minibatches that the trial has drawn, this one's included; one that phases share counts once */
  int64_t rows;
  /* the phase's rate, as the optimizer gets it: ubp_batch.lr */
  double lr;
} ubp_step;

typedef struct ubp_run_api {
  uint32_t size;
  /* [trial] rows: |0, of the split "train", "valid", "test", or of a name of the data set's own; 0: there is no such
   * split. row: |0, the shape of one row of a field, without the row axis; field: |0 is the input.
   * Test: tests/abi/trials.cpp, tests/abi/named_splits.cpp */
  ubp_status (*data_info)(ubp_ctx*, const char* split, const char* field, int64_t* rows, ubp_shape* row);
  /* [trial] In setup() only: what a role takes and gives, without row axis. Default: a row of the input, to whatever
   * the model chooses (nd -1). Later, or for a role that is built: UBP_E_STATE. */
  ubp_status (*role_shape)(ubp_ctx*, const char* role, const ubp_shape* in, const ubp_shape* out);
  /* [trial] What a method of a role gives for the role's input. Builds the role if need be. */
  ubp_status (*method_shape)(ubp_ctx*, const char* role, const char* method, ubp_shape* out);
  /* [trial] A method of the model of a role, or of a target (param.h). In training mode during loss() and manual(),
   * else in inference. A method that the model lacks: UBP_E_NOT_FOUND, with the nearest name. */
  ubp_status (*call_model)(ubp_ctx*, const char* role, const char* method, const ubp_tensor* in, uint32_t n_in,
                           ubp_tensor* out, uint32_t n_out);
  /* [trial] A field of the batch's rows, [n, row...]. name: |0 is the input, not augmented. Of the data set, or a
   * column of the table. A LABEL field (dataset.h) needs UBP_OBJ_NEEDS_LABELS. Test: tests/abi/withheld_labels.cpp */
  ubp_status (*field)(ubp_ctx*, const ubp_batch*, const char* name, ubp_tensor*);
  /* [trial] One number for the record, of those that the objective declares (`scalars`); a model may log any name,
   * which is recorded under that of its role. Means over `train.log_every` steps. Test: tests/abi/mistakes.cpp */
  ubp_status (*log_scalar)(ubp_ctx*, const char* name, ubp_tensor scalar);
  /* [trial] The same, of a plain number. */
  ubp_status (*log_value)(ubp_ctx*, const char* name, double v);
  /* [trial] The stage ends when this callback has returned. reason: |0, copied. Test: tests/abi/trials.cpp */
  ubp_status (*end_stage)(ubp_ctx*, const char* reason);
  /* [trial] A split from its first row to its last, in minibatches of `batch` rows (1 or more), not recorded, in
   * inference. fn: [trial], called for each; it has a ctx and a scope of its own: keep numbers, not tensors. A status
   * that is not UBP_OK ends the pass and is returned. Test: tests/abi/trials.cpp */
  ubp_status (*foreach_batch)(ubp_ctx*, const char* split, uint32_t batch,
                              ubp_status (*fn)(void* user, ubp_ctx*, const ubp_batch*), void* user);
  /* [trial] role.method over a whole split, in order, not recorded: [rows, ...]. Test: tests/abi/trials.cpp */
  ubp_status (*map_split)(ubp_ctx*, const char* split, const char* role, const char* method, ubp_tensor*);
  /* [trial] Lloyd's algorithm from k-means++ starts, the best of `restarts`. x [n, d] to centers [k, d] and assign, I64
   * [n]. Draws from the stream "kmeans" of the owner. Test: tests/abi/trials.cpp */
  ubp_status (*kmeans)(ubp_ctx*, ubp_tensor x, int64_t k, int32_t restarts, ubp_tensor* centers, ubp_tensor* assign);
  /* [trial] fn(user, lo, hi) for [0, grain), [grain, 2 grain), ... of [0, n), on the threads of the trial ([train]
   * threads), in any order. fn: [worker], for several chunks at once: no number may depend on which thread or order, it
   * throws nothing, calls no host function, and writes only what belongs to its chunk. Returns when all are done. ctx:
   * |0. Test: tests/abi/calls.cpp */
  void (*parallel_for)(ubp_ctx*, int64_t n, int64_t grain, void (*fn)(void* user, int64_t lo, int64_t hi), void* user);
  /* [trial] Where the trial is, to out, whose size says which fields the plugin knows. Elsewhere than in loss(),
   * manual() and after_step(): UBP_E_STATE. Test: tests/abi/trials.cpp */
  ubp_status (*step)(ubp_ctx*, ubp_step* out);
} ubp_run_api;

#ifdef __cplusplus
}
#endif
#endif
