// SPDX-License-Identifier: MIT
#include "engine/blas.hpp"

#include <algorithm>
#include <complex>
#include <cstdlib>
#include <string_view>
#include <type_traits>

#include <openblas_config.h>
#include <xtensor-blas/xblas_config.hpp>

#include <xflens/cxxblas/cxxblas.cxx>

#include "engine/product.hpp"

extern "C" {
void openblas_set_num_threads(int);
char* openblas_get_corename();
// Of OpenBLAS built for several processors, as Debian's is: choose the kernels, forget the choice.
[[gnu::weak]] void gotoblas_dynamic_init();
[[gnu::weak]] void gotoblas_dynamic_quit();
}

namespace ubp::blas {
namespace {

// What OpenBLAS takes for processors that it does not know or that have no AVX.
bool is_old(std::string_view kernels) {
  constexpr std::string_view kOld[] = {"Katmai",       "Coppermine", "Northwood", "Prescott", "Banias", "Core2",
                                       "Penryn",       "Dunnington", "Nehalem",   "Atom",     "Athlon", "Opteron",
                                       "Opteron_SSE3", "Barcelona",  "Bobcat",    "Nano"};
  return std::find(std::begin(kOld), std::end(kOld), kernels) != std::end(kOld);
}

// "": none that OpenBLAS would not find by itself.
const char* newest_kernels() {
#ifdef __x86_64__
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl");
  return avx2 ? avx512 ? "SkylakeX" : "Haswell" : "";
#else
  return "";
#endif
}

void use_newest_kernels() {
  constexpr const char* kChoice = "OPENBLAS_CORETYPE";
  const char* const newest = newest_kernels();
  if (!*newest || std::getenv(kChoice) || !gotoblas_dynamic_init || !gotoblas_dynamic_quit ||
      !is_old(openblas_get_corename()))
    return;
  setenv(kChoice, newest, 0);  // for processes that this one starts, too
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
}

}  // namespace

void set_up() {
  use_newest_kernels();
  openblas_set_num_threads(1);
}

template <class T>
void gemm(bool ta, bool tb, i64 m, i64 n, i64 k, const T* a, i64 lda, const T* b, i64 ldb, T beta, T* c, i64 ldc) {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    if (beta == T(0))
      for (i64 r = 0; r < m; ++r) std::fill_n(c + r * ldc, n, T(0));
    return;
  }
  if constexpr (std::is_same_v<T, float>)
    if ((beta == 0 || beta == 1) && product::suits(n))
      return product::gemm(ta, tb, m, n, k, a, lda, b, ldb, beta == 1, c, ldc);
  const auto side = [](bool t) { return t ? cxxblas::Trans : cxxblas::NoTrans; };
  const auto blas_int = [](i64 v) { return static_cast<xt::blas_index_t>(v); };
  cxxblas::gemm(cxxblas::RowMajor, side(ta), side(tb), blas_int(m), blas_int(n), blas_int(k), T(1), a, blas_int(lda), b,
                blas_int(ldb), beta, c, blas_int(ldc));
}

template void gemm(bool, bool, i64, i64, i64, const float*, i64, const float*, i64, float, float*, i64);
template void gemm(bool, bool, i64, i64, i64, const double*, i64, const double*, i64, double, double*, i64);

}  // namespace ubp::blas
