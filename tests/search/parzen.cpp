// SPDX-License-Identifier: MIT
// Parzen's densities: known values, Optuna's own estimators, and that they are densities.
#include "search/parzen.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "data/parzen_optuna31.hpp"
#include "data/parzen_optuna5.hpp"
#include "search/tpe.hpp"

using namespace ubp::search;

namespace {

std::vector<double> log_density(const std::vector<Dimension>& dimensions, const Parzen::Columns& seen,
                                const Parzen::Columns& points, ParzenRule rule) {
  std::vector<const Dimension*> pointers;
  for (const Dimension& d : dimensions) pointers.push_back(&d);
  return Parzen(pointers, seen, tpe_weights(seen[0].size()), {rule, 1}).log_density(points);
}

void check_same(const std::vector<double>& found, const std::vector<double>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(std::abs(found[i] - expected[i]) < 1e-9);
}

const Dimension kReal{"", Dimension::Kind::real, 0, 10, false, 0};
const Dimension kLog{"", Dimension::Kind::real, 1e-4, 1e-1, true, 0};
const Dimension kIntegerLog{"", Dimension::Kind::integer, 1, 64, true, 1};
const Dimension kSteps{"", Dimension::Kind::integer, 0, 10, false, 2};
const Dimension kClass{"", Dimension::Kind::categorical, 0, 2, false, 1};

struct Golden {
  std::vector<Dimension> dimensions;
  Parzen::Columns seen, points;
  std::vector<double> optuna31_independent, optuna31_multivariate, optuna5;
};

const Golden kGoldens[] = {
    {{kReal},
     {{1, 2, 4, 7}},
     {{0.5, 5, 9.5}},
     {-0.959438733792, -0.996010113356, -1.472270279499},
     {-1.014860698566, -1.079185453624, -1.534691260584},
     {-1.995522016259, -2.365096716927, -3.056217898747}},
    {{kLog},
     {{1e-3, 2e-3, 5e-2}},
     {{1e-4, 3e-3, 9e-2}},
     {-1.276043835943, -0.625200304480, -0.915028826690},
     {-1.325543386295, -0.793683167454, -1.005042367918},
     {-2.418910525682, -1.748471878887, -2.206416902892}},
    {{kIntegerLog},
     {{2, 8, 8, 32}},
     {{1, 8, 64}},
     {-1.195813612057, -0.729939917474, -1.147200427654},
     {-1.349885122916, -0.890568722779, -1.352581002673},
     {-1.902993851187, -3.420290734571, -6.021245396110}},
    {{kSteps},
     {{0, 4, 10}},
     {{0, 6, 10}},
     {-1.785276092526, -1.754657071532, -2.017906860293},
     {-1.692270854241, -1.952770492203, -1.794645098520},
     {-1.728377670835, -1.790357550564, -1.998202091122}},
    {{kClass},
     {{0, 0, 2}},
     {{0, 1, 2}},
     {-0.741937344729, -1.658228076604, -1.098612288668},
     {-0.741937344729, -1.658228076604, -1.098612288668},
     {-0.741937344729, -1.658228076604, -1.098612288668}},
    {{kReal, kClass},
     {{1, 2, 4, 7}, {0, 0, 2, 1}},
     {{5, 2}, {0, 2}},
     {},
     {-2.293597945737, -2.131691175343},
     {-3.574856089665, -3.257664169175}},
    {{kReal}, {{}}, {{0.5, 5, 9.5}}, {}, {}, {-2.362857292503, -2.261607292503, -2.362857292503}},
    {{kReal}, {{3}}, {{0.5, 5, 9.5}}, {}, {}, {-2.304746486989, -2.244087162851, -2.481953080064}},
};

}  // namespace

