// SPDX-License-Identifier: MIT
// Matrix products and the dense layer.
#include "engine/blas.hpp"
#include "engine/op_support.hpp"

namespace ubp::ops {
namespace {

/// m x k times k x n, for every place of the leading axes `lead`, along which an operand may be repeated.
struct Product {
  Shape lead;
  i64 m, n, k;

  Shape shape() const {
    Shape s = lead;
    s.dim[s.nd++] = m;
    s.dim[s.nd++] = n;
    return s;
  }
};

Shape leading(const Shape& s) { return Shape(s.dim, s.nd - 2); }

Product product_of(Engine& e, std::string_view op, Tensor a, Tensor b, bool ta, bool tb) {
  const Shape &s = e.shape(a), &t = e.shape(b);
  if (s.nd < 2 || t.nd < 2)
    refuse(UBP_E_SHAPE, "{}: two matrices, or stacks of them, are expected: {} x {}", op, s.text(), t.text());
  const i64 m = ta ? s[-1] : s[-2], n = tb ? t[-2] : t[-1], k = ta ? s[-2] : s[-1];
  if (k != (tb ? t[-1] : t[-2]))
    refuse(UBP_E_SHAPE, "{}: inner sizes differ: {}{} x {}{}", op, s.text(), ta ? "^T" : "", t.text(), tb ? "^T" : "");
  if (s.nd == 2 && t.nd == 2) return {{}, m, n, k};
  return {broadcast(op, leading(s), leading(t)), m, n, k};
}

/// Which matrix of an operand with leading axes `s` the product at place `at` of `lead` takes.
i64 place_of(i64 at, const Shape& lead, const Shape& s) {
  i64 found = 0, step = 1;
  for (int k = 1; k <= s.nd; ++k) {
    found += s[-k] == 1 ? 0 : at % lead[-k] * step;
    at /= lead[-k];
    step *= s[-k];
  }
  return found;
}

/// `finite`: set if the result was looked at, and has no nan and no infinity; may be null.
void multiply(Engine& e, const Product& p, Tensor a, Tensor b, bool ta, bool tb, void* to, bool accumulate,
              bool* finite = nullptr) {
  with_real(e.dtype(a), "matmul", [&](auto t) {
    using T = decltype(t);
    const T *left = e.data<T>(a), *right = e.data<T>(b);
    const Shape of_left = leading(e.shape(a)), of_right = leading(e.shape(b));
    parallel_rows(p.lead.count(), p.m * p.n, [&](i64 lo, i64 hi) {
      for (i64 i = lo; i < hi; ++i)
        blas::gemm(ta, tb, p.m, p.n, p.k, left + place_of(i, p.lead, of_left) * p.m * p.k,
                   right + place_of(i, p.lead, of_right) * p.k * p.n, T(accumulate),
                   static_cast<T*>(to) + i * p.m * p.n, p.lead.nd == 0 ? finite : nullptr);
    });
  });
}

void matmul_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Tensor a = n.in[0], b = n.in[1], dy = dout[0];
  const bool ta = n.a[0] != 0, tb = n.a[1] != 0;
  const auto gradient = [&](std::size_t i, Tensor u, Tensor v, bool tu, bool tv) {
    if (!n.wanted[i]) return;
    const bool repeated = !(leading(e.shape(n.in[i])) == leading(e.shape(dy)));
    din[i] = repeated ? sum_to(e, matmul(e, u, v, tu, tv), e.shape(n.in[i])) : matmul_grad(e, i, u, v, tu, tv);
  };
  ta ? gradient(0, b, dy, tb, true) : gradient(0, dy, b, false, !tb);
  tb ? gradient(1, dy, a, true, ta) : gradient(1, a, dy, !ta, false);
}

void linear_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Tensor x = n.in[0], w = n.in[1];
  const Tensor dz =
      bias_activation_grad(e, static_cast<Activation>(n.a[0]), dout[0], n.out[0], n.wanted[2], 2, &din[2]);
  if (n.wanted[0]) din[0] = matmul_grad(e, 0, dz, w, false, true);
  if (n.wanted[1]) din[1] = matmul_grad(e, 1, x, dz, true, false);
}

const Op kMatmul = {"matmul(a, b; ta = 0, tb = 0) -> y",
                    "the product of matrices, over leading axes that broadcast; ta, tb = 1: of their transposes",
                    [](Engine& e, Call& c) -> Results { return {matmul(e, c.in(0), c.in(1), c.flag(0), c.flag(1))}; },
                    "[3,4], [4,5]\n[4,3], [4,5]; ta = 1\n[3,4], [5,4]; tb = 1\n[4,3], [5,4]; ta = 1, tb = 1\n"
                    "[2,3,4], [2,4,5]\n[2,4,3], [2,4,5]; ta = 1\n[2,3,4], [2,5,4]; tb = 1\n"
                    "[2,4,3], [2,5,4]; ta = 1, tb = 1\n[2,3,4], [4,5]\n[3,4], [2,4,5]\n"
                    "[2,1,3,4], [6,4,5]\n[6,4,3], [5,4]; ta = 1, tb = 1"};

// Inputs and weights of one sign and biases far from it: no preactivation is near a kink.
#define UBP_LINEAR_CASE(name) "[3,4] in 0.1..0.6, [4,17] in -0.4..0.4, [17] off 1.2..1.6; activation = " name "\n"
const Op kLinear = {"linear(x [n,i], w [i,o], b? [o]; activation = " UBP_ACTIVATIONS ") -> [n,o]", "act(x w + b)",
                    [](Engine& e, Call& c) -> Results {
                      return {linear(e, c.in(0), c.in(1), c.in(2), static_cast<Activation>(c.word(0)))};
                    },
                    UBP_LINEAR_CASE("none") UBP_LINEAR_CASE("relu") UBP_LINEAR_CASE("leaky_relu")
                        UBP_LINEAR_CASE("sigmoid") UBP_LINEAR_CASE("tanh") UBP_LINEAR_CASE("elu")
                            UBP_LINEAR_CASE("gelu") UBP_LINEAR_CASE("softplus")
                                UBP_LINEAR_CASE("silu") "[3,4], [4,2], -; activation = tanh"};
#undef UBP_LINEAR_CASE

}  // namespace

Ops matmul_ops() { return {&kMatmul, &kLinear}; }

Tensor matmul(Engine& e, Tensor a, Tensor b, bool ta, bool tb) {
  const Running running(e, kMatmul, {a, b});
  const Shape s = e.shape(a);
  if (s.nd > 2 && e.shape(b).nd == 2 && !ta) {  // rows of a stack are rows
    Shape to = s;
    to.dim[to.nd - 1] = e.shape(b)[tb ? 0 : 1];
    return reshape(e, matmul(e, reshape(e, a, {leading(s).count() * s[-2], s[-1]}), b, false, tb), to);
  }
  const Product p = product_of(e, "matmul", a, b, ta, tb);
  const Tensor y = e.empty(e.dtype(a), p.shape());
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
  multiply(e, product_of(e, "matmul", a, b, ta, tb), a, b, ta, tb, sink->data, sink->accumulate, &sink->finite);
  return {};
}

Tensor linear(Engine& e, Tensor x, Tensor w, Tensor b, Activation act) {
  const Running running(e, kLinear, {x, w, b});
  if (!fuses(act)) return activate(e, act, linear(e, x, w, b, Activation::none));
  const Product p = product_of(e, "linear", x, w, false, false);
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
