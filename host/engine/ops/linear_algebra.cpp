// SPDX-License-Identifier: MIT
// Cholesky, triangular systems, inverse, log-determinant, symmetric eigenvalues: of matrices, or of stacks of them.
//
// Derivatives: Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation"
// (2008); Murray, "Differentiation of the Cholesky decomposition" (arXiv:1602.07527), eq. 10.
#include "engine/lapack.hpp"
#include "engine/op_support.hpp"

namespace ubp::ops {
namespace {

Tensor cholesky(Engine&, Tensor a);
Tensor triangular_solve(Engine&, Tensor l, Tensor b, bool transposed);
Tensor inverse(Engine&, Tensor a);
Tensor logdet(Engine&, Tensor a);
Results eigh(Engine&, Tensor a);

const Op kCholesky = {"cholesky(a [...,n,n]) -> [...,n,n]",
                      "lower triangular l with l l^T = a, a symmetric and positive definite",
                      [](Engine& e, Call& c) -> Results { return {cholesky(e, c.in(0))}; }, "[3,3] spd\n[2,4,4] spd"};
const Op kTriangularSolve = {
    "triangular_solve(l [...,n,n], b [...,n,m]; transposed = 0) -> [...,n,m]",
    "l^-1 b of a lower triangular l, whose upper part is not read; transposed = 1: l^-T b",
    [](Engine& e, Call& c) -> Results { return {triangular_solve(e, c.in(0), c.in(1), c.flag(0))}; },
    "[3,3] spd, [3,2]\n[3,3] spd, [3,2]; transposed = 1\n[2,4,4] spd, [2,4,3]"};
const Op kInverse = {"inverse(a [...,n,n]) -> [...,n,n]", "a^-1",
                     [](Engine& e, Call& c) -> Results { return {inverse(e, c.in(0))}; }, "[3,3] spd\n[2,4,4] spd"};
const Op kLogdet = {"logdet(a [...,n,n]) -> [...]", "log |det a|",
                    [](Engine& e, Call& c) -> Results { return {logdet(e, c.in(0))}; }, "[3,3] spd\n[2,4,4] spd"};
const Op kEigh = {"eigh(a [...,n,n]) -> values [...,n], vectors [...,n,n]",
                  "eigenvalues of a symmetric a, ascending, and eigenvectors as columns, the largest number of each "
                  "positive",
                  [](Engine& e, Call& c) -> Results { return eigh(e, c.in(0)); }, "[3,3] spd\n[2,4,4] spd"};

/// The size of the matrices and how many there are.
struct Stack {
  i64 n, count;
  explicit Stack(const Shape& s) : n(s[-1]), count(1) {
    for (int k = 0; k + 2 < s.nd; ++k) count *= s.dim[k];
  }
};

/// f(matrix of x, matrix number); x is a copy that f may change.
template <class F>
Tensor each_matrix(Engine& e, Tensor x, F&& f) {
  const Tensor y = e.copy_from(e.dtype(x), e.shape(x), e.data(x));
  const Stack stack(e.shape(x));
  with_real(e.dtype(x), "linear algebra", [&](auto t) {
    for (i64 i = 0; i < stack.count; ++i) f(out<decltype(t)>(e, y) + i * stack.n * stack.n, i);
  });
  return y;
}

Tensor turned(Engine& e, Tensor x) {
  const int nd = e.shape(x).nd;
  i64 axes[8];
  for (int k = 0; k < nd; ++k) axes[k] = k;
  std::swap(axes[nd - 1], axes[nd - 2]);
  return permute(e, x, std::span<const i64>(axes, static_cast<std::size_t>(nd)));
}

/// x's lower triangle, its diagonal times `diagonal`.
Tensor lower(Engine& e, Tensor x, double diagonal) {
  const i64 n = e.shape(x)[-1];
  std::vector<double> v(static_cast<std::size_t>(n * n));
  for (i64 i = 0; i < n; ++i)
    for (i64 j = 0; j <= i; ++j) v[static_cast<std::size_t>(i * n + j)] = i == j ? diagonal : 1;
  return mul(e, x, cast(e, e.copy_from(DType::f64, {n, n}, v.data()), e.dtype(x)));
}

Tensor symmetric(Engine& e, Tensor x) { return affine(e, add(e, x, turned(e, x)), 0.5); }

Tensor cholesky(Engine& e, Tensor a) {
  const Running running(e, kCholesky, {a});
  const Tensor s = [&] {
    const Recording off(e, false);
    return symmetric(e, a);
  }();
  const Tensor l = each_matrix(e, s, [&](auto* m, i64) {
    if (!lapack::cholesky(e.shape(a)[-1], m)) refuse(UBP_E_NUMERIC, "cholesky: a is not positive definite");
  });
  record(e, {a}, {l}, [](Engine& g, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
    const Tensor y = n.out[0];
    const Tensor p = lower(g, matmul(g, y, lower(g, dout[0], 1), true, false), 0.5);
    const Tensor left = triangular_solve(g, y, p, true);
    din[0] = symmetric(g, triangular_solve(g, y, turned(g, left), true));
  });
  return l;
}

Tensor triangular_solve(Engine& e, Tensor l, Tensor b, bool transposed) {
  const Running running(e, kTriangularSolve, {l, b});
  const Stack stack(e.shape(l));
  const i64 m = e.shape(b)[-1], n = stack.n;
  const Tensor x = e.copy_from(e.dtype(b), e.shape(b), e.data(b));
  with_real(e.dtype(b), "triangular_solve", [&](auto t) {
    using T = decltype(t);
    for (i64 i = 0; i < stack.count; ++i)
      lapack::solve_lower(n, m, e.data<T>(l) + i * n * n, out<T>(e, x) + i * n * m, transposed);
  });
  if (Node* node =
          record(e, {l, b}, {x}, [](Engine& g, const Node& self, std::span<const Tensor> dout, std::span<Tensor> din) {
            const bool turn = self.a[0] != 0;
            const Tensor y = self.out[0], db = triangular_solve(g, self.in[0], dout[0], !turn);
            if (self.wanted[0])
              din[0] = lower(g, affine(g, turn ? matmul(g, y, db, false, true) : matmul(g, db, y, false, true), -1), 1);
            if (self.wanted[1]) din[1] = db;
          }))
    node->a[0] = transposed;
  return x;
}

Tensor inverse(Engine& e, Tensor a) {
  const Running running(e, kInverse, {a});
  const Tensor y = each_matrix(e, a, [&](auto* m, i64) {
    if (std::isinf(lapack::log_det(e.shape(a)[-1], m, true))) refuse(UBP_E_NUMERIC, "inverse: a is singular");
  });
  record(e, {a}, {y}, [](Engine& g, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
    const Tensor x = n.out[0];
    din[0] = affine(g, matmul(g, matmul(g, x, dout[0], true, false), x, false, true), -1);
  });
  return y;
}

Tensor logdet(Engine& e, Tensor a) {
  const Running running(e, kLogdet, {a});
  const Tensor y = e.empty(e.dtype(a), Shape(e.shape(a).dim, e.shape(a).nd - 2));
  each_matrix(e, a, [&](auto* m, i64 i) {
    const double v = lapack::log_det(e.shape(a)[-1], m, false);
    if (std::isinf(v)) refuse(UBP_E_NUMERIC, "logdet: a is singular");
    using T = std::remove_pointer_t<decltype(m)>;
    out<T>(e, y)[i] = static_cast<T>(v);
  });
  record(e, {a}, {y}, [](Engine& g, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
    Shape s = g.shape(n.in[0]);
    s.dim[s.nd - 2] = s.dim[s.nd - 1] = 1;
    din[0] = mul(g, turned(g, inverse(g, n.in[0])), reshape(g, dout[0], s));
  });
  return y;
}

/// With f_ij = 1 / (w_j - w_i), 0 where they are equal: da = v (diag(dw) + f * (v^T dv)) v^T.
void eigh_backward(Engine& e, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
  const Tensor w = n.out[0], v = n.out[1];
  Shape row = e.shape(v), column = row;
  row.dim[row.nd - 2] = 1;
  column.dim[column.nd - 1] = 1;
  Tensor sum;
  if (dout[1]) {
    const Tensor apart = sub(e, reshape(e, w, row), reshape(e, w, column));
    const Tensor equal = binary(e, UBP_B_EQ, apart, e.full(e.dtype(w), {}, 0));
    const Tensor f = mul(e, unary(e, UBP_U_RECIPROCAL, add(e, apart, equal)), affine(e, equal, -1, 1));
    sum = matmul(e, v, mul(e, f, matmul(e, v, dout[1], true, false)));
  }
  if (dout[0]) {
    const Tensor along = mul(e, v, reshape(e, dout[0], row));
    sum = sum ? add(e, sum, along) : along;
  }
  din[0] = symmetric(e, matmul(e, sum, v, false, true));
}

Results eigh(Engine& e, Tensor a) {
  const Running running(e, kEigh, {a});
  const i64 n = e.shape(a)[-1];
  const Tensor values = e.empty(e.dtype(a), Shape(e.shape(a).dim, e.shape(a).nd - 1));
  const Tensor vectors = [&] {
    const Recording off(e, false);
    return turned(e, each_matrix(e, symmetric(e, a), [&](auto* m, i64 i) {
                    using T = std::remove_pointer_t<decltype(m)>;
                    if (!lapack::eigh(n, m, out<T>(e, values) + i * n))
                      refuse(UBP_E_NUMERIC, "eigh: no eigenvalues were found: a has infinite or undefined cells");
                  }));
  }();
  record(e, {a}, {values, vectors}, eigh_backward);
  return {values, vectors};
}

}  // namespace

Ops linear_algebra_ops() { return {&kCholesky, &kTriangularSolve, &kInverse, &kLogdet, &kEigh}; }

}  // namespace ubp::ops