TEST_CASE("densities have their known values") {
  for (const Golden& g : kGoldens) {
    const auto check = [&](ParzenRule rule, const std::vector<double>& expected) {
      if (!expected.empty()) check_same(log_density(g.dimensions, g.seen, g.points, rule), expected);
    };
    check(ParzenRule::optuna31_independent, g.optuna31_independent);
    check(ParzenRule::optuna31_multivariate, g.optuna31_multivariate);
    check(ParzenRule::neighbours, g.optuna5);
  }
}

TEST_CASE("log l - log g is that of Optuna's estimators") {
  for (const std::vector<ParzenCase>* cases : {&kParzenOptuna5, &kParzenOptuna31})
    for (const ParzenCase& c : *cases) {
      CAPTURE(c.name, static_cast<int>(c.rule));
      std::vector<double> ratio = log_density(c.dimensions, c.below, c.points, c.rule);
      const std::vector<double> above = log_density(c.dimensions, c.above, c.points, c.rule);
      for (std::size_t i = 0; i < ratio.size(); ++i) ratio[i] -= above[i];
      check_same(ratio, c.log_ratio);
    }
}

TEST_CASE("a density's integral and the sum of the masses are 1") {
  Parzen::Columns grid{{}};
  for (int i = 0; i < 20000; ++i) grid[0].push_back((i + 0.5) / 2000);
  double integral = 0;
  for (const double p : log_density({kReal}, {{0, 0.001, 3, 3, 9.99}}, grid, ParzenRule::neighbours))
    integral += std::exp(p) / 2000;
  CHECK(integral == Approx(1).epsilon(1e-6));

  // Far from the one observation that is left with a narrow kernel, masses come out of differences of tails.
  const Dimension wide{"", Dimension::Kind::integer, 1, 1000, true, 1};
  Parzen::Columns values{{}}, seen{std::vector<double>(120, 1)};
  for (int v = 1; v <= 1000; ++v) values[0].push_back(v);
  double mass = 0;
  for (const double p : log_density({wide}, seen, values, ParzenRule::neighbours)) {
    CHECK(std::isfinite(p));
    mass += std::exp(p);
  }
  CHECK(mass == Approx(1).epsilon(1e-9));
}

TEST_CASE("samples are distributed as the density says") {
  // 20000 draws into 6, 11 or 20 cells; chi-square's 1 - 1e-6 quantiles at 5, 10 and 19 degrees are 38, 47 and 64.
  const auto chi_square = [](const Dimension& d, const std::vector<double>& seen, double width) {
    const Parzen parzen({&d}, {seen}, tpe_weights(seen.size()));
    ubp::Random random(1, "parzen");
    std::vector<double> count(static_cast<std::size_t>(std::round((d.high - d.low) / width)) + (width < 1 ? 0 : 1));
    const Parzen::Columns drawn = parzen.sample(random, 20000);
    for (const double x : drawn[0]) {
      CHECK((x >= d.low && x <= d.high));
      ++count[std::min(static_cast<std::size_t>((x - d.low) / width), count.size() - 1)];
    }
    double sum = 0;
    for (std::size_t i = 0; i < count.size(); ++i) {
      double expected = 0;  // the middle of 64 parts where there is a density; the value itself on steps
      const int parts = d.discrete() ? 1 : 64;
      for (int part = 0; part < parts; ++part) {
        const double x = d.low + width * (static_cast<double>(i) + (d.discrete() ? 0 : (part + 0.5) / parts));
        expected += 20000 * std::exp(parzen.log_density({{x}})[0]) * (d.discrete() ? 1 : width / parts);
      }
      sum += (count[i] - expected) * (count[i] - expected) / expected;
    }
    return sum;
  };
  CHECK(chi_square(kReal, {0, 1, 2, 7.5}, 0.5) < 64);
  CHECK(chi_square(kSteps, {0, 4, 10, 10}, 2) < 38);
  CHECK(chi_square({"", Dimension::Kind::integer, 1, 11, true, 1}, {2, 2, 9}, 1) < 47);
  CHECK(chi_square({"", Dimension::Kind::categorical, 0, 5, false, 1}, {0, 0, 2, 5, 5, 5}, 1) < 38);
}
