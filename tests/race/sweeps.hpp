// SPDX-License-Identifier: MIT
// Simulated sweeps: results of configs over seeds, with noises that sweeps have.
#pragma once

#include <cmath>
#include <functional>
#include <string>

#include "engine/random.hpp"
#include "search/race.hpp"

namespace ubp {

/// Noise of one config, of sd 1 in the mean over configs; from a normal number of its own and one of its seed.
struct Noise {
  const char* name;
  double (*of)(double own, double seed, std::size_t config);
};

inline const std::vector<Noise> kNoises = {
    {"normal", [](double own, double, std::size_t) { return own; }},
    {"log-normal", [](double own, double, std::size_t) { return (std::exp(own) - std::exp(0.5)) / 2.1612; }},
    {"half of the variance by seed",
     [](double own, double seed, std::size_t) { return (own + seed) * std::sqrt(0.5); }},
    {"sd from 0.4 to 1.6 by config",
     [](double own, double, std::size_t config) { return own * (0.4 + 1.2 * double((config * 7) % 10) / 9); }}};

/// `better`: by how much config 0 is lower than all others.
inline search::RaceResults simulated(const Noise& noise, double better, std::size_t configs, std::int64_t seeds,
                                     std::uint64_t sweep) {
  Random random(sweep, "simulated sweep");
  std::vector<double> by_seed(static_cast<std::size_t>(seeds)), own(by_seed.size());
  random.normal(by_seed, 0, 1);
  search::RaceResults results(configs);
  for (std::size_t c = 0; c < configs; ++c) {
    random.normal(own, 0, 1);
    for (std::size_t s = 0; s < own.size(); ++s)
      results[c].push_back(noise.of(own[s], by_seed[s], c) - (c == 0 ? better : 0));
  }
  return results;
}

struct RaceFigures {
  double claims = 0;  ///< share of sweeps in which any config was called worse
  double wrong = 0;   ///< in which one was called worse than the leader while it is not
  double same = 0;    ///< in which the leader is the config with the best mean over all seeds
  double trials = 0;  ///< share of configs x seeds that were run
};

inline RaceFigures figures(const Noise& noise, double better, const search::RaceOptions& options, int sweeps = 1000,
                           std::size_t configs = 10) {
  RaceFigures all;
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    const search::RaceResults results =
        simulated(noise, better, configs, options.max_replicates, static_cast<std::uint64_t>(sweep));
    const search::RaceState state = search::race(results, options);
    std::size_t best = 0;
    double lowest = 0, trials = 0;
    bool claimed = false, wrong = false;
    for (std::size_t c = 0; c < configs; ++c) {
      double mean = 0;
      for (const auto& value : results[c]) mean += *value / double(options.max_replicates);
      if (c == 0 || mean < lowest) lowest = mean, best = c;
      trials += double(state.standings[c].replicates);
      const bool worse = state.standings[c].state == search::Standing::State::worse;
      claimed |= worse;
      wrong |= worse && (better == 0 || c == 0 || state.leader != 0);
    }
    all.claims += claimed;
    all.wrong += wrong;
    all.same += state.leader == best;
    all.trials += trials / double(configs) / double(options.max_replicates);
  }
  for (double* figure : {&all.claims, &all.wrong, &all.same, &all.trials}) *figure /= sweeps;
  return all;
}

}  // namespace ubp
