/* ubp/abi/objective.h - an objective: what is to be minimised, by which program. SPDX-License-Identifier: MIT
 *
 * An objective declares, as data, which networks it needs (roles), in which order what is trained (stages of phases),
 * and what it gives; and answers loss(). That the program is data has a reason: it is checked, printed, swept and
 * recorded before the first step.
 *
 * The story of a phase step, from the host's side. A stage has phases "critic" and "generator"; a round of it is
 *
 *   1  the next minibatch is drawn, augmented, and put into a ubp_batch
 *   2  phase 0: the parameters that "critic" trains are marked; nothing else receives a gradient
 *   3  loss(self, ctx, stage, 0, batch, &out): recorded; call_model() is in training mode; what it logs belongs to this
 *      step. out: one number
 *   4  the backward pass writes the gradients; a loss that reaches no parameter ends the trial here
 *   5  gradients are clipped as [train] says; decay is applied; the phase's optimizer steps (optimizer.h)
 *   6  after_step(self, ctx, stage, 0, batch): not recorded, inference: move a slow copy, fill a queue
 *   7  3 to 6 again, with further minibatches, if the phase repeats
 *   8  phase 1, on the minibatch of step 1
 *
 * With UBP_OBJ_MANUAL_UPDATE, manual() stands for 3 and 4 and hands over gradients itself. Around it:
 *
 *   setup();  TRAIN_BEGIN;  { STAGE_BEGIN;  { EPOCH_BEGIN;  [collect()]  rounds;  EPOCH_END [PLATEAU] } STAGE_END }
 *   TRAIN_END;  infer() whenever rows are judged
 *
 * What is recorded of it: train.loss, PHASE.loss where a round has several phases, and what it logs.
 * Test: tests/abi/trials.cpp
 */
#ifndef UBP_ABI_OBJECTIVE_H
#define UBP_ABI_OBJECTIVE_H
#include <ubp/abi/run.h>
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

/* A network that the objective needs, by the name it calls it. The spec's [model] or [model.NAME] fills it. */
typedef struct ubp_role {
  uint32_t size;
  /* 1: a run without a model for it is right, too */
  uint32_t optional;
  const char* name;
  /* methods = name { "," name }                  "encode,decode", no blanks. Test: tests/abi/descriptions.cpp */
  const char* methods;
  /* one sentence, for people */
  const char* doc;
  /* |0 the component that fills it if the run names none. Test: tests/plan/roles.cpp */
  const char* def;
} ubp_role;

/* One optimizer step of a round. Test: tests/abi/trials.cpp */
typedef struct ubp_phase {
  uint32_t size;
  const char* name;
  /* |0 what receives gradients; NULL: everything
   *   train = group { "," group }
   *   group = ( role | "self" ) [ "." prefix ]      "encoder,self"  "encoder.head"  "self.centers"
   *   role    one that is declared; "self": the objective's own parameters
   *   prefix  of names of parameters: only those. Letters, digits, "_" and "."
   * Test: tests/abi/descriptions.cpp, tests/abi/mistakes.cpp */
  const char* train;
  /* steps in a round, 1: each further one draws a minibatch of its own; and only in every k-th round, 1. Neither is
   * less than 1 */
  ubp_num repeat, every;
  /* multiplies the stage's rate, 1 */
  ubp_num lr;
  /* decoupled decay, p *= 1 - lr*decay. NULL: what the optimizer declares; "0": none */
  ubp_num decay;
  /* |0 NAME of the [optimizer.NAME] that it takes; NULL: the phase's name. Either way [optimizer] fills in */
  const char* optimizer;
} ubp_phase;

/* When a stage has come to rest (after Gashler et al.'s UBP). Every `window` epochs the host sends UBP_EV_PLATEAU and
 * takes s: `scalar` as on_event() has just logged it, else its mean over the last epoch. If s < tol, or
 * 1 - s/s_before < gain, the rate is multiplied by factor; below floor, the stage ends. The rate is that of the first
 * phase, schedule included, warm-up not. Test: tests/boundary/schedule.cpp, tests/abi/trials.cpp */
typedef struct ubp_plateau {
  uint32_t size;
  /* "loss", one of `scalars`, or a series with a dot: "PHASE.loss", a model's "ROLE.NAME" */
  const char* scalar;
  /* 1, 1e-3, 0.5, 1e-5, 1e-12 */
  ubp_num window, gain, factor, floor, tol;
} ubp_plateau;

/* The table of a stage that collects (table.h): emptied before each round (on-policy), or a ring (replay). */
enum { UBP_TABLE_ROUND = 1, UBP_TABLE_RING = 2 };

/* How a stage collects: an epoch is one round of collect(), then minibatches of the table.
 * Test: tests/abi/trials.cpp */
typedef struct ubp_collect {
  uint32_t size;
  /* UBP_TABLE_* */
  int32_t table;
  /* RING: rows that it holds;  rows before the first minibatch, 1;  passes over the table in a round, 1 */
  ubp_num capacity, min_rows, epochs;
  /* minibatches in a round instead of passes, 0: passes;  rows of one, the run's; "0": the whole table */
  ubp_num batches, batch;
} ubp_collect;

/* When a later stage begins, the rate is the configured one again, unless KEEP_LR keeps what plateaus took from it; and
 * optimizers begin with fresh slots, unless KEEP_SLOTS. Test: tests/abi/trials.cpp */
enum { UBP_STAGE_KEEP_LR = 1, UBP_STAGE_KEEP_SLOTS = 2 };

