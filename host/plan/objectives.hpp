// SPDX-License-Identifier: MIT
// Several objectives of one sweep, and how configs stand among them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/vocabulary.hpp"

namespace ubp {

/// Of more, hardly any config dominates another one.
constexpr std::size_t kMostObjectives = 8;
/// Of more, the hypervolume of a large front takes seconds.
constexpr std::size_t kQuickObjectives = 4;

/// JSON: {"metric", "goal"[, "reference"]}.
struct SweepObjective {
  std::string metric;  ///< "valid.mse"
  Goal goal = Goal::minimize;
  std::optional<double> reference;  ///< bounds the hypervolume: configs that are not better count nothing in it

  double minimised(double value) const { return goal == Goal::maximize ? 0 - value : value; }
};
void to_json(nlohmann::json&, const SweepObjective&);
void from_json(const nlohmann::json&, SweepObjective&);

/// "minimize valid.mse, maximize test.accuracy"
std::string names_of(const std::vector<SweepObjective>&);

/// By objective, over the replicates of one config. REQUIRES: there is one.
std::vector<double> mean_of(const std::vector<std::vector<double>>& replicates);

/// How configs stand by their means.
struct Standings {
  std::vector<std::size_t> ranks;  ///< by config: 1 if no other dominates it, else 1 + the largest of those that do
  std::size_t on_front = 0;        ///< how many have rank 1
  std::vector<double> reference;   ///< by objective: the given one, else the worst of the means
  double hypervolume = 0;          ///< of what the front dominates within the reference
};

/// `means`: [config][objective], finite, as they were measured. Threads: any.
Standings standings_of(const std::vector<SweepObjective>&, const std::vector<std::vector<double>>& means,
                       bool with_hypervolume = true);

/// "front: 7 of 20 configs; hypervolume 0.12 with reference valid.mse 0.5, train.parameters 900 (the worst seen)"
std::string sentence_of(const Standings&, const std::vector<SweepObjective>&);

}  // namespace ubp
