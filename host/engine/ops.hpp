// SPDX-License-Identifier: MIT
// The ops: functions from tensors to tensors, recorded on the engine's tape when an input requires grad.
//
// Codes are those of the plugin ABI (UBP_U_*, UBP_B_*, ...). Shapes are written [rows, columns]; elementwise ops of two
// tensors broadcast as NumPy does. All throw EngineError: SHAPE or DTYPE with both shapes in the message, UNSUPPORTED
// for an unknown code. Integer tensors (i64, u8) are accepted only where said so.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"

namespace ubp::ops {

/// In layers, leaky_relu has slope 0.01 and elu alpha 1; gelu is the exact one, x Phi(x).
enum class Activation { none, relu, leaky_relu, sigmoid, tanh, elu, gelu, softplus, silu };
#define UBP_ACTIVATIONS "none|relu|leaky_relu|sigmoid|tanh|elu|gelu|softplus|silu"
enum class Reduction { mean, sum, batch };  ///< batch: sum over everything / number of rows
#define UBP_REDUCTIONS "mean|sum|batch"

/// relu and abs have the derivative 0 at 0. leaky_relu and elu need p0 >= 0.
Tensor unary(Engine&, int op, Tensor x, double p0 = 0, double p1 = 0);
/// a, b may be of the run's dtype or i64/u8 (converted). Of equals, max and min choose a.
Tensor binary(Engine&, int op, Tensor a, Tensor b);
/// Equals share the gradient of a max or min. argmax gives i64, the first of equals, over neighbouring axes only.
Tensor reduce(Engine&, int op, Tensor x, std::uint32_t axes /* bit set; 0: all */, bool keepdims);
Tensor softmax(Engine&, Tensor x, int axis, bool log);
Tensor where(Engine&, Tensor cond /* any dtype, != 0 */, Tensor a, Tensor b);
Tensor cast(Engine&, Tensor x, DType to);  ///< not differentiable to or from integers

Tensor reshape(Engine&, Tensor x, const Shape& to);  ///< one extent may be -1
Tensor permute(Engine&, Tensor x, std::span<const i64> axes);
Tensor slice(Engine&, Tensor x, i64 axis, i64 lo, i64 hi, i64 step = 1);
Tensor expand(Engine&, Tensor x, const Shape& to);
Tensor pad(Engine&, Tensor x, i64 axis, i64 before, i64 after);
Tensor concat(Engine&, std::span<const Tensor> xs, int axis);
Tensor gather_rows(Engine&, Tensor table /* [r, ...] any dtype */, Tensor index /* i64 [n] */);
Tensor scatter_add(Engine&, Tensor base /* [r, ...] */, Tensor index /* i64 [n] */, Tensor rows /* [n, ...] */);
Tensor take(Engine&, Tensor x /* [n, k] */, Tensor index /* i64 [n] */);  ///< out[i] = x[i, index[i]]

Tensor matmul(Engine&, Tensor a, Tensor b, bool ta = false, bool tb = false);  ///< matrices, or stacks
/// act(x w + b): x [n,i], w [i,o], b [o] or null -> [n,o], one pass after the product.
Tensor linear(Engine&, Tensor x, Tensor w, Tensor b, Activation = Activation::none);

Tensor conv2d(Engine&, Tensor x /* [n,c,h,w] */, Tensor k /* [o,c,kh,kw] */, Tensor b, i64 stride, i64 pad,
              Activation = Activation::none);
Tensor conv_transpose2d(Engine&, Tensor x /* [n,c,h,w] */, Tensor k /* [c,o,kh,kw] */, Tensor b, i64 stride, i64 pad,
                        Activation = Activation::none);
Tensor max_pool2d(Engine&, Tensor x, i64 window, i64 stride);
Tensor avg_pool2d(Engine&, Tensor x, i64 window, i64 stride);

/// Normalises over every axis but 1 with this batch's statistics. Returns {y, mean [c], variance [c] (biased)}.
std::vector<Tensor> batch_norm(Engine&, Tensor x, Tensor gamma, Tensor beta, double eps);
Tensor layer_norm(Engine&, Tensor x, Tensor gamma, Tensor beta, double eps);
Tensor dropout(Engine&, Tensor x, Tensor keep /* 0 or 1, same shape */, double p);  ///< x * keep / (1 - p)

Tensor mse(Engine&, Tensor pred, Tensor target, Reduction);
Tensor l1(Engine&, Tensor pred, Tensor target, Reduction);
Tensor huber(Engine&, Tensor pred, Tensor target, double delta, Reduction);
Tensor bce(Engine&, Tensor pred /* probabilities; logs clamped at -100 */, Tensor target, Reduction);
Tensor bce_with_logits(Engine&, Tensor logits, Tensor target, Reduction);
Tensor cross_entropy(Engine&, Tensor logits /* [n,k] */, Tensor label /* i64 [n] */);
Tensor normalize(Engine&, Tensor x /* [n,d] */, double eps);  ///< rows / max(length, eps)
Tensor pairwise_sqdist(Engine&, Tensor a /* [n,d] */, Tensor b /* [m,d] */);

/// The ABI's `math.call`: an op by name with attributes. NOT_FOUND lists the names there are.
std::vector<Tensor> call(Engine&, std::string_view name, std::span<const Tensor> in,
                         std::span<const ubp_attr* const> attrs);

/// A plugin's own op on views: ubp_grad_api.register_op / apply_op. `desc` outlives the engine.
std::vector<Tensor> custom(Engine&, const ubp_custom_op_desc& desc, std::span<const Tensor> in);
/// The sentence behind the status that such an op returned. Set by the layer that keeps it; null: only the status is
/// known.
inline const std::string& (*custom_op_error)() = nullptr;

}  // namespace ubp::ops
