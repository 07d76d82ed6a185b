// SPDX-License-Identifier: MIT
// Tests, corrections, posteriors and powers, against SciPy, statsmodels, autorank, baycomp and rliable.
#include <cmath>

#include <catch2/catch.hpp>

#include "base/statistics.hpp"
#include "comparisons_reference.hpp"
#include "engine/random.hpp"

using namespace ubp;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

void check_same(double found, double expected, double relative = 1e-9) {
  CHECK(found == Approx(expected).epsilon(relative).margin(1e-14));
}

void check_same(const statistics::TestResult& found, const reference::Tested& expected) {
  check_same(found.statistic, expected.statistic);
  check_same(found.p, expected.p);
}

statistics::RandomWords words_of(const std::string& name) {
  return [random = Random(7, name)](std::span<std::uint64_t> out) mutable { random.words(out); };
}

double mean_iqm(const statistics::Strata& strata) {
  std::vector<double> all;
  for (const auto& stratum : strata) all.insert(all.end(), stratum.begin(), stratum.end());
  return statistics::interquartile_mean(all);
}

}  // namespace

TEST_CASE("tests of differences say what SciPy says", "[base]") {
  for (const reference::Differences& s : reference::kDifferences) {
    CAPTURE(s.name);
    {
      INFO("t");
      check_same(statistics::t_test(s.d), s.t);
    }
    {
      INFO("Shapiro-Wilk");
      const statistics::TestResult found = statistics::shapiro_wilk(s.d);
      check_same(found.statistic, s.shapiro.statistic);
      check_same(found.p, s.shapiro.p, 1e-8);  // SciPy's tail of the normal is AS 66, good to 9 digits
    }
    {
      INFO("Wilcoxon");
      check_same(statistics::wilcoxon(s.d), s.wilcoxon);
    }
    check_same(statistics::cohens_d(s.d), s.cohens_d);
    check_same(statistics::rank_biserial(s.d), s.rank_biserial);
    check_same(statistics::interquartile_mean(s.d), s.interquartile_mean);
  }
}

TEST_CASE("the interval of the pseudo-median is the shifts that Wilcoxon's test does not reject", "[base]") {
  for (const reference::Walsh& w : reference::kWalsh) {
    const statistics::Bounds bounds = statistics::walsh_bounds(w.d);
    check_same(bounds.low, w.low);
    check_same(bounds.high, w.high);
  }
  const statistics::Bounds few = statistics::walsh_bounds(std::vector<double>{1, 2, 4});  // no interval covers 95 %
  CHECK(few.low == 1);
  CHECK(few.high == 4);
}

TEST_CASE("samples without common seeds are compared as SciPy does", "[base]") {
  const statistics::WelchTest test = statistics::welch(reference::kWelchA, reference::kWelchB);
  const std::vector<double> found = {test.difference, test.half_width, test.t, test.df, test.p};
  for (std::size_t i = 0; i < found.size(); ++i) check_same(found[i], reference::kWelch[i]);
}

TEST_CASE("Holm's p values and Wilson's intervals are statsmodels'", "[base]") {
  const std::vector<double> adjusted = statistics::holm(reference::kP);
  REQUIRE(adjusted.size() == reference::kHolm.size());
  for (std::size_t i = 0; i < adjusted.size(); ++i) check_same(adjusted[i], reference::kHolm[i]);
  const std::vector<double> holed = statistics::holm(std::vector<double>{0.02, std::nan(""), 0.03});
  CHECK(holed[0] == Approx(0.04));
  CHECK(std::isnan(holed[1]));
  for (const reference::Share& s : reference::kWilson) {
    const statistics::Bounds bounds = statistics::wilson(s.successes, s.n, s.level);
    check_same(bounds.low, s.low);
    check_same(bounds.high, s.high);
  }
}

TEST_CASE("the studentized range is SciPy's for any number of configs", "[base]") {
  for (const reference::Range& r : reference::kRanges) {
    CAPTURE(r.k);
    check_same(statistics::normal_range_quantile(0.9, r.k), r.at90);
    check_same(statistics::normal_range_quantile(0.95, r.k), r.at95);
    check_same(statistics::normal_range_cdf(r.at95, r.k), 0.95);
  }
  // Of two, it is a normal difference.
  check_same(statistics::normal_range_cdf(1.5, 2), 2 * statistics::normal_cdf(1.5 / std::sqrt(2)) - 1);
}

