// SPDX-License-Identifier: MIT
#include "run/recall.hpp"

#include <algorithm>

namespace ubp {

std::optional<Job> Recalling::next() {
  for (;;) {
    if (lag_ > 0 && std::ssize(given_) >= lag_) {
      if (!tell_first()) return std::nullopt;
      continue;
    }
    std::optional<Job> job = scheduler_.next();
    if (!job) {
      if (lag_ == 0 || !tell_first()) return std::nullopt;
      continue;
    }
    const std::optional<Memory::Remembered> known = memory_.recall(*job);
    given_.push_back({*job, std::nullopt});
    if (!known) {
      jobs_.compile(*job);
      return job;
    }
    for (const MetricPoint& point : known->series) scheduler_.heard(*job, point);
    scheduler_.heard(*job, Progress{known->steps, 1, 0});
    ended(*job, known->came_to);
  }
}

void Recalling::ended(const Job& job, const Recorded& recorded) {
  // By place and not by id: a trial that was lost has another one by now.
  const auto given = std::find_if(given_.begin(), given_.end(), [&](const Given& g) {
    return g.job.row.config_number == job.row.config_number && g.job.row.replicate == job.row.replicate;
  });
  given->job.row = job.row;
  given->came_to = recorded;
  if (lag_ > 0) return;
  given_.erase(given);
  scheduler_.ended(job, recorded);
}

bool Recalling::tell_first() {
  if (given_.empty() || !given_.front().came_to) return false;
  const Given first = std::move(given_.front());
  given_.pop_front();
  scheduler_.ended(first.job, *first.came_to);
  return true;
}

std::vector<Dropped> Recalling::dropped() {
  std::vector<Dropped> all = scheduler_.dropped();
  std::erase_if(all, [&](const Dropped& dropped) {  // recorded so in an earlier command
    return dropped.job.row.state == TrialState::pruned || dropped.job.row.state == TrialState::cancelled;
  });
  for (Dropped& dropped : all)
    if (dropped.state == TrialState::pruned) jobs_.compile(dropped.job);
  return all;
}

}  // namespace ubp
