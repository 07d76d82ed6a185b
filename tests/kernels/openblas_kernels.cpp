// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "engine/blas.hpp"

extern "C" char* openblas_get_corename();

namespace ubp {
namespace {

std::string kernels() { return openblas_get_corename(); }

}  // namespace

TEST_CASE("a processor that OpenBLAS does not know gets the kernels for what it can do") {
  if (kernels() != "Prescott") {
    WARN("skipped: this OpenBLAS was not built for several processors");
    return;
  }

  blas::set_up();
  CHECK(kernels() == "Prescott");  // somebody's choice

  unsetenv("OPENBLAS_CORETYPE");
  blas::set_up();
  if (!__builtin_cpu_supports("avx2")) {
    WARN("skipped: this processor has no AVX2");
    return;
  }
  CHECK(kernels() == (__builtin_cpu_supports("avx512vl") ? "SkylakeX" : "Haswell"));
  CHECK(kernels() == std::getenv("OPENBLAS_CORETYPE"));  // for the processes of trials

  constexpr i64 n = 65;
  std::vector<double> a(n * n), identity(n * n), product(n * n);
  for (i64 i = 0; i < n * n; ++i) a[static_cast<std::size_t>(i)] = static_cast<double>(i);
  for (i64 i = 0; i < n; ++i) identity[static_cast<std::size_t>(i * (n + 1))] = 1;
  blas::gemm(false, false, n, n, n, a.data(), identity.data(), 0.0, product.data());
  CHECK(product == a);
}

}  // namespace ubp
