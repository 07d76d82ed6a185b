// SPDX-License-Identifier: MIT
// What health checks look at, read once; and the checks, each a function of it. For health*.cpp alone.
#pragma once

#include "query/compare.hpp"
#include "query/health.hpp"
#include "query/noise.hpp"
#include "query/seeds.hpp"

namespace ubp::health {

struct Ended {
  std::int64_t trial_id = 0, config = 0;
  std::string state;      ///< "COMPLETE"
  nlohmann::json params;  ///< the swept ones
};

struct Sweep {
  Reader& reader;
  const SweepFacts& facts;
  const std::optional<std::vector<MostShare>>& shares;
  std::vector<SeededResults> configs;  ///< with results
  SeedComparison comparison;           ///< of more than one config
  NoiseFloor noise;
  nlohmann::json space, sampler;  ///< as recorded
  std::vector<Ended> trials;      ///< the last attempt of each config x replicate that has ended

  const SeededResults& best() const { return configs[comparison.best]; }
  std::int64_t count(const std::string& state) const;
};

struct Found {
  HealthCheck::Verdict verdict = HealthCheck::Verdict::pass;
  std::string found, advice = "";
};

// health_results.cpp: what configs came to.
Found edge_of_range(const Sweep&);
Found seeds_of_the_claim(const Sweep&);
Found noise_and_difference(const Sweep&);
Found parameters_without_effect(const Sweep&);
Found pairing(const Sweep&);

// health_trials.cpp: what happened in trials.
Found falling_loss(const Sweep&);
Found collapse(const Sweep&);
Found early_ends(const Sweep&);
Found failures(const Sweep&);
Found changed_ground(const Sweep&);
Found labels(const Sweep&);

}  // namespace ubp::health
