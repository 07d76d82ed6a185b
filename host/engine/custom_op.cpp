// SPDX-License-Identifier: MIT
// Ops that plugins bring: forward and backward on views, or the derivative in host ops.
#include <algorithm>
#include <deque>

#include "engine/op_support.hpp"

namespace ubp::ops {
namespace {

/// Views of tensors, as the plugin sees them. Null tensors are null views.
class Views {
 public:
  void add(Engine& e, Tensor x, bool writable) {
    if (!x) return pointers_.push_back(nullptr);
    const Shape& s = e.shape(x);
    Item& item = items_.emplace_back();
    i64 step = 1;
    for (int k = s.nd - 1; k >= 0; --k) {
      item.stride[k] = step;
      step *= s.dim[k];
    }
    const DType t = e.dtype(x);
    ubp_view& v = item.view;
    v.size = sizeof v;
    v.flags = writable ? UBP_VIEW_CONTIGUOUS : UBP_VIEW_CONTIGUOUS | UBP_VIEW_READONLY;
    v.data = out<void>(e, x);
    v.device_type = UBP_DEV_CPU;
    v.ndim = s.nd;
    v.dtype_code = is_real(t) ? 2 : t == DType::u8 ? 1 : 0;
    v.dtype_bits = static_cast<std::uint8_t>(8 * bytes_of(t));
    v.dtype_lanes = 1;
    v.shape = s.dim;
    v.strides = item.stride;
    pointers_.push_back(&v);
  }
  ubp_view* const* data() { return pointers_.data(); }

 private:
  struct Item {
    ubp_view view{};
    i64 stride[8];
  };
  std::deque<Item> items_;  // views point into it
  std::vector<ubp_view*> pointers_;
};

Views views_of(Engine& e, std::span<const Tensor> xs, bool writable) {
  Views v;
  for (Tensor x : xs) v.add(e, x, writable);
  return v;
}

void check(ubp_status status, const ubp_custom_op_desc& d, const char* what) {
  if (status == UBP_OK) return;
  const std::string why = custom_op_error ? custom_op_error() : "";
  refuse(status, "{}, {}: {}", d.id, what, why.empty() ? fmt::format("status {}", status) : why);
}

ubp_shape shape_for_plugin(Engine& e, Tensor x) {
  ubp_shape s{static_cast<std::int32_t>(e.dtype(x)), e.shape(x).nd, {}};
  std::copy_n(e.shape(x).dim, 8, s.dim);
  return s;
}

void graph_backward(Engine& e, const ubp_custom_op_desc& d, std::span<const Tensor> in, std::span<const Tensor> out_,
                    std::span<const Tensor> dout, std::span<Tensor> din) {
  const auto plain = [](std::span<const Tensor> ts) {
    std::vector<ubp_tensor> r;
    for (Tensor t : ts) r.push_back({t.id});
    return r;
  };
  std::vector<ubp_tensor> gradients(d.n_in, ubp_tensor{0});
  check(
      d.backward_graph(d.user, e.context(), plain(in).data(), plain(out_).data(), plain(dout).data(), gradients.data()),
      d, "backward_graph");
  for (std::size_t i = 0; i < d.n_in; ++i) {
    din[i] = {gradients[i].id};
    if (din[i]) same_shape(e, "the gradient of a plugin's op", din[i], in[i]);
  }
}

void custom_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const auto& d = *static_cast<const ubp_custom_op_desc*>(n.user);
  const auto in = std::span(n.in).first(d.n_in);
  const Tensor saved = n.in[d.n_in];
  std::vector<Tensor> dy(dout.begin(), dout.end());
  for (std::size_t k = 0; k < dy.size(); ++k)
    if (!dy[k]) dy[k] = zeros_like(e, n.out[k]);
  if (e.recording() || !d.backward) {
    if (!d.backward_graph)
      refuse(UBP_E_NOT_TWICE_DIFF, "{}: this op has no derivative that can be differentiated again", d.id);
    return graph_backward(e, d, in, n.out, dy, din);
  }
  for (std::size_t i = 0; i < d.n_in; ++i)
    if (n.wanted[i]) din[i] = zeros_like(e, in[i]);
  Views x = views_of(e, in, false), y = views_of(e, n.out, false), g = views_of(e, dy, false);
  Views dx = views_of(e, din.first(d.n_in), true);
  check(d.backward(d.user, x.data(), y.data(), g.data(), dx.data(), saved ? out<void>(e, saved) : nullptr), d,
        "backward");
}

}  // namespace

std::vector<Tensor> custom(Engine& e, const ubp_custom_op_desc& d, std::span<const Tensor> in) {
  if (in.size() != d.n_in) refuse(UBP_E_INVALID_ARG, "{}: {} inputs, the op takes {}", d.id, in.size(), d.n_in);
  std::vector<ubp_shape> from, to(d.n_out, ubp_shape{0, 0, {}});
  for (Tensor x : in) from.push_back(shape_for_plugin(e, x));
  check(d.infer(d.user, from.data(), to.data()), d, "infer");
  std::vector<Tensor> ys;
  for (const ubp_shape& s : to)
    ys.push_back(e.empty(s.dtype ? static_cast<DType>(s.dtype) : e.real(), Shape(s.dim, s.nd)));
  std::vector<Tensor> operands(in.begin(), in.end());
  operands.push_back(d.saved_bytes ? e.full(DType::u8, {static_cast<i64>(d.saved_bytes)}, 0) : Tensor{});
  Views x = views_of(e, in, false), y = views_of(e, ys, true);
  check(d.forward(d.user, x.data(), y.data(), operands.back() ? out<void>(e, operands.back()) : nullptr), d, "forward");
  if (d.backward || d.backward_graph)
    if (Node* n = record(e, operands, ys, custom_backward)) n->user = &d;
  return ys;
}

}  // namespace ubp::ops