TEST_CASE("Friedman's test, its mean ranks and Nemenyi's difference are SciPy's and autorank's", "[base]") {
  for (const reference::Results& r : reference::kResults) {
    CAPTURE(r.name);
    const std::size_t configs = r.values.size(), seeds = r.values[0].size();
    std::vector<std::vector<double>> blocks(seeds, std::vector<double>(configs));
    for (std::size_t c = 0; c < configs; ++c)
      for (std::size_t s = 0; s < seeds; ++s) blocks[s][c] = r.values[c][s];
    const statistics::FriedmanTest test = statistics::friedman(blocks);
    for (std::size_t c = 0; c < configs; ++c) check_same(test.mean_ranks[c], r.mean_ranks[c]);
    if (configs == 2) continue;
    const std::vector<double> found = {test.chi_squared, test.p_chi_squared, test.f, test.p};
    for (std::size_t i = 0; i < found.size(); ++i) check_same(found[i], r.friedman[i]);
    // autorank's quantile comes from a fit, good to three digits.
    check_same(statistics::nemenyi_critical_difference(configs, seeds), r.critical_difference, 2e-3);
    for (std::size_t a = 0, pair = 0; a < configs; ++a)
      for (std::size_t b = a + 1; b < configs; ++b, ++pair) {
        CAPTURE(a, b);
        const double gap = std::abs(test.mean_ranks[a] - test.mean_ranks[b]);
        CHECK((test.p < 0.05 && gap > statistics::nemenyi_critical_difference(configs, seeds)) == r.apart[pair]);
      }
  }
}

TEST_CASE("the three probabilities are baycomp's", "[base]") {
  for (const reference::Rope& r : reference::kCorrelatedT) {
    CAPTURE(r.rope, r.correlation);
    const statistics::RopeShares found = statistics::correlated_t(r.d, r.rope, r.correlation);
    check_same(found.left, r.left);
    check_same(found.within, r.within);
    check_same(found.right, r.right);
  }
  for (const reference::Rope& r : reference::kSignedRank) {
    CAPTURE(r.rope, r.d.size());
    const statistics::RopeShares found = statistics::signed_rank(r.d, r.rope, words_of("signed rank"));
    CHECK(found.left == Approx(r.left).margin(1e-3));
    CHECK(found.within == Approx(r.within).margin(1e-3));
    CHECK(found.right == Approx(r.right).margin(1e-3));
  }
}

