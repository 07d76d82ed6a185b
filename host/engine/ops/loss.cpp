// SPDX-License-Identifier: MIT
// Losses: one pass forward, one pass back.
#include <cmath>
#include <limits>
#include <span>

#include <fmt/format.h>

#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {
namespace {

enum Loss { kMse, kL1, kHuber, kBce, kBceWithLogits };
constexpr double kSmallest = 1e-12;  // of p (1 - p) in bce's derivative, as PyTorch has it

/// f(term, slope): (prediction, target) -> loss, and its derivative by the prediction.
template <class B, class F>
void with_loss(Loss loss, double delta, F&& f) {
  using T = typename B::value_type;
  const B zero(T(0)), one(T(1)), two(T(2)), half(T(0.5)), d(static_cast<T>(delta)), floor(T(-100));
  switch (loss) {
    case kMse:
      return f([](B p, B t) { return (p - t) * (p - t); }, [=](B p, B t) { return two * (p - t); });
    case kL1:
      return f([](B p, B t) { return xsimd::abs(p - t); },
               [=](B p, B t) { return xsimd::select(p > t, one, xsimd::select(p < t, -one, zero)); });
    case kHuber:
      return f(
          [=](B p, B t) {
            const B r = xsimd::abs(p - t);
            return xsimd::select(r > d, d * (r - half * d), half * r * r);
          },
          [=](B p, B t) { return xsimd::max(-d, xsimd::min(d, p - t)); });
    case kBce:
      return f(
          [=](B p, B t) {
            const B no = xsimd::max(floor, xsimd::log1p(-p));
            return -(t * (xsimd::max(floor, xsimd::log(p)) - no) + no);
          },
          [=](B p, B t) { return (p - t) / xsimd::max(p * (one - p), B(T(kSmallest))); });
    case kBceWithLogits:
      return f([=](B x, B t) { return xsimd::max(x, zero) - x * t + xsimd::log1p(xsimd::exp(-xsimd::abs(x))); },
               [=](B x, B t) { return one / (one + xsimd::exp(-x)) - t; });
  }
}

/// dloss/dprediction, elementwise and without the outer factor, in ops.
Tensor slope(Engine& e, Loss loss, double delta, Tensor p, Tensor t) {
  switch (loss) {
    case kMse:
      return affine(e, sub(e, p, t), 2);
    case kL1:
      return unary(e, UBP_U_SIGN, sub(e, p, t));
    case kHuber:
      return unary(e, UBP_U_CLAMP, sub(e, p, t), -delta, delta);
    case kBceWithLogits:
      return sub(e, unary(e, UBP_U_SIGMOID, p), t);
    default: {
      const Tensor pq = sub(e, p, unary(e, UBP_U_SQUARE, p));
      return div(e, sub(e, p, t), unary(e, UBP_U_CLAMP, pq, kSmallest, std::numeric_limits<double>::infinity()));
    }
  }
}

/// dloss/dtarget, likewise.
Tensor target_slope(Engine& e, Loss loss, double delta, Tensor p, Tensor t) {
  if (loss == kBceWithLogits) return affine(e, p, -1);
  if (loss != kBce) return affine(e, slope(e, loss, delta, p, t), -1);
  const auto log = [&](Tensor x) {
    return unary(e, UBP_U_CLAMP, unary(e, UBP_U_LOG, x), -100, std::numeric_limits<double>::infinity());
  };
  return sub(e, log(affine(e, p, -1, 1)), log(p));
}

void loss_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Tensor p = n.in[0], t = n.in[1], dy = dout[0];
  const auto loss = static_cast<Loss>(n.a[0]);
  const double delta = n.p[0], scale = n.p[1];
  if (n.wanted[1]) din[1] = mul(e, target_slope(e, loss, delta, p, t), affine(e, dy, scale));
  if (!n.wanted[0]) return;
  if (e.recording()) {
    din[0] = mul(e, slope(e, loss, delta, p, t), affine(e, dy, scale));
    return;
  }
  din[0] = e.empty(e.dtype(p), e.shape(p));
  with_real(e.dtype(p), "loss", [&](auto z) {
    using T = decltype(z);
    using B = simd::Batch<T>;
    const B factor(static_cast<T>(e.item(dy) * scale));
    with_loss<B>(loss, delta, [&](auto, auto f) {
      simd::map(
          e.shape(p).count(), out<T>(e, din[0]), [&](B u, B v) { return factor * f(u, v); }, e.data<T>(p),
          e.data<T>(t));
    });
  });
}

