// SPDX-License-Identifier: MIT
#include "search/linear_algebra.hpp"

#include <algorithm>
#include <complex>
#include <stdexcept>

#include <openblas_config.h>
#include <xtensor-blas/xblas_config.hpp>

#include <xflens/cxxblas/cxxblas.cxx>
#include <xflens/cxxlapack/cxxlapack.cxx>

#include "engine/blas.hpp"

namespace ubp::search {
namespace {

using Index = xt::blas_index_t;

/// Results must not depend on how many threads there are.
void one_thread() {
  static const bool once = (blas::set_up(), true);
  static_cast<void>(once);
}

}  // namespace

// LAPACK's matrices are column-major: its upper triangle is our lower one.
bool cholesky(Square& a) {
  one_thread();
  return a.n == 0 || cxxlapack::potrf<Index>('U', a.n, a.cells.data(), a.n) == 0;
}

void solve_lower(const Square& lower, std::vector<double>& b, bool transposed) {
  one_thread();
  if (lower.n == 0 || b.empty()) return;
  const Index columns = static_cast<Index>(b.size()) / lower.n;
  cxxblas::trsm<Index>(cxxblas::ColMajor, cxxblas::Left, cxxblas::Upper, transposed ? cxxblas::NoTrans : cxxblas::Trans,
                       cxxblas::NonUnit, lower.n, columns, 1.0, lower.cells.data(), lower.n, b.data(), lower.n);
}

Square inverse_of_cholesky(Square lower) {
  one_thread();
  if (lower.n > 0 && cxxlapack::potri<Index>('U', lower.n, lower.cells.data(), lower.n) != 0)
    throw std::domain_error("a triangle with a zero on its diagonal has no inverse");
  for (int i = 0; i < lower.n; ++i)
    for (int j = 0; j < i; ++j) lower(j, i) = lower(i, j);
  return lower;
}

Eigen eigen_of_symmetric(Square a) {
  one_thread();
  Eigen out{std::vector<double>(static_cast<std::size_t>(a.n)), Square()};
  std::vector<double> work(static_cast<std::size_t>(std::max(1, 34 * a.n)));
  if (a.n > 0 && cxxlapack::syev<Index>('V', 'U', a.n, a.cells.data(), a.n, out.values.data(), work.data(),
                                        static_cast<Index>(work.size())) != 0)
    throw std::domain_error("the eigenvalues of a matrix with infinite or undefined cells were asked for");
  out.vectors = std::move(a);
  return out;
}

}  // namespace ubp::search
