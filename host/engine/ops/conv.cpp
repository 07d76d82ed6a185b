// SPDX-License-Identifier: MIT
// Convolution and transposed convolution.
//
// Three bilinear maps are closed under differentiation: F (x, k -> y), its adjoint A (y, k -> x) and the filter's
// gradient W (x, y -> k). dF = A and W, dA = F and W, dW = A and F. conv2d is F with a bias and an activation, and
// conv_transpose2d is A with them.
#include "engine/conv_kernels.hpp"

#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {
namespace {

using conv::Geometry;

Tensor adjoint(Engine&, Tensor y, Tensor k, i64 stride, i64 pad, i64 h, i64 w);
Tensor filter_grad(Engine&, Tensor x, Tensor y, i64 stride, i64 pad, i64 kh, i64 kw);

void check_kernel(Engine& e, std::string_view op, Tensor k, i64 stride, i64 pad) {
  if (e.shape(k).count() == 0) refuse(UBP_E_SHAPE, "{}: the kernel {} is empty", op, e.shape(k).text());
  if (stride < 1 || pad < 0) refuse(UBP_E_INVALID_ARG, "{}: stride {}, pad {}", op, stride, pad);
}

Geometry geometry(const Shape& large, const Shape& small, const Shape& k, i64 stride, i64 pad) {
  return {large[0], large[1], large[2], large[3], small[1], small[2], small[3], k[2], k[3], stride, pad};
}

template <class T>
T* scratch(Engine& e, i64 numbers) {
  return out<T>(e, e.empty(sizeof(T) == 4 ? DType::f32 : DType::f64, {numbers}));
}

/// Block by block: turns x, applies the map, bias and activation, turns y.
template <class T>
void map_blocks(Engine& e, const Geometry& g, bool to_small, const T* x, const T* k, T* y, Tensor b, Activation act) {
  const Scope scope(e);
  const T* bias = b ? e.data<T>(b) : nullptr;
  const i64 n_from = to_small ? g.large() : g.small(), n_to = to_small ? g.small() : g.large();
  const i64 full = conv::full_block<T>();
  T* packed = scratch<T>(e, g.kernel());
  T* lanes = scratch<T>(e, loop_threads() * (n_from + n_to) * full);
  conv::pack_kernel<T>(g, to_small, k, packed);
  parallel(g.n, full, [&](i64 i, i64, int thread) {
    T *from = lanes + thread * (n_from + n_to) * full, *to = from + n_from * full;
    const i64 block = conv::block_at<T>(g, i), images = std::min(block, g.n - i);
    conv::to_lanes<T>(images, n_from, block, x + i * n_from, from);
    if (to_small)
      conv::small_from_large<T>(g, block, packed, from, to);
    else
      conv::large_from_small<T>(g, block, packed, from, to);
    const i64 channels = to_small ? g.o : g.c;
    add_bias_activate<T>(act, channels, n_to / channels * block, to, bias, true);
    conv::from_lanes<T>(images, n_to, block, to, y + i * n_to);
  });
}

/// dk = sum of small x large over the batch, on top of what is there if `accumulate`.
template <class T>
void correlate(Engine& e, const Geometry& g, const T* x, const T* y, T* dk, bool accumulate) {
  const Scope scope(e);
  const i64 full = conv::full_block<T>(), kernel = g.kernel(), side_by_side = loop_threads();
  T* lanes = scratch<T>(e, side_by_side * (g.large() + g.small()) * full);
  T* sums = side_by_side > 1 ? scratch<T>(e, side_by_side * kernel) : nullptr;  // by block
  if (!accumulate) std::fill_n(dk, kernel, T(0));
  const auto add_block = [&](i64 i, int thread, T* to) {
    T *large = lanes + thread * (g.large() + g.small()) * full, *small = large + g.large() * full;
    const i64 block = conv::block_at<T>(g, i), images = std::min(block, g.n - i);
    conv::to_lanes<T>(images, g.large(), block, x + i * g.large(), large);
    conv::to_lanes<T>(images, g.small(), block, y + i * g.small(), small);
    conv::add_filter_grad<T>(g, block, large, small, to);
  };
  for (i64 first = 0; first < g.n; first += side_by_side * full) {
    const i64 n = std::min(g.n - first, side_by_side * full);
    if (n <= full) {
      add_block(first, 0, dk);
      continue;
    }
    parallel(n, full, [&](i64 lo, i64, int thread) {
      T* own = sums + lo / full * kernel;
      std::fill_n(own, kernel, T(-0.0));  // to which a number is added as it is
      add_block(first + lo, thread, own);
    });
    for (i64 lo = 0; lo < n; lo += full) simd::add_to<T>(kernel, dk, sums + lo / full * kernel);
  }
}

void note(Node* n, Activation act, i64 stride, i64 pad) {
  if (!n) return;
  n->a[0] = static_cast<i64>(act);
  n->a[1] = stride;
  n->a[2] = pad;
}

/// W into operand i's sink, if the running derivative has one.
Tensor filter_grad_to_sink(Engine& e, std::size_t i, Tensor x, Tensor y, const Node& n, const Shape& k) {
  Sink* sink = e.impl().sink(i);
  if (!sink) return filter_grad(e, x, y, n.a[1], n.a[2], k[2], k[3]);
  const Geometry g = geometry(e.shape(x), e.shape(y), k, n.a[1], n.a[2]);
  with_real(e.dtype(x), "conv2d", [&](auto t) {
    using T = decltype(t);
    correlate(e, g, e.data<T>(x), e.data<T>(y), static_cast<T*>(sink->data), sink->accumulate);
  });
  return {};
}

void conv_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Tensor x = n.in[0], k = n.in[1];
  const Shape &s = e.shape(x), &kernel = e.shape(k);
  const Tensor dz =
      bias_activation_grad(e, static_cast<Activation>(n.a[0]), dout[0], n.out[0], n.wanted[2], 2, &din[2]);
  if (n.wanted[0]) din[0] = adjoint(e, dz, k, n.a[1], n.a[2], s[2], s[3]);
  if (n.wanted[1]) din[1] = filter_grad_to_sink(e, 1, x, dz, n, kernel);
}

