// SPDX-License-Identifier: MIT
#include "engine/blas.hpp"

#include <algorithm>
#include <atomic>
#include <complex>
#include <cstdlib>
#include <string_view>
#include <type_traits>

#include <openblas_config.h>
#include <xtensor-blas/xblas_config.hpp>

#include <xflens/cxxblas/cxxblas.cxx>

#include "engine/parallel.hpp"
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

template <class T>
struct Operand {
  bool transposed;
  const T* data;
  i64 ld;
  const T* from_row(i64 r) const { return transposed ? data + r : data + r * ld; }
  const T* from_column(i64 c) const { return transposed ? data + c * ld : data + c; }
};

template <class T>
void product(i64 m, i64 n, i64 k, const Operand<T>& a, const Operand<T>& b, T beta, T* c, i64 ldc) {
  const auto side = [](bool t) { return t ? cxxblas::Trans : cxxblas::NoTrans; };
  const auto blas_int = [](i64 v) { return static_cast<xt::blas_index_t>(v); };
  cxxblas::gemm(cxxblas::RowMajor, side(a.transposed), side(b.transposed), blas_int(m), blas_int(n), blas_int(k), T(1),
                a.data, blas_int(a.ld), b.data, blas_int(b.ld), beta, c, blas_int(ldc));
}

/// The parts of a product. They depend on its shape alone, as the order of summation depends on them: OpenBLAS sums
/// the edge of a product in another way than its inside.
struct Parts {
  bool by_rows;
  i64 size;

  Parts(bool ta, i64 m, i64 n, i64 k) : by_rows(ta ? 2 * m >= n : m > 2 * n) {
    constexpr i64 kTile = 16;
    const i64 side = by_rows ? m : n;
    size = ((side + count(m * n * k) - 1) / count(m * n * k) + kTile - 1) / kTile * kTile;
  }

  /// For a few percent of its time each part packs what the others pack, too: no more parts than pay.
  static i64 count(i64 multiplications) {
    constexpr i64 kTwo = i64{1} << 22, kFour = i64{1} << 27, kEight = i64{1} << 29;
    return multiplications < kTwo ? 1 : multiplications < kFour ? 2 : multiplications < kEight ? 4 : 8;
  }
};

/// By our own kernel. A number is summed along k alone, so that no bit depends on the parts, and one thread has one.
void own_gemm(bool ta, bool tb, i64 m, i64 n, i64 k, const float* a, i64 lda, const float* b, i64 ldb, bool add,
              float* c, i64 ldc, bool* finite) {
  constexpr i64 kPart = i64{1} << 18;  // multiplications: some microseconds
  const bool by_rows = ta ? 2 * m >= n : m > 2 * n;
  const i64 side = by_rows ? m : n, tile = by_rows ? 24 : 32, parts = std::clamp<i64>(m * n * k / kPart, 1, 16);
  const i64 size = Threads::current() ? ((side + parts - 1) / parts + tile - 1) / tile * tile : side;
  const Operand<float> left{ta, a, lda}, right{tb, b, ldb};
  std::atomic<bool> all = true;
  parallel(side, size, [&](i64 lo, i64 hi) {
    bool part = false;
    bool* const look = finite ? &part : nullptr;
    if (by_rows)
      product::gemm(ta, tb, hi - lo, n, k, left.from_row(lo), lda, b, ldb, add, c + lo * ldc, ldc, look);
    else
      product::gemm(ta, tb, m, hi - lo, k, a, lda, right.from_column(lo), ldb, add, c + lo, ldc, look);
    if (!part) all = false;
  });
  if (finite) *finite = all;
}

}  // namespace

void set_up() {
  use_newest_kernels();
  openblas_set_num_threads(1);
}

template <class T>
void gemm(bool ta, bool tb, i64 m, i64 n, i64 k, const T* a, i64 lda, const T* b, i64 ldb, T beta, T* c, i64 ldc,
          bool* finite) {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    if (beta == T(0))
      for (i64 r = 0; r < m; ++r) std::fill_n(c + r * ldc, n, T(0));
    return;
  }
  if constexpr (std::is_same_v<T, float>)
    if ((beta == 0 || beta == 1) && product::suits(ta, tb, m, n, k))
      return own_gemm(ta, tb, m, n, k, a, lda, b, ldb, beta == 1, c, ldc, finite);
  const Operand<T> left{ta, a, lda}, right{tb, b, ldb};
  const Parts parts(ta, m, n, k);
  parallel(parts.by_rows ? m : n, parts.size, [&](i64 lo, i64 hi) {
    if (parts.by_rows)
      product(hi - lo, n, k, {ta, left.from_row(lo), lda}, right, beta, c + lo * ldc, ldc);
    else
      product(m, hi - lo, k, left, {tb, right.from_column(lo), ldb}, beta, c + lo, ldc);
  });
}

template void gemm(bool, bool, i64, i64, i64, const float*, i64, const float*, i64, float, float*, i64, bool*);
template void gemm(bool, bool, i64, i64, i64, const double*, i64, const double*, i64, double, double*, i64, bool*);

}  // namespace ubp::blas
