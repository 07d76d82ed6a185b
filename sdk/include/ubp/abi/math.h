/* ubp/abi/math.h - differentiable ops on tensors. SPDX-License-Identifier: MIT
 *
 * Ops take handles, give handles, and are recorded on the tape where the host records (loss(); see grad.h), so that the
 * host, or you, can differentiate the result any number of times. Nothing is done in place.
 *
 * The story of a distance, from the plugin's side: sqrt(sum((a - b)^2)) of rows, a [n, d] and b [d]:
 *
 *   math->binary(ctx, UBP_B_SUB, a, b, &d);                  // [n, d]: b is broadcast
 *   math->unary(ctx, UBP_U_SQUARE, d, 0, 0, &d);
 *   math->reduce(ctx, UBP_R_SUM, d, 1u << 1, 0, &d);         // over axis 1: [n]
 *   math->unary(ctx, UBP_U_SQRT, d, 0, 0, &d);
 *
 * Shapes: broadcasting is NumPy's: shapes are aligned at the right, an axis of 1 fits any. A negative axis counts from
 * the end. What does not fit is UBP_E_SHAPE, with the op and both shapes in the sentence. Test:
 * tests/gradient/shapes.cpp
 *
 * Types: F32 and F64 are computed with, and never mixed: UBP_E_DTYPE. I64 and U8 are moved, compared and chosen from;
 * in binary() they are read as floating numbers. Test: tests/gradient/shapes.cpp
 *
 * Derivatives agree with central differences, for every op, twice. Test: tests/gradient/op_gradients.cpp
 *
 * A new op is a new number, or a new name of call(): not a new slot. A number that the host does not know is
 * UBP_E_UNSUPPORTED; supports() asks before. Test: tests/gradient/shapes.cpp
 */