void adjoint_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Tensor y = n.in[0], k = n.in[1];
  const Tensor dz =
      bias_activation_grad(e, static_cast<Activation>(n.a[0]), dout[0], n.out[0], n.wanted[2], 2, &din[2]);
  if (n.wanted[0]) din[0] = conv2d(e, dz, k, {}, n.a[1], n.a[2]);
  if (n.wanted[1]) din[1] = filter_grad_to_sink(e, 1, dz, y, n, e.shape(k));
}

Tensor filter_grad(Engine& e, Tensor x, Tensor y, i64 stride, i64 pad, i64 kh, i64 kw) {
  const Tensor dk = e.empty(e.dtype(x), {e.shape(y)[1], e.shape(x)[1], kh, kw});
  const Geometry g = geometry(e.shape(x), e.shape(y), e.shape(dk), stride, pad);
  with_real(e.dtype(x), "conv2d", [&](auto t) {
    using T = decltype(t);
    correlate(e, g, e.data<T>(x), e.data<T>(y), out<T>(e, dk), false);
  });
  note(record(e, {x, y}, {dk},
              [](Engine& h, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
                const Shape& s = h.shape(n.in[0]);
                if (n.wanted[0]) din[0] = adjoint(h, n.in[1], dout[0], n.a[1], n.a[2], s[2], s[3]);
                if (n.wanted[1]) din[1] = conv2d(h, n.in[0], dout[0], {}, n.a[1], n.a[2]);
              }),
       Activation::none, stride, pad);
  return dk;
}

/// A, then bias and activation.
Tensor adjoint_layer(Engine& e, Tensor y, Tensor k, Tensor b, i64 stride, i64 pad, i64 h, i64 w, Activation act) {
  const Tensor x = e.empty(e.dtype(y), {e.shape(y)[0], e.shape(k)[1], h, w});
  const Geometry g = geometry(e.shape(x), e.shape(y), e.shape(k), stride, pad);
  with_real(e.dtype(y), "conv_transpose2d", [&](auto t) {
    using T = decltype(t);
    map_blocks(e, g, false, e.data<T>(y), e.data<T>(k), out<T>(e, x), b, act);
  });
  note(record(e, {y, k, b}, {x}, adjoint_backward), act, stride, pad);
  return x;
}

Tensor adjoint(Engine& e, Tensor y, Tensor k, i64 stride, i64 pad, i64 h, i64 w) {
  return adjoint_layer(e, y, k, {}, stride, pad, h, w, Activation::none);
}

Activation activation_of(const Call& c) { return static_cast<Activation>(c.word(2)); }

const Op kConv2d = {"conv2d(x [n,c,h,w], k [o,c,i,j], b? [o]; stride = 1, pad = 0, activation = " UBP_ACTIVATIONS
                    ") -> [n,o,h',w']",
                    "act(b + the correlation of x with kernels of i x j); h' = (h + 2 pad - i) / stride + 1",
                    [](Engine& e, Call& c) -> Results {
                      return {conv2d(e, c.in(0), c.in(1), c.in(2), c.integer(0), c.integer(1), activation_of(c))};
                    },
                    "[2,2,6,5], [3,2,3,3], [3]; stride = 2, pad = 1, activation = tanh\n[2,1,4,4], [2,1,3,3], [2]\n"
                    "[1,2,5,6], [2,2,2,3], [2]; stride = 3, pad = 2, activation = sigmoid\n"
                    "[2,3,2,2], [2,3,1,1], [2]; activation = gelu\n[2,2,6,5], [3,2,3,3], -; stride = 2, pad = 1"};
