// SPDX-License-Identifier: MIT
// Decisions over seeds: autorank's, and few errors where there is nothing to find.
#include <cmath>

#include <catch2/catch.hpp>

#include "comparisons_reference.hpp"
#include "engine/random.hpp"
#include "query/compare.hpp"

using namespace ubp;

namespace {

SeededResults config(std::int64_t number, const std::vector<double>& values, std::int64_t first_seed = 0) {
  SeededResults results{1, "sweep", number, "sweep/" + std::to_string(number), nlohmann::json::object(), 0, 0, {}};
  for (const double v : values) results.values[first_seed++] = v;
  return results;
}

std::vector<SeededResults> contest(const std::vector<std::vector<double>>& values) {
  std::vector<SeededResults> configs;
  for (const auto& row : values) configs.push_back(config(static_cast<std::int64_t>(configs.size()), row));
  return configs;
}

/// The share of contests between equal configs in which any is called worse.
double errors(std::size_t configs, std::size_t seeds, double (*noise)(double), int contests = 1000) {
  int wrong = 0;
  for (int i = 0; i < contests; ++i) {
    Random random(static_cast<std::uint64_t>(i), "a contest of equals");
    std::vector<std::vector<double>> values(configs, std::vector<double>(seeds));
    for (auto& row : values) {
      random.normal(row, 0, 1);
      for (double& v : row) v = noise(v);
    }
    const SeedComparison found = compare_seeds(contest(values), i % 2 == 0);
    wrong += std::any_of(found.others.begin(), found.others.end(), [](const AgainstBest& o) { return o.worse; });
  }
  return double(wrong) / contests;
}

}  // namespace

TEST_CASE("decisions are autorank's", "[compare]") {
  for (const reference::Results& r : reference::kResults) {
    CAPTURE(r.name);
    const std::size_t k = r.values.size();
    const SeedComparison found = compare_seeds(contest(r.values), true);
    for (std::size_t a = 0, pair = 0; a < k; ++a)
      for (std::size_t b = a + 1; b < k; ++b, ++pair) {
        if (a != found.best && b != found.best) continue;
        CAPTURE(a, b);
        CHECK(found.others[a == found.best ? b : a].worse == (r.apart[pair] == 1));
      }
  }
}

TEST_CASE("a maximised metric is compared as a minimised one of the other sign", "[compare]") {
  for (const reference::Results& r : reference::kResults) {
    CAPTURE(r.name);
    std::vector<std::vector<double>> negative = r.values;
    for (auto& row : negative)
      for (double& v : row) v = -v;
    const SeedComparison low = compare_seeds(contest(r.values), true), high = compare_seeds(contest(negative), false);
    REQUIRE(low.best == high.best);
    for (std::size_t c = 0; c < r.values.size(); ++c) {
      CHECK(low.others[c].worse == high.others[c].worse);
      CHECK(low.others[c].difference == Approx(-high.others[c].difference));
      CHECK(low.others[c].p_adjusted == Approx(high.others[c].p_adjusted).margin(1e-12));
      CHECK(low.others[c].more_seeds == high.others[c].more_seeds);
    }
  }
}

TEST_CASE("normal differences are tested by t, others by signed ranks, and several by ranks over seeds", "[compare]") {
  const auto find = [](const std::string& name) {
    for (const reference::Results& r : reference::kResults)
      if (r.name == name) return compare_seeds(contest(r.values), true);
    FAIL(name);
    return SeedComparison{};
  };
  const SeedComparison normal = find("two, one better");
  CHECK(normal.others[1].test == SeedTest::paired_t);
  CHECK(normal.others[1].p_adjusted == normal.others[1].p);
  CHECK(find("ten, three better").friedman.has_value());
  CHECK_FALSE(find("four, one better").friedman.has_value());
  const SeedComparison skewed = compare_seeds(contest({{0, 0, 0, 0, 0, 0, 0, 0}, {1, 1, 1, 2, 1, 1, 1, 90}}), true);
  CHECK(skewed.others[1].test == SeedTest::signed_rank);
  CHECK(skewed.others[1].p == Approx(2 / 256.0));
  CHECK(skewed.others[1].effect == 1);
  CHECK(skewed.others[1].worse);
}

