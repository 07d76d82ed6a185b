// SPDX-License-Identifier: MIT
// The largest numbers, the nearest rows, and what stands at given places of the last axis.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/op_support.hpp"

namespace ubp::ops {
namespace {

Results top_k(Engine&, Tensor x, i64 k, bool largest);
Results nearest(Engine&, Tensor x, Tensor to, i64 k);

const Op kTakeAlong = {"take_along(x any [...,n], index i64 [...,k]) -> [...,k]",
                       "the numbers at these places of each row",
                       [](Engine& e, Call& c) -> Results { return {take_along(e, c.in(0), c.in(1))}; },
                       "[2,3,5], [2,3,4] < 5\n[5], [3] is 4 0 4"};
const Op kTopK = {"top_k(x [...,n]; k int, largest = 1) -> values [...,k], index i64 [...,k]",
                  "the k largest of each row, the largest first, and where they stand; of equals the first; largest = "
                  "0: the smallest; NaN is larger than all",
                  [](Engine& e, Call& c) -> Results { return top_k(e, c.in(0), c.integer(0), c.flag(1)); },
                  "[2,3,5] grid -1..1; k = 2\n[4,6] grid -1..1; k = 3, largest = 0\n[3,4] grid -1..1; k = 1"};
const Op kOneHot = {"one_hot(index i64 [...]; classes int) -> [...,classes]",
                    "1 at index, 0 elsewhere",
                    [](Engine& e, Call& c) -> Results { return {one_hot(e, c.in(0), c.integer(0), e.real())}; },
                    "[2,3] < 4; classes = 4",
                    Family::none,
                    0,
                    false};
const Op kNearest = {"nearest(x [n,d], to [m,d]; k = 1) -> sqdist [n,k], index i64 [n,k]",
                     "the k rows of `to` that are nearest to each row of x, the nearest first, and their squared "
                     "distances",
                     [](Engine& e, Call& c) -> Results { return nearest(e, c.in(0), c.in(1), c.integer(0)); },
                     "[4,3], [6,3]\n[4,3], [6,3]; k = 2"};

i64 rows_of(const Shape& s) { return s[-1] ? s.count() / s[-1] : 0; }

Shape with_last(Shape s, i64 n) {
  s.dim[s.nd - 1] = n;
  return s;
}

/// The transpose of take_along: numbers at the same place are added.
Tensor put_along(Engine& e, Tensor y, Tensor index, i64 n) {
  const Tensor x = e.full(e.dtype(y), with_last(e.shape(y), n), 0);
  const i64 k = e.shape(y)[-1], rows = rows_of(e.shape(y));
  with_real(e.dtype(y), "take_along", [&](auto t) {
    using T = decltype(t);
    T* to = out<T>(e, x);
    const T* from = e.data<T>(y);
    const i64* at = e.data<i64>(index);
    for (i64 r = 0; r < rows; ++r, to += n, from += k, at += k)
      for (i64 j = 0; j < k; ++j) to[at[j]] += from[j];
  });
  record(e, {y, index}, {x}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
    din[0] = take_along(g, dout[0], self.in[1]);
  });
  return x;
}

/// An order in which NaN is the largest, as PyTorch has it.
template <class T>
bool less_of(T u, T v) {
  return std::isnan(v) ? !std::isnan(u) : u < v;
}

/// The first k places of a row in the order of `before`, which breaks no ties: the lower place comes first.
template <class T, class F>
void first_places(const T* row, i64 n, i64 k, std::vector<i64>& order, F before) {
  constexpr i64 kFew = 32;  // they are kept in order while the row is read: most numbers are compared once
  if (k <= kFew) {
    order.resize(static_cast<std::size_t>(k));
    i64* const first = order.data();
    for (i64 j = 0, kept = 0; j < n; ++j) {
      if (kept == k && !before(row[j], row[first[k - 1]])) continue;
      i64 at = kept < k ? kept++ : k - 1;
      for (; at > 0 && before(row[j], row[first[at - 1]]); --at) first[at] = first[at - 1];
      first[at] = j;
    }
    return;
  }
  order.resize(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), i64{0});
  std::partial_sort(order.begin(), order.begin() + k, order.end(),
                    [&](i64 a, i64 b) { return before(row[a], row[b]) || (!before(row[b], row[a]) && a < b); });
}

Results top_k(Engine& e, Tensor x, i64 k, bool largest) {
  const Running running(e, kTopK, {x});
  const Shape& s = e.shape(x);
  const i64 n = s[-1], rows = rows_of(s);
  if (k < 1 || k > n) refuse(UBP_E_SHAPE, "top_k: k is {}, expected 1 to {} of x {}", k, n, s.text());
  const Tensor index = e.empty(DType::i64, with_last(s, k));
  with_real(e.dtype(x), "top_k", [&](auto t) {
    using T = decltype(t);
    std::vector<i64> order;
    for (i64 r = 0; r < rows; ++r) {
      const T* row = e.data<T>(x) + r * n;
      if (largest)
        first_places(row, n, k, order, [](T u, T v) { return less_of(v, u); });
      else
        first_places(row, n, k, order, less_of<T>);
      std::copy_n(order.begin(), k, out<i64>(e, index) + r * k);
    }
  });
  return {take_along(e, x, index), index};
}

Results nearest(Engine& e, Tensor x, Tensor to, i64 k) {
  const Running running(e, kNearest, {x, to});
  if (k < 1 || k > e.shape(to)[0])
    refuse(UBP_E_SHAPE, "nearest: k is {}, expected 1 to {}, the rows of `to`", k, e.shape(to)[0]);
  return top_k(e, pairwise_sqdist(e, x, to), k, false);
}

}  // namespace

Tensor take_along(Engine& e, Tensor x, Tensor index) {
  const Running running(e, kTakeAlong, {x, index});
  const i64 n = e.shape(x)[-1], k = e.shape(index)[-1], rows = rows_of(e.shape(index));
  const i64* at = checked_index(e, "take_along", index, n);
  const Tensor y = e.empty(e.dtype(x), e.shape(index));
  with_any(e.dtype(x), [&](auto t) {
    using T = decltype(t);
    T* to = out<T>(e, y);
    const T* from = e.data<T>(x);
    for (i64 r = 0; r < rows; ++r, from += n, to += k, at += k)
      for (i64 j = 0; j < k; ++j) to[j] = from[at[j]];
  });
  record(e, {x, index}, {y}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
    din[0] = put_along(g, dout[0], self.in[1], g.shape(self.in[0])[-1]);
  });
  return y;
}

Tensor one_hot(Engine& e, Tensor index, i64 classes, DType dtype) {
  const Running running(e, kOneHot, {index});
  Shape s = e.shape(index);
  if (s.nd == 8) refuse(UBP_E_SHAPE, "one_hot: index has 8 axes already");
  if (classes < 0) refuse(UBP_E_INVALID_ARG, "one_hot: {} classes", classes);
  const i64* at = checked_index(e, "one_hot", index, classes);
  s.dim[s.nd++] = classes;
  const Tensor y = e.full(dtype, s, 0);
  with_real(dtype, "one_hot", [&](auto t) {
    for (i64 i = 0, n = e.shape(index).count(); i < n; ++i) out<decltype(t)>(e, y)[i * classes + at[i]] = 1;
  });
  return y;
}

Ops select_ops() { return {&kTakeAlong, &kTopK, &kOneHot, &kNearest}; }

}  // namespace ubp::ops
