// SPDX-License-Identifier: MIT
// What has run already is not run again: between the loop and a scheduler that begins from nothing.
//
// A scheduler is a function of what it is told, in the order in which it is told it. So a sweep is continued by
// asking its scheduler everything again, and by answering from the database where that knows the answer. In a
// deterministic sweep the order is that of the jobs, too: before it gives job n, the scheduler has been told of jobs
// 0 .. n - lag, and of no other, however many trials run side by side and whatever ended first. If it has nothing to
// give it is told of the next job, in order, as soon as that has ended.
#pragma once

#include <deque>

#include "run/sweep_jobs.hpp"

namespace ubp {

/// What is recorded of the jobs of a sweep.
class Memory {
 public:
  virtual ~Memory() = default;
  struct Remembered {
    Recorded came_to;
    std::vector<MetricPoint> series;  ///< of the metric by which trials are ended early
    std::int64_t steps = 0;           ///< that it took
  };
  /// Nothing if the job has to run.
  virtual std::optional<Remembered> recall(const Job&) = 0;
};

class Recalling : public Scheduler {
 public:
  /// `lag` 0: the scheduler is told of everything at once. REQUIRES: all outlive it.
  Recalling(Scheduler& scheduler, Memory& memory, const SweepJobs& jobs, std::int64_t lag)
      : scheduler_(scheduler), memory_(memory), jobs_(jobs), lag_(lag) {}

  std::optional<Job> next() override;
  std::optional<std::string> heard(const Job& job, const Message& message) override {
    return scheduler_.heard(job, message);
  }
  void ended(const Job&, const Recorded&) override;
  std::vector<Dropped> dropped() override;
  bool finished() const override { return given_.empty() && scheduler_.finished(); }

 private:
  struct Given {
    Job job;
    std::optional<Recorded> came_to;
  };
  bool tell_first();  // of the jobs that the scheduler does not know the end of, if that has ended

  Scheduler& scheduler_;
  Memory& memory_;
  const SweepJobs& jobs_;
  std::int64_t lag_;
  std::deque<Given> given_;  // in order; the scheduler has not been told yet
};

}  // namespace ubp
