// SPDX-License-Identifier: MIT
// Regression by a Gaussian process against Optuna and scikit-learn, its slopes against differences.
#include <cmath>
#include <numbers>

#include "reference.hpp"
#include "search/gaussian_process.hpp"

using namespace ubp::search;

namespace {

Observations observations_of(const nlohmann::json& r) {
  return {r["is_category"].get<std::vector<bool>>(), r["x"].get<std::vector<std::vector<double>>>(),
          r["y"].get<std::vector<double>>()};
}

KernelParameters parameters_of(const nlohmann::json& r) {
  return {r["inverse_squares"].get<std::vector<double>>(), r["scale"].get<double>(), r["noise"].get<double>()};
}

}  // namespace

TEST_CASE("likelihood, prior and posterior of a Gaussian process are Optuna's and scikit-learn's", "[search]") {
  for (const auto& r : reference()["regression"]) {
    const Observations seen = observations_of(r);
    const KernelParameters p = parameters_of(r);
    CAPTURE(seen.is_category.back());
    std::vector<double> slope;
    CHECK(log_likelihood(seen, p) == near(r["likelihood"]));
    CHECK(log_likelihood(seen, p, &slope) == near(r["likelihood"]));
    check_near(slope, r["likelihood_slope"]);
    CHECK(log_prior(p, KernelPrior::optuna5(), &slope) == near(r["prior"]));
    check_near(slope, r["prior_slope"]);

    const GaussianProcess process(seen, p);
    const auto at = process.posterior(r["at"].get<std::vector<std::vector<double>>>(), true);
    for (std::size_t i = 0; i < at.size(); ++i) {
      CHECK(at[i].mean == near(r["mean"][i]));
      CHECK(at[i].variance == near(r["variance"][i]));
      check_near(at[i].mean_slope, r["mean_slope"][i]);
      check_near(at[i].variance_slope, r["variance_slope"][i]);
    }
  }
}

TEST_CASE("the slopes of the likelihood are those of its differences", "[search]") {
  const auto& r = reference()["regression"][1];
  const Observations seen = observations_of(r);
  const KernelParameters p = parameters_of(r);
  std::vector<double> slope;
  log_likelihood(seen, p, &slope);
  constexpr double kStep = 1e-5;
  for (std::size_t k = 0; k < slope.size(); ++k) {
    const auto moved = [&](double by) {
      KernelParameters q = p;
      if (k < 3) q.inverse_squares[k] *= std::exp(by);
      if (k == 3) q.scale *= std::exp(by);
      if (k == 4) q.noise = (q.noise - kLeastNoise) * std::exp(by) + kLeastNoise;
      return log_likelihood(seen, q);
    };
    CHECK(slope[k] == near((moved(kStep) - moved(-kStep)) / (2 * kStep), 1e-7));
  }
}

TEST_CASE("the fit is at least as probable as Optuna's", "[search]") {
  for (const auto& r : reference()["regression"]) {
    const Observations seen = observations_of(r);
    const KernelPrior prior = KernelPrior::optuna5();
    const KernelParameters p = fit(seen, prior);
    CHECK(log_likelihood(seen, p) + log_prior(p, prior) > r["fitted"].get<double>() - 1e-3);
  }
}

TEST_CASE("a function with many minima is not taken for noise, but values that differ at one place are", "[search]") {
  const double step[] = {0.819172513, 0.671043607, 0.549700478, 0.450304};  // of evenly spread points
  Observations seen{std::vector<bool>(4, false), {}, {}};
  for (int i = 0; i < 80; ++i) {
    std::vector<double>& point = seen.inputs.emplace_back();
    double& value = seen.targets.emplace_back(0);  // Rastrigin's function; of the 80, mean -74.3 and deviation 25.5
    for (const double s : step) {
      point.push_back(std::fmod(0.5 + i * s, 1));
      const double x = 10.24 * point.back() - 5.12;
      value -= x * x - 10 * std::cos(2 * std::numbers::pi * x) + 10;
    }
    value = (value + 74.3) / 25.5;
  }
  CHECK(fit(seen, KernelPrior::optuna5()).noise > 0.2);
  CHECK(fit(seen).noise < 0.002);
  const std::size_t n = seen.inputs.size();
  for (std::size_t i = 0; i < n; ++i) {
    seen.inputs.push_back(seen.inputs[i]);
    seen.targets.push_back(seen.targets[i] - 0.7);
    seen.targets[i] += 0.7;
  }
  CHECK(fit(seen).noise > 0.2);
}

TEST_CASE("what is believed changes no expectation, and removes the doubt", "[search]") {
  const auto& r = reference()["regression"][0];
  GaussianProcess process(observations_of(r), parameters_of(r));
  const auto points = r["at"].get<std::vector<std::vector<double>>>();
  const auto before = process.posterior(points, false);
  process.believe({points[0]});
  const auto after = process.posterior(points, false);
  for (std::size_t i = 0; i < points.size(); ++i) CHECK(after[i].mean == near(before[i].mean));
  CHECK(after[0].variance < process.parameters().noise);
  CHECK(after[0].variance < before[0].variance / 2);
}

TEST_CASE("points on top of each other are regressed all the same", "[search]") {
  const Observations seen{{false}, std::vector<std::vector<double>>(40, {0.5}), std::vector<double>(40, 1)};
  const GaussianProcess process(seen, {{1}, 1, 1e-18});
  CHECK(process.posterior({{0.5}}, false)[0].mean == Approx(1).epsilon(1e-3));
}

TEST_CASE("the logarithm of the expected improvement is exact, also in the deepest tail", "[search]") {
  for (const auto& row : reference()["improvement"]) {
    CAPTURE(row[0].get<double>());
    const LogImprovement found = log_improvement(row[0], row[1], row[2]);
    CHECK(found.value == Approx(row[3].get<double>()).epsilon(1e-11));
    CHECK(found.by_mean == Approx(row[4].get<double>()).epsilon(1e-10));
    CHECK(found.by_deviation == Approx(row[5].get<double>()).epsilon(1e-10));
  }
}
