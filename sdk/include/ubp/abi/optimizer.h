/* ubp/abi/optimizer.h - an optimizer: from gradients to a step. SPDX-License-Identifier: MIT
 *
 * An optimizer sees no network, only long vectors, and the parameters that lie in them. What it remembers of a
 * parameter (a momentum, a second moment) lies in slots, vectors as long as the parameters, which the host makes,
 * fills, checkpoints and, between stages, forgets.
 *
 * The story of a step, from the host's side. A phase trains "encoder", 12 parameters; they lie behind each other in one
 * vector, each padded to 16 numbers, or in several runs where others lie between. Gradients are there; the host clips
 * them, applies decay, and calls step() once for each run. All of it are tensors (types.h): their memory is reached by
 * map(), wherever it lies, and ops compute with them. A rule that goes number by number maps the vectors:
 *
 *   tensor->map(ctx, f->param, UBP_MAP_READ | UBP_MAP_WRITE, &w);       // plain SGD with momentum, F32
 *   tensor->map(ctx, f->slots[0], UBP_MAP_READ | UBP_MAP_WRITE, &m);
 *   tensor->map(ctx, f->grad, UBP_MAP_READ, &g);
 *   for (i = 0; i < f->n; ++i) {
 *     m[i] = momentum * m[i] + g[i];
 *     w[i] -= (float)f->lr * m[i];
 *   }
 *
 * A rule of whole matrices (an orthogonalised momentum, a preconditioner) takes the parameters one by one, in their own
 * shapes, and never maps anything:
 *
 *   for (i = 0; i < f->n_segments; ++i) {                               // by segment_bytes
 *     ... u [rows, columns] from s->grad and s->slots[0], by ubp.math ...
 *     param->assign(ctx, s->param, w_minus_lr_u);
 *   }
 *
 * Of a row-sparse parameter (param.h) only the rows that were touched come, packed, in a call of their own. The padding
 * between segments may be read and written: it is nobody's.
 */
#ifndef UBP_ABI_OPTIMIZER_H
#define UBP_ABI_OPTIMIZER_H
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

/* One parameter of the run. An array of these has a stride, ubp_flat.segment_bytes: the struct may grow. */
typedef struct ubp_segment {
  /* where it lies in the vectors; count may be less than the distance to the next: padding */
  uint64_t offset, count;
  /* without the owner: "w1" */
  const char* name;
  /* dtype 0; of a row-sparse parameter [touched, row...] */
  ubp_shape shape;
  /* UBP_PARAM_* */
  uint32_t flags;
  /* the same numbers as there, of that shape; grad is not to be written. Test: tests/plugins/optimizers.cpp */
  ubp_tensor param, grad;
  /* [n_slots] */
  const ubp_tensor* slots;
} ubp_segment;

typedef struct ubp_flat {
  uint32_t size, n_slots;
  /* numbers in each of the vectors, padding included; mapped, they are aligned to 64 bytes */
  uint64_t n;
  /* UBP_F32 or UBP_F64: of all vectors */
  int32_t dtype;
  /* [n], as long as the call; grad is not to be written. Test: tests/plugins/optimizers.cpp */
  ubp_tensor param, grad;
  /* [n_slots] vectors, in the order of the declaration */
  const ubp_tensor* slots;
  const ubp_segment* segments;
  uint32_t n_segments, segment_bytes;
  /* from 1: steps of this optimizer since its slots were fresh */
  int64_t step;
  /* after schedule, plateau, stage and phase */
  double lr;
  /* the decay of this phase; applied already, unless UBP_OPT_OWN_DECAY */
  double decay;
} ubp_flat;

/* A remembered vector, every number `fill` at first. */
typedef struct ubp_slot {
  uint32_t size;
  const char* name;
  double fill;
} ubp_slot;

/* It applies decay itself, as part of its rule; else the host has: p *= 1 - lr*decay (Loshchilov & Hutter, ICLR 2019),
 * sparing UBP_PARAM_NO_DECAY. Test: tests/abi/trials.cpp */
enum { UBP_OPT_OWN_DECAY = 1 };

typedef struct ubp_optimizer_vt {
  uint32_t size;
  /* UBP_OPT_*; a flag that is not listed is refused */
  uint32_t flags;
  /* each name once. Test: tests/abi/descriptions.cpp */
  const ubp_slot* const* slots;
  uint32_t n_slots;
  /* |0 how much decay a run asks for: "weight_decay", the name of a parameter. NULL: none */
  ubp_num decay;
  /* [trial] Moves param by grad, in place. Not recorded; what ops make dies with the call. It has no parameters, state
   * or random numbers of its own: UBP_E_STATE. Test: tests/plugins/optimizers.cpp, tests/abi/calls.cpp */
  ubp_status (*step)(void* self, ubp_ctx*, const ubp_flat*);
} ubp_optimizer_vt;

#ifdef __cplusplus
}
#endif
#endif
