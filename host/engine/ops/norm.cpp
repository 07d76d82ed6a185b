// SPDX-License-Identifier: MIT
// Batch and layer normalisation, dropout.
//
// Both normalisations are xhat = (x - mean) / sqrt(variance + eps), y = gamma xhat + beta. They differ in the axes that
// are averaged and in the axis that gamma belongs to. Mean and variance are results of the op, so the derivative of a
// derivative flows through them.
#include <cmath>

#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {
namespace {

struct Normalised {
  Tensor y, mean, variance;  ///< mean and variance keep the averaged axes, as 1
};

/// Whether x [n, groups, channels, rest] is normalised by group, its planes [rest] long enough to be taken one by one.
bool in_planes(const Shape& s, std::uint32_t averaged) {
  constexpr i64 kLong = 16;  // the most lanes of a register
  return averaged == 0b1100 && s.nd == 4 && s[3] >= kLong;
}

template <class T>
T inverse_sd(T variance, double eps) {
  return 1 / std::sqrt(variance + static_cast<T>(eps));
}

/// y, mean and variance of x in planes, group after group, each while it is in the cache.
template <class T>
void planes_forward(const Shape& s, const T* x, const T* gamma, const T* beta, double eps, T* y, T* mean, T* variance) {
  using B = simd::Batch<T>;
  const i64 each = s[2], rest = s[3], width = each * rest;
  const auto share = static_cast<T>(1 / static_cast<double>(width));
  parallel_rows(s[0] * s[1], width, [&](i64 lo, i64 hi) {
    for (i64 r = lo; r < hi; ++r) {
      const T* row = x + r * width;
      const double sum = simd::sum(
          width, [](B v) { return v; }, row);
      mean[r] = static_cast<T>(sum) * share;
      const B m(mean[r]);
      const double squares = simd::sum(
          width, [m](B v) { return (v - m) * (v - m); }, row);
      variance[r] = static_cast<T>(squares) * share;
      const T scale = inverse_sd(variance[r], eps);
      for (i64 c = 0, k = r % s[1] * each; c < each; ++c, ++k)
        simd::map_here(
            rest, y + r * width + c * rest,
            [m, a = B(scale * gamma[k]), b = B(beta[k])](B v) { return (v - m) * a + b; }, row + c * rest);
    }
  });
}

template <class T>
struct PlaneSums {
  T dy[simd::kLanes<T>], along[simd::kLanes<T>];
};

/// By lane, the sums of dy and of dy (x - mean). n is a multiple of kLanes.
template <class T>
[[gnu::noinline]] void sum_plane(i64 n, const T* dy, const T* x, T mean, PlaneSums<T>& to) {
  using B = simd::Batch<T>;
  const B m(mean);
  B s0(T(0)), s1(T(0)), a0(T(0)), a1(T(0));  // taking turns, as in simd::sum_whole
  for (i64 i = 0; i < n; i += simd::kLanes<T>) {
    const B d = B::load_unaligned(dy + i), s = s0 + d, a = a0 + d * (B::load_unaligned(x + i) - m);
    s0 = s1;
    s1 = s;
    a0 = a1;
    a1 = a;
  }
  (s0 + s1).store_aligned(to.dy);
  (a0 + a1).store_aligned(to.along);
}

/// sums[0] = the sum of dy, sums[1] = that of dy (x - mean) over a plane.
template <class T>
void sum_plane_blocks(i64 n, const T* dy, const T* x, T mean, double* sums) {
  const i64 rest = n % simd::kLanes<T>, whole = n - rest;
  sums[0] = sums[1] = 0;
  const auto take = [&](i64 count, const T* d, const T* v) {
    alignas(64) PlaneSums<T> lanes;
    sum_plane(count, d, v, mean, lanes);
    sums[0] += static_cast<double>(xsimd::hadd(simd::Batch<T>::load_aligned(lanes.dy)));
    sums[1] += static_cast<double>(xsimd::hadd(simd::Batch<T>::load_aligned(lanes.along)));
  };
  for (i64 at = 0; at < whole; at += simd::kSumBlock) take(std::min(simd::kSumBlock, whole - at), dy + at, x + at);
  if (!rest) return;
  const simd::Tail<T, 2> end(rest, dy + whole, x + whole);
  take(simd::kLanes<T>, end.pad[0], end.pad[1]);
}

/// The derivative of planes_forward with constant mean and variance: one pass sums over the planes, from which dgamma
/// and dbeta follow, and the means over each group; a second one, of the group in the cache, writes dx.
void planes_backward(Engine& e, const Node& n, Tensor dy, std::span<Tensor> din) {
  const Shape s = e.shape(n.in[0]);
  const i64 each = s[2], rest = s[3], width = each * rest, channels = s[1] * each;
  const Tensor plane_sums = e.empty(DType::f64, {s[0], 2 * channels});
  if (n.wanted[0]) din[0] = e.impl().may_overwrite(dy) ? dy : e.empty(e.dtype(dy), s);
  with_real(e.dtype(dy), "norm", [&](auto t) {
    using T = decltype(t);
    using B = simd::Batch<T>;
    const T *x = e.data<T>(n.in[0]), *gamma = e.data<T>(n.in[1]), *from = e.data<T>(dy);
    const T *mean = e.data<T>(n.out[1]), *variance = e.data<T>(n.out[2]);
    T* dx = n.wanted[0] ? out<T>(e, din[0]) : nullptr;
    double* const sums = out<double>(e, plane_sums);
    parallel_rows(s[0] * s[1], width, [&](i64 lo, i64 hi) {
      for (i64 r = lo; r < hi; ++r) {
        const T scale = inverse_sd(variance[r], n.p[0]);
        const T* const weight = gamma + r % s[1] * each;
        double sum = 0, along = 0;
        for (i64 c = 0; c < each; ++c) {
          double* const of_plane = sums + 2 * (r * each + c);
          const i64 at = r * width + c * rest;
          sum_plane_blocks(rest, from + at, x + at, mean[r], of_plane);
          of_plane[1] *= static_cast<double>(scale);
          sum += static_cast<double>(weight[c]) * of_plane[0];
          along += static_cast<double>(weight[c]) * of_plane[1];
        }
        if (!dx) continue;
        const double share = -static_cast<double>(scale) / static_cast<double>(width);
        const B m(mean[r]), shift(static_cast<T>(share * sum)),
            slope(static_cast<T>(share * along * static_cast<double>(scale)));
        for (i64 c = 0; c < each; ++c) {
          const i64 at = r * width + c * rest;
          simd::map_here(
              rest, dx + at, [=, a = B(scale * weight[c])](B d, B v) { return d * a + ((v - m) * slope + shift); },
              from + at, x + at);
        }
      }
    });
    if (!n.wanted[1] && !n.wanted[2]) return;
    simd::add_rows(s[0] - 1, 2 * channels, static_cast<const double*>(sums) + 2 * channels, sums);
    const auto give = [&](std::size_t i, i64 of) {
      if (!n.wanted[i]) return;
      din[i] = e.empty(e.dtype(dy), e.shape(n.in[i]));
      for (i64 c = 0; c < channels; ++c) out<T>(e, din[i])[c] = static_cast<T>(sums[2 * c + of]);
    };
    give(1, 1);
    give(2, 0);
  });
}

Tensor inverse_sd(Engine& e, Tensor variance, double eps) { return unary(e, UBP_U_RSQRT, affine(e, variance, 1, eps)); }

/// With h = xhat and g = dy gamma:
///   dx = (g - mean(g) - h mean(g h)) / sd + dmean / m + 2 dvariance (x - mean) / m
void norm_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Tensor x = n.in[0], gamma = n.in[1], mean = n.out[1], dy = dout[0];
  const auto averaged = static_cast<std::uint32_t>(n.a[0]);
  const double m = static_cast<double>(n.a[1]);
  if (e.impl().first_order && dy && !dout[1] && !dout[2] && in_planes(e.shape(x), averaged))
    return planes_backward(e, n, dy, din);
  const auto average = [&](Tensor t) { return reduce(e, UBP_R_MEAN, t, averaged, true); };
  const Tensor centred = sub(e, x, mean);
  Tensor dx;
  if (dy) {
    const Tensor scale = inverse_sd(e, n.out[2], n.p[0]);
    const Tensor h = mul(e, centred, scale), dyh = mul(e, dy, h);
    if (n.wanted[1]) din[1] = sum_to(e, dyh, e.shape(gamma));
    if (n.wanted[2]) din[2] = sum_to(e, dy, e.shape(gamma));
    if (n.wanted[0]) {
      const Tensor g = mul(e, dy, gamma);
      const Tensor along = mul(e, h, average(mul(e, dyh, gamma)));
      dx = mul(e, sub(e, sub(e, g, average(g)), along), scale);
    }
  }
  if (!n.wanted[0]) return;
  const auto plus = [&](Tensor t) { dx = dx ? add(e, dx, t) : t; };
  if (dout[1]) plus(affine(e, expand(e, dout[1], e.shape(x)), 1 / m));
  if (dout[2]) plus(mul(e, affine(e, dout[2], 2 / m), centred));
  din[0] = dx;
}