const Op kConvTranspose2d = {
    "conv_transpose2d(x [n,c,h,w], k [c,o,i,j], b? [o]; stride = 1, pad = 0, activation = " UBP_ACTIVATIONS
    ") -> [n,o,h',w']",
    "act(b + the transpose of that correlation); h' = (h - 1) stride - 2 pad + i",
    [](Engine& e, Call& c) -> Results {
      return {conv_transpose2d(e, c.in(0), c.in(1), c.in(2), c.integer(0), c.integer(1), activation_of(c))};
    },
    "[5,2,3,2], [2,3,4,4], [3]; stride = 2, pad = 1, activation = sigmoid\n[1,2,3,3], [2,1,3,3], [1]; pad = 1\n"
    "[2,1,2,3], [1,2,3,2], [2]; stride = 2, activation = tanh"};

Tensor conv1d(Engine&, Tensor x, Tensor k, Tensor b, i64 stride, i64 pad, Activation);

const Op kConv1d = {"conv1d(x [n,c,w], k [o,c,j], b? [o]; stride = 1, pad = 0, activation = " UBP_ACTIVATIONS
                    ") -> [n,o,w']",
                    "the same along one axis",
                    [](Engine& e, Call& c) -> Results {
                      return {conv1d(e, c.in(0), c.in(1), c.in(2), c.integer(0), c.integer(1), activation_of(c))};
                    },
                    "[5,2,6], [3,2,4], [3]; stride = 2, pad = 1, activation = tanh\n[5,1,6], [2,1,3], -\n"
                    "[2,3,7], [4,3,1], [4]; activation = gelu"};

/// As images of one line; stride and pad are of its columns alone.
Tensor conv1d(Engine& e, Tensor x, Tensor k, Tensor b, i64 stride, i64 margin, Activation act) {
  const Running running(e, kConv1d, {x, k, b});
  if (stride < 1 || margin < 0) refuse(UBP_E_INVALID_ARG, "conv1d: stride {}, pad {}", stride, margin);
  const Tensor wide = margin ? pad(e, x, 2, margin, margin) : x;
  const Shape &s = e.shape(wide), &t = e.shape(k);
  if (t.count() == 0 || s[2] < t[2])
    refuse(UBP_E_SHAPE, "conv1d: the kernel {} does not fit into x {}", t.text(), e.shape(x).text());
  const Tensor y =
      conv2d(e, reshape(e, wide, {s[0], s[1], 1, s[2]}), reshape(e, k, {t[0], t[1], 1, t[2]}), b, stride, 0, act);
  return reshape(e, y, {s[0], t[0], e.shape(y)[3]});
}

}  // namespace

Ops conv_ops() { return {&kConv2d, &kConvTranspose2d, &kConv1d}; }

Tensor conv2d(Engine& e, Tensor x, Tensor k, Tensor b, i64 stride, i64 pad, Activation act) {
  const Running running(e, kConv2d, {x, k, b});
  if (!fuses(act)) return activate(e, act, conv2d(e, x, k, b, stride, pad));
  check_kernel(e, "conv2d", k, stride, pad);
  const Shape &s = e.shape(x), &t = e.shape(k);
  const i64 room_h = s[2] + 2 * pad - t[2], room_w = s[3] + 2 * pad - t[3];
  if (room_h < 0 || room_w < 0) refuse(UBP_E_SHAPE, "conv2d: the kernel {} does not fit into x {}", t.text(), s.text());
  const Tensor y = e.empty(e.dtype(x), {s[0], t[0], room_h / stride + 1, room_w / stride + 1});
  const Geometry g = geometry(s, e.shape(y), t, stride, pad);
  with_real(e.dtype(x), "conv2d", [&](auto z) {
    using T = decltype(z);
    map_blocks(e, g, true, e.data<T>(x), e.data<T>(k), out<T>(e, y), b, act);
  });
  note(record(e, {x, k, b}, {y}, conv_backward), act, stride, pad);
  return y;
}

Tensor conv_transpose2d(Engine& e, Tensor x, Tensor k, Tensor b, i64 stride, i64 pad, Activation act) {
  const Running running(e, kConvTranspose2d, {x, k, b});
  if (!fuses(act)) return activate(e, act, conv_transpose2d(e, x, k, b, stride, pad));
  check_kernel(e, "conv_transpose2d", k, stride, pad);
  const Shape &s = e.shape(x), &t = e.shape(k);
  const i64 h = (s[2] - 1) * stride - 2 * pad + t[2], w = (s[3] - 1) * stride - 2 * pad + t[3];
  if (h < 1 || w < 1)
    refuse(UBP_E_SHAPE, "conv_transpose2d: nothing is left of x {} under kernel {} and pad {}", s.text(), t.text(),
           pad);
  return adjoint_layer(e, x, k, b, stride, pad, h, w, act);
}

}  // namespace ubp::ops
