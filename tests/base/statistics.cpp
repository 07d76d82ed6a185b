// SPDX-License-Identifier: MIT
// The statistics, against SciPy and NumPy, and at their edges.
#include "base/statistics.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "statistics_reference.hpp"

using namespace ubp;
using reference::kInf;
using reference::kNaN;

namespace {

void check_same(double found, double expected, double relative = 1e-13) {
  if (std::isfinite(expected))
    CHECK(found == Approx(expected).epsilon(relative).margin(1e-300));
  else if (std::isnan(expected))
    CHECK(std::isnan(found));
  else
    CHECK(found == expected);
}

}  // namespace

TEST_CASE("samples have the statistics that NumPy and SciPy give them", "[base]") {
  for (const reference::Sample& s : reference::kSamples) {
    CAPTURE(s.name);
    check_same(statistics::mean(s.values), s.mean);
    check_same(statistics::standard_deviation(s.values), s.sd);
    check_same(statistics::standard_error(s.values), s.standard_error);
    for (std::size_t i = 0; i < s.quantiles.size(); ++i) {
      CAPTURE(reference::kShares[i]);
      check_same(statistics::quantile(s.values, reference::kShares[i]), s.quantiles[i]);
      if (reference::kShares[i] == 0.5) check_same(statistics::median(s.values), s.quantiles[i]);
    }
    for (std::size_t i = 0; i < s.half_widths.size(); ++i) {
      CAPTURE(reference::kLevels[i]);
      const statistics::Estimate e = statistics::estimate(s.values, reference::kLevels[i]);
      CHECK(e.n == s.values.size());
      check_same(e.mean, s.mean);
      check_same(e.sd, s.sd);
      check_same(e.half_width, s.half_widths[i], 1e-12);
      check_same(e.low(), s.mean - s.half_widths[i], 1e-12);
      check_same(e.high(), s.mean + s.half_widths[i], 1e-12);
    }
  }
}

TEST_CASE("a pooled deviation is that of the values less their sample's mean, with a degree of freedom less each",
          "[base]") {
  // Residuals -1, 0, 1 and -3, 3 of 2 + 1 degrees of freedom: sqrt(20 / 3).
  CHECK(statistics::pooled_standard_deviation({{1, 2, 3}, {104, 110}, {7}}) == Approx(std::sqrt(20.0 / 3)));
  CHECK(statistics::pooled_standard_deviation({{1, 2, 4}}) == statistics::standard_deviation(std::vector{1., 2., 4.}));
  CHECK(std::isnan(statistics::pooled_standard_deviation({{7}, {8}})));
  CHECK(std::isnan(statistics::pooled_standard_deviation({{1, kNaN}, {1, 2}})));
}

TEST_CASE("a paired difference is the estimate of the differences, whose common part is gone", "[base]") {
  const statistics::Estimate e = statistics::paired_difference(reference::kPairedA, reference::kPairedB);
  CHECK(e.n == 5);
  check_same(e.mean, reference::kPaired[0]);
  check_same(e.sd, reference::kPaired[1]);
  check_same(e.half_width, reference::kPaired[2], 1e-12);
  CHECK(e.low() > 0);  // each sample alone is too wide to tell
  CHECK(statistics::estimate(reference::kPairedA).low() < statistics::estimate(reference::kPairedB).mean);
}

TEST_CASE("the normal distribution is SciPy's", "[base]") {
  for (const auto& [x, y] : reference::kNormalCdf) check_same(statistics::normal_cdf(x), y, 1e-12);
  for (const auto& [p, y] : reference::kNormalQuantile) check_same(statistics::normal_quantile(p), y, 1e-12);
}

TEST_CASE("Student's t is SciPy's, from heavy tails to the normal", "[base]") {
  for (const auto& [df, x, y] : reference::kStudentTCdf) {
    CAPTURE(df, x);
    check_same(statistics::student_t_cdf(x, df), y, 1e-9);
  }
  for (const auto& [df, p, y] : reference::kStudentTQuantile) {
    CAPTURE(df, p);
    CHECK(statistics::student_t_quantile(p, df) == Approx(y).epsilon(1e-11).margin(1e-15));
  }
  for (const auto& [n, y] : reference::kIntervals) {
    CAPTURE(n);
    check_same(statistics::student_t_quantile(0.975, n - 1), y, 1e-12);
  }
  check_same(statistics::student_t_quantile(0.975, kInf), statistics::normal_quantile(0.975));
  check_same(statistics::student_t_cdf(1.5, kInf), statistics::normal_cdf(1.5));
}

