// SPDX-License-Identifier: MIT
// A sweep as its spec says it: configs that are planned or proposed, replicates all at once or raced, trials that end
// early, and when it is enough.
//
// Decisions are made from what it was told, in the order in which it was told, and from nothing else (run/recall.hpp).
#pragma once

#include <deque>
#include <memory>

#include "run/proposer.hpp"
#include "run/sweep_jobs.hpp"
#include "search/promotion.hpp"
#include "search/stop_rule.hpp"

namespace ubp {

class SweepScheduler : public Scheduler {
 public:
  /// `before`: what its sampler knows from another sweep. REQUIRES: plan and jobs outlive it.
  SweepScheduler(const Plan& plan, SweepJobs& jobs, search::History before = {});
  ~SweepScheduler() override;

  std::optional<Job> next() override;
  std::optional<std::string> heard(const Job&, const Message&) override;
  void ended(const Job&, const Recorded&) override;
  std::vector<Dropped> dropped() override;
  bool finished() const override;

  /// Why no further trial starts, though there are some; "" as long as it goes on.
  const std::string& enough() const { return enough_; }

 private:
  /// One replicate of a config.
  struct Cell {
    TrialRow row;
    enum class State { waiting, running, paused, complete, pruned, failed } state = State::waiting;
    double value = 0;         // complete: to be minimised
    search::Climber climber;  // of a sweep that promotes
    std::size_t known = 0;    // of ended_, when it began
    std::string why;          // it waits no more
    bool ended() const { return state >= State::complete; }
  };
  struct Entry {
    std::vector<Cell> cells;
    std::size_t wanted = 0;  // of them, the first so many
    bool told = false;
  };
  using Place = std::pair<std::size_t, std::size_t>;  // config, replicate

  Cell& cell(const Place& place) { return entries_[place.first].cells[place.second]; }
  double minimised(double value) const { return plan_.goal == Goal::maximize ? 0 - value : value; }

  bool all_begun() const { return exhausted_ || std::ssize(entries_) >= plan_.configs; }
  bool begin_config();
  void want(std::size_t config, std::size_t replicates);
  std::optional<Job> given(const Place&);
  std::optional<Job> promoted();
  bool race();
  void settle(std::size_t config);
  void consider_enough();
  std::string lost_at_rung(const Cell&) const;
  void drop_the_rest();
  search::Trace& trace(const Job&);

  const Plan& plan_;
  SweepJobs& jobs_;
  std::unique_ptr<Proposer> proposer_;  // null: all configs are planned
  std::unique_ptr<search::StopRule> rule_;
  std::vector<search::Bracket> brackets_;  // of a sweep that promotes

  std::vector<Entry> entries_;  // by config
  std::deque<Place> ready_;
  std::vector<Dropped> dropped_;
  std::map<Place, search::Trace> traces_;
  std::vector<Place> ended_;                    // in the order in which it was told
  std::map<std::int64_t, std::int64_t> steps_;  // by trial
  std::size_t open_ = 0;                        // cells that have not ended
  std::size_t running_ = 0, failed_ = 0, trials_ = 0;
  bool exhausted_ = false;  // no further config
  std::int64_t began_ms_;
  std::string enough_;
};

}  // namespace ubp
