// SPDX-License-Identifier: MIT
// The activations that layers fuse, a vector register at a time: the step itself, and its derivative from y = act(x).
#pragma once

#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {

/// f(functor) with the forward step of the activation.
template <class B, class F>
void with_activation(Activation act, F&& f) {
  using T = typename B::value_type;
  const B zero(T(0)), one(T(1)), slope(static_cast<T>(slope_of(act)));
  switch (act) {
    case Activation::relu: return f([=](B z) { return xsimd::select(z < zero, zero, z); });
    case Activation::leaky_relu: return f([=](B z) { return xsimd::select(z > zero, z, slope * z); });
    case Activation::elu: return f([=](B z) { return xsimd::select(z > zero, z, slope * xsimd::expm1(z)); });
    case Activation::sigmoid: return f([=](B z) { return one / (one + xsimd::exp(-z)); });
    case Activation::tanh: return f([=](B z) { return xsimd::tanh(z); });
    case Activation::softplus:
      return f([=](B z) { return xsimd::max(z, zero) + xsimd::log1p(xsimd::exp(-xsimd::abs(z))); });
    default: return f([](B z) { return z; });
  }
}

/// f(functor) with (dy, y) -> dy act'(x); false if there is no such form.
template <class B, class F>
bool with_slope(int op, double p0, F&& f) {
  using T = typename B::value_type;
  const B zero(T(0)), one(T(1)), p(static_cast<T>(p0));
  switch (op) {
    case 0: return f([](B dy, B) { return dy; }), true;
    case UBP_U_RELU: return f([=](B dy, B y) { return xsimd::select(y > zero, dy, zero); }), true;
    case UBP_U_LEAKY_RELU: return f([=](B dy, B y) { return xsimd::select(y > zero, dy, p * dy); }), true;
    case UBP_U_ELU: return f([=](B dy, B y) { return xsimd::select(y > zero, dy, dy * (y + p)); }), true;
    case UBP_U_SIGMOID: return f([=](B dy, B y) { return dy * (y * (one - y)); }), true;
    case UBP_U_TANH: return f([=](B dy, B y) { return dy * (one - y * y); }), true;
    case UBP_U_SOFTPLUS: return f([=](B dy, B y) { return -dy * xsimd::expm1(-y); }), true;
    default: return false;
  }
}

}  // namespace ubp::ops