typedef struct ubp_stage {
  uint32_t size;
  /* UBP_STAGE_* */
  uint32_t flags;
  const char* name;
  /* one sentence, for people; "" */
  const char* doc;
  /* in the order of a round; 0: one phase of the stage's name that trains everything */
  const ubp_phase* const* phases;
  uint32_t n_phases;
  /* NULL: the run's ([train] epochs); "0": until a plateau, end_stage() or [train] steps */
  ubp_num epochs;
  /* multiplies the configured rate, 1 */
  ubp_num lr;
  /* |0 */
  const ubp_plateau* plateau;
  /* |0 needs UBP_OBJ_COLLECTS, and is refused without. Test: tests/abi/descriptions.cpp */
  const ubp_collect* collect;
} ubp_stage;

/* A flag that is not listed here is refused. Test: tests/abi/descriptions.cpp */
enum {
  /* it works with a mask; without, rows with missing cells are refused. Test: tests/abi/trials.cpp */
  UBP_OBJ_HANDLES_MASK = 4,
  /* it compares rows: no minibatch has fewer than two. Test: tests/plan/roles.cpp */
  UBP_OBJ_MIN_BATCH_2 = 8,
  /* manual() stands for loss(). Test: tests/abi/trials.cpp */
  UBP_OBJ_MANUAL_UPDATE = 16,
  /* it is given labels: its trials are recorded as supervised. Test: tests/abi/withheld_labels.cpp */
  UBP_OBJ_NEEDS_LABELS = 32,
  /* a stage of it collects */
  UBP_OBJ_COLLECTS = 64,
  /* a run without an [environment] is refused */
  UBP_OBJ_NEEDS_ENV = 128,
  /* loss() may give [n], the loss of each row: the host takes the mean, weighted where the data set has weights
   * (UBP_FIELD_WEIGHT). Without it, such data is refused. Test: tests/abi/row_weights.cpp */
  UBP_OBJ_ROW_LOSS = 256
};

/* What on_event() is told, in this order. TRAIN_BEGIN and TRAIN_END come once in a trial, also in one that was
 * interrupted; PLATEAU after the EPOCH_END of every `window`-th epoch. Test: tests/abi/trials.cpp */
enum {
  UBP_EV_TRAIN_BEGIN = 1,
  UBP_EV_STAGE_BEGIN = 2,
  UBP_EV_EPOCH_BEGIN = 3,
  UBP_EV_EPOCH_END = 4,
  UBP_EV_PLATEAU = 5,
  UBP_EV_STAGE_END = 6,
  UBP_EV_TRAIN_END = 7
};
typedef struct ubp_event {
  uint32_t size;
  /* UBP_EV_* */
  int32_t kind;
  /* by its place in `stages` */
  uint32_t stage;
  /* epochs of this stage that are over */
  int64_t epoch;
  /* the first phase's */
  double lr;
} ubp_event;

typedef struct ubp_objective_vt {
  uint32_t size;
  /* UBP_OBJ_* */
  uint32_t flags;
  /* augmented views of each row; 0: it needs no data set */
  uint32_t n_views;
  /* |0 names, each ended by NULL: fields of the data set that it needs besides the input */
  const char* const* fields;
  /* |0 what infer() can give */
  const char* const* outputs;
  /* |0 all that it logs; "loss" is loss()'s, or manual()'s. Test: tests/abi/mistakes.cpp */
  const char* const* scalars;
  const ubp_role* const* roles;
  uint32_t n_roles;
  /* 0: one stage, "train" */
  const ubp_stage* const* stages;
  uint32_t n_stages;
  /* [trial] |0 Before anything: shapes of roles, own parameters. Roles are built after it, or when it uses them. */
  ubp_status (*setup)(void* self, ubp_ctx*);
  /* [trial] |0 with MANUAL_UPDATE. One number, or with UBP_OBJ_ROW_LOSS [n], recorded, that depends on something that
   * the phase trains. stage and phase count from 0, as declared. Test: tests/abi/mistakes.cpp */
  ubp_status (*loss)(void* self, ubp_ctx*, uint32_t stage, uint32_t phase, const ubp_batch*, ubp_tensor* loss);
  /* [trial] |0 After the optimizer's step, with the same batch. Test: tests/abi/trials.cpp */
  ubp_status (*after_step)(void* self, ubp_ctx*, uint32_t stage, uint32_t phase, const ubp_batch*);
  /* [trial] |0 Not recorded, inference. What it logs is a value of its own, not a mean. Test: tests/abi/trials.cpp */
  ubp_status (*on_event)(void* self, ubp_ctx*, const ubp_event*);
  /* [trial] |0 of a stage that collects: acts, and appends rows. Not recorded. Test: tests/abi/trials.cpp */
  ubp_status (*collect)(void* self, ubp_ctx*);
  /* [trial] |0 What metrics ask for, of the rows of a batch: "embedding" [n, d], "reconstruction" [n, row...],
   * "samples" [any, row...], "score" [n], higher is more anomalous, "imputed" [n, row...], "assignment" [n]; "action"
   * [n, ...], greedy, for the batch's field "observation". Only names that `outputs` lists; what it lacks comes from
   * the roles' methods. Test: tests/plan/roles.cpp */
  ubp_status (*infer)(void* self, ubp_ctx*, const char* what, const ubp_batch*, ubp_tensor*);
  /* [trial] |0 MANUAL_UPDATE: own gradients (local, Hebbian, forward-forward rules). put_grad: [trial], only inside
   * manual(), of a parameter that the phase trains, and of its shape; a parameter that is given none has gradient 0.
   * Without any, the optimizer does not step. Test: tests/abi/trials.cpp */
  ubp_status (*manual)(void* self, ubp_ctx*, uint32_t stage, uint32_t phase, const ubp_batch*,
                       ubp_status (*put_grad)(ubp_ctx*, ubp_tensor param, ubp_tensor grad));
} ubp_objective_vt;

#ifdef __cplusplus
}
#endif
#endif
