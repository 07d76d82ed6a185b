// SPDX-License-Identifier: MIT
// Batch and layer normalisation, dropout.
//
// Both normalisations are xhat = (x - mean) / sqrt(variance + eps), y = gamma xhat + beta. They differ in the axes that
// are averaged and in the axis that gamma belongs to. Mean and variance are results of the op, so the derivative of a
// derivative flows through them.
#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {
namespace {

struct Normalised {
  Tensor y, mean, variance;  ///< mean and variance keep the averaged axes, as 1
};

Tensor inverse_sd(Engine& e, Tensor variance, double eps) { return unary(e, UBP_U_RSQRT, affine(e, variance, 1, eps)); }

/// With h = xhat and g = dy gamma:
///   dx = (g - mean(g) - h mean(g h)) / sd + dmean / m + 2 dvariance (x - mean) / m
void norm_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Tensor x = n.in[0], gamma = n.in[1], mean = n.out[1], dy = dout[0];
  const auto averaged = static_cast<std::uint32_t>(n.a[0]);
  const double m = static_cast<double>(n.a[1]);
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
  {
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
    "[2,4,3,2], [4] in 0.5..1.5, [4]; groups = 4, eps = 1e-3\n[3,4], [4] in 0.5..1.5, [4]"};
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
