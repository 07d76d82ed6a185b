// SPDX-License-Identifier: MIT
// How long an op takes, there and back: op_bench SECONDS OP CASE, a case as definitions write it: "[8,16], [16]".
// Prints microseconds: the median over rounds of a forward pass and a backward pass to every input, in f32.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "cases.hpp"
#include "engine/profile.hpp"

using namespace ubp;

int main(int argc, char** argv) {
  if (argc != 4) return std::fprintf(stderr, "usage: op_bench SECONDS OP CASE\n"), 2;
  const test::Case c = test::case_of(ops::find(argv[2]), argv[3]);
  const auto numbers = test::draw(c, 1);
  Engine e(DType::f32);
  std::vector<std::vector<float>> values, grads;
  for (const auto& v : numbers) values.emplace_back(v.begin(), v.end());
  grads = values;
  std::vector<Tensor> leaves;
  std::vector<GradTarget> targets;
  for (std::size_t k = 0; k < values.size(); ++k) {
    leaves.push_back(e.adopt(DType::f32, c.inputs[k].shape, values[k].data(), true));
    targets.push_back({leaves[k], grads[k].data(), nullptr});
  }
  const bool back = c.op->differentiable;
  std::vector<double> rounds;
  for (const i64 end = clock_ns() + static_cast<i64>(1e9 * std::atof(argv[1])); clock_ns() < end || rounds.empty();) {
    constexpr int kPasses = 20;
    const i64 since = clock_ns();
    for (int k = 0; k < kPasses; ++k) {
      const Scope scope(e);
      const Tensor y = c.f(e, leaves);
      if (back) e.backward(ops::reduce(e, UBP_R_SUM, y, 0, false), targets);
    }
    rounds.push_back(1e-3 * static_cast<double>(clock_ns() - since) / kPasses);
  }
  std::nth_element(rounds.begin(), rounds.begin() + static_cast<std::ptrdiff_t>(rounds.size() / 2), rounds.end());
  std::printf("%.3f\n", rounds[rounds.size() / 2]);
}