/// mean((x - mean)^2) over `averaged`; in one pass where those are the last axes.
Tensor variance_about(Engine& e, Tensor x, Tensor mean, std::uint32_t averaged) {
  const Shape& s = e.shape(x);
  const std::uint32_t before = (averaged & (~averaged + 1)) - 1;  // the axes in front of the first of them
  if ((averaged | before) != (1u << s.nd) - 1)
    return reduce(e, UBP_R_MEAN, unary(e, UBP_U_SQUARE, sub(e, x, mean)), averaged, true);
  const i64 rows = e.shape(mean).count(), width = rows ? s.count() / rows : 0;
  const Tensor variance = e.empty(e.dtype(x), e.shape(mean));
  with_real(e.dtype(x), "norm", [&](auto t) {
    using T = decltype(t);
    using B = simd::Batch<T>;
    const T *from = e.data<T>(x), *means = e.data<T>(mean);
    T* to = out<T>(e, variance);
    parallel_rows(rows, width, [&](i64 lo, i64 hi) {
      for (i64 r = lo; r < hi; ++r) {
        const double sum = simd::sum(
            width, [m = B(means[r])](B v) { return (v - m) * (v - m); }, from + r * width);
        to[r] = static_cast<T>(sum) * static_cast<T>(1 / static_cast<double>(width));
      }
    });
  });
  return variance;
}

