// SPDX-License-Identifier: MIT
// A sampler in a sweep: what it is asked and what it is told. Its points are the sweep's configs, or, where these are
// crossed with blocks, what so many configs have in common.
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

  /// The next point, and the points whose results it is the first to know. Nothing: the space is exhausted.
  struct Proposed {
    Assignment point;
    std::vector<std::int64_t> told;
  };
  std::optional<Proposed> propose();

  /// The next point is this one. `told`: if it was proposed earlier, what its proposal was the first to know.
  void begin(const Assignment&, const std::vector<std::int64_t>* told);
  /// What became of a point. Each once.
  void tell(std::int64_t point, search::Told::State, std::vector<double> values, std::int64_t last_step = 0,
            double last_value = 0);
  /// The same of a point that is complete in every block: its value in each. The sampler is told its mean rank among
  /// all points that are known, which is what decides in the end, and which no block's scale sways.
  void tell_in_blocks(std::int64_t point, std::vector<double> values);

 private:
  search::Told& at(std::int64_t point) { return history_[before_ + static_cast<std::size_t>(point)]; }
  void rank_over_blocks();

  const Plan& plan_;
  std::unique_ptr<search::Sampler> sampler_;
  std::size_t before_;
  search::History history_;  // what is known from elsewhere, then the points by number
  std::map<std::int64_t, std::vector<double>> in_blocks_;
  std::set<Assignment> seen_;
  std::vector<std::int64_t> untold_;               // ended, but no proposal knew it
  std::map<std::int64_t, std::int64_t> known_to_;  // by point: the proposal that was recorded to know it first
};

}  // namespace ubp
