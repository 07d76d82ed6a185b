// SPDX-License-Identifier: MIT
// A sampler in a sweep: what it is asked and what it is told.
#pragma once

#include <map>
#include <memory>
#include <set>

#include "plan/proposal.hpp"

namespace ubp {

class Proposer {
 public:
  /// `before`: results that are known from elsewhere. Throws Error (usage) if there is no such sampler.
  Proposer(const Plan&, search::History before);

  /// The next config's point, and the configs whose results it is the first to know. Nothing: the space is exhausted.
  struct Proposed {
    Assignment point;
    std::vector<std::int64_t> told;
  };
  std::optional<Proposed> propose();

  /// The next config is this one. `told`: if it was proposed earlier, what its proposal was the first to know.
  void begin(const Assignment&, const std::vector<std::int64_t>* told);
  /// What became of a config. Each once.
  void tell(std::int64_t config, search::Told::State, std::vector<double> values, std::int64_t last_step = 0,
            double last_value = 0);

 private:
  search::Told& at(std::int64_t config) { return history_[before_ + static_cast<std::size_t>(config)]; }

  const Plan& plan_;
  std::unique_ptr<search::Sampler> sampler_;
  std::size_t before_;
  search::History history_;  // what is known from elsewhere, then the configs by number
  std::set<Assignment> seen_;
  std::vector<std::int64_t> untold_;               // ended, but no proposal knew it
  std::map<std::int64_t, std::int64_t> known_to_;  // by config: the proposal that was recorded to know it first
};

}  // namespace ubp
