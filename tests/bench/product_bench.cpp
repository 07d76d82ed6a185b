// SPDX-License-Identifier: MIT
// How long the matrix products of a step take, and what bounds them: product_bench SECONDS NUMBERS M,N,K,TA,TB ...
// Prints the peak of this core, GFLOP/s of fused multiply-adds that wait for nothing; the microseconds of one pass that
// updates so many NUMBERS as Adam does, read and written once; and those of each product. In turns, as in a step;
// lower quartiles of the rounds.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <vector>

#include <sys/mman.h>

#include "engine/blas.hpp"
#include "engine/profile.hpp"
#include "engine/simd.hpp"

using namespace ubp;

namespace {

using Register = simd::Batch<float>;

struct Job {
  i64 m, n, k;
  int ta, tb;
};

/// Seconds' worth of rounds; the quarter that was quickest is near what it takes on a quiet machine.
double lower_quartile(std::vector<double> v) {
  const auto at = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 4);
  std::nth_element(v.begin(), at, v.end());
  return *at;
}

double peak() {
  constexpr int kSums = 12, kSteps = 5000;
  Register sum[kSums];
  for (int k = 0; k < kSums; ++k) sum[k] = Register(static_cast<float>(k));
  const Register x(static_cast<float>(std::rand()) / 4e9f), y(1.0f);
  const i64 since = clock_ns();
  for (int i = 0; i < kSteps; ++i)
#pragma GCC unroll 12
    for (int k = 0; k < kSums; ++k) sum[k] = xsimd::fma(sum[k], x, y);
  const double ns = static_cast<double>(clock_ns() - since);
  for (int k = 1; k < kSums; ++k) sum[0] += sum[k];
  volatile float keep = xsimd::hadd(sum[0]);
  static_cast<void>(keep);
  return 2.0 * kSums * kSteps * simd::kLanes<float> / ns;
}

/// Memory for `count` numbers, the same for the same count: of operands, or (more) of results.
float* memory(std::map<i64, std::vector<float>>& all, i64 count) {
  auto& v = all[count];
  if (v.empty()) {
    v.resize(static_cast<std::size_t>(count) + 16);
    for (float& x : v) x = static_cast<float>(std::rand()) / static_cast<float>(RAND_MAX) - 0.5f;
  }
  return v.data();
}

/// Memory for n numbers of a model; never given back.
float* in_large_pages(i64 n) {
  constexpr std::size_t kPage = std::size_t{1} << 21;
  const std::size_t bytes = (static_cast<std::size_t>(n) * sizeof(float) / kPage + 1) * kPage;
  auto* const x = static_cast<float*>(std::aligned_alloc(kPage, bytes));
  if (!x) std::abort();
#ifdef MADV_HUGEPAGE
  madvise(x, bytes, MADV_HUGEPAGE);
#endif
  std::fill_n(x, n, 1e-3f);
  return x;
}

void adam(i64 n, float* w, const float* g, float* m, float* v) {
  const Register beta1(0.9f), beta2(0.999f), rest1(0.1f), rest2(0.001f), rate(1e-3f), eps(1e-8f);
  for (i64 i = 0; i + simd::kLanes<float> <= n; i += simd::kLanes<float>) {
    const auto at = [i](const float* x) { return Register::load_unaligned(x + i); };
    const Register grad = at(g), mean = beta1 * at(m) + rest1 * grad, square = beta2 * at(v) + rest2 * grad * grad;
    mean.store_unaligned(m + i);
    square.store_unaligned(v + i);
    (at(w) - rate * mean / (xsimd::sqrt(square) + eps)).store_unaligned(w + i);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return std::fprintf(stderr, "usage: product_bench SECONDS NUMBERS M,N,K,TA,TB ...\n"), 2;
  blas::set_up();
  const i64 numbers = std::atoll(argv[2]);
  std::vector<Job> jobs;
  for (int k = 3; k < argc; ++k) {
    Job j{};
    if (std::sscanf(argv[k], "%ld,%ld,%ld,%d,%d", &j.m, &j.n, &j.k, &j.ta, &j.tb) != 5)
      return std::fprintf(stderr, "product_bench: '%s': expected M,N,K,TA,TB\n", argv[k]), 2;
    jobs.push_back(j);
  }
  std::map<i64, std::vector<float>> operands, results;
  float* const state[] = {in_large_pages(numbers), in_large_pages(numbers), in_large_pages(numbers),
                          in_large_pages(numbers)};
  std::vector<std::vector<double>> took(jobs.size());
  std::vector<double> updates;
  double best = 0;
  const auto timed = [](std::vector<double>& to, auto f) {
    const i64 since = clock_ns();
    f();
    to.push_back(1e-3 * static_cast<double>(clock_ns() - since));
  };
  for (const i64 end = clock_ns() + static_cast<i64>(1e9 * std::atof(argv[1])); clock_ns() < end || best == 0;) {
    best = std::max(best, peak());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const Job& j = jobs[i];
      const float *a = memory(operands, j.m * j.k), *b = memory(operands, j.k * j.n);
      float* c = memory(results, j.m * j.n);
      timed(took[i], [&] { blas::gemm<float>(j.ta, j.tb, j.m, j.n, j.k, a, b, 0.0f, c); });
    }
    timed(updates, [&] { adam(numbers, state[0], state[1], state[2], state[3]); });
  }
  std::printf("%.2f\n%.3f\n", best, lower_quartile(updates));
  for (const auto& v : took) std::printf("%.3f\n", lower_quartile(v));
}
