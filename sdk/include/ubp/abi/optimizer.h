/* ubp/abi/optimizer.h - an optimizer: from gradients to a step. SPDX-License-Identifier: MIT
 *
 * An optimizer sees no network, only long vectors. What it remembers of a parameter (a momentum, a second moment) lies
 * in slots, vectors as long as the parameters, which the host makes, fills, checkpoints and, between stages, forgets.
 *
 * The story of a step, from the host's side. A phase trains "encoder", 12 parameters; they lie behind each other in one
 * buffer, each padded to 16 numbers, or in several runs where others lie between. Gradients are there; the host clips
 * them, applies decay, and calls step() once for each run:
 *
 *   for (i = 0; i < f->n; ++i) {                               // plain SGD with momentum, F32
 *     m[i] = momentum * m[i] + grad[i];
 *     param[i] -= (float)f->lr * m[i];                         // m: (float*)f->slots[0]
 *   }
 *
 * Of a row-sparse parameter (param.h) only the rows that were touched come, packed into such a buffer, in a call of
 * their own. The padding between segments may be read and written: it is nobody's.
 */
#ifndef UBP_ABI_OPTIMIZER_H
#define UBP_ABI_OPTIMIZER_H
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Where one parameter lies in the buffer, for rules that mind its shape. An array of these has a stride,
 * ubp_flat.segment_bytes: the struct may grow. count may be less than the distance to the next: padding. */
typedef struct ubp_segment {
  uint64_t offset, count;
  /* without the owner: "w1" */
  const char* name;
  /* dtype 0; of a row-sparse parameter nd 0: the rows are packed */
  ubp_shape shape;
  /* UBP_PARAM_* */
  uint32_t flags;
} ubp_segment;

typedef struct ubp_flat {
  uint32_t size, n_slots;
  /* numbers in each of the buffers, padding included; aligned to 64 bytes */
  uint64_t n;
  /* UBP_F32 or UBP_F64: of all buffers */
  int32_t dtype;
  void* param;
  const void* grad;
  /* [n_slots] buffers, in the order of the declaration */
  void* const* slots;
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
  /* [trial] Moves param by grad, in place. ctx: |0, an optimizer makes no tensors and draws no numbers.
   * Test: tests/plugins/optimizers.cpp */
  ubp_status (*step)(void* self, ubp_ctx*, const ubp_flat*);
} ubp_optimizer_vt;

#ifdef __cplusplus
}
#endif
#endif
