// SPDX-License-Identifier: MIT
#include "engine/blas.hpp"

#include <algorithm>
#include <complex>

#include <openblas_config.h>
#include <xtensor-blas/xblas_config.hpp>

#include <xflens/cxxblas/cxxblas.cxx>

extern "C" void openblas_set_num_threads(int);

namespace ubp::blas {

void use_one_thread() { openblas_set_num_threads(1); }

template <class T>
void gemm(bool ta, bool tb, i64 m, i64 n, i64 k, const T* a, i64 lda, const T* b, i64 ldb, T beta, T* c, i64 ldc) {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    if (beta == T(0))
      for (i64 r = 0; r < m; ++r) std::fill_n(c + r * ldc, n, T(0));
    return;
  }
  const auto side = [](bool t) { return t ? cxxblas::Trans : cxxblas::NoTrans; };
  const auto blas_int = [](i64 v) { return static_cast<xt::blas_index_t>(v); };
  cxxblas::gemm(cxxblas::RowMajor, side(ta), side(tb), blas_int(m), blas_int(n), blas_int(k), T(1), a, blas_int(lda), b,
                blas_int(ldb), beta, c, blas_int(ldc));
}

template void gemm(bool, bool, i64, i64, i64, const float*, i64, const float*, i64, float, float*, i64);
template void gemm(bool, bool, i64, i64, i64, const double*, i64, const double*, i64, double, double*, i64);

}  // namespace ubp::blas
