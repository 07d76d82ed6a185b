/* ubp/abi/tensor.h - making tensors, and reaching their numbers. SPDX-License-Identifier: MIT
 *
 * The story of a tensor. A callback is given a ctx; behind it stands a scope. What ops make belongs to the scope and
 * dies when the callback returns; its memory is used again by the next step, so that a training step takes nothing from
 * the system. A loop that makes much opens a scope of its own:
 *
 *   tensor->scope_push(ctx);
 *   ... a thousand intermediate tensors, one result `sum` ...
 *   tensor->scope_pop(ctx, &sum, 1);                       // `sum` lives on outside, cut from the tape
 *
 * What outlives callbacks is named: parameters, state and targets (param.h).
 *
 * Numbers leave a tensor by item(), one at a time, or by map(), in place:
 *
 *   ubp_view v = {sizeof v};
 *   status = tensor->map(ctx, x, UBP_MAP_READ, &v);        // ((const float*)v.data)[i * v.strides[0] + j]
 *   tensor->unmap(ctx, x);
 *
 * Every function can fail with UBP_E_STATE (a stale ctx) and UBP_E_BAD_HANDLE (a tensor that is none, or no longer).
 */
#ifndef UBP_ABI_TENSOR_H
#define UBP_ABI_TENSOR_H
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

#define UBP_API_TENSOR "ubp.tensor/1"

/* How map() is meant: one of them, or both. Anything else is UBP_E_INVALID_ARG. Test: tests/abi/calls.cpp
 * WRITE is for named state, what an optimizer is given, and tensors just made by `empty`, before an op has read them;
 * writing to a tensor leaves others that share its numbers alone. Test: tests/gradient/engine.cpp */
enum { UBP_MAP_READ = 1, UBP_MAP_WRITE = 2 };

typedef struct ubp_tensor_api {
  uint32_t size;
  /* [trial] Uninitialised numbers, to be written by map(). */
  ubp_status (*empty)(ubp_ctx*, const ubp_shape*, ubp_tensor*);
  /* [trial] Every number is v, rounded to the dtype. */
  ubp_status (*full)(ubp_ctx*, const ubp_shape*, double v, ubp_tensor*);
  /* [trial] The identity matrix [n, n], in the run's dtype. Test: tests/abi/calls.cpp */
  ubp_status (*eye)(ubp_ctx*, int64_t n, ubp_tensor*);
  /* [trial] lo, lo + step, ..., n numbers: [n]. Test: tests/abi/calls.cpp */
  ubp_status (*arange)(ubp_ctx*, int32_t dtype, double lo, double step, int64_t n, ubp_tensor*);
  /* [trial] A copy of memory of the plugin's: F32, F64, I64 or U8, contiguous. Test: tests/abi/calls.cpp */
  ubp_status (*from_host)(ubp_ctx*, const ubp_view* src, ubp_tensor*);
  /* [trial] Shape and dtype. */
  ubp_status (*info)(ubp_ctx*, ubp_tensor, ubp_shape* out);
  /* [trial] The one number of a tensor with one element, else UBP_E_SHAPE. Test: tests/gradient/engine.cpp */
  ubp_status (*item)(ubp_ctx*, ubp_tensor, double* out);
  /* [trial] The numbers in place. out->shape and out->strides stay readable until unmap() or the end of the callback,
   * however many tensors are mapped. A tensor may be mapped several times. Test: tests/abi/mappings.cpp */
  ubp_status (*map)(ubp_ctx*, ubp_tensor, uint32_t mode, ubp_view* out);
  /* [trial] Ends one of the mappings of this tensor. Test: tests/abi/mappings.cpp */
  ubp_status (*unmap)(ubp_ctx*, ubp_tensor);
  /* [trial] What is made from here on dies at the matching scope_pop(). */
  ubp_status (*scope_push)(ubp_ctx*);
  /* [trial] keep [n] move to the outer scope, cut from the tape. Test: tests/gradient/engine.cpp */
  ubp_status (*scope_pop)(ubp_ctx*, const ubp_tensor* keep, uint32_t n);
} ubp_tensor_api;

#ifdef __cplusplus
}
#endif
#endif