/// gamma and beta come in a shape that broadcasts against x.
Normalised norm(Engine& e, Tensor x, Tensor gamma, Tensor beta, double eps, std::uint32_t averaged) {
  Normalised r;
  if (const Shape s = e.shape(x); in_planes(s, averaged)) {
    r = {e.empty(e.dtype(x), s), e.empty(e.dtype(x), {s[0], s[1], 1, 1}), e.empty(e.dtype(x), {s[0], s[1], 1, 1})};
    with_real(e.dtype(x), "norm", [&](auto t) {
      using T = decltype(t);
      planes_forward(s, e.data<T>(x), e.data<T>(gamma), e.data<T>(beta), eps, out<T>(e, r.y), out<T>(e, r.mean),
                     out<T>(e, r.variance));
    });
  } else {
    const Recording off(e, false);
    r.mean = reduce(e, UBP_R_MEAN, x, averaged, true);
    const Tensor centred = sub(e, x, r.mean);
    r.variance = variance_about(e, x, r.mean, averaged);
    const Tensor scale = mul(e, inverse_sd(e, r.variance, eps), gamma);
    r.y = add(e, mul(e, centred, scale), beta);
  }
  if (Node* n = record(e, {x, gamma, beta}, {r.y, r.mean, r.variance}, norm_backward)) {
    n->a[0] = averaged;
    n->a[1] = e.shape(x).count() / std::max<i64>(1, e.shape(r.mean).count());
    n->p[0] = eps;
  }
  return r;
}

/// gamma or beta [c] as [1, c, 1, ...], with c at `axis` of x.
Tensor channel_wise(Engine& e, Tensor p, Tensor x, int axis) {
  const i64 c = e.shape(x).dim[axis];
  Shape to;
  to.nd = e.shape(x).nd;
  for (int k = 0; k < to.nd; ++k) to.dim[k] = k == axis ? c : 1;
  return reshape(e, p, to);
}

void check_norm(std::string_view op, const Shape& s, i64 groups, double eps) {
  if (!(eps >= 0)) refuse(UBP_E_INVALID_ARG, "{}: eps must not be negative: {}", op, eps);
  if (s.count() == 0 && groups > 0) refuse(UBP_E_SHAPE, "{}: nothing to average in x {}", op, s.text());
}

const Op kBatchNorm = {
    "batch_norm(x [n,c,...], gamma [c], beta [c]; eps = 1e-5) -> y, mean [c], variance [c]",
    "(x - mean) / sqrt(variance + eps) gamma + beta with this batch's statistics",
    [](Engine& e, Call& c) -> Results { return batch_norm(e, c.in(0), c.in(1), c.in(2), c.number(0)); },
    "[5,3], [3] in 0.5..1.5, [3]; eps = 1e-3\n[2,3,2,2], [3] in 0.5..1.5, [3]; eps = 1e-3"};
