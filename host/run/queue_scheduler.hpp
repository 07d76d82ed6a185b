// SPDX-License-Identifier: MIT
// Trials that are known beforehand, in their order.
#pragma once

#include <deque>

#include "run/sweep_jobs.hpp"

namespace ubp {

class QueueScheduler : public Scheduler {
 public:
  /// REQUIRES: jobs outlives it and knows all rows. They are compiled one by one, as they start.
  QueueScheduler(const SweepJobs& jobs, std::deque<TrialRow> rows) : jobs_(jobs), rows_(std::move(rows)) {}

  std::optional<Job> next() override {
    if (rows_.empty()) return std::nullopt;
    Job job = jobs_.job(rows_.front());
    rows_.pop_front();
    return job;
  }
  void ended(const Job&, const Recorded&) override {}
  bool finished() const override { return rows_.empty(); }

 private:
  const SweepJobs& jobs_;
  std::deque<TrialRow> rows_;
};

}  // namespace ubp