#ifndef UBP_ABI_MATH_H
#define UBP_ABI_MATH_H
#include <ubp/abi/host.h>
#include <ubp/abi/types.h>
#ifdef __cplusplus
extern "C" {
#endif

#define UBP_API_MATH "ubp.math/1"

/* unary: every number by itself. p0, p1 are ignored where no formula names them.
 *   RSQRT 1/sqrt(x)    LOG1P log(1+x)    SIGMOID 1/(1+exp(-x))    RELU max(x, 0)    LEAKY_RELU x < 0 ? p0*x : x
 *   ELU x < 0 ? p0*(exp(x)-1) : x    GELU x*Phi(x), by erf (arXiv:1606.08415)    SOFTPLUS log(1+exp(x))
 *   POW x^p0    CLAMP min(max(x, p0), p1)    AFFINE p0*x + p1    SILU x*sigmoid(x)
 *   STOP_GRADIENT x, and its derivative is 0. Test: tests/gradient/values.cpp */
enum {
  UBP_U_NEG = 1,
  UBP_U_ABS,
  UBP_U_SQUARE,
  UBP_U_SQRT,
  UBP_U_RSQRT,
  UBP_U_EXP,
  UBP_U_LOG,
  UBP_U_LOG1P,
  UBP_U_SIN,
  UBP_U_COS,
  UBP_U_TANH,
  UBP_U_SIGMOID,
  UBP_U_RELU,
  UBP_U_LEAKY_RELU /*p0*/,
  UBP_U_ELU /*p0*/,
  UBP_U_GELU,
  UBP_U_SOFTPLUS,
  UBP_U_POW /*p0*/,
  UBP_U_CLAMP /*p0,p1*/,
  UBP_U_AFFINE /*p0*x+p1*/,
  UBP_U_RECIPROCAL,
  UBP_U_SIGN,
  UBP_U_STOP_GRADIENT,
  UBP_U_SILU
};

/* binary: a op b, broadcast. LT and EQ give 1 or 0, and have no derivative. */
enum { UBP_B_ADD = 1, UBP_B_SUB, UBP_B_MUL, UBP_B_DIV, UBP_B_MAX, UBP_B_MIN, UBP_B_POW, UBP_B_LT, UBP_B_EQ };

/* reduce: over some axes. LOGSUMEXP does not overflow; ARGMAX is I64, over neighbouring axes, the first of equals. */
enum { UBP_R_SUM = 1, UBP_R_MEAN, UBP_R_MAX, UBP_R_MIN, UBP_R_LOGSUMEXP, UBP_R_PROD, UBP_R_ARGMAX };

/* shape: the same numbers, laid out otherwise; a [n] says how:
 *   RESHAPE  the extents; one may be -1      PERMUTE  the axes, in their new order
 *   SLICE    axis, lo, hi, step              EXPAND   the extents to broadcast to
 *   PAD      axis, before, after: zeros */
enum {
  UBP_S_RESHAPE = 1,
  UBP_S_PERMUTE,
  UBP_S_SLICE /*axis,lo,hi,step*/,
  UBP_S_EXPAND /*to shape a*/,
  UBP_S_PAD /*axis,before,after: zeros*/
};

/* An attribute of call(): a name and a value, in the field of its type (UBP_P_FLOAT f, UBP_P_INT i, UBP_P_STRING s,
 * UBP_P_INT_LIST il [n]), as {"stride", UBP_P_INT, .i = 2}. One that the op does not know is refused. */
typedef struct ubp_attr {
  uint32_t size;
  const char* name;
  int32_t type;
  double f;
  int64_t i;
  const char* s;
  const int64_t* il;
  uint64_t n;
} ubp_attr;

typedef struct ubp_math_api {
  uint32_t size;
  /* [any] Whether the host has that code. family: 1 unary, 2 binary, 3 reduce, 4 shape. Test: tests/abi/calls.cpp */
  int32_t (*supports)(const ubp_host*, int32_t family, int32_t code);
  /* [trial] UBP_U_*: any shape to the same. Test: tests/gradient/values.cpp */
  ubp_status (*unary)(ubp_ctx*, int32_t op, ubp_tensor x, double p0, double p1, ubp_tensor*);
  /* [trial] UBP_B_*: two shapes to what they broadcast to. */
  ubp_status (*binary)(ubp_ctx*, int32_t op, ubp_tensor a, ubp_tensor b, ubp_tensor*);
  /* [trial] a [n, k] times b [k, m]: [n, m]. ta, tb: 1 if that operand is to be read transposed. */
  ubp_status (*matmul)(ubp_ctx*, ubp_tensor a, ubp_tensor b, int32_t ta, int32_t tb, ubp_tensor*);
  /* [trial] UBP_R_*. axes: bit k is axis k, 0 is all of them. keepdims: 1 leaves axes of extent 1. */
  ubp_status (*reduce)(ubp_ctx*, int32_t op, ubp_tensor x, uint32_t axes, int32_t keepdims, ubp_tensor*);
  /* [trial] exp(x)/sum(exp(x)) along an axis, or its logarithm (log: 1), without overflow. */
  ubp_status (*softmax)(ubp_ctx*, ubp_tensor x, int32_t axis, int32_t log, ubp_tensor*);
  /* [trial] UBP_S_*, with the numbers a [n]. */
  ubp_status (*shape)(ubp_ctx*, int32_t op, ubp_tensor x, const int64_t* a, int32_t n, ubp_tensor*);
  /* [trial] n tensors behind each other along an axis; the other axes agree. */
  ubp_status (*concat)(ubp_ctx*, const ubp_tensor* xs, uint32_t n, int32_t axis, ubp_tensor*);
  /* [trial] a where cond is not 0, else b; all three broadcast. */
  ubp_status (*where)(ubp_ctx*, ubp_tensor cond, ubp_tensor a, ubp_tensor b, ubp_tensor*);
  /* [trial] table [r, ...], idx I64 [n]: rows idx of the table, [n, ...]. An index outside is UBP_E_INVALID_ARG, before
   * memory is touched. Test: tests/gradient/shapes.cpp */
  ubp_status (*gather_rows)(ubp_ctx*, ubp_tensor table, ubp_tensor idx, ubp_tensor*);
  /* [trial] x [n, k], idx I64 [n]: out[i] = x[i, idx[i]], [n]. */
  ubp_status (*take)(ubp_ctx*, ubp_tensor x, ubp_tensor idx, ubp_tensor*);
  /* ops by name: begin */
  /* By name; `ubp ops` says what each computes, and lists those that have a code, too. Equal letters
   * are equal extents, "..." any axes, "?" may be missing, "*" one or more; "any", "i64" are types,
   * else F32 or F64.
   *   attention(q [...,n,d], k [...,m,d], v [...,m,e], mask? any; causal = 0, scale = 0.0) -> [...,n,e]
   *   greater(a any, b any) -> y
   *   less_equal(a any, b any) -> y
   *   greater_equal(a any, b any) -> y
   *   not_equal(a any, b any) -> y
   *   where(cond any, a, b) -> y
   *   cast(x any; to = f32|f64|i64|u8) -> y
   *   conv2d(x [n,c,h,w], k [o,c,i,j], b? [o]; stride = 1, pad = 0, activation = none|relu|leaky_relu|
   *       sigmoid|tanh|elu|gelu|softplus|silu) -> [n,o,h',w']
   *   conv_transpose2d(x [n,c,h,w], k [c,o,i,j], b? [o]; stride = 1, pad = 0, activation = none|relu|
   *       leaky_relu|sigmoid|tanh|elu|gelu|softplus|silu) -> [n,o,h',w']
   *   conv1d(x [n,c,w], k [o,c,j], b? [o]; stride = 1, pad = 0, activation = none|relu|leaky_relu|sigmoid|
   *       tanh|elu|gelu|softplus|silu) -> [n,o,w']
   *   normalize(x [n,d]; eps = 1e-12) -> [n,d]
   *   pairwise_sqdist(a [n,d], b [m,d]) -> [n,m]
   *   gather_rows(table any [r,...], index i64 [n]) -> [n,...]
   *   scatter_add(base [r,...], index i64 [n], rows [n,...]) -> [r,...]
   *   take(x any [n,k], index i64 [n]) -> [n]
   *   cholesky(a [...,n,n]) -> [...,n,n]
   *   triangular_solve(l [...,n,n], b [...,n,m]; transposed = 0) -> [...,n,m]
   *   inverse(a [...,n,n]) -> [...,n,n]
   *   logdet(a [...,n,n]) -> [...]
   *   eigh(a [...,n,n]) -> values [...,n], vectors [...,n,n]
   *   mse(pred [...], target any [...]; reduction = mean|sum|batch) -> []
   *   l1(pred [...], target any [...]; reduction = mean|sum|batch) -> []
   *   huber(pred [...], target any [...]; reduction = mean|sum|batch, delta = 1.0) -> []
   *   bce(pred [...], target any [...]; reduction = mean|sum|batch) -> []
   *   bce_with_logits(pred [...], target any [...]; reduction = mean|sum|batch) -> []
   *   cross_entropy(logits [n,k], label i64 [n]) -> []
   *   matmul(a, b; ta = 0, tb = 0) -> y
   *   linear(x [n,i], w [i,o], b? [o]; activation = none|relu|leaky_relu|sigmoid|tanh|elu|gelu|
   *       softplus|silu) -> [n,o]
   *   batch_norm(x [n,c,...], gamma [c], beta [c]; eps = 1e-5) -> y, mean [c], variance [c]
   *   layer_norm(x [...,c], gamma [c], beta [c]; eps = 1e-5) -> y
   *   group_norm(x [n,c,...], gamma [c], beta [c]; groups = 1, eps = 1e-5) -> y
   *   dropout(x [...], keep [...]; p = 0.5) -> y
   *   max_pool2d(x [n,c,h,w]; window = 2, stride = 0) -> [n,c,h',w']
   *   avg_pool2d(x [n,c,h,w]; window = 2, stride = 0) -> [n,c,h',w']
   *   softmax(x; axis = -1, log = 0) -> y
   *   take_along(x any [...,n], index i64 [...,k]) -> [...,k]
   *   top_k(x [...,n]; k int, largest = 1) -> values [...,k], index i64 [...,k]
   *   one_hot(index i64 [...]; classes int) -> [...,classes]
   *   nearest(x [n,d], to [m,d]; k = 1) -> sqdist [n,k], index i64 [n,k]
   *   cumsum(x; axis = -1, reverse = 0) -> y
   *   scan(x [t,...], decay [t,...]; reverse = 0) -> [t,...]
   *   concat(xs* any; axis = 0) -> y
   *   erf(x) -> y
   *   upsample(x [n,c,h,w]; factor = 2, mode = nearest|bilinear) -> [n,c,h',w']
   * A name that this host lacks answers UBP_E_NOT_FOUND, and the message lists what there is. */
  /* ops by name: end */
  /* [trial] An op by its name. in [n_in]: a null tensor where an optional input is left out. out [n_out]: as many as
   * the op gives, else UBP_E_INVALID_ARG. Test: tests/gradient/shapes.cpp */
  ubp_status (*call)(ubp_ctx*, const char* op, const ubp_tensor* in, uint32_t n_in, const ubp_attr* const* attrs,
                     uint32_t n_attr, ubp_tensor* out, uint32_t n_out);
} ubp_math_api;

#ifdef __cplusplus
}
#endif
#endif
