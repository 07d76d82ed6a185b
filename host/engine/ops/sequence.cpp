// SPDX-License-Identifier: MIT
// Along an axis, one after another: cumulative sums and linear recurrences.
#include <type_traits>

#include "engine/op_support.hpp"

namespace ubp::ops {
namespace {

Tensor cumsum(Engine&, Tensor x, i64 axis, bool reverse);
Tensor scan(Engine&, Tensor x, Tensor decay, bool reverse);

const Op kCumsum = {"cumsum(x; axis = -1, reverse = 0) -> y",
                    "sums up to and with each number along an axis; reverse = 1: from its end",
                    [](Engine& e, Call& c) -> Results { return {cumsum(e, c.in(0), c.integer(0), c.flag(1))}; },
                    "[2,3,5]\n[2,3,5]; axis = 1, reverse = 1\n[4]; axis = 0"};
const Op kScan = {"scan(x [t,...], decay [t,...]; reverse = 0) -> [t,...]",
                  "y[t] = x[t] + decay[t] y[t - 1] along the first axis; reverse = 1: + decay[t] y[t + 1], as returns "
                  "are from rewards",
                  [](Engine& e, Call& c) -> Results { return {scan(e, c.in(0), c.in(1), c.flag(0))}; },
                  "[5,3], [5,3]\n[5,3], [5,3]; reverse = 1\n[4], [4]; reverse = 1"};

/// f(place before, place) for each step along the axis.
template <class F>
void steps(i64 n, bool reverse, F&& f) {
  for (i64 t = 1; t < n; ++t) reverse ? f(n - t, n - t - 1) : f(t - 1, t);
}

/// Sums along each of `rows` rows of n numbers that lie behind each other. An addition waits for the one before it: so
/// some rows are summed at a time.
template <class T>
void sum_rows(T* v, i64 rows, i64 n, bool reverse) {
  constexpr i64 kTogether = 8;
  const auto sum = [&](auto together) {
    steps(n, reverse, [&](i64 before, i64 now) {
      for (i64 r = 0; r < together; ++r) v[r * n + now] += v[r * n + before];
    });
    v += together * n;
  };
  for (; rows >= kTogether; rows -= kTogether) sum(std::integral_constant<i64, kTogether>{});
  for (; rows > 0; --rows) sum(std::integral_constant<i64, 1>{});
}

Tensor cumsum(Engine& e, Tensor x, i64 axis, bool reverse) {
  const Running running(e, kCumsum, {x});
  const Shape& s = e.shape(x);
  const int k = axis_of("cumsum", s, axis);
  i64 outer = 1, inner = 1;
  for (int i = 0; i < k; ++i) outer *= s.dim[i];
  for (int i = k + 1; i < s.nd; ++i) inner *= s.dim[i];
  const Tensor y = e.copy_from(e.dtype(x), s, e.data(x));
  with_real(e.dtype(x), "cumsum", [&](auto t) {
    auto* v = out<decltype(t)>(e, y);
    if (inner == 1) return sum_rows(v, outer, s.dim[k], reverse);
    for (i64 o = 0; o < outer; ++o, v += s.dim[k] * inner)
      steps(s.dim[k], reverse, [&](i64 before, i64 now) {
        for (i64 i = 0; i < inner; ++i) v[now * inner + i] += v[before * inner + i];
      });
  });
  if (Node* n =
          record(e, {x}, {y}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
            din[0] = cumsum(g, dout[0], self.a[0], self.a[1] == 0);
          })) {
    n->a[0] = k;
    n->a[1] = reverse;
  }
  return y;
}

/// The rows of x, each where the one before it (or, `back`, behind it) was; a row of zeros takes the free place.
Tensor shifted(Engine& e, Tensor x, bool back) {
  const i64 n = e.shape(x)[0];
  if (n == 0) return x;
  return back ? pad(e, slice(e, x, 0, 1, n), 0, 0, 1) : pad(e, slice(e, x, 0, 0, n - 1), 0, 1, 0);
}

Tensor scan(Engine& e, Tensor x, Tensor decay, bool reverse) {
  const Running running(e, kScan, {x, decay});
  const i64 n = e.shape(x)[0], width = n ? e.shape(x).count() / n : 0;
  const Tensor y = e.copy_from(e.dtype(x), e.shape(x), e.data(x));
  with_real(e.dtype(x), "scan", [&](auto t) {
    auto* v = out<decltype(t)>(e, y);
    const auto* d = e.data<decltype(t)>(decay);
    steps(n, reverse, [&](i64 before, i64 now) {
      for (i64 i = 0; i < width; ++i) v[now * width + i] += d[now * width + i] * v[before * width + i];
    });
  });
  if (Node* node = record(e, {x, decay}, {y},
                          [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
                            const bool back = self.a[0] != 0;
                            const Tensor dx = scan(g, dout[0], shifted(g, self.in[1], !back), !back);
                            din[0] = dx;
                            if (self.wanted[1]) din[1] = mul(g, dx, shifted(g, self.out[0], back));
                          }))
    node->a[0] = reverse;
  return y;
}

}  // namespace

Ops sequence_ops() { return {&kCumsum, &kScan}; }

}  // namespace ubp::ops