const Op kLayerNorm = {
    "layer_norm(x [...,c], gamma [c], beta [c]; eps = 1e-5) -> y", "the same with the statistics of each row",
    [](Engine& e, Call& c) -> Results { return {layer_norm(e, c.in(0), c.in(1), c.in(2), c.number(0))}; },
    "[2,2,3], [3] in 0.5..1.5, [3]; eps = 1e-3"};
Tensor group_norm(Engine&, Tensor x, Tensor gamma, Tensor beta, i64 groups, double eps);

const Op kGroupNorm = {
    "group_norm(x [n,c,...], gamma [c], beta [c]; groups = 1, eps = 1e-5) -> y",
    "the same with the statistics of each group of channels of each row (Wu and He, 2018)",
    [](Engine& e, Call& c) -> Results { return {group_norm(e, c.in(0), c.in(1), c.in(2), c.integer(0), c.number(1))}; },
    "[3,4,2], [4] in 0.5..1.5, [4]; groups = 2, eps = 1e-3\n"
    "[2,4,3,2], [4] in 0.5..1.5, [4]; groups = 4, eps = 1e-3\n[2,4,19], [4] in 0.5..1.5, [4]; groups = 2, eps = 1e-3\n"
    "[2,3,4,4], [3] in 0.5..1.5, [3]; groups = 1, eps = 1e-3\n[3,4], [4] in 0.5..1.5, [4]"};
const Op kDropout = {"dropout(x [...], keep [...]; p = 0.5) -> y", "x keep / (1 - p), keep 0 or 1",
                     [](Engine& e, Call& c) -> Results { return {dropout(e, c.in(0), c.in(1), c.number(0))}; },
                     "[2,3], [2,3]; p = 0.3"};

// Rows of [n, groups, channels of a group, the rest].
Tensor group_norm(Engine& e, Tensor x, Tensor gamma, Tensor beta, i64 groups, double eps) {
  const Running running(e, kGroupNorm, {x, gamma, beta});
  const Shape s = e.shape(x);
  if (groups < 1 || s[1] % groups)
    refuse(UBP_E_SHAPE, "group_norm: {} groups of {} channels, expected a divisor", groups, s[1]);
  check_norm("group_norm", s, s[0], eps);
  const i64 each = s[1] / groups, rest = s[0] * s[1] > 0 ? s.count() / (s[0] * s[1]) : 0;
  const auto channels = [&](Tensor p) { return reshape(e, p, {1, groups, each, 1}); };
  const Tensor rows = reshape(e, x, {s[0], groups, each, rest});
  return reshape(e, norm(e, rows, channels(gamma), channels(beta), eps, 0b1100).y, s);
}

}  // namespace

Ops norm_ops() { return {&kBatchNorm, &kLayerNorm, &kGroupNorm, &kDropout}; }

std::vector<Tensor> batch_norm(Engine& e, Tensor x, Tensor gamma, Tensor beta, double eps) {
  const Running running(e, kBatchNorm, {x, gamma, beta});
  const Shape& s = e.shape(x);
  check_norm("batch_norm", s, s[1], eps);
  const std::uint32_t averaged = ((1u << s.nd) - 1) & ~2u;
  const Normalised r = norm(e, x, channel_wise(e, gamma, x, 1), channel_wise(e, beta, x, 1), eps, averaged);
  return {r.y, reshape(e, r.mean, {s[1]}), reshape(e, r.variance, {s[1]})};
}

Tensor layer_norm(Engine& e, Tensor x, Tensor gamma, Tensor beta, double eps) {
  const Running running(e, kLayerNorm, {x, gamma, beta});
  const int last = e.shape(x).nd - 1;
  const Shape& s = e.shape(x);
  check_norm("layer_norm", s, s[-1] ? s.count() / s[-1] : 1, eps);
  return norm(e, x, channel_wise(e, gamma, x, last), channel_wise(e, beta, x, last), eps, 1u << last).y;
}

Tensor dropout(Engine& e, Tensor x, Tensor keep, double p) {
  const Running running(e, kDropout, {x, keep});
  if (!(p >= 0 && p < 1)) refuse(UBP_E_INVALID_ARG, "dropout: p must be in [0, 1): {}", p);
  return affine(e, mul(e, x, keep), 1 / (1 - p));
}

}  // namespace ubp::ops