TEST_CASE("the bootstrap's interval is rliable's, and its stream decides it", "[base]") {
  check_same(mean_iqm(reference::kScores), reference::kScoreIqm[0]);
  const auto bounds = [](const std::string& stream, int draws) {
    return statistics::bootstrap_bounds(reference::kScores, mean_iqm, words_of(stream), 0.95, draws);
  };
  const statistics::Bounds many = bounds("a", 50'000);
  CHECK(many.low == Approx(reference::kScoreIqm[1]).epsilon(1e-2));
  CHECK(many.high == Approx(reference::kScoreIqm[2]).epsilon(1e-2));
  CHECK(bounds("a", 100).low == bounds("a", 100).low);
  CHECK(bounds("a", 100).low != bounds("b", 100).low);
}

TEST_CASE("the probability of being best is counted over seeds that all share", "[base]") {
  const auto best = [](const std::vector<std::vector<double>>& results) {
    return statistics::probability_best(results, words_of("best"));
  };
  // Always better by a little, although the seeds differ by much more.
  CHECK(best({{1, 5, 9}, {1.1, 5.1, 9.1}}) == std::vector<double>{1, 0});
  CHECK(best({{1, 5}, {1, 5}, {2, 7}}) == std::vector<double>{0.5, 0.5, 0});
  // Of two seeds each wins one, by 1 and by 2: drawn (0, 0) the first is best, (1, 1) and mixed the second.
  const std::vector<double> mixed = best({{1, 5}, {2, 3}});
  CHECK(mixed[0] == Approx(0.25).margin(0.02));
  CHECK(mixed[0] + mixed[1] == Approx(1));
  CHECK(best({{1, 2}, {std::nan(""), std::nan("")}}) == std::vector<double>{1, 0});
  CHECK(best({{1, std::nan("")}, {3, 2}}) == std::vector<double>{1, 0});  // also where only the second seed is drawn
  CHECK(best({{std::nan("")}}) == std::vector<double>{0});
}

TEST_CASE("rank sums are SciPy's", "[base]") {
  for (const reference::RankSum& r : reference::kRankSums) {
    CAPTURE(r.a, r.b);
    check_same(statistics::rank_sum_p(r.a, r.b), r.p);
    check_same(statistics::rank_sum_p(r.b, r.a), r.p);
  }
  CHECK(statistics::rank_sum_p(std::vector<double>{1, 1}, std::vector<double>{1}) == 1);
  CHECK(statistics::rank_sum_p(std::vector<double>{}, std::vector<double>{1, 2}) == 1);
}

TEST_CASE("powers are statsmodels', and as many seeds as are needed have that power", "[base]") {
  for (const reference::Power& p : reference::kPower) {
    CAPTURE(p.n, p.effect);
    check_same(statistics::power_of_t(p.n, p.effect), p.power);
  }
  for (const double effect : {0.05, 0.3, 0.5, 1.0, 2.0, 20.0}) {
    const std::int64_t n = statistics::seeds_needed(effect);
    CAPTURE(effect, n);
    CHECK(statistics::power_of_t(n, effect) >= 0.8);
    if (n > 2) CHECK(statistics::power_of_t(n - 1, effect) < 0.8);
    CHECK(double(n) >= std::pow((1.96 + 0.84) / effect, 2) - 1);
  }
  CHECK(statistics::seeds_needed(0) == 0);
  CHECK(statistics::seeds_needed(1e-6) == 0);
}

TEST_CASE("powers at levels so small that few seeds have a huge critical value", "[base]") {
  // By the definition: over the deviation s, whose density is that of sqrt(chi^2 / df), how often |mean| exceeds t s.
  const auto by_integral = [](std::int64_t n, double effect, double alpha) {
    const double df = double(n - 1), t = statistics::student_t_quantile(1 - alpha / 2, df);
    const double shift = effect * std::sqrt(double(n)), end = (shift + 9) / t;
    constexpr int kSteps = 400'000;
    double sum = 0;
    for (int i = 0; i < kSteps; ++i) {
      const double s = end * (i + 0.5) / kSteps;
      const double density =
          2 * std::exp(df / 2 * std::log(df / 2) - std::lgamma(df / 2) + (df - 1) * std::log(s) - df * s * s / 2);
      sum += density * (statistics::normal_cdf(shift - t * s) + statistics::normal_cdf(-shift - t * s));
    }
    return sum * end / kSteps;
  };
  for (const double alpha : {2e-4, 2.5e-8})
    for (const std::int64_t n : {2, 3, 4})
      for (const double part : {0.01, 0.3, 1.0, 1.5}) {
        const double t = statistics::student_t_quantile(1 - alpha / 2, double(n - 1));
        const double effect = part * t / std::sqrt(double(n));
        CAPTURE(alpha, n, part);
        CHECK(statistics::power_of_t(n, effect, alpha) == Approx(by_integral(n, effect, alpha)).margin(1e-3));
      }
  const std::int64_t needed = statistics::seeds_needed(200, 2.5e-8);
  CHECK(statistics::power_of_t(needed, 200, 2.5e-8) >= 0.8);
  CHECK(statistics::power_of_t(needed - 1, 200, 2.5e-8) < 0.8);
}

TEST_CASE("tests of nothing, of one number and of infinities", "[base]") {
  const std::vector<double> none, zeros = {0, 0, 0}, ones = {1, 1, 1}, endless = {1, 2, kInf, 3};
  CHECK(std::isnan(statistics::t_test(none).p));
  CHECK(std::isnan(statistics::t_test(zeros).p));
  CHECK(statistics::t_test(ones).statistic == kInf);
  CHECK(statistics::t_test(ones).p == 0);
  CHECK(std::isnan(statistics::t_test(endless).p));
  CHECK(std::isnan(statistics::wilcoxon(none).p));
  CHECK(std::isnan(statistics::wilcoxon(zeros).p));
  CHECK(statistics::wilcoxon(ones).p == 0.25);
  CHECK(statistics::wilcoxon(endless).p == 0.125);  // an infinity has a rank
  CHECK(statistics::shapiro_wilk(ones).p == 1);
  CHECK(std::isnan(statistics::shapiro_wilk(endless).p));
  CHECK(std::isnan(statistics::friedman({{1, 2}}).p));
  CHECK(std::isnan(statistics::friedman({{1, 1}, {2, 2}}).p));
  CHECK(statistics::friedman({{1, 2, 3}, {1, 2, 3}}).p == 0);  // all blocks agree
  const statistics::RopeShares same = statistics::correlated_t(zeros, 0.1, 0);
  CHECK(same.within == 1);
  CHECK(std::isnan(statistics::signed_rank(endless, 0.1, words_of("a")).left));
}
