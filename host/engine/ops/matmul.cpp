// SPDX-License-Identifier: MIT
// Matrix products and the dense layer.
#include "engine/blas.hpp"
#include "engine/op_support.hpp"

namespace ubp::ops {
namespace {

struct Product {
  i64 batch, m, n, k;
};

Product product_of(Engine& e, std::string_view op, Tensor a, Tensor b, bool ta, bool tb) {
  const Shape &s = e.shape(a), &t = e.shape(b);
  same_dtype(e, op, a, b);
  if (s.nd != t.nd || (s.nd != 2 && s.nd != 3))
    refuse(UBP_E_SHAPE, "{}: two matrices, or two batches of them, are expected: {} x {}", op, s.text(), t.text());
  const Product p{s.nd == 3 ? s[0] : 1, ta ? s[-1] : s[-2], tb ? t[-2] : t[-1], ta ? s[-2] : s[-1]};
  if (p.k != (tb ? t[-1] : t[-2]))
    refuse(UBP_E_SHAPE, "{}: inner sizes differ: {}{} x {}{}", op, s.text(), ta ? "^T" : "", t.text(), tb ? "^T" : "");
  if (s.nd == 3 && s[0] != t[0]) refuse(UBP_E_SHAPE, "{}: batch sizes differ: {} x {}", op, s.text(), t.text());
  return p;
}

void multiply(Engine& e, const Product& p, Tensor a, Tensor b, bool ta, bool tb, void* to, bool accumulate) {
  with_real(e.dtype(a), "matmul", [&](auto t) {
    using T = decltype(t);
    const T *left = e.data<T>(a), *right = e.data<T>(b);
    parallel_rows(p.batch, p.m * p.n, [&](i64 lo, i64 hi) {
      for (i64 i = lo; i < hi; ++i)
        blas::gemm(ta, tb, p.m, p.n, p.k, left + i * p.m * p.k, right + i * p.k * p.n, T(accumulate),
                   static_cast<T*>(to) + i * p.m * p.n);
    });
  });
}

void matmul_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Tensor a = n.in[0], b = n.in[1], dy = dout[0];
  const bool ta = n.a[0] != 0, tb = n.a[1] != 0;
  if (n.wanted[0]) din[0] = ta ? matmul_grad(e, 0, b, dy, tb, true) : matmul_grad(e, 0, dy, b, false, !tb);
  if (n.wanted[1]) din[1] = tb ? matmul_grad(e, 1, dy, a, true, ta) : matmul_grad(e, 1, a, dy, !ta, false);
}

void linear_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Tensor x = n.in[0], w = n.in[1];
  const Tensor dz =
      bias_activation_grad(e, static_cast<Activation>(n.a[0]), dout[0], n.out[0], n.wanted[2], 2, &din[2]);
  if (n.wanted[0]) din[0] = matmul_grad(e, 0, dz, w, false, true);
  if (n.wanted[1]) din[1] = matmul_grad(e, 1, x, dz, true, false);
}

}  // namespace

Tensor matmul(Engine& e, Tensor a, Tensor b, bool ta, bool tb) {
  const Product p = product_of(e, "matmul", a, b, ta, tb);
  const Tensor y = e.empty(e.dtype(a), e.shape(a).nd == 3 ? Shape{p.batch, p.m, p.n} : Shape{p.m, p.n});
  multiply(e, p, a, b, ta, tb, out<void>(e, y), false);
  if (Node* n = record(e, {a, b}, {y}, matmul_backward)) {
    n->a[0] = ta;
    n->a[1] = tb;
  }
  return y;
}

Tensor matmul_grad(Engine& e, std::size_t i, Tensor a, Tensor b, bool ta, bool tb) {
  Sink* sink = e.impl().sink(i);
  if (!sink) return matmul(e, a, b, ta, tb);
  multiply(e, product_of(e, "matmul", a, b, ta, tb), a, b, ta, tb, sink->data, sink->accumulate);
  return {};
}

Tensor linear(Engine& e, Tensor x, Tensor w, Tensor b, Activation act) {
  if (!fuses(act)) return unary(e, code_of(act), linear(e, x, w, b, Activation::none));
  const Product p = product_of(e, "linear", x, w, false, false);
  if (p.batch != 1 || e.shape(w).nd != 2)
    refuse(UBP_E_SHAPE, "linear: w must be [in, out], its shape is {}", e.shape(w).text());
  if (b) {
    same_dtype(e, "linear", w, b);
    if (!(e.shape(b) == Shape{p.n}))
      refuse(UBP_E_SHAPE, "linear: the bias must be [{}], its shape is {}", p.n, e.shape(b).text());
  }
  const Tensor y = e.empty(e.dtype(x), {p.m, p.n});
  multiply(e, p, x, w, false, false, out<void>(e, y), false);
  with_real(e.dtype(y), "linear", [&](auto t) {
    using T = decltype(t);
    add_bias_activate<T>(act, p.m, p.n, out<T>(e, y), b ? e.data<T>(b) : nullptr, false);
  });
  if (Node* n = record(e, {x, w, b}, {y}, linear_backward)) n->a[0] = static_cast<i64>(act);
  return y;
}

}  // namespace ubp::ops
