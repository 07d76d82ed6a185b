// SPDX-License-Identifier: MIT
// CMA-ES learns from equal samples what the package cmaes does.
#include <cmath>

#include "reference.hpp"
#include "search/cmaes.hpp"

using namespace ubp;
using namespace ubp::search;

namespace {

using Samples = std::vector<std::vector<double>>;

/// `counts[i]` values in the i-th dimension; 0: a continuum.
std::vector<Dimension> dimensions(const std::vector<int>& counts) {
  std::vector<Dimension> out;
  for (const int n : counts)
    out.push_back(n > 0 ? Dimension{"n", Dimension::Kind::integer, 1, static_cast<double>(n), false, 1} : Dimension{});
  return out;
}

void check_state(const Evolution& run, const nlohmann::json& wanted) {
  check_near(run.mean(), wanted["mean"]);
  CHECK(run.sigma() == near(wanted["sigma"]));
  for (int i = 0; i < run.covariance().n; ++i)
    check_near({run.covariance().row(i), run.covariance().row(i) + run.covariance().n},
               wanted["covariance"][static_cast<std::size_t>(i)]);
}

}  // namespace

TEST_CASE("a distribution learns what that of the package cmaes learns", "[search]") {
  Evolution run(dimensions({0, 0, 0, 0, 0}), std::vector<double>(5, 0.5), 1.0 / 6, Evolution::usual_population(5));
  for (const auto& generation : reference()["evolution"]) {
    const auto values = generation["values"].get<std::vector<double>>();
    run.learn(generation["samples"].get<Samples>(), values.front(), values.back());
    check_state(run, generation);
  }
  CHECK_FALSE(run.is_spent());
}

TEST_CASE("discrete coordinates keep the margin of the package cmaes", "[search]") {
  const auto& r = reference()["evolution_with_margin"];
  const auto counts = r["counts"].get<std::vector<int>>();
  Evolution run(dimensions(counts), std::vector<double>(5, 0.5), 1.0 / 6, Evolution::usual_population(5));
  for (const auto& generation : r["generations"]) {
    const auto samples = generation["samples"].get<Samples>();
    for (std::size_t i = 0; i < samples.size(); ++i) check_near(run.rounded(samples[i]), generation["rounded"][i]);
    run.learn(samples, generation["values"].front(), generation["values"].back());
    check_state(run, generation);
    check_near(run.margins(), generation["stretch"]);
  }
}

TEST_CASE("samples are within the bounds, and their mean and spread are the distribution's", "[search]") {
  const Evolution run(dimensions({0, 0}), {0.5, 0.02}, 0.1, 6);
  Random random(1, "test");
  double sum = 0, square = 0;
  constexpr int kSamples = 4000;
  for (int i = 0; i < kSamples; ++i) {
    const std::vector<double> x = run.sample(random);
    for (const double each : x) CHECK((each >= 0 && each <= 1));
    sum += x[0] - 0.5, square += (x[0] - 0.5) * (x[0] - 0.5);
  }
  CHECK(std::abs(sum / kSamples) < 4 * 0.1 / std::sqrt(kSamples));  // seeded: 4 standard errors
  CHECK(square / kSamples == Approx(0.01).epsilon(0.1));
}

TEST_CASE("a run whose values no longer differ is spent", "[search]") {
  Evolution run(dimensions({0, 0}), {0.5, 0.5}, 0.1, 6);
  Random random(1, "test");
  int generations = 0;
  while (!run.is_spent() && ++generations < 100) {
    Samples samples;
    for (int i = 0; i < 6; ++i) samples.push_back(run.sample(random));
    run.learn(samples, 3, 3);
  }
  CHECK(generations > 15);
  CHECK(generations < 40);
}
