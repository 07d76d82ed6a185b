// SPDX-License-Identifier: MIT
// Ops of your own, on the numbers themselves: one fused pass where host ops would make temporaries. Not part of
// sdk.hpp.
#pragma once

#include <ubp/tensor.hpp>

namespace ubp {
inline namespace UBP_HIDDEN v0 {
namespace detail {

template <class Op, class = void>
struct HasGraph : std::false_type {};
template <class Op>
struct HasGraph<Op, std::void_t<decltype(&Op::backward_graph)>> : std::true_type {};

/// The C face of an Op; see apply() for what it consists of.
template <class Op>
struct CustomOp {
  static std::vector<View> views(const ubp_view* const* v) { return std::vector<View>(v, v + Op::n_in); }

  /// f(float{}) or f(double{}), after the numbers that the op gives.
  template <class F>
  static void typed(const ubp_view& out, F&& f) {
    if (out.dtype_code != 2) throw Error("the op gives no floating-point numbers", UBP_E_DTYPE);
    if (out.dtype_bits == 64)
      f(double{});
    else
      f(float{});
  }

  static ubp_status infer(void*, const ubp_shape* in, ubp_shape* out) {
    return guard([&] { *out = Op::shape(in); });
  }
  static ubp_status forward(void*, const ubp_view* const* in, ubp_view* const* out, void*) {
    return guard([&] { typed(**out, [&](auto t) { Op::template forward<decltype(t)>(views(in), View(*out)); }); });
  }
  static ubp_status backward(void*, const ubp_view* const* in, const ubp_view* const* out,
                             const ubp_view* const* grad_out, ubp_view* const* grad_in, void*) {
    return guard([&] {
      typed(**out, [&](auto t) {
        Op::template backward<decltype(t)>(views(in), View(*out), View(*grad_out), views(grad_in));
      });
    });
  }
  static ubp_status backward_graph(void*, ubp_ctx* ctx, const ubp_tensor* in, const ubp_tensor* out,
                                   const ubp_tensor* grad_out, ubp_tensor* grad_in) {
    return guard([&] {
      if constexpr (HasGraph<Op>::value) {
        std::vector<Tensor> inputs;
        for (int i = 0; i < Op::n_in; ++i) inputs.push_back({in[i], ctx});
        const std::vector<Tensor> grads = Op::backward_graph(inputs, Tensor{*out, ctx}, Tensor{*grad_out, ctx});
        if (grads.size() != inputs.size())
          throw Error("backward_graph gives one gradient per input, Tensor{} for none");
        for (int i = 0; i < Op::n_in; ++i) grad_in[i] = grads[static_cast<std::size_t>(i)].handle;
      }
    });
  }

  static ubp_obj handle() {
    static const ubp_obj op = [] {
      const ubp_custom_op_desc d{sizeof d,
                                 0,
                                 Op::id,
                                 Op::n_in,
                                 1,
                                 nullptr,
                                 infer,
                                 forward,
                                 backward,
                                 0,
                                 HasGraph<Op>::value ? backward_graph : nullptr};
      ubp_obj made{};
      UBP_HOST(grad, register_op, g.host, &d, &made);
      return made;
    }();
    return op;
  }
};

}  // namespace detail

/// The op on tensors: recorded like any other, differentiable. `Op` is registered once per process.
///
///   struct LogCosh {
///     static constexpr const char* id = "log_cosh";
///     static constexpr int n_in = 2;
///     static Shape shape(const ubp_shape* in);             // of the result; dtype 0: the run's. Throw Error to refuse
///     template <class T>                                   // float or double, the result's
///     static void forward(const std::vector<View>& in, View out);
///     template <class T>                                   // grad_in[i]: empty where not wanted, else ADD into it
///     static void backward(const std::vector<View>& in, View out, View grad_out, const std::vector<View>& grad_in);
///     // Optional: the derivative in host ops, one tensor per input. With it the op is differentiable twice.
///     static std::vector<Tensor> backward_graph(const std::vector<Tensor>& in, Tensor out, Tensor grad_out);
///   };
template <class Op>
Tensor apply(const std::vector<Tensor>& in) {
  if (in.size() != static_cast<std::size_t>(Op::n_in))
    throw Error(std::string(Op::id) + ": " + std::to_string(in.size()) + " inputs, expected " +
                std::to_string(Op::n_in));
  std::vector<ubp_tensor> handles;
  for (const Tensor& x : in) handles.push_back(x.handle);
  Tensor out{{0}, in[0].ctx};
  UBP_HOST(grad, apply_op, out.ctx, detail::CustomOp<Op>::handle(), handles.data(),
           static_cast<std::uint32_t>(handles.size()), &out.handle, 1u);
  return out;
}

}  // namespace v0
}  // namespace ubp
