// SPDX-License-Identifier: MIT
// Dense products and rows of numbers for metrics: enough linear algebra to need no library.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include <ubp/core.hpp>

namespace metrics {

/// Rows of `cols` numbers, row-major.
struct Matrix {
  std::int64_t cols = 0;
  std::vector<double> values;

  Matrix() = default;
  Matrix(std::int64_t rows, std::int64_t columns) : cols(columns), values(static_cast<std::size_t>(rows * columns)) {}
  std::int64_t rows() const { return cols ? static_cast<std::int64_t>(values.size()) / cols : 0; }
  double* row(std::int64_t i) { return values.data() + i * cols; }
  const double* row(std::int64_t i) const { return values.data() + i * cols; }
  double& operator()(std::int64_t i, std::int64_t j) { return row(i)[j]; }
  double operator()(std::int64_t i, std::int64_t j) const { return row(i)[j]; }
};

/// A matrix seen through strides: element (i, j) is data[i * row + j * col].
struct Operand {
  const double* data;
  std::int64_t row, col;
};

namespace detail {

inline constexpr std::int64_t kTileRows = 6, kTileCols = 8, kDepth = 256;
typedef double Lane __attribute__((vector_size(64)));

/// c [6, 8] += a [depth, 6]^T b [depth, 8], both packed. Six lanes of accumulators stay in registers from AVX2 on.
UBP_VECTORIZED static inline void multiply_tile(std::int64_t depth, const double* a, const double* b, double* c,
                                                std::int64_t stride) {
  Lane c0{}, c1{}, c2{}, c3{}, c4{}, c5{};
  for (std::int64_t k = 0; k < depth; ++k, a += kTileRows, b += kTileCols) {
    Lane v;
    std::memcpy(&v, b, sizeof v);
    c0 += a[0] * v, c1 += a[1] * v, c2 += a[2] * v, c3 += a[3] * v, c4 += a[4] * v, c5 += a[5] * v;
  }
  const Lane sums[kTileRows] = {c0, c1, c2, c3, c4, c5};
  for (std::int64_t i = 0; i < kTileRows; ++i)
    for (std::int64_t j = 0; j < kTileCols; ++j) c[i * stride + j] += sums[i][j];
}

/// Copies `lines` lines of `m` into panels of `width` lines, [panel][depth][width], padded with zeros.
inline void pack(const double* m, std::int64_t line, std::int64_t step, std::int64_t lines, std::int64_t depth,
                 std::int64_t width, double* out) {
  for (std::int64_t first = 0; first < lines; first += width, out += width * depth) {
    const std::int64_t n = std::min(width, lines - first);
    if (n < width) std::fill_n(out, width * depth, 0.0);
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t k = 0; k < depth; ++k) out[k * width + i] = m[(first + i) * line + k * step];
  }
}

}  // namespace detail

/// c [m, n] += a [m, k] b [k, n]. The order of each sum depends on k alone: equal rows give equal numbers.
inline void add_product(std::int64_t m, std::int64_t n, std::int64_t k, Operand a, Operand b, double* c,
                        std::int64_t stride) {
  using namespace detail;
  const auto panels = [depth = std::min(k, kDepth)](std::int64_t lines, std::int64_t width) {
    return std::unique_ptr<double[]>(new double[static_cast<std::size_t>((lines + width - 1) / width * width * depth)]);
  };
  const auto left = panels(m, kTileRows), right = panels(n, kTileCols);  // not zeroed: pack() fills them
  double edge[kTileRows * kTileCols];
  for (std::int64_t k0 = 0; k0 < k; k0 += kDepth) {
    const std::int64_t depth = std::min(kDepth, k - k0);
    pack(a.data + k0 * a.col, a.row, a.col, m, depth, kTileRows, left.get());
    pack(b.data + k0 * b.row, b.col, b.row, n, depth, kTileCols, right.get());
    for (std::int64_t j = 0; j < n; j += kTileCols)
      for (std::int64_t i = 0; i < m; i += kTileRows) {
        const double* l = &left[i * depth];
        const double* r = &right[j * depth];
        if (i + kTileRows <= m && j + kTileCols <= n) {
          multiply_tile(depth, l, r, c + i * stride + j, stride);
          continue;
        }
        std::fill_n(edge, kTileRows * kTileCols, 0.0);
        multiply_tile(depth, l, r, edge, kTileCols);
        for (std::int64_t p = 0; p < std::min(kTileRows, m - i); ++p)
          for (std::int64_t q = 0; q < std::min(kTileCols, n - j); ++q)
            c[(i + p) * stride + j + q] += edge[p * kTileCols + q];
      }
  }
}

inline double dot(const double* a, const double* b, std::int64_t n) {
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

/// |a_i - b_j|^2 for all pairs, [rows of a, rows of b]; never below 0. `norms_*`: |row|^2 of each.
inline void squared_distances(const double* a, const double* norms_a, std::int64_t m, const double* b,
                              const double* norms_b, std::int64_t n, std::int64_t cols, double* out) {
  std::fill_n(out, m * n, 0.0);
  add_product(m, n, cols, {a, cols, 1}, {b, 1, cols}, out, n);
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) out[i * n + j] = std::max(0.0, norms_a[i] + norms_b[j] - 2 * out[i * n + j]);
}

inline std::vector<double> squared_norms(const Matrix& x) {
  std::vector<double> norms;
  for (std::int64_t i = 0; i < x.rows(); ++i) norms.push_back(dot(x.row(i), x.row(i), x.cols));
  return norms;
}

