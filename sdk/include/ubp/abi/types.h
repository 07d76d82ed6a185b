/* ubp/abi/types.h - handles, element types, shapes and views: what travels between host and plugin.
 * SPDX-License-Identifier: MIT
 *
 * Two ways to hold numbers. A ubp_tensor is a number that stands for an array of the host: cheap, checked at every use,
 * recorded on the tape; ops take and give these. A ubp_view is the memory itself, for code that loops: what map()
 * gives for a tensor, and what data sets, metrics, transforms, environments and custom ops are handed.
 *
 * All arrays are dense and row-major; the first axis of a minibatch counts its rows.
 */
#ifndef UBP_ABI_TYPES_H
#define UBP_ABI_TYPES_H
#include <ubp/abi/core.h>
#ifdef __cplusplus
extern "C" {
#endif

/* A tensor by its generational handle; 0 is null. A stale or forged one is an error, never undefined. It dies with the
 * scope of the callback that made it, unless it is a parameter, state or a target (param.h): keep numbers, not tensors.
 * Test: tests/gradient/engine.cpp */
typedef struct {
  uint64_t id;
} ubp_tensor;

/* Anything else that the host gives out by number: a stream of random numbers (rng.h), a custom op (grad.h). */
typedef struct {
  uint64_t id;
} ubp_obj;

/* Stands for a callback in every call back into the host, and is one callback long. Test: tests/abi/mistakes.cpp */
typedef struct ubp_ctx ubp_ctx;

/* A number in a declaration, as a text, so that a run can choose it:
 *
 *   num  = number | name                 "0.5"  "1e-3"  "critic_steps"
 *   name   a parameter of this component, a float or an int: then the number is its value in this run
 *
 * NULL: the default that stands behind the field's name. Where a whole number is meant the value is rounded. What is
 * neither is refused when the plugin is described, and so is a number that the field cannot have (a repeat below 1).
 * Test: tests/abi/descriptions.cpp */
typedef const char* ubp_num;

/* Element types. Tensors are of F32, F64, I64 or U8; the numbers 3, 6 and 7 are reserved for the types named here,
 * which no host has yet: asked for, they are UBP_E_DTYPE. Test: tests/abi/calls.cpp */
enum {
  UBP_F32 = 1,
  UBP_F64 = 2,
  UBP_I32 = 3, /* reserved */
  UBP_I64 = 4,
  UBP_U8 = 5,
  UBP_BF16 = 6, /* reserved */
  UBP_F16 = 7   /* reserved */
};

/* Devices, by DLPack's numbers. Every view is of the CPU's memory; CUDA is reserved. */
enum { UBP_DEV_CPU = 1, UBP_DEV_CUDA = 2 /* reserved */ };

/* Extents and element type. Frozen: it has no size and never grows, as it lies inside other structs.
 *   dtype  UBP_F32 ...; 0: the run's floating type ([train] dtype)
 *   nd     0 .. 8; 0: a scalar; -1: free, where a declaration leaves the choice to the other side
 *   dim    the first nd count; {UBP_F32, 2, {128, 784}} is 128 rows of 784 numbers */
typedef struct ubp_shape {
  int32_t dtype, nd;
  int64_t dim[8];
} ubp_shape;

/* Memory of the other side, borrowed: never freed, and of no use once the call has returned or the tensor is unmapped.
 * After `size, flags` it is field for field a DLTensor (DLPack 0.6 .. 1.x). Test: tests/abi/mappings.cpp
 *   READONLY    must not be written to
 *   CONTIGUOUS  dense and row-major. Every view that the host makes is; one that a plugin gives to from_host() must be
 * Memory of tensors and of optimizers is aligned to 64 bytes, all other to its element. Test: tests/gradient/engine.cpp
 */
enum { UBP_VIEW_READONLY = 1, UBP_VIEW_CONTIGUOUS = 2 };
typedef struct ubp_view {
  uint32_t size, flags;
  void* data;
  /* UBP_DEV_CPU, 0 */
  int32_t device_type, device_id, ndim;
  /* DLPack's codes: 0 int, 1 uint, 2 float; {2, 32} is UBP_F32, {0, 64} UBP_I64, {1, 8} UBP_U8; one lane */
  uint8_t dtype_code, dtype_bits;
  uint16_t dtype_lanes;
  /* [ndim] each; strides count elements, not bytes, and are never NULL */
  const int64_t *shape, *strides;
  /* from data to the first element */
  uint64_t byte_offset;
} ubp_view;

#ifdef __cplusplus
}
#endif
#endif
