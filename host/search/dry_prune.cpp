// SPDX-License-Identifier: MIT
#include "search/dry_prune.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace ubp::search {
namespace {

struct Report {
  std::size_t trial;  ///< by order of beginning
  std::int64_t step;
  double value;
  std::int64_t time;
};

std::vector<Report> in_order(const std::vector<Ran>& trials, Replay replay) {
  std::vector<Report> reports;
  for (std::size_t i = 0; i < trials.size(); ++i)
    for (const auto& [step, value] : trials[i].trace.values)
      reports.push_back({i, step, value, replay == Replay::by_time ? trials[i].times.at(step) : 0});
  std::stable_sort(reports.begin(), reports.end(), [](const Report& a, const Report& b) {
    return std::tie(a.time, a.trial) < std::tie(b.time, b.trial);
  });
  return reports;
}

/// The traces as the rule knows them while they grow.
class Known {
 public:
  explicit Known(const std::vector<Ran>& trials) : traces_(trials.size()) {
    for (std::size_t i = 0; i < trials.size(); ++i) traces_[i].trial = trials[i].trace.trial;
  }

  Trace& operator[](std::size_t i) { return traces_[i]; }

  /// Those that have reported, without the one at `own`.
  std::vector<const Trace*> others(std::size_t own) const {
    std::vector<const Trace*> list;
    for (std::size_t i = 0; i < traces_.size(); ++i)
      if (i != own && !traces_[i].values.empty()) list.push_back(&traces_[i]);
    return list;
  }

 private:
  std::vector<Trace> traces_;
};

void compare_winners(const std::vector<Ran>& trials, DryPrune& result) {
  const auto is_stopped = [&](const Ran& ran) {
    return std::any_of(result.stopped.begin(), result.stopped.end(),
                       [&](const DryStop& stop) { return stop.trial == ran.trace.trial; });
  };
  const Ran *winner = nullptr, *kept = nullptr;
  for (const Ran& ran : trials) {
    if (ran.trace.state != Trace::State::complete || std::isnan(ran.value)) continue;
    if (winner == nullptr || ran.value < winner->value) winner = &ran;
    if ((kept == nullptr || ran.value < kept->value) && !is_stopped(ran)) kept = &ran;
  }
  if (winner == nullptr) return;
  result.winner = winner->trace.trial;
  result.winner_lost = is_stopped(*winner);
  if (kept == nullptr)
    result.regret = std::numeric_limits<double>::infinity();
  else if (kept->value != winner->value)  // which may be infinite
    result.regret = kept->value - winner->value;
}

}  // namespace

DryPrune dry_prune(const StopRule& rule, const std::vector<Ran>& trials, Replay replay) {
  DryPrune result;
  Known known(trials);
  std::int64_t steps = 0, saved = 0;
  for (const Report& report : in_order(trials, replay)) {
    const Trace& whole = trials[report.trial].trace;
    Trace& own = known[report.trial];
    if (own.state == Trace::State::pruned) continue;
    own.values.emplace(report.step, report.value);
    const std::int64_t last = whole.values.rbegin()->first;
    if (report.step == last) {
      own.state = whole.state;
      steps += last;
      continue;
    }
    const auto why = rule.why_stop(own, known.others(report.trial));
    if (!why) continue;
    own.state = Trace::State::pruned;
    result.stopped.push_back({own.trial, report.step, last - report.step, *why});
    steps += last;
    saved += last - report.step;
  }
  if (steps > 0) result.saved_share = static_cast<double>(saved) / static_cast<double>(steps);
  compare_winners(trials, result);
  return result;
}

}  // namespace ubp::search