/// Says what makes bce a NaN: looked for only once it is one.
template <class T>
void require_probabilities(std::span<const T> p) {
  for (const T v : p)
    if (!(v >= 0 && v <= 1))
      throw EngineError(
          UBP_E_NUMERIC,
          fmt::format("bce: expects probabilities: found {}, expected numbers in [0, 1], as a sigmoid gives "
                      "them; bce_with_logits and mse take any",
                      v));
}

Reduction reduction_of(const Call& c) { return static_cast<Reduction>(c.word(0)); }

#define UBP_LOSS(name) name "(pred [...], target any [...]; reduction = " UBP_REDUCTIONS ") -> []"
#define UBP_THREE(p, t) \
  "[3,7] " p ", [3,7] " t "\n[3,7] " p ", [3,7] " t "; reduction = sum\n[3,7] " p ", [3,7] " t "; reduction = batch"
const Op kOps[] = {
    {UBP_LOSS("mse"), "(pred - target)^2; reduction: the mean, the sum, or the sum / number of rows (batch)",
     [](Engine& e, Call& c) -> Results { return {mse(e, c.in(0), c.in(1), reduction_of(c))}; },
     UBP_THREE("in -1..1", "in -1..1")},
    {UBP_LOSS("l1"), "|pred - target|",
     [](Engine& e, Call& c) -> Results { return {l1(e, c.in(0), c.in(1), reduction_of(c))}; },
     UBP_THREE("in -1..-0.5", "in 0.5..1")},
    {"huber(pred [...], target any [...]; reduction = " UBP_REDUCTIONS ", delta = 1.0) -> []",
     "half the square of what is within delta, beyond it linear",
     [](Engine& e, Call& c) -> Results { return {huber(e, c.in(0), c.in(1), c.number(1), reduction_of(c))}; },
     "[3,7] in 0.5..1, [3,7] in -1..-0.5; delta = 0.3\n[3,7], [3,7]; delta = 3, reduction = batch\n"
     "[3,7] in 0.5..1, [3,7] in -1..-0.5; delta = 0.3, reduction = sum"},
    {UBP_LOSS("bce"), "cross-entropy of probabilities; logarithms stop at -100",
     [](Engine& e, Call& c) -> Results { return {bce(e, c.in(0), c.in(1), reduction_of(c))}; },
     UBP_THREE("in 0.2..0.8", "in 0.2..0.8")},
    {UBP_LOSS("bce_with_logits"), "bce(sigmoid(pred), target), for any pred",
     [](Engine& e, Call& c) -> Results { return {bce_with_logits(e, c.in(0), c.in(1), reduction_of(c))}; },
     UBP_THREE("off 0.1..3", "in 0.2..0.8")},
};
#undef UBP_THREE
#undef UBP_LOSS
const Op kCrossEntropy = {"cross_entropy(logits [n,k], label i64 [n]) -> []", "mean of -log softmax(logits)[label]",
                          [](Engine& e, Call& c) -> Results { return {cross_entropy(e, c.in(0), c.in(1))}; },
                          "[3,5] in -2..2, [3] is 4 0 2"};

Tensor loss_of(Engine& e, Loss loss, Tensor p, Tensor t, double delta, Reduction r) {
  const Running running(e, kOps[loss], {p, t});
  const std::string_view name = kOps[loss].signature.name;
  if (!is_real(e.dtype(t))) t = cast(e, t, e.dtype(p));
  same_dtype(e, name, p, t);
  const double scale = scale_of(e, name, r, p);
  const double value = with_real(e.dtype(p), name, [&](auto z) {
    using T = decltype(z);
    double s = 0;
    with_loss<simd::Batch<T>>(loss, delta,
                              [&](auto f, auto) { s = simd::sum(e.shape(p).count(), f, e.data<T>(p), e.data<T>(t)); });
    if (loss == kBce && std::isnan(s))
      require_probabilities(std::span<const T>(e.data<T>(p), static_cast<std::size_t>(e.shape(p).count())));
    return s;
  });
  const Tensor y = e.full(e.dtype(p), {}, value * scale);
  if (Node* n = record(e, {p, t}, {y}, loss_backward)) {
    n->a[0] = loss;
    n->p[0] = delta;
    n->p[1] = scale;
  }
  return y;
}

