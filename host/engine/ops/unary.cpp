// SPDX-License-Identifier: MIT
// y = f(x), elementwise.
#include <cmath>
#include <numbers>

#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {
namespace {

// Codes of this folder, beyond those of the ABI: derivatives that need x.
enum { kGeluGrad = 1000, kSiluGrad, kInside /* p0 <= x <= p1 */ };

constexpr double kPhi0 = std::numbers::inv_sqrtpi / std::numbers::sqrt2;  // the normal density at 0

template <class B>
B sigmoid_of(const B& x) {
  using T = typename B::value_type;
  return B(T(1)) / (B(T(1)) + xsimd::exp(-x));
}

template <class B>
B normal_cdf(const B& x) {
  return B(typename B::value_type(0.5)) *
         xsimd::erfc(x * B(static_cast<typename B::value_type>(-std::numbers::sqrt2 / 2)));
}

template <class B>
B normal_pdf(const B& x) {
  using T = typename B::value_type;
  return B(static_cast<T>(kPhi0)) * xsimd::exp(B(T(-0.5)) * x * x);
}

template <class T>
void power(i64 n, const T* x, T* y, double p) {
  const double whole = std::nearbyint(p);
  if (p != whole || std::abs(p) > 16) {
    for (i64 i = 0; i < n; ++i) y[i] = static_cast<T>(std::pow(static_cast<double>(x[i]), p));
    return;
  }
  simd::map(
      n, y,
      [k = static_cast<int>(std::abs(p)), p](auto v) {
        auto r = decltype(v)(T(1));
        for (int i = 0; i < k; ++i) r *= v;
        return p < 0 ? decltype(v)(T(1)) / r : r;
      },
      x);
}

template <class T>
void apply(int op, i64 n, const T* x, T* y, double p0, double p1) {
  using B = simd::Batch<T>;
  const B a(static_cast<T>(p0)), b(static_cast<T>(p1)), zero(T(0)), one(T(1));
  const auto each = [&](auto f) { simd::map(n, y, f, x); };
  switch (op) {
    case UBP_U_NEG:
      return each([](B v) { return -v; });
    case UBP_U_ABS:
      return each([](B v) { return xsimd::abs(v); });
    case UBP_U_SQUARE:
      return each([](B v) { return v * v; });
    case UBP_U_SQRT:
      return each([](B v) { return xsimd::sqrt(v); });
    case UBP_U_RSQRT:
      return each([&](B v) { return one / xsimd::sqrt(v); });
    case UBP_U_EXP:
      return each([](B v) { return xsimd::exp(v); });
    case UBP_U_LOG:
      return each([](B v) { return xsimd::log(v); });
    case UBP_U_LOG1P:
      return each([](B v) { return xsimd::log1p(v); });
    case UBP_U_SIN:
      return each([](B v) { return xsimd::sin(v); });
    case UBP_U_COS:
      return each([](B v) { return xsimd::cos(v); });
    case UBP_U_TANH:
      return each([](B v) { return xsimd::tanh(v); });
    case UBP_U_SIGMOID:
      return each([](B v) { return sigmoid_of(v); });
    case UBP_U_RELU:
      return each([&](B v) { return xsimd::select(v < zero, zero, v); });  // a NaN stays a NaN
    case UBP_U_LEAKY_RELU:
      return each([&](B v) { return xsimd::select(v > zero, v, a * v); });
    case UBP_U_ELU:
      return each([&](B v) { return xsimd::select(v > zero, v, a * xsimd::expm1(v)); });
    case UBP_U_GELU:
      return each([](B v) { return v * normal_cdf(v); });
    case UBP_U_SOFTPLUS:
      return each([&](B v) { return xsimd::max(v, zero) + xsimd::log1p(xsimd::exp(-xsimd::abs(v))); });
    case UBP_U_POW:
      return power(n, x, y, p0);
    case UBP_U_CLAMP:
      return each([&](B v) { return xsimd::select(v < a, a, xsimd::select(v > b, b, v)); });
    case UBP_U_AFFINE:
      return each([&](B v) { return v * a + b; });
    case UBP_U_RECIPROCAL:
      return each([&](B v) { return one / v; });
    case UBP_U_SIGN:
      return each([&](B v) { return xsimd::select(v > zero, one, xsimd::select(v < zero, -one, zero)); });
    case UBP_U_SILU:
      return each([](B v) { return v * sigmoid_of(v); });
    case kGeluGrad:
      return each([](B v) { return normal_cdf(v) + v * normal_pdf(v); });
    case kSiluGrad:
      return each([&](B v) {
        const B s = sigmoid_of(v);
        return s * (one + v * (one - s));
      });
    case kInside:
      return each([&](B v) { return xsimd::select(v < a || v > b, zero, one); });
    default:
      break;
  }
}

bool exists(int op) { return (op >= UBP_U_NEG && op <= UBP_U_SILU) || (op >= kGeluGrad && op <= kInside); }

/// dx = dy f'(x)
Tensor slope(Engine& e, const Node& n, Tensor dy) {
  const auto [x, y] = std::pair(n.in[0], n.out[0]);
  const int op = static_cast<int>(n.a[0]);
  switch (op) {
    case UBP_U_NEG:
      return unary(e, UBP_U_NEG, dy);
    case UBP_U_ABS:
      return mul(e, dy, unary(e, UBP_U_SIGN, x));
    case UBP_U_SQUARE:
      return affine(e, mul(e, dy, x), 2);
    case UBP_U_SQRT:
      return affine(e, div(e, dy, y), 0.5);
    case UBP_U_RSQRT:
      return affine(e, mul(e, dy, unary(e, UBP_U_POW, y, 3)), -0.5);
    case UBP_U_EXP:
      return mul(e, dy, y);
    case UBP_U_LOG:
      return div(e, dy, x);
    case UBP_U_LOG1P:
      return div(e, dy, affine(e, x, 1, 1));
    case UBP_U_SIN:
      return mul(e, dy, unary(e, UBP_U_COS, x));
    case UBP_U_COS:
      return unary(e, UBP_U_NEG, mul(e, dy, unary(e, UBP_U_SIN, x)));
    case UBP_U_GELU:
      return mul(e, dy, unary(e, kGeluGrad, x));
    case UBP_U_SILU:
      return mul(e, dy, unary(e, kSiluGrad, x));
    case UBP_U_POW:
      return mul(e, dy, affine(e, unary(e, UBP_U_POW, x, n.p[0] - 1), n.p[0]));
    case UBP_U_CLAMP:
      return mul(e, dy, unary(e, kInside, x, n.p[0], n.p[1]));
    case UBP_U_AFFINE:
      return affine(e, dy, n.p[0]);
    case UBP_U_RECIPROCAL:
      return unary(e, UBP_U_NEG, mul(e, dy, unary(e, UBP_U_SQUARE, y)));
    case kGeluGrad: {  // phi(x) (2 - x^2)
      const Tensor xx = unary(e, UBP_U_SQUARE, x);
      const Tensor phi = affine(e, unary(e, UBP_U_EXP, affine(e, xx, -0.5)), kPhi0);
      return mul(e, dy, mul(e, phi, affine(e, xx, -1, 2)));
    }
    case kSiluGrad: {  // s (1 - s) (2 + x (1 - 2 s))
      const Tensor s = unary(e, UBP_U_SIGMOID, x);
      const Tensor ds = sub(e, s, unary(e, UBP_U_SQUARE, s));
      return mul(e, dy, mul(e, ds, affine(e, mul(e, x, affine(e, s, -2, 1)), 1, 2)));
    }
    default:
      return activation_grad(e, op, dy, y, n.p[0]);
  }
}

}  // namespace

Tensor unary(Engine& e, int op, Tensor x, double p0, double p1) {
  if (!exists(op)) refuse(UBP_E_UNSUPPORTED, "unary: there is no op {}", op);
  if (op == UBP_U_STOP_GRADIENT) return e.detach(x);
  if ((op == UBP_U_LEAKY_RELU || op == UBP_U_ELU) && !(p0 >= 0))
    refuse(UBP_E_INVALID_ARG, "unary: the slope of leaky_relu and elu must not be negative: {}", p0);
  const Tensor y = with_real(e.dtype(x), "unary", [&](auto t) {
    using T = decltype(t);
    const Tensor r = e.empty(e.dtype(x), e.shape(x));
    apply<T>(op, e.shape(x).count(), e.data<T>(x), out<T>(e, r), p0, p1);
    return r;
  });
  if (op == UBP_U_SIGN || op == kInside) return y;  // constant almost everywhere
  if (Node* n =
          record(e, {x}, {y}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
            din[0] = slope(g, self, dout[0]);
          })) {
    n->a[0] = op;
    n->p[0] = p0;
    n->p[1] = p1;
  }
  return y;
}

}  // namespace ubp::ops
