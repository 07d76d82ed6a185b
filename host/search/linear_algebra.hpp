// SPDX-License-Identifier: MIT
// Dense matrices of tens to hundreds of rows, by OpenBLAS through xtensor-blas; on one thread.
#pragma once

#include <vector>

namespace ubp::search {

/// Row-major.
struct Square {
  int n = 0;
  std::vector<double> cells;  ///< [n, n]

  explicit Square(int size = 0) : n(size), cells(static_cast<std::size_t>(size) * static_cast<std::size_t>(size)) {}
  double* row(int i) { return cells.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(n); }
  const double* row(int i) const { return cells.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(n); }
  double& operator()(int i, int j) { return row(i)[j]; }
  double operator()(int i, int j) const { return row(i)[j]; }
};

/// The lower triangle L of a symmetric matrix A = L L', in its place; the upper one is neither read nor written. False:
/// A is not positive definite, and nothing is left of it.
bool cholesky(Square&);

/// b := L^-1 b, or L^-T b if `transposed`; b: [columns, n], a right-hand side in each row.
void solve_lower(const Square& lower, std::vector<double>& b, bool transposed);

/// A^-1 from L, both triangles.
Square inverse_of_cholesky(Square lower);

/// A = V diag(values) V' of a symmetric matrix: eigenvalues, ascending, and their vectors, one in each row.
struct Eigen {
  std::vector<double> values;
  Square vectors;
};
Eigen eigen_of_symmetric(Square);

}  // namespace ubp::search
