// SPDX-License-Identifier: MIT
// A change is kept where it is better, seldom where it is equal, and never where nobody could know.
#include <cmath>

#include <catch2/catch.hpp>

#include "engine/random.hpp"
#include "query/gate.hpp"

using namespace ubp;

namespace {

constexpr int kMost = 25 + 15;  // 2.5 % of 1000, and three standard deviations

SeededResults config(std::int64_t number, const std::vector<double>& values, std::int64_t first_seed = 0) {
  SeededResults results{1, "sweep", number, "sweep/" + std::to_string(number), nlohmann::json::object(), 0,
                        0, false,   {}};
  for (const double v : values) results.values[first_seed++] = v;
  return results;
}

std::vector<double> drawn(Random& random, std::size_t n, double mean, double (*noise)(double)) {
  std::vector<double> values(n);
  random.normal(values, 0, 1);
  for (double& v : values) v = mean + noise(v);
  return values;
}

double same(double v) { return v; }
double skewed(double v) { return std::exp(v); }
double coarse(double v) { return v < 0 ? 0 : 1; }  // as an accuracy of few rows

/// How many of so many candidates, the best of `k` configs with equal means each, are kept.
int kept(std::size_t seeds, double (*noise)(double), std::int64_t k = 1, int contests = 1000) {
  int count = 0;
  for (int i = 0; i < contests; ++i) {
    Random random(static_cast<std::uint64_t>(i), "equals");
    const bool minimize = i % 2 == 0;
    const SeededResults baseline = config(0, drawn(random, seeds, 0, noise));
    std::optional<SeededResults> best;
    for (std::int64_t c = 1; c <= k; ++c) {
      SeededResults each = config(c, drawn(random, seeds, 0, noise));
      if (!best || (minimize ? each.mean() < best->mean() : each.mean() > best->mean())) best = std::move(each);
    }
    count += gate(baseline, *best, minimize, k).keep;
  }
  return count;
}

}  // namespace

TEST_CASE("a candidate that equals the baseline is kept in at most 2.5 % of decisions", "[gate]") {
  for (const std::size_t seeds : {2, 3, 5, 6, 10, 20}) {
    CAPTURE(seeds);
    CHECK(kept(seeds, same) <= kMost);
    CHECK(kept(seeds, skewed) <= kMost);
    CHECK(kept(seeds, coarse) <= kMost);
  }
}

TEST_CASE("where the choice of the test costs most, that is still so", "[gate]") {
  CHECK(kept(6, same, 1, 10'000) <= 250);  // without an allowance
}

TEST_CASE("so is one that was chosen among many equals", "[gate]") {
  for (const std::size_t seeds : {3, 6, 10}) {
    CAPTURE(seeds);
    CHECK(kept(seeds, same, 12) <= kMost);
  }
}

TEST_CASE("a candidate is kept where it is better, and only there", "[gate]") {
  const std::vector<double> a = {1.0, 1.1, 0.9, 1.05}, b = {0.5, 0.62, 0.41, 0.54};
  const GateDecision better = gate(config(0, a), config(1, b), true);
  CHECK(better.keep);
  CHECK(better.n == 4);
  CHECK(better.difference == Approx(-0.495));
  CHECK(better.low < better.difference);
  CHECK(better.high < 0);
  CHECK(better.more_seeds == 0);
  CHECK_THAT(better.sentence, Catch::StartsWith("keep: sweep/1 is better than sweep/0 by 0.495 (95 % interval"));

  const GateDecision worse = gate(config(0, b), config(1, a), true);
  CHECK_FALSE(worse.keep);
  CHECK(worse.difference == Approx(0.495));
  CHECK(worse.low > 0);
  CHECK(worse.p == better.p);
  CHECK(worse.more_seeds == 0);
  CHECK_THAT(worse.sentence, Catch::StartsWith("discard: sweep/1 is behind sweep/0 by 0.495"));
  CHECK(gate(config(0, b), config(1, a), false).keep);  // where more is better

  const GateDecision equal = gate(config(0, a), config(1, a), true);
  CHECK_FALSE(equal.keep);
  CHECK(equal.more_seeds == 0);
  CHECK_THAT(equal.sentence, Catch::Contains("no difference is seen"));
}

TEST_CASE("the decision is that of a comparison with a smaller p", "[gate]") {
  for (int i = 0; i < 300; ++i) {
    Random random(static_cast<std::uint64_t>(i), "decisions");
    const std::size_t n = 2 + static_cast<std::size_t>(i % 9);
    const SeededResults a = config(0, drawn(random, n, 1, same)), b = config(1, drawn(random, n, 0, same));
    const SeedComparison found = compare_seeds({a, b}, true);
    const GateDecision decision = gate(a, b, true);
    CAPTURE(i, decision.sentence);
    CHECK(decision.keep == (found.best == 1 && found.others[0].worse && decision.p <= GateDecision::kAlpha));
    CHECK(decision.p == found.others[1 - found.best].p);
    CHECK((decision.more_seeds > 0) == (found.best == 1 && !decision.keep));
  }
}

TEST_CASE("an undecided candidate is discarded, and is told how many seeds would decide", "[gate]") {
  const GateDecision open = gate(config(0, {1, 1, 1, 1}), config(1, {0.2, 1.3, 0.9, 0.6}), true);
  CHECK_FALSE(open.keep);
  CHECK(open.more_seeds > 0);
  CHECK_THAT(open.sentence, Catch::Contains(fmt::format("{} more seeds would decide", open.more_seeds)));

  // Ranks cannot reject with five seeds, however clear these are.
  const GateDecision few = gate(config(0, {0, 0, 0, 0, 0}), config(1, {1, 1, 1, 1, 90}), false);
  CHECK_FALSE(few.keep);
  CHECK_THAT(few.sentence, Catch::Contains("takes 6 seeds or more"));
  // Nor is it known how far differences vary that are all equal.
  CHECK_FALSE(gate(config(0, {0, 0, 0, 0, 0}), config(1, {1, 1, 1, 1, 1}), false).keep);
  CHECK(gate(config(0, {0, 0, 0, 0, 0, 0}), config(1, {1, 1, 1, 1, 1, 1}), false).keep);

  // On common seeds better, on all of them not: seeds of its own do not speak for the baseline, nor against it.
  const SeededResults wide = config(0, {1.0, 1.1, 0.9, -50, -60});
  CHECK_THAT(gate(wide, config(1, {0.52, 0.61, 0.43}), true).sentence, Catch::Contains("say the opposite"));
  CHECK_FALSE(gate(wide, config(1, {0.52, 0.61, 0.43}), true).keep);

  CHECK_FALSE(gate(config(0, {0.52, 0.61, 0.43}), wide, true).keep);

  SeededResults failing = config(1, {0.2, 1.3, 0.9});
  failing.failed = 2;
  CHECK_THAT(gate(config(0, {1, 1, 1}), failing, true).sentence, Catch::EndsWith("2 of its trials failed"));
}

TEST_CASE("without two common seeds nothing is decided", "[gate]") {
  CHECK_THROWS_WITH(gate(config(0, {1, 1.1, 0.9}), config(1, {2, 2.1, 1.9}, 10), true),
                    "sweep/0 and sweep/1 have no seed in common, expected two or more: give both the same seeds");
  CHECK_THROWS_WITH(gate(config(0, {1}), config(1, {2}), true),
                    Catch::Contains("have one seed in common, expected two or more"));
}
