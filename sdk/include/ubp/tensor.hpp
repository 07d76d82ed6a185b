// SPDX-License-Identifier: MIT
// Tensor: a handle to the host's memory and tape, with the ops as operators and free functions.
#pragma once

#include <ubp/core.hpp>

namespace ubp {
inline namespace UBP_HIDDEN v0 {

/// 16 bytes, copied freely; valid until the callback returns (R8). Elementwise ops broadcast as NumPy does.
struct Tensor {
  ubp_tensor handle{0};
  ubp_ctx* ctx = nullptr;

  explicit operator bool() const { return handle.id != 0; }
  Shape shape() const {
    ubp_shape s{};
    UBP_HOST(tensor, info, ctx, handle, &s);
    return s;
  }
  std::int64_t dim(int axis) const { return shape()[axis]; }
  double item() const {
    double v = 0;
    UBP_HOST(tensor, item, ctx, handle, &v);
    return v;
  }
};

enum Keep { drop = 0, keep = 1 };
enum Transpose { plain = 0, transpose_a = 1, transpose_b = 2, transpose_both = 3 };

namespace detail {

inline Tensor unary(int op, Tensor x, double p0 = 0, double p1 = 0) {
  Tensor y{{0}, x.ctx};
  UBP_HOST(math, unary, x.ctx, op, x.handle, p0, p1, &y.handle);
  return y;
}
inline Tensor binary(int op, Tensor a, Tensor b) {
  Tensor y{{0}, a.ctx};
  UBP_HOST(math, binary, a.ctx, op, a.handle, b.handle, &y.handle);
  return y;
}
inline Tensor scalar(ubp_ctx* ctx, double v) {
  Tensor y{{0}, ctx};
  const ubp_shape s{};
  UBP_HOST(tensor, full, ctx, &s, v, &y.handle);
  return y;
}
inline Tensor reduce(int op, Tensor x, std::uint32_t axes, int keepdims) {
  Tensor y{{0}, x.ctx};
  UBP_HOST(math, reduce, x.ctx, op, x.handle, axes, keepdims, &y.handle);
  return y;
}
/// `axis` from the front, or from the back if negative; `name`: the op's, for the refusal.
inline Tensor reduce_axis(int op, const char* name, Tensor x, int axis, int keepdims) {
  const int nd = x.shape().nd;
  if (axis < -nd || axis >= nd)
    throw Error(
        std::string(name) + ": axis " + std::to_string(axis) + " of a tensor with " + std::to_string(nd) + " axes",
        UBP_E_SHAPE);
  return reduce(op, x, 1u << (axis < 0 ? axis + nd : axis), keepdims);
}
inline Tensor reshape_like(int op, Tensor x, const std::vector<std::int64_t>& a) {
  Tensor y{{0}, x.ctx};
  UBP_HOST(math, shape, x.ctx, op, x.handle, a.data(), static_cast<std::int32_t>(a.size()), &y.handle);
  return y;
}

}  // namespace detail

// --- elementwise -----------------------------------------------------------------------------------------------------
#define UBP_UNARY(name, code) \
  inline Tensor name(Tensor x) { return detail::unary(code, x); }
UBP_UNARY(operator-, UBP_U_NEG)
UBP_UNARY(abs, UBP_U_ABS)
UBP_UNARY(square, UBP_U_SQUARE)
UBP_UNARY(sqrt, UBP_U_SQRT)
UBP_UNARY(rsqrt, UBP_U_RSQRT)
UBP_UNARY(exp, UBP_U_EXP)
UBP_UNARY(log, UBP_U_LOG)
UBP_UNARY(log1p, UBP_U_LOG1P)
UBP_UNARY(sin, UBP_U_SIN)
UBP_UNARY(cos, UBP_U_COS)
UBP_UNARY(tanh, UBP_U_TANH)
UBP_UNARY(sigmoid, UBP_U_SIGMOID)
UBP_UNARY(relu, UBP_U_RELU)
UBP_UNARY(gelu, UBP_U_GELU)
UBP_UNARY(silu, UBP_U_SILU)
UBP_UNARY(softplus, UBP_U_SOFTPLUS)
UBP_UNARY(reciprocal, UBP_U_RECIPROCAL)
UBP_UNARY(sign, UBP_U_SIGN)
UBP_UNARY(stop_gradient, UBP_U_STOP_GRADIENT)
#undef UBP_UNARY
inline Tensor leaky_relu(Tensor x, double slope = 0.01) { return detail::unary(UBP_U_LEAKY_RELU, x, slope); }
inline Tensor elu(Tensor x, double alpha = 1) { return detail::unary(UBP_U_ELU, x, alpha); }
inline Tensor pow(Tensor x, double exponent) { return detail::unary(UBP_U_POW, x, exponent); }
inline Tensor clamp(Tensor x, double lo, double hi) { return detail::unary(UBP_U_CLAMP, x, lo, hi); }
inline Tensor affine(Tensor x, double scale, double shift) { return detail::unary(UBP_U_AFFINE, x, scale, shift); }

#define UBP_BINARY(name, code) \
  inline Tensor name(Tensor a, Tensor b) { return detail::binary(code, a, b); }
UBP_BINARY(operator+, UBP_B_ADD)
UBP_BINARY(operator-, UBP_B_SUB)
UBP_BINARY(operator*, UBP_B_MUL)
UBP_BINARY(operator/, UBP_B_DIV)
UBP_BINARY(maximum, UBP_B_MAX)
UBP_BINARY(minimum, UBP_B_MIN)
UBP_BINARY(pow, UBP_B_POW)
UBP_BINARY(less, UBP_B_LT)  ///< 1 where a < b, else 0
UBP_BINARY(equal, UBP_B_EQ)
#undef UBP_BINARY
inline Tensor operator+(Tensor a, double b) { return affine(a, 1, b); }
inline Tensor operator+(double a, Tensor b) { return affine(b, 1, a); }
inline Tensor operator-(Tensor a, double b) { return affine(a, 1, -b); }
inline Tensor operator-(double a, Tensor b) { return affine(b, -1, a); }
inline Tensor operator*(Tensor a, double b) { return affine(a, b, 0); }
inline Tensor operator*(double a, Tensor b) { return affine(b, a, 0); }
inline Tensor operator/(Tensor a, double b) { return affine(a, 1 / b, 0); }
inline Tensor operator/(double a, Tensor b) { return affine(reciprocal(b), a, 0); }
inline Tensor maximum(Tensor a, double b) { return maximum(a, detail::scalar(a.ctx, b)); }
inline Tensor minimum(Tensor a, double b) { return minimum(a, detail::scalar(a.ctx, b)); }
inline Tensor less(Tensor a, double b) { return less(a, detail::scalar(a.ctx, b)); }

inline Tensor where(Tensor cond, Tensor a, Tensor b) {
  Tensor y{{0}, a.ctx};
  UBP_HOST(math, where, a.ctx, cond.handle, a.handle, b.handle, &y.handle);
  return y;
}

// --- reductions ------------------------------------------------------------------------------------------------------
#define UBP_REDUCE(name, code)                                           \
  inline Tensor name(Tensor x) { return detail::reduce(code, x, 0, 0); } \
  inline Tensor name(Tensor x, int axis, Keep k = drop) { return detail::reduce_axis(code, #name, x, axis, k); }
UBP_REDUCE(sum, UBP_R_SUM)
UBP_REDUCE(mean, UBP_R_MEAN)
UBP_REDUCE(max, UBP_R_MAX)
UBP_REDUCE(min, UBP_R_MIN)
UBP_REDUCE(prod, UBP_R_PROD)
UBP_REDUCE(logsumexp, UBP_R_LOGSUMEXP)
#undef UBP_REDUCE
inline Tensor argmax(Tensor x, int axis) { return detail::reduce_axis(UBP_R_ARGMAX, "argmax", x, axis, 0); }

inline Tensor softmax(Tensor x, int axis) {
  Tensor y{{0}, x.ctx};
  UBP_HOST(math, softmax, x.ctx, x.handle, axis, 0, &y.handle);
  return y;
}
inline Tensor log_softmax(Tensor x, int axis) {
  Tensor y{{0}, x.ctx};
  UBP_HOST(math, softmax, x.ctx, x.handle, axis, 1, &y.handle);
  return y;
}

// --- shapes and rows -------------------------------------------------------------------------------------------------
/// One extent may be -1.
inline Tensor reshape(Tensor x, const Shape& to) {
  return detail::reshape_like(UBP_S_RESHAPE, x, {to.dim, to.dim + to.nd});
}
inline Tensor flatten(Tensor x) {  ///< [n, ...] -> [n, rest]
  const Shape s = x.shape();
  return s.nd == 2 ? x : reshape(x, {s[0], -1});
}
/// [n, numbers of a row] -> [n, row...]: what flatten undoes.
inline Tensor as_rows(Tensor x, const Shape& row) { return row.nd == 1 ? x : reshape(x, row.batched(-1)); }
inline Tensor permute(Tensor x, const std::vector<std::int64_t>& axes) {
  return detail::reshape_like(UBP_S_PERMUTE, x, axes);
}
inline Tensor transpose(Tensor x) { return permute(x, {1, 0}); }
inline Tensor slice(Tensor x, std::int64_t axis, std::int64_t lo, std::int64_t hi, std::int64_t step = 1) {
  return detail::reshape_like(UBP_S_SLICE, x, {axis, lo, hi, step});
}
inline Tensor expand(Tensor x, const Shape& to) {
  return detail::reshape_like(UBP_S_EXPAND, x, {to.dim, to.dim + to.nd});
}
inline Tensor pad(Tensor x, std::int64_t axis, std::int64_t before, std::int64_t after) {
  return detail::reshape_like(UBP_S_PAD, x, {axis, before, after});
}
inline Tensor concat(const std::vector<Tensor>& xs, int axis) {
  if (xs.empty()) throw Error("concat: nothing to join", UBP_E_SHAPE);
  std::vector<ubp_tensor> handles;
  for (const Tensor& x : xs) handles.push_back(x.handle);
  Tensor y{{0}, xs[0].ctx};
  UBP_HOST(math, concat, y.ctx, handles.data(), static_cast<std::uint32_t>(handles.size()), axis, &y.handle);
  return y;
}
inline Tensor gather_rows(Tensor table, Tensor index) {
  Tensor y{{0}, table.ctx};
  UBP_HOST(math, gather_rows, table.ctx, table.handle, index.handle, &y.handle);
  return y;
}
inline Tensor take(Tensor x, Tensor index) {  ///< out[i] = x[i, index[i]]
  Tensor y{{0}, x.ctx};
  UBP_HOST(math, take, x.ctx, x.handle, index.handle, &y.handle);
  return y;
}

inline Tensor matmul(Tensor a, Tensor b, Transpose t = plain) {
  Tensor y{{0}, a.ctx};
  UBP_HOST(math, matmul, a.ctx, a.handle, b.handle, t & 1, (t >> 1) & 1, &y.handle);
  return y;
}

// --- ops by name -----------------------------------------------------------------------------------------------------
/// An attribute of a named op: {"stride", 2}, {"activation", "relu"}, {"eps", 1e-5}.
struct Attr : ubp_attr {
  Attr(const char* key, double v) : ubp_attr{sizeof(ubp_attr), key, UBP_P_FLOAT, v, 0, nullptr, nullptr, 0} {}
  Attr(const char* key, std::int64_t v) : ubp_attr{sizeof(ubp_attr), key, UBP_P_INT, 0, v, nullptr, nullptr, 0} {}
  Attr(const char* key, int v) : Attr(key, static_cast<std::int64_t>(v)) {}
  Attr(const char* key, const char* v) : ubp_attr{sizeof(ubp_attr), key, UBP_P_STRING, 0, 0, v, nullptr, 0} {}
  Attr(const char* key, const std::string& v) : Attr(key, v.c_str()) {}
};

/// Calls an op by its name (list: abi/math.h). A missing optional input is `Tensor{}`.
inline std::vector<Tensor> call_op(const char* name, std::initializer_list<Tensor> in,
                                   std::initializer_list<Attr> attrs, std::uint32_t n_out = 1) {
  std::vector<ubp_tensor> handles;
  std::vector<const ubp_attr*> pointers;
  for (const Tensor& x : in) handles.push_back(x.handle);
  for (const Attr& a : attrs) pointers.push_back(&a);
  std::vector<ubp_tensor> out(n_out);
  ubp_ctx* ctx = in.begin()->ctx;
  UBP_HOST(math, call, ctx, name, handles.data(), static_cast<std::uint32_t>(handles.size()), pointers.data(),
           static_cast<std::uint32_t>(pointers.size()), out.data(), n_out);
  std::vector<Tensor> result;
  for (ubp_tensor h : out) result.push_back({h, ctx});
  return result;
}

/// An activation by its name; "none" is the identity. leaky_relu has slope 0.01.
inline Tensor activate(Tensor x, const std::string& name) {
  if (name == "relu") return relu(x);
  if (name == "leaky_relu") return leaky_relu(x);
  if (name == "elu") return elu(x);
  if (name == "gelu") return gelu(x);
  if (name == "silu") return silu(x);
  if (name == "softplus") return softplus(x);
  if (name == "tanh") return tanh(x);
  if (name == "sigmoid") return sigmoid(x);
  if (name != "none") throw Error("activation '" + name + "' is unknown");
  return x;
}

/// act(x w + b). x [n, i], w [i, o], b [o] or Tensor{}.
inline Tensor linear(Tensor x, Tensor w, Tensor b, const char* activation = "none") {
  return call_op("linear", {x, w, b}, {{"activation", activation}})[0];
}
inline Tensor conv2d(Tensor x, Tensor k, Tensor b, std::int64_t stride, std::int64_t padding,
                     const char* activation = "none") {
  return call_op("conv2d", {x, k, b}, {{"stride", stride}, {"pad", padding}, {"activation", activation}})[0];
}
inline Tensor conv_transpose2d(Tensor x, Tensor k, Tensor b, std::int64_t stride, std::int64_t padding,
                               const char* activation = "none") {
  return call_op("conv_transpose2d", {x, k, b}, {{"stride", stride}, {"pad", padding}, {"activation", activation}})[0];
}
inline Tensor max_pool2d(Tensor x, std::int64_t window, std::int64_t stride) {
  return call_op("max_pool2d", {x}, {{"window", window}, {"stride", stride}})[0];
}
inline Tensor avg_pool2d(Tensor x, std::int64_t window, std::int64_t stride) {
  return call_op("avg_pool2d", {x}, {{"window", window}, {"stride", stride}})[0];
}
inline Tensor layer_norm(Tensor x, Tensor gamma, Tensor beta, double eps = 1e-5) {
  return call_op("layer_norm", {x, gamma, beta}, {{"eps", eps}})[0];
}
/// `reduction`: "mean" over everything, "sum", or "batch" (sum / number of rows).
inline Tensor mse(Tensor pred, Tensor target, const char* reduction = "mean") {
  return call_op("mse", {pred, target}, {{"reduction", reduction}})[0];
}
inline Tensor l1(Tensor pred, Tensor target, const char* reduction = "mean") {
  return call_op("l1", {pred, target}, {{"reduction", reduction}})[0];
}
inline Tensor huber(Tensor pred, Tensor target, double delta = 1, const char* reduction = "mean") {
  return call_op("huber", {pred, target}, {{"delta", delta}, {"reduction", reduction}})[0];
}
inline Tensor bce(Tensor probability, Tensor target, const char* reduction = "mean") {
  return call_op("bce", {probability, target}, {{"reduction", reduction}})[0];
}
inline Tensor bce_with_logits(Tensor logits, Tensor target, const char* reduction = "mean") {
  return call_op("bce_with_logits", {logits, target}, {{"reduction", reduction}})[0];
}
/// A loss by its name: "mse", "l1", "huber" (delta 1), "bce" or "bce_with_logits".
inline Tensor loss_op(const std::string& name, Tensor pred, Tensor target, const std::string& reduction = "mean") {
  return call_op(name.c_str(), {pred, target}, {{"reduction", reduction}})[0];
}
inline Tensor erf(Tensor x) { return call_op("erf", {x}, {})[0]; }
/// x keep / (1 - p), keep 0 or 1.
inline Tensor dropout(Tensor x, Tensor keep, double p) { return call_op("dropout", {x, keep}, {{"p", p}})[0]; }
/// y, mean [c] and variance [c] of this batch; x [n, c, ...].
inline std::vector<Tensor> batch_norm(Tensor x, Tensor gamma, Tensor beta, double eps = 1e-5) {
  return call_op("batch_norm", {x, gamma, beta}, {{"eps", eps}}, 3);
}
/// The same numbers as "f32", "f64", "i64" or "u8"; to integers towards zero.
inline Tensor cast(Tensor x, const char* to) { return call_op("cast", {x}, {{"to", to}})[0]; }
inline Tensor cross_entropy(Tensor logits, Tensor label) { return call_op("cross_entropy", {logits, label}, {})[0]; }
inline Tensor normalize(Tensor x, double eps = 1e-12) { return call_op("normalize", {x}, {{"eps", eps}})[0]; }
inline Tensor pairwise_sqdist(Tensor a, Tensor b) { return call_op("pairwise_sqdist", {a, b}, {})[0]; }
inline Tensor scatter_add(Tensor base, Tensor index, Tensor rows) {
  return call_op("scatter_add", {base, index, rows}, {})[0];
}

// Comparisons: 1 where they hold, else 0.
inline Tensor greater(Tensor a, Tensor b) { return call_op("greater", {a, b}, {})[0]; }
inline Tensor less_equal(Tensor a, Tensor b) { return call_op("less_equal", {a, b}, {})[0]; }
inline Tensor greater_equal(Tensor a, Tensor b) { return call_op("greater_equal", {a, b}, {})[0]; }
inline Tensor not_equal(Tensor a, Tensor b) { return call_op("not_equal", {a, b}, {})[0]; }

/// softmax(q k^T scale) v over any leading axes; q [..., n, d], k [..., m, d], v [..., m, e]. `mask`, if any, is made
/// to fit [..., n, m]: 0 hides. scale 0: 1 / sqrt(d).
inline Tensor attention(Tensor q, Tensor k, Tensor v, Tensor mask = {}, bool causal = false, double scale = 0) {
  return call_op("attention", {q, k, v, mask}, {{"causal", int{causal}}, {"scale", scale}})[0];
}
inline Tensor conv1d(Tensor x, Tensor k, Tensor b, std::int64_t stride, std::int64_t padding,
                     const char* activation = "none") {
  return call_op("conv1d", {x, k, b}, {{"stride", stride}, {"pad", padding}, {"activation", activation}})[0];
}
inline Tensor group_norm(Tensor x, Tensor gamma, Tensor beta, int groups, double eps = 1e-5) {
  return call_op("group_norm", {x, gamma, beta}, {{"groups", groups}, {"eps", eps}})[0];
}
/// `mode`: "nearest" or "bilinear".
inline Tensor upsample(Tensor x, int factor = 2, const char* mode = "nearest") {
  return call_op("upsample", {x}, {{"factor", factor}, {"mode", mode}})[0];
}
inline Tensor cumsum(Tensor x, int axis = -1, bool reverse = false) {
  return call_op("cumsum", {x}, {{"axis", axis}, {"reverse", int{reverse}}})[0];
}
/// y[t] = x[t] + decay[t] y[t - 1] along the first axis; `reverse`: + decay[t] y[t + 1], as returns are from rewards.
inline Tensor scan(Tensor x, Tensor decay, bool reverse = false) {
  return call_op("scan", {x, decay}, {{"reverse", int{reverse}}})[0];
}

/// Numbers and the places where they stand.
struct Chosen {
  Tensor values, index;
};
/// The k largest of each row, the largest first; index i64 [..., k].
inline Chosen top_k(Tensor x, int k, bool largest = true) {
  const std::vector<Tensor> both = call_op("top_k", {x}, {{"k", k}, {"largest", int{largest}}}, 2);
  return {both[0], both[1]};
}
/// The k rows of `to` nearest to each row of x: squared distances and i64 places [n, k], the nearest first.
inline Chosen nearest(Tensor x, Tensor to, int k = 1) {
  const std::vector<Tensor> both = call_op("nearest", {x, to}, {{"k", k}}, 2);
  return {both[0], both[1]};
}
inline Tensor take_along(Tensor x, Tensor index) { return call_op("take_along", {x, index}, {})[0]; }
inline Tensor one_hot(Tensor index, int classes) { return call_op("one_hot", {index}, {{"classes", classes}})[0]; }

// Matrices [..., n, n]; a of cholesky and eigh is symmetric.
inline Tensor cholesky(Tensor a) { return call_op("cholesky", {a}, {})[0]; }
/// l^-1 b of a lower triangular l, or l^-T b.
inline Tensor triangular_solve(Tensor l, Tensor b, bool transposed = false) {
  return call_op("triangular_solve", {l, b}, {{"transposed", int{transposed}}})[0];
}
inline Tensor inverse(Tensor a) { return call_op("inverse", {a}, {})[0]; }
inline Tensor logdet(Tensor a) { return call_op("logdet", {a}, {})[0]; }
/// Eigenvalues [..., n], ascending, and eigenvectors as columns.
struct Eigen {
  Tensor values, vectors;
};
inline Eigen eigh(Tensor a) {
  const std::vector<Tensor> both = call_op("eigh", {a}, {}, 2);
  return {both[0], both[1]};
}

}  // namespace v0
}  // namespace ubp