/// (softmax(x) - onehot(label)) dy / n
void cross_entropy_backward(Engine& e, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Tensor x = self.in[0], label = self.in[1];
  const i64 n = e.shape(x)[0], k = e.shape(x)[1];
  const Tensor p = softmax(e, x, 1, false);
  if (e.recording()) {
    din[0] = mul(e, sub(e, p, one_hot(e, label, k, e.dtype(x))), affine(e, dout[0], 1.0 / static_cast<double>(n)));
    return;
  }
  with_real(e.dtype(x), "cross_entropy", [&](auto t) {
    using T = decltype(t);
    T* d = out<T>(e, p);
    for (i64 i = 0; i < n; ++i) d[i * k + e.data<i64>(label)[i]] -= T(1);
    const simd::Batch<T> factor(static_cast<T>(e.item(dout[0]) / static_cast<double>(n)));
    simd::map(
        n * k, d, [&](auto v) { return v * factor; }, static_cast<const T*>(d));
  });
  din[0] = p;
}

}  // namespace

Ops loss_ops() {
  Ops all;
  for (const Op& op : kOps) all.push_back(&op);
  all.push_back(&kCrossEntropy);
  return all;
}

double scale_of(Engine& e, std::string_view op, Reduction r, Tensor x) {
  const Shape& s = e.shape(x);
  if (r == Reduction::sum) return 1;
  const i64 n = r == Reduction::mean || s.nd == 0 ? s.count() : s[0];
  if (n == 0) refuse(UBP_E_SHAPE, "{}: nothing to average in a tensor of shape {}", op, s.text());
  return 1.0 / static_cast<double>(n);
}

Tensor mse(Engine& e, Tensor p, Tensor t, Reduction r) { return loss_of(e, kMse, p, t, 0, r); }
Tensor l1(Engine& e, Tensor p, Tensor t, Reduction r) { return loss_of(e, kL1, p, t, 0, r); }
Tensor bce(Engine& e, Tensor p, Tensor t, Reduction r) { return loss_of(e, kBce, p, t, 0, r); }
Tensor bce_with_logits(Engine& e, Tensor x, Tensor t, Reduction r) { return loss_of(e, kBceWithLogits, x, t, 0, r); }

Tensor huber(Engine& e, Tensor p, Tensor t, double delta, Reduction r) {
  if (!(delta > 0)) refuse(UBP_E_INVALID_ARG, "huber: delta must be positive: {}", delta);
  return loss_of(e, kHuber, p, t, delta, r);
}

Tensor cross_entropy(Engine& e, Tensor x, Tensor label) {
  const Running running(e, kCrossEntropy, {x, label});
  const i64 n = e.shape(x)[0], k = e.shape(x)[1];
  if (n == 0) refuse(UBP_E_SHAPE, "cross_entropy: nothing to average in logits of shape {}", e.shape(x).text());
  const i64* at = checked_index(e, "cross_entropy", label, k);
  const double sum = with_real(e.dtype(x), "cross_entropy", [&](auto t) {
    using T = decltype(t);
    using B = simd::Batch<T>;
    double total = 0;
    for (i64 i = 0; i < n; ++i) {
      const T* row = e.data<T>(x) + i * k;
      const T top = simd::extreme(
          k, [](auto u, auto v) { return xsimd::max(u, v); }, row);
      const double s = simd::sum(
          k, [b = B(top)](B v) { return xsimd::exp(v - b); }, row);
      total += std::log(s) + static_cast<double>(top) - static_cast<double>(row[at[i]]);
    }
    return total;
  });
  const Tensor y = e.full(e.dtype(x), {}, sum / static_cast<double>(n));
  record(e, {x, label}, {y}, cross_entropy_backward);
  return y;
}

}  // namespace ubp::ops
