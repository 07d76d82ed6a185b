// SPDX-License-Identifier: MIT
// Rows and elements chosen by an index tensor. gather and scatter are each other's transposes.
#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {
namespace {

struct Rows {
  i64 n, width;
  explicit Rows(const Shape& s) : n(s.dim[0]), width(1) {
    for (int k = 1; k < s.nd; ++k) width *= s.dim[k];
  }
};

Shape with_rows(const Shape& s, i64 n) {
  Shape to = s;
  to.dim[0] = n;
  return to;
}

template <class T>
void add_rows(i64 n, i64 width, const i64* index, const T* rows, T* to) {
  for (i64 i = 0; i < n; ++i) simd::add_to(width, to + index[i] * width, rows + i * width);
}

/// The gradient of a table whose rows were gathered: a touched row costs its width, the others nothing.
Tensor gather_rows_grad(Engine& e, const Node& n, Tensor dy) {
  const Tensor table = n.in[0], index = n.in[1];
  const Rows rows(e.shape(table));
  const i64 count = e.shape(index).count();
  Sink* sink = e.impl().row_sink(0);
  if (!sink) return scatter_add(e, zeros_like(e, table), index, dy);
  sink->used = true;
  const i64* at = e.data<i64>(index);
  with_real(e.dtype(dy), "gather_rows", [&](auto t) {
    using T = decltype(t);
    T* to = static_cast<T*>(sink->data);
    if (!sink->rows && !sink->accumulate) std::fill_n(to, rows.n * rows.width, T(0));
    add_rows(count, rows.width, at, e.data<T>(dy), to);
  });
  if (sink->rows) sink->rows->insert(sink->rows->end(), at, at + count);
  return {};
}

const Op kGatherRows = {"gather_rows(table any [r,...], index i64 [n]) -> [n,...]",
                        "row index[i] of the table as row i",
                        [](Engine& e, Call& c) -> Results { return {gather_rows(e, c.in(0), c.in(1))}; },
                        "[4,3], [3] is 2 0 2\n[4], [2] is 3 3"};
const Op kScatterAdd = {"scatter_add(base [r,...], index i64 [n], rows [n,...]) -> [r,...]",
                        "base, to whose row index[i] row i of rows is added",
                        [](Engine& e, Call& c) -> Results { return {scatter_add(e, c.in(0), c.in(1), c.in(2))}; },
                        "[4,3], [3] is 2 0 2, [3,3]"};
const Op kTake = {"take(x any [n,k], index i64 [n]) -> [n]", "x[i, index[i]]",
                  [](Engine& e, Call& c) -> Results { return {take(e, c.in(0), c.in(1))}; }, "[3,4], [3] is 1 3 0"};

}  // namespace

Ops index_ops() { return {&kGatherRows, &kScatterAdd, &kTake}; }

const i64* checked_index(Engine& e, std::string_view op, Tensor index, i64 limit) {
  const i64* at = e.data<i64>(index);
  for (i64 i = 0, n = e.shape(index).count(); i < n; ++i)
    if (at[i] < 0 || at[i] >= limit) refuse(UBP_E_INVALID_ARG, "{}: index {} is outside [0, {})", op, at[i], limit);
  return at;
}

Tensor gather_rows(Engine& e, Tensor table, Tensor index) {
  const Running running(e, kGatherRows, {table, index});
  const Rows rows(e.shape(table));
  const i64 n = e.shape(index).count();
  const i64* at = checked_index(e, "gather_rows", index, rows.n);
  const Tensor y = e.empty(e.dtype(table), with_rows(e.shape(table), n));
  with_any(e.dtype(table), [&](auto t) {
    using T = decltype(t);
    const T* from = e.data<T>(table);
    T* to = out<T>(e, y);
    parallel_rows(n, rows.width, [&](i64 lo, i64 hi) {
      for (i64 i = lo; i < hi; ++i) std::copy_n(from + at[i] * rows.width, rows.width, to + i * rows.width);
    });
  });
  record(e, {table, index}, {y}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
    din[0] = gather_rows_grad(g, self, dout[0]);
  });
  return y;
}

Tensor scatter_add(Engine& e, Tensor base, Tensor index, Tensor rows) {
  const Running running(e, kScatterAdd, {base, index, rows});
  const Rows to(e.shape(base));
  const i64 n = e.shape(index).count();
  const i64* at = checked_index(e, "scatter_add", index, to.n);
  const Tensor y = e.copy_from(e.dtype(base), e.shape(base), e.data(base));
  with_real(e.dtype(base), "scatter_add", [&](auto t) {
    using T = decltype(t);
    add_rows(n, to.width, at, e.data<T>(rows), out<T>(e, y));
  });
  record(e, {base, index, rows}, {y},
         [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
           if (self.wanted[0]) din[0] = dout[0];
           if (self.wanted[2]) din[2] = gather_rows(g, dout[0], self.in[1]);
         });
  return y;
}

Tensor take(Engine& e, Tensor x, Tensor index) {
  const Running running(e, kTake, {x, index});
  const i64 n = e.shape(x)[0];
  checked_index(e, "take", index, e.shape(x)[1]);
  return reshape(e, take_along(e, x, reshape(e, index, {n, 1})), {n});
}

}  // namespace ubp::ops