TEST_CASE("only common seeds are paired; without any, Welch's test decides", "[compare]") {
  // Paired on seeds 2, 3 and 4, where the differences are 1.0, 1.1 and 1.2.
  const std::vector<SeededResults> shifted = {config(0, {50, 60, 5, 9, 2}), config(1, {6.0, 10.1, 3.2, 70, 90}, 2)};
  const SeedComparison paired = compare_seeds(shifted, true);
  CHECK(paired.best == 0);
  CHECK(paired.others[1].n == 3);
  CHECK(paired.others[1].difference == Approx(1.1));
  CHECK(paired.others[1].worse);
  const SeedComparison apart = compare_seeds({config(0, {1, 1.1, 0.9}), config(1, {2, 2.1, 1.9}, 10)}, true);
  CHECK(apart.others[1].test == SeedTest::welch);
  CHECK(apart.others[1].n == 0);
  CHECK(apart.others[1].worse);
  CHECK(compare_seeds({config(0, {1}), config(1, {2})}, true).others[1].test == SeedTest::none);
}

TEST_CASE("who is the best in a race is not decided by easy seeds that only one config has", "[compare]") {
  std::vector<SeededResults> raced = {config(0, {5, 6, 7, 0, 0}), config(1, {4, 5.1, 5.9})};
  for (SeededResults& each : raced) each.raced = true;
  const SeedComparison found = compare_seeds(raced, true);
  CHECK(found.best == 1);
  CHECK(found.others[0].difference == Approx(1));
  CHECK(found.others[0].worse);
}

TEST_CASE("an open question says how many seeds would settle it", "[compare]") {
  std::vector<double> a, b;
  Random random(1, "open");
  std::vector<double> noise(6);
  random.normal(noise, 0, 1);
  for (std::size_t i = 0; i < noise.size(); ++i) a.push_back(0), b.push_back(0.5 + noise[i]);
  const SeedComparison found = compare_seeds(contest({a, b}), true);
  const AgainstBest& open = found.others[1 - found.best];
  REQUIRE_FALSE(open.worse);
  CHECK(open.more_seeds == statistics::seeds_needed(statistics::cohens_d(b)) - 6);
  CHECK_THAT(sentence_of(found, contest({a, b}), 1 - found.best, true),
             Catch::Contains("is not told from") && Catch::Contains("more seeds would tell them apart"));
  const SeedComparison equal = compare_seeds(contest({a, a}), true);
  CHECK(equal.others[1].p == 1);
  CHECK(equal.others[1].more_seeds == 0);
  CHECK(sentence_of(equal, contest({a, a}), 1, true) == "sweep/1 equals sweep/0 on all 6 seeds that both have");
}

TEST_CASE("with a rope there are three probabilities, better being lower only where the metric is minimised",
          "[compare]") {
  const std::vector<double> a = {1, 1, 1, 1}, b = {1.1, 1.3, 1.2, 1.25};
  const AgainstBest low = compare_seeds(contest({a, b}), true, 0.1).others[1];
  CHECK(low.better_by_rope + low.within_rope + low.worse_by_rope == Approx(1));
  CHECK(low.worse_by_rope > 0.9);
  const AgainstBest high = compare_seeds(contest({b, a}), false, 0.1).others[1];
  CHECK(high.worse_by_rope == Approx(low.worse_by_rope));
  CHECK(std::isnan(compare_seeds(contest({a, b}), true).others[1].within_rope));
  // Folds share their training rows: less is known.
  std::vector<SeededResults> folded = contest({a, b});
  folded[0].folds = folded[1].folds = 4;
  CHECK(compare_seeds(folded, true, 0.1).others[1].worse_by_rope < low.worse_by_rope);
}

TEST_CASE("of ten equal configs, any is called worse in at most 5 % of a thousand contests", "[compare]") {
  const auto normal = [](double x) { return x; };
  const auto skewed = [](double x) { return std::exp(x); };
  for (const std::size_t seeds : {5, 12}) {
    CAPTURE(seeds);
    CHECK(errors(10, seeds, normal) <= 0.05);
    CHECK(errors(10, seeds, skewed) <= 0.05);
  }
  CHECK(errors(3, 10, normal) <= 0.05);
}