TEST_CASE("Student's t with two degrees of freedom has a closed form", "[base]") {
  for (const double p : {1e-9, 0.01, 0.3, 0.975})
    check_same(statistics::student_t_quantile(p, 2), (2 * p - 1) / std::sqrt(2 * p * (1 - p)), 1e-13);
}

TEST_CASE("what is not defined is NaN", "[base]") {
  const std::vector<double> none, one = {2}, holed = {1, kNaN, 3};
  CHECK(std::isnan(statistics::mean(none)));
  CHECK(std::isnan(statistics::median(none)));
  CHECK(std::isnan(statistics::quantile(none, 0.5)));
  CHECK(statistics::estimate(none).n == 0);
  CHECK(std::isnan(statistics::estimate(none).mean));
  CHECK(statistics::mean(one) == 2);
  CHECK(statistics::median(one) == 2);
  CHECK(std::isnan(statistics::standard_deviation(one)));
  CHECK(std::isnan(statistics::standard_error(one)));
  CHECK(std::isnan(statistics::estimate(one).half_width));
  for (const double x : {statistics::mean(holed), statistics::standard_deviation(holed), statistics::median(holed),
                         statistics::quantile(holed, 0), statistics::estimate(holed).half_width,
                         statistics::paired_difference(holed, holed).mean})
    CHECK(std::isnan(x));
  const std::vector<double> two = {1, 2};
  for (const double p : {-0.1, 1.1, kNaN}) CHECK(std::isnan(statistics::quantile(two, p)));
  for (const double level : {0.0, 1.0, 2.0, kNaN}) CHECK(std::isnan(statistics::estimate(two, level).half_width));
  for (const double df : {0.0, -1.0, kNaN}) {
    CHECK(std::isnan(statistics::student_t_cdf(1, df)));
    CHECK(std::isnan(statistics::student_t_quantile(0.9, df)));
  }
  CHECK(std::isnan(statistics::normal_cdf(kNaN)));
  for (const double p : {-0.1, 1.1, kNaN}) {
    CHECK(std::isnan(statistics::normal_quantile(p)));
    CHECK(std::isnan(statistics::student_t_quantile(p, 3)));
  }
}

TEST_CASE("infinities have their place: in ranks, tails and means", "[base]") {
  const std::vector<double> values = {1, kInf, -kInf, 2, kInf};
  CHECK(statistics::median(values) == 2);
  CHECK(statistics::quantile(values, 0) == -kInf);
  CHECK(statistics::quantile(values, 1) == kInf);
  CHECK(statistics::quantile(values, 0.9) == kInf);  // between two equal infinities
  CHECK(statistics::mean(std::vector<double>{1, kInf}) == kInf);
  CHECK(std::isnan(statistics::standard_deviation(std::vector<double>{1, kInf})));
  CHECK(statistics::normal_quantile(0) == -kInf);
  CHECK(statistics::normal_quantile(1) == kInf);
  CHECK(statistics::student_t_quantile(0, 3) == -kInf);
  CHECK(statistics::student_t_quantile(1, 3) == kInf);
  CHECK(statistics::student_t_quantile(1e-300, 0.01) == -kInf);  // beyond what a double holds
  CHECK(statistics::normal_cdf(kInf) == 1);
  CHECK(statistics::student_t_cdf(-kInf, 3) == 0);
}

TEST_CASE("a statistic does not reorder the values it is given", "[base]") {
  const std::vector<double> values = {3, 1, 2}, before = values;
  statistics::median(values);
  CHECK(values == before);
}

TEST_CASE("rank correlations and sign tests say what SciPy says", "[base]") {
  for (const reference::RankPairs& s : reference::kSpearman) {
    CAPTURE(s.a, s.b);
    check_same(statistics::spearman(s.a, s.b), s.rho);
    check_same(statistics::spearman(s.b, s.a), s.rho);
  }
  const std::vector<double> flat = {1, 1, 1}, slope = {1, 2, 3}, one = {1};
  CHECK(std::isnan(statistics::spearman(flat, slope)));
  CHECK(std::isnan(statistics::spearman(slope, flat)));
  CHECK(std::isnan(statistics::spearman(one, one)));
  for (const reference::Signs& s : reference::kSigns) {
    CAPTURE(s.above, s.below);
    std::vector<double> d(static_cast<std::size_t>(s.above), 0.5);
    d.insert(d.end(), static_cast<std::size_t>(s.below), -2);
    d.push_back(0);  // counts for neither
    const statistics::TestResult found = statistics::sign_test(d);
    CHECK(found.statistic == s.above);
    check_same(found.p, s.p);
  }
  CHECK(std::isnan(statistics::sign_test(std::vector<double>{0, 0}).p));
  CHECK(std::isnan(statistics::sign_test(std::vector<double>{1, kNaN}).p));
}
