// SPDX-License-Identifier: MIT
// Prints what comparisons find and how often they err:
// ninja compare_table && tests/compare/compare_table [SWEEPS [CONFIGS SEEDS]]
//
// Beside it what all pairs would have found, each tested by itself and adjusted for all of them (Holm): the statistics
// of which a comparison with the best is a part.
#include <cmath>

#include <fmt/core.h>

#include "query/compare.hpp"
#include "sweeps.hpp"

using namespace ubp;

namespace {

std::vector<SeededResults> contest(const search::RaceResults& results) {
  std::vector<SeededResults> configs;
  for (const auto& row : results) {
    const auto number = static_cast<std::int64_t>(configs.size());
    SeededResults& config = configs.emplace_back();
    config.config = number;
    for (const auto& value : row) config.values[static_cast<std::int64_t>(config.values.size())] = *value;
  }
  return configs;
}

/// By config: is it told from the best and behind it, by tests of all pairs?
std::vector<bool> by_all_pairs(const std::vector<SeededResults>& configs, std::size_t best) {
  std::vector<double> p;
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t a = 0; a < configs.size(); ++a)
    for (std::size_t b = a + 1; b < configs.size(); ++b) {
      std::vector<double> d;
      for (const auto& [seed, value] : configs[a].values) d.push_back(value - configs[b].values.at(seed));
      const bool normal = statistics::shapiro_wilk(d).p >= AgainstBest::kAlpha;
      p.push_back(normal ? statistics::t_test(d).p : statistics::wilcoxon(d).p);
      pairs.emplace_back(a, b);
    }
  const std::vector<double> adjusted = statistics::holm(p);
  std::vector<bool> worse(configs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i)
    if (adjusted[i] <= AgainstBest::kAlpha && (pairs[i].first == best || pairs[i].second == best))
      worse[pairs[i].first == best ? pairs[i].second : pairs[i].first] = true;
  return worse;
}

struct Found {
  double errors = 0;  ///< share of sweeps in which any config is called worse that is not
  double best = 0;    ///< in which the better config has the best mean
  double told = 0;    ///< share of the others that are called worse, where it has
  double pairs = 0, pair_errors = 0;
};

Found found(const Noise& noise, double better, std::size_t configs, std::int64_t seeds, int sweeps) {
  Found all;
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    const auto entered = contest(simulated(noise, better, configs, seeds, static_cast<std::uint64_t>(sweep)));
    const SeedComparison comparison = compare_seeds(entered, true);
    const std::vector<bool> pairs = by_all_pairs(entered, comparison.best);
    const bool right = better > 0 && comparison.best == 0;
    bool wrong = false, pair_wrong = false;
    for (std::size_t c = 0; c < configs; ++c) {
      if (c == comparison.best) continue;
      const bool worse = comparison.others[c].worse;
      if (right) all.told += worse, all.pairs += pairs[c];
      wrong |= worse && !right;
      pair_wrong |= pairs[c] && !right;
    }
    all.best += right, all.errors += wrong, all.pair_errors += pair_wrong;
  }
  const double others = static_cast<double>(configs - 1) * std::max(1.0, all.best);
  all.told /= others, all.pairs /= others;
  for (double* share : {&all.errors, &all.best, &all.pair_errors}) *share /= sweeps;
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const int sweeps = argc > 1 ? std::stoi(argv[1]) : 1000;
  fmt::print(
      "{} sweeps each; one config better by 0 or 1 sd. errors: any config called worse that is not; best: the\n"
      "better one leads; told: of the others, if so, are called worse; pairs: both by Holm over all pairs\n",
      sweeps);
  fmt::print("{:30} {:>7} {:>5} {:>6} {:>7} {:>7} {:>7} {:>13} {:>11}\n", "noise", "configs", "seeds", "better",
             "errors", "best", "told", "errors, pairs", "told, pairs");
  const auto only = [&](int argument, std::vector<std::int64_t> all) {
    return argc > argument ? std::vector<std::int64_t>{std::stoll(argv[argument])} : all;
  };
  for (const std::int64_t configs : only(2, {3, 10}))
    for (const std::int64_t seeds : only(3, {5, 10, 20}))
      for (const Noise& noise : kNoises)
        for (const double better : {0.0, 1.0}) {
          const Found f = found(noise, better, static_cast<std::size_t>(configs), seeds, sweeps);
          fmt::print("{:30} {:7} {:5} {:6} {:6.1f}% {:6.1f}% {:6.1f}% {:12.1f}% {:10.1f}%\n", noise.name, configs,
                     seeds, better, 100 * f.errors, 100 * f.best, 100 * f.told, 100 * f.pair_errors, 100 * f.pairs);
        }
}
