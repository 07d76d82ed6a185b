// SPDX-License-Identifier: MIT
// y = f(x), elementwise.
#include "engine/unary.hpp"

#include <cmath>
#include <numbers>

namespace ubp::ops {
namespace {

template <class B>
using Number = typename B::value_type;

template <class B>
B one(const B&) {
  return B(Number<B>(1));
}

template <class B>
B zero(const B&) {
  return B(Number<B>(0));
}

constexpr double kPhi0 = std::numbers::inv_sqrtpi / std::numbers::sqrt2;  // the normal density at 0

template <class B>
B sigmoid_of(const B& x) {
  return one(x) / (one(x) + xsimd::exp(-x));
}

template <class B>
B normal_cdf(const B& x) {
  return B(Number<B>(0.5)) * xsimd::erfc(x * B(static_cast<Number<B>>(-std::numbers::sqrt2 / 2)));
}

template <class B>
B normal_pdf(const B& x) {
  return B(static_cast<Number<B>>(kPhi0)) * xsimd::exp(B(Number<B>(-0.5)) * x * x);
}

template <class T>
void power(i64 n, const T* x, T* y, double p, double) {
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

Results run(Engine& e, Call& c) {
  return {apply(e, static_cast<const Unary&>(c.op()), c.in(0), c.number(0), c.number(1))};
}

/// `f`: (x, p0, p1) -> y on registers.
template <class F>
Unary op(int code, Signature signature, const char* says, F, Unary::Derivative derivative, const char* cases) {
  return {{signature, says, run, cases, Family::unary, code}, map_by<float, F>, map_by<double, F>, derivative, {}};
}

/// One whose derivative can be had from y.
template <class F, class G>
Unary activation(int code, Signature signature, const char* says, F f, G slope, Tensor (*curvature)(Engine&, Tensor y),
                 double p0, const char* cases) {
  Unary u = op(code, signature, says, f, nullptr, cases);
  u.from_y = from_y(f, slope, curvature, p0);
  return u;
}

/// Constant almost everywhere.
template <class F>
Unary constant(int code, Signature signature, const char* says, F f, const char* cases) {
  Unary u = op(code, signature, says, f, nullptr, cases);
  u.differentiable = false;
  return u;
}

constexpr const char* kAny = "[19] in -2..2\n[]\n[2,3,5]";
constexpr const char* kPositive = "[19] in 0.3..2";
constexpr const char* kKinked = "[19] off 0.2..2";
constexpr int kNoCode = 0;

// Derivatives that need x, and what they are the derivatives of.
const Unary kGeluSlope = op(
    kNoCode, "gelu_slope(x) -> y", nullptr, [](auto v, auto, auto) { return normal_cdf(v) + v * normal_pdf(v); },
    [](Engine& e, Tensor dy, Tensor x, Tensor, double, double) {  // phi(x) (2 - x^2)
      const Tensor xx = unary(e, UBP_U_SQUARE, x);
      const Tensor phi = affine(e, unary(e, UBP_U_EXP, affine(e, xx, -0.5)), kPhi0);
      return mul(e, dy, mul(e, phi, affine(e, xx, -1, 2)));
    },
    kAny);
const Unary kSiluSlope = op(
    kNoCode, "silu_slope(x) -> y", nullptr,
    [](auto v, auto, auto) {
      const auto s = sigmoid_of(v);
      return s * (one(v) + v * (one(v) - s));
    },
    [](Engine& e, Tensor dy, Tensor x, Tensor, double, double) {  // s (1 - s) (2 + x (1 - 2 s))
      const Tensor s = unary(e, UBP_U_SIGMOID, x);
      const Tensor ds = sub(e, s, unary(e, UBP_U_SQUARE, s));
      return mul(e, dy, mul(e, ds, affine(e, mul(e, x, affine(e, s, -2, 1)), 1, 2)));
    },
    kAny);
const Unary kInside = constant(
    kNoCode, "inside(x; lo, hi) -> y", nullptr,
    [](auto v, auto lo, auto hi) { return xsimd::select(v < lo || v > hi, zero(v), one(v)); },
    "[19]; lo = -0.5, hi = 0.5");

const Unary kOps[] = {
    op(
        UBP_U_NEG, "neg(x) -> y", "-x", [](auto v, auto, auto) { return -v; },
        [](Engine& e, Tensor dy, Tensor, Tensor, double, double) { return unary(e, UBP_U_NEG, dy); }, kAny),
    op(
        UBP_U_ABS, "abs(x) -> y", "|x|; its derivative at 0 is 0", [](auto v, auto, auto) { return xsimd::abs(v); },
        [](Engine& e, Tensor dy, Tensor x, Tensor, double, double) { return mul(e, dy, unary(e, UBP_U_SIGN, x)); },
        kKinked),
    op(
        UBP_U_SQUARE, "square(x) -> y", "x^2", [](auto v, auto, auto) { return v * v; },
        [](Engine& e, Tensor dy, Tensor x, Tensor, double, double) { return affine(e, mul(e, dy, x), 2); }, kAny),
    op(
        UBP_U_SQRT, "sqrt(x) -> y", "the square root", [](auto v, auto, auto) { return xsimd::sqrt(v); },
        [](Engine& e, Tensor dy, Tensor, Tensor y, double, double) { return affine(e, div(e, dy, y), 0.5); },
        kPositive),
    op(
        UBP_U_RSQRT, "rsqrt(x) -> y", "1 / sqrt(x)", [](auto v, auto, auto) { return one(v) / xsimd::sqrt(v); },
        [](Engine& e, Tensor dy, Tensor, Tensor y, double, double) {
          return affine(e, mul(e, dy, unary(e, UBP_U_POW, y, 3)), -0.5);
        },
        kPositive),
    op(
        UBP_U_EXP, "exp(x) -> y", "e^x", [](auto v, auto, auto) { return xsimd::exp(v); },
        [](Engine& e, Tensor dy, Tensor, Tensor y, double, double) { return mul(e, dy, y); }, kAny),
    op(
        UBP_U_LOG, "log(x) -> y", "the natural logarithm", [](auto v, auto, auto) { return xsimd::log(v); },
        [](Engine& e, Tensor dy, Tensor x, Tensor, double, double) { return div(e, dy, x); }, kPositive),
    op(
        UBP_U_LOG1P, "log1p(x) -> y", "log(1 + x)", [](auto v, auto, auto) { return xsimd::log1p(v); },
        [](Engine& e, Tensor dy, Tensor x, Tensor, double, double) { return div(e, dy, affine(e, x, 1, 1)); },
        kPositive),
    op(
        UBP_U_SIN, "sin(x) -> y", "of radians", [](auto v, auto, auto) { return xsimd::sin(v); },
        [](Engine& e, Tensor dy, Tensor x, Tensor, double, double) { return mul(e, dy, unary(e, UBP_U_COS, x)); },
        kAny),
    op(
        UBP_U_COS, "cos(x) -> y", "of radians", [](auto v, auto, auto) { return xsimd::cos(v); },
        [](Engine& e, Tensor dy, Tensor x, Tensor, double, double) {
          return unary(e, UBP_U_NEG, mul(e, dy, unary(e, UBP_U_SIN, x)));
        },
        kAny),
    activation(
        UBP_U_TANH, "tanh(x) -> y", "the hyperbolic tangent", [](auto v, auto, auto) { return xsimd::tanh(v); },
        [](auto dy, auto y, auto) { return dy * (one(y) - y * y); },
        [](Engine& e, Tensor y) { return affine(e, y, -2); }, 0, kAny),
    activation(
        UBP_U_SIGMOID, "sigmoid(x) -> y", "1 / (1 + e^-x)", [](auto v, auto, auto) { return sigmoid_of(v); },
        [](auto dy, auto y, auto) { return dy * (y * (one(y) - y)); },
        [](Engine& e, Tensor y) { return affine(e, y, -2, 1); }, 0, kAny),
    activation(
        UBP_U_RELU, "relu(x) -> y", "max(x, 0); its derivative at 0 is 0, and NaN stays NaN",
        [](auto v, auto, auto) { return xsimd::select(v < zero(v), zero(v), v); },
        [](auto dy, auto y, auto) { return xsimd::select(y > zero(y), dy, zero(y)); }, nullptr, 0, kKinked),
    activation(
        UBP_U_LEAKY_RELU, "leaky_relu(x; slope = 0.01) -> y", "x where x > 0, else slope x; slope >= 0",
        [](auto v, auto slope, auto) { return xsimd::select(v > zero(v), v, slope * v); },
        [](auto dy, auto y, auto slope) { return xsimd::select(y > zero(y), dy, slope * dy); }, nullptr, 0.01,
        "[19] off 0.2..2; slope = 0.2"),
    activation(
        UBP_U_ELU, "elu(x; alpha = 1.0) -> y", "x where x > 0, else alpha (e^x - 1); alpha >= 0",
        [](auto v, auto alpha, auto) { return xsimd::select(v > zero(v), v, alpha * xsimd::expm1(v)); },
        [](auto dy, auto y, auto alpha) { return xsimd::select(y > zero(y), dy, dy * (y + alpha)); },
        [](Engine& e, Tensor y) { return binary(e, UBP_B_LT, y, e.full(e.dtype(y), {}, 0)); }, 1,
        "[19] off 0.2..2; alpha = 0.7"),
    op(
        UBP_U_GELU, "gelu(x) -> y", "x Phi(x), the exact one", [](auto v, auto, auto) { return v * normal_cdf(v); },
        [](Engine& e, Tensor dy, Tensor x, Tensor, double, double) { return mul(e, dy, apply(e, kGeluSlope, x)); },
        kAny),
    activation(
        UBP_U_SOFTPLUS, "softplus(x) -> y", "log(1 + e^x)",
        [](auto v, auto, auto) { return xsimd::max(v, zero(v)) + xsimd::log1p(xsimd::exp(-xsimd::abs(v))); },
        [](auto dy, auto y, auto) { return -dy * xsimd::expm1(-y); },
        [](Engine& e, Tensor y) { return unary(e, UBP_U_EXP, affine(e, y, -1)); }, 0, kAny),
    {{"pow(x; exponent) -> y", "x^exponent", run,
      "[19] in -2..2; exponent = 3\n[19] in 0.3..2; exponent = -2\n[19] in 0.3..2; exponent = 1.7", Family::unary,
      UBP_U_POW},
     power<float>,
     power<double>,
     [](Engine& e, Tensor dy, Tensor x, Tensor, double p, double) {
       return mul(e, dy, affine(e, unary(e, UBP_U_POW, x, p - 1), p));
     },
     {}},
    op(
        UBP_U_CLAMP, "clamp(x; lo, hi) -> y", "x, but at least lo and at most hi",
        [](auto v, auto lo, auto hi) { return xsimd::select(v < lo, lo, xsimd::select(v > hi, hi, v)); },
        [](Engine& e, Tensor dy, Tensor x, Tensor, double lo, double hi) {
          return mul(e, dy, apply(e, kInside, x, lo, hi));
        },
        "[19] off 0.1..0.9; lo = -0.04, hi = 5"),
    op(
        UBP_U_AFFINE, "affine(x; scale, shift) -> y", "scale x + shift",
        [](auto v, auto scale, auto shift) { return v * scale + shift; },
        [](Engine& e, Tensor dy, Tensor, Tensor, double scale, double) { return affine(e, dy, scale); },
        "[19] in -2..2; scale = -1.5, shift = 0.25"),
    op(
        UBP_U_RECIPROCAL, "reciprocal(x) -> y", "1 / x", [](auto v, auto, auto) { return one(v) / v; },
        [](Engine& e, Tensor dy, Tensor, Tensor y, double, double) {
          return unary(e, UBP_U_NEG, mul(e, dy, unary(e, UBP_U_SQUARE, y)));
        },
        "[19] off 0.5..2"),
    constant(
        UBP_U_SIGN, "sign(x) -> y", "-1, 0 or 1",
        [](auto v, auto,
           auto) { return xsimd::select(v > zero(v), one(v), xsimd::select(v < zero(v), -one(v), zero(v))); },
        kKinked),
    op(
        kNoCode, "erf(x) -> y", "the error function", [](auto v, auto, auto) { return xsimd::erf(v); },
        [](Engine& e, Tensor dy, Tensor x, Tensor, double, double) {  // 2 / sqrt(pi) e^(-x^2)
          const Tensor bell = unary(e, UBP_U_EXP, affine(e, unary(e, UBP_U_SQUARE, x), -1));
          return affine(e, mul(e, dy, bell), 2 * std::numbers::inv_sqrtpi);
        },
        kAny),
    op(
        UBP_U_SILU, "silu(x) -> y", "x sigmoid(x)", [](auto v, auto, auto) { return v * sigmoid_of(v); },
        [](Engine& e, Tensor dy, Tensor x, Tensor, double, double) { return mul(e, dy, apply(e, kSiluSlope, x)); },
        kAny),
};

const Op kStopGradient = {"stop_gradient(x any) -> y",
                          "x, but for derivatives a constant",
                          [](Engine& e, Call& c) -> Results { return {unary(e, UBP_U_STOP_GRADIENT, c.in(0))}; },
                          "[19]",
                          Family::unary,
                          UBP_U_STOP_GRADIENT,
                          false};

const Unary& by_code(int code) {
  static const Codes<Unary> codes("unary", kOps);
  return codes.at(code);
}

}  // namespace

Tensor unary(Engine& e, int code, Tensor x, double p0, double p1) {
  return code == UBP_U_STOP_GRADIENT ? e.detach(x) : apply(e, by_code(code), x, p0, p1);
}

Tensor apply(Engine& e, const Unary& op, Tensor x, double p0, double p1) {
  const Running running(e, op, {x});
  if ((op.code == UBP_U_LEAKY_RELU || op.code == UBP_U_ELU) && !(p0 >= 0))
    refuse(UBP_E_INVALID_ARG, "{}: {} must not be negative: {}", op.signature.name, op.signature.attribute[0].name, p0);
  const Tensor y = e.empty(e.dtype(x), e.shape(x));
  const i64 n = e.shape(x).count();
  if (e.dtype(x) == DType::f32)
    op.f32(n, e.data<float>(x), out<float>(e, y), p0, p1);
  else
    op.f64(n, e.data<double>(x), out<double>(e, y), p0, p1);
  if (!op.differentiable) return y;
  if (Node* n_ =
          record(e, {x}, {y}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
            const Unary& u = *static_cast<const Unary*>(self.user);
            din[0] = u.derivative ? u.derivative(g, dout[0], self.in[0], self.out[0], self.p[0], self.p[1])
                                  : slope_from_y(g, u, dout[0], self.out[0], self.p[0]);
          })) {
    n_->user = &op;
    n_->p[0] = p0;
    n_->p[1] = p1;
  }
  return y;
}

const Unary* unary_of(Activation act) {
  static const Unary* const all[] = {nullptr,
                                     &by_code(UBP_U_RELU),
                                     &by_code(UBP_U_LEAKY_RELU),
                                     &by_code(UBP_U_SIGMOID),
                                     &by_code(UBP_U_TANH),
                                     &by_code(UBP_U_ELU),
                                     &by_code(UBP_U_GELU),
                                     &by_code(UBP_U_SOFTPLUS),
                                     &by_code(UBP_U_SILU)};
  return all[static_cast<int>(act)];
}

Ops unary_ops() {
  Ops all;
  for (const Unary& u : kOps) all.push_back(&u);
  for (const Op* op : {&kStopGradient, static_cast<const Op*>(&kGeluSlope), static_cast<const Op*>(&kSiluSlope),
                       static_cast<const Op*>(&kInside)})
    all.push_back(op);
  return all;
}

}  // namespace ubp::ops