/// In place: the lower triangle becomes L with a = L L^T. REQUIRES: positive definite.
inline void cholesky(Matrix& a) {
  const std::int64_t n = a.cols;
  for (std::int64_t j = 0; j < n; ++j) {
    a(j, j) = std::sqrt(a(j, j) - dot(a.row(j), a.row(j), j));
    for (std::int64_t i = j + 1; i < n; ++i) a(i, j) = (a(i, j) - dot(a.row(i), a.row(j), j)) / a(j, j);
  }
}

/// x := a^-1 x, where `l` came out of cholesky(a).
inline void cholesky_solve(const Matrix& l, double* x) {
  const std::int64_t n = l.cols;
  for (std::int64_t i = 0; i < n; ++i) x[i] = (x[i] - dot(l.row(i), x, i)) / l(i, i);
  for (std::int64_t i = n; i-- > 0;) {
    x[i] /= l(i, i);
    for (std::int64_t j = 0; j < i; ++j) x[j] -= l(i, j) * x[i];
  }
}

/// Calls use(i, |x_i - x_j|^2 of all j) for every row i of x, in order.
template <class F>
void for_each_distances(const Matrix& x, F&& use) {
  constexpr std::int64_t kBlock = 96;
  const std::int64_t n = x.rows();
  const std::vector<double> norms = squared_norms(x);
  std::vector<double> d(static_cast<std::size_t>(std::min(n, kBlock) * n));
  for (std::int64_t first = 0; first < n; first += kBlock) {
    const std::int64_t m = std::min(kBlock, n - first);
    squared_distances(x.row(first), &norms[first], m, x.row(0), norms.data(), n, x.cols, d.data());
    for (std::int64_t i = 0; i < m; ++i) use(first + i, static_cast<const double*>(&d[i * n]));
  }
}

/// Subtracts the columns' means of `x` from both: differences stay, distances lose fewer digits to a far-off centre.
inline void centre(Matrix& x, Matrix* other = nullptr) {
  std::vector<double> mean(static_cast<std::size_t>(x.cols), 0.0);
  for (std::int64_t i = 0; i < x.rows(); ++i)
    for (std::int64_t j = 0; j < x.cols; ++j) mean[j] += x(i, j) / static_cast<double>(x.rows());
  for (Matrix* m : {&x, other})
    for (std::int64_t i = 0; m && i < m->rows(); ++i)
      for (std::int64_t j = 0; j < m->cols; ++j) (*m)(i, j) -= mean[j];
}

namespace detail {

/// Symmetric a to tridiagonal form by Householder reflections (Golub, Van Loan, 8.3.1): its diagonal, and the entries
/// below it, ending with 0.
inline void tridiagonalise(Matrix& a, std::vector<double>& diagonal, std::vector<double>& below) {
  const std::int64_t n = a.cols;
  diagonal.assign(static_cast<std::size_t>(n), 0.0), below.assign(static_cast<std::size_t>(n), 0.0);
  std::vector<double> v(static_cast<std::size_t>(n)), w(static_cast<std::size_t>(n));
  for (std::int64_t k = 0; k + 1 < n; ++k) {
    diagonal[k] = a(k, k);
    double length = 0;
    for (std::int64_t i = k + 1; i < n; ++i) length = std::hypot(length, v[i] = a(i, k));
    below[k] = v[k + 1] > 0 ? -length : length;
    v[k + 1] -= below[k];
    const std::int64_t m = n - k - 1;
    const double square = dot(&v[k + 1], &v[k + 1], m);
    if (square == 0) continue;
    for (std::int64_t i = k + 1; i < n; ++i) w[i] = 2 / square * dot(&a(i, k + 1), &v[k + 1], m);
    const double shift = dot(&w[k + 1], &v[k + 1], m) / square;
    for (std::int64_t i = k + 1; i < n; ++i) w[i] -= shift * v[i];
    for (std::int64_t i = k + 1; i < n; ++i)
      for (std::int64_t j = k + 1; j < n; ++j) a(i, j) -= v[i] * w[j] + w[i] * v[j];
  }
  if (n > 0) diagonal[n - 1] = a(n - 1, n - 1);
}

}  // namespace detail

/// The eigenvalues of a symmetric matrix, in no order: implicit QL with Wilkinson's shift (Press et al., tqli).
inline std::vector<double> eigenvalues(Matrix a) {
  std::vector<double> d, e;
  detail::tridiagonalise(a, d, e);
  const std::int64_t n = a.cols;
  for (std::int64_t l = 0; l < n; ++l)
    for (int sweep = 0; sweep < 60; ++sweep) {
      std::int64_t m = l;
      while (m + 1 < n && std::fabs(e[m]) > 1e-16 * (std::fabs(d[m]) + std::fabs(d[m + 1]))) ++m;
      if (m == l) break;
      double g = (d[l + 1] - d[l]) / (2 * e[l]), r = std::hypot(g, 1.0), s = 1, c = 1, p = 0;
      g = d[m] - d[l] + e[l] / (g + std::copysign(r, g));
      for (std::int64_t i = m; i-- > l;) {
        const double f = s * e[i], b = c * e[i];
        e[i + 1] = r = std::hypot(f, g);
        if (r == 0) {  // the matrix falls apart here
          d[i + 1] -= p;
          break;
        }
        s = f / r, c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        d[i + 1] = g + (p = s * r);
        g = c * r - b;
      }
      if (r != 0) d[l] -= p, e[l] = g;
      e[m] = 0;
    }
  return d;
}

}  // namespace metrics
