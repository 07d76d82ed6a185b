// SPDX-License-Identifier: MIT
// What the ops share: refusals, dtype dispatch, and short names for the ops that derivatives are written in.
#pragma once

#include <span>
#include <string_view>

#include <fmt/format.h>

#include "engine/op.hpp"
#include "engine/ops.hpp"
#include "engine/tape.hpp"

namespace ubp::ops {

template <class... Args>
[[noreturn]] void refuse(ubp_status status, fmt::format_string<Args...> text, Args&&... args) {
  throw EngineError(status, fmt::format(text, std::forward<Args>(args)...));
}

/// f(float{}) or f(double{}), after the dtype.
template <class F>
decltype(auto) with_real(DType dtype, std::string_view op, F&& f) {
  if (dtype == DType::f32) return f(float{});
  if (dtype == DType::f64) return f(double{});
  refuse(UBP_E_DTYPE, "{}: f32 or f64 numbers are expected, these are {}", op, name_of(dtype));
}

/// f(element{}) for every dtype.
template <class F>
decltype(auto) with_any(DType dtype, F&& f) {
  switch (dtype) {
    case DType::f32:
      return f(float{});
    case DType::f64:
      return f(double{});
    case DType::i64:
      return f(i64{});
    case DType::u8:
      return f(std::uint8_t{});
  }
  refuse(UBP_E_DTYPE, "dtype {} is not supported", static_cast<int>(dtype));
}

inline bool is_real(DType t) { return t == DType::f32 || t == DType::f64; }

inline void same_dtype(Engine& e, std::string_view op, Tensor a, Tensor b) {
  if (e.dtype(a) != e.dtype(b))
    refuse(UBP_E_DTYPE, "{}: dtypes differ: {} and {}", op, name_of(e.dtype(a)), name_of(e.dtype(b)));
}

inline void same_shape(Engine& e, std::string_view op, Tensor a, Tensor b) {
  if (!(e.shape(a) == e.shape(b)))
    refuse(UBP_E_SHAPE, "{}: shapes differ: {} and {}", op, e.shape(a).text(), e.shape(b).text());
}

/// `axis` counted from the front; -1 is the last.
inline int axis_of(std::string_view op, const Shape& s, i64 axis) {
  if (axis < -s.nd || axis >= s.nd)
    refuse(UBP_E_SHAPE, "{}: axis {} of a tensor with {} axes, {}", op, axis, s.nd, s.text());
  return static_cast<int>(axis < 0 ? axis + s.nd : axis);
}

/// The shape of an elementwise result, as NumPy broadcasts.
Shape broadcast(std::string_view op, const Shape& a, const Shape& b);

/// The rows of a family by their codes; a row without one is called by its name alone.
template <class Row>
class Codes {
 public:
  Codes(const char* family, std::span<const Row> rows) : family_(family) {
    for (const Row& row : rows) {
      if (row.code == 0) continue;
      all_.resize(std::max(all_.size(), static_cast<std::size_t>(row.code) + 1));
      all_[static_cast<std::size_t>(row.code)] = &row;
    }
  }
  /// Throws EngineError (UNSUPPORTED).
  const Row& at(int code) const {
    const auto k = static_cast<std::size_t>(code);
    if (code < 1 || k >= all_.size() || !all_[k]) refuse(UBP_E_UNSUPPORTED, "{}: there is no op {}", family_, code);
    return *all_[k];
  }

 private:
  const char* family_;
  std::vector<const Row*> all_;
};

template <class T>
T* out(Engine& e, Tensor x) {
  return static_cast<T*>(e.impl().at(x).storage->data);
}

/// i64 [n] with every entry in [0, limit)
const i64* checked_index(Engine&, std::string_view op, Tensor index, i64 limit);

// Short names for derivatives.
inline Tensor add(Engine& e, Tensor a, Tensor b) { return binary(e, UBP_B_ADD, a, b); }
inline Tensor sub(Engine& e, Tensor a, Tensor b) { return binary(e, UBP_B_SUB, a, b); }
inline Tensor mul(Engine& e, Tensor a, Tensor b) { return binary(e, UBP_B_MUL, a, b); }
inline Tensor div(Engine& e, Tensor a, Tensor b) { return binary(e, UBP_B_DIV, a, b); }
inline Tensor affine(Engine& e, Tensor x, double scale, double shift = 0) {
  return unary(e, UBP_U_AFFINE, x, scale, shift);
}
/// The numbers of x [..., n] at these places of each row, index i64 [..., k].
Tensor take_along(Engine&, Tensor x, Tensor index);
/// 1 at index [...], 0 elsewhere: [..., classes].
Tensor one_hot(Engine&, Tensor index, i64 classes, DType);
/// Sums a gradient over the axes along which its tensor was broadcast.
Tensor sum_to(Engine&, Tensor dy, const Shape& to);
/// x (dy - sum(dy x)) over the last axis: the derivative of y = softmax, of which this is x.
Tensor softmax_grad(Engine&, Tensor dy, Tensor y);
/// reduce() with the axis kept, so that the result broadcasts against x.
Tensor sum_rows(Engine&, Tensor x);  ///< over the last axis -> [..., 1]

bool fuses(Activation);  ///< its derivative can be had from y alone
Tensor activate(Engine&, Activation, Tensor x);
/// A layer's last step, in place on z [rows, cols]: z = act(z + b). The bias, which may be null, has a number for every
/// column, or for every row if `by_row`. REQUIRES: fuses(act).
template <class T>
void add_bias_activate(Activation, i64 rows, i64 cols, T* z, const T* bias, bool by_row);
/// The derivative of that step for [n, features] and images [n, features, h, w]: returns dz, and db if `want_bias`,
/// unless operand `bias` has a sink that takes it.
Tensor bias_activation_grad(Engine&, Activation, Tensor dy, Tensor y, bool want_bias, std::size_t bias, Tensor* db);

/// op(a) op(b), written straight to operand i's sink if the running derivative has one: then null.
Tensor matmul_grad(Engine&, std::size_t i, Tensor a, Tensor b, bool ta, bool tb);

Tensor zeros_like(Engine&, Tensor x);
double scale_of(Engine&, std::string_view op, Reduction, Tensor x);  ///< what the sum over x is multiplied with

}  // namespace ubp::ops
