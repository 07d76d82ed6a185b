// SPDX-License-Identifier: MIT
#include "engine/lapack.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

#include <openblas_config.h>
#include <xtensor-blas/xblas_config.hpp>

#include <xflens/cxxblas/cxxblas.cxx>
#include <xflens/cxxlapack/cxxlapack.cxx>

// LAPACK's matrices are column-major: its upper triangle is our lower one, its columns are our rows.
namespace ubp::lapack {
namespace {

using Index = xt::blas_index_t;

Index index(i64 n) { return static_cast<Index>(n); }

}  // namespace

template <class T>
bool cholesky(i64 n, T* a) {
  if (n > 0 && cxxlapack::potrf<Index>('U', index(n), a, index(n)) != 0) return false;
  for (i64 i = 0; i < n; ++i) std::fill(a + i * n + i + 1, a + (i + 1) * n, T(0));
  return true;
}

template <class T>
void solve_lower(i64 n, i64 m, const T* l, T* b, bool transposed) {
  if (n == 0 || m == 0) return;
  cxxblas::trsm<Index>(cxxblas::RowMajor, cxxblas::Left, cxxblas::Lower, transposed ? cxxblas::Trans : cxxblas::NoTrans,
                       cxxblas::NonUnit, index(n), index(m), T(1), l, index(n), b, index(m));
}

template <class T>
double log_det(i64 n, T* a, bool invert) {
  if (n == 0) return 0;
  std::vector<Index> pivots(static_cast<std::size_t>(n));
  if (cxxlapack::getrf<Index>(index(n), index(n), a, index(n), pivots.data()) != 0)
    return -std::numeric_limits<double>::infinity();
  double sum = 0;
  for (i64 i = 0; i < n; ++i) sum += std::log(std::abs(static_cast<double>(a[i * n + i])));
  if (!invert) return sum;
  std::vector<T> work(static_cast<std::size_t>(32 * n));
  cxxlapack::getri<Index>(index(n), a, index(n), pivots.data(), work.data(), index(32 * n));
  return sum;
}

template <class T>
bool eigh(i64 n, T* a, T* values) {
  if (n == 0) return true;
  std::vector<T> work(static_cast<std::size_t>(34 * n));
  if (cxxlapack::syev<Index>('V', 'U', index(n), a, index(n), values, work.data(), index(34 * n)) != 0) return false;
  for (i64 i = 0; i < n; ++i) {
    T* row = a + i * n;
    const T* largest = std::max_element(row, row + n, [](T u, T v) { return std::abs(u) < std::abs(v); });
    if (*largest < T(0)) std::transform(row, row + n, row, [](T v) { return -v; });
  }
  return true;
}

#define UBP_INSTANTIATE(T)                                 \
  template bool cholesky(i64, T*);                         \
  template void solve_lower(i64, i64, const T*, T*, bool); \
  template double log_det(i64, T*, bool);                  \
  template bool eigh(i64, T*, T*);
UBP_INSTANTIATE(float)
UBP_INSTANTIATE(double)
#undef UBP_INSTANTIATE

}  // namespace ubp::lapack
