// SPDX-License-Identifier: MIT
// What a rule would have done: by hand, and as Optuna did it.
#include <limits>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "scenario.hpp"
#include "search/dry_prune.hpp"
#include "search/rules.hpp"

using namespace ubp::search;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

/// A complete trial that reports at steps 10, 20, ..., begins at `begin` and needs `pace` for a report.
Ran ran(std::int64_t trial, const std::vector<double>& values, double value, std::int64_t begin = 0,
        std::int64_t pace = 1) {
  Ran r{{trial, Trace::State::complete, {}}, value, {}};
  for (const double v : values) {
    const auto n = static_cast<std::int64_t>(r.trace.values.size()) + 1;
    r.trace.values[10 * n] = v;
    r.times[10 * n] = begin + pace * n;
  }
  return r;
}

std::unique_ptr<StopRule> above_half() {
  RuleOptions options;
  options.upper = 0.5;
  return make_rule("threshold", options);
}

std::unique_ptr<StopRule> halves_at_10() {
  RuleOptions options;
  options.min_resource = 10;
  options.eta = 2;
  return make_rule("halving", options);
}

}  // namespace

TEST_CASE("a dry run says what was stopped, what it saved, and what it lost", "[prune]") {
  const std::vector<Ran> trials{ran(1, {0.3, 0.4, 0.5, 0.2}, 0.2), ran(2, {0.4, 0.6, 0.2, 0.1}, 0.1),
                                ran(3, {0.9, 0.1}, 0.3)};
  const DryPrune dry = dry_prune(*above_half(), trials, Replay::one_by_one);
  REQUIRE(dry.stopped.size() == 2);
  CHECK(dry.stopped[0].trial == 2);
  CHECK(dry.stopped[0].step == 20);
  CHECK(dry.stopped[0].saved == 20);
  CHECK(dry.stopped[0].why == "step 20: 0.6 is above 0.5");
  CHECK(dry.stopped[1].trial == 3);
  CHECK(dry.stopped[1].saved == 10);
  CHECK(dry.saved_share == 0.3);  // 30 of 100
  CHECK(dry.winner == 2);
  CHECK(dry.winner_lost);
  CHECK(dry.regret == 0.1);
}

TEST_CASE("a winner that is kept is no regret", "[prune]") {
  const std::vector<Ran> trials{ran(1, {0.9, 0.9}, 0.2), ran(2, {0.4, 0.4}, 0.1), ran(3, {0.4, 0.4}, 0.1)};
  const DryPrune dry = dry_prune(*above_half(), trials, Replay::one_by_one);
  CHECK(dry.winner == 2);
  CHECK_FALSE(dry.winner_lost);
  CHECK(dry.regret == 0);
}

TEST_CASE("one by one, later trials are compared to earlier ones; by time, to those that were there", "[prune]") {
  const std::vector<Ran> trials{ran(1, {0.5, 0.5}, 0.5, 0, 10), ran(2, {0.4, 0.4}, 0.4, 0, 1)};
  CHECK(dry_prune(*halves_at_10(), trials, Replay::one_by_one).stopped.empty());
  const DryPrune dry = dry_prune(*halves_at_10(), trials, Replay::by_time);
  REQUIRE(dry.stopped.size() == 1);  // 2 was at step 10 before
  CHECK(dry.stopped[0].trial == 1);
  CHECK(dry.stopped[0].why == "rung 0 (step 10), reached at step 10: 0.5 is worse than 0.4, the best of 2 trials");
}

TEST_CASE("at equal times the trial that began first reports first", "[prune]") {
  const std::vector<Ran> trials{ran(7, {0.5, 0.5}, 0.5), ran(2, {0.4, 0.4}, 0.4), ran(3, {0.45, 0.4}, 0.4)};
  const DryPrune dry = dry_prune(*halves_at_10(), trials, Replay::by_time);
  REQUIRE(dry.stopped.size() == 1);
  CHECK(dry.stopped[0].trial == 3);
}

TEST_CASE("the rule hears of those that have begun, up to their last report", "[prune]") {
  class Listener final : public StopRule {
   public:
    std::optional<std::string> why_stop(const Trace& own, const std::vector<const Trace*>& others) const override {
      std::string line = fmt::format("{}:{}", own.trial, own.values.rbegin()->first);
      for (const Trace* other : others) line += fmt::format(" {}:{}", other->trial, other->values.rbegin()->first);
      heard.push_back(line);
      return std::nullopt;
    }
    mutable std::vector<std::string> heard;
  };
  const std::vector<Ran> trials{ran(1, {0, 0, 0}, 0, 0, 10), ran(2, {0, 0, 0}, 0, 5, 10)};
  Listener one_by_one, by_time;
  dry_prune(one_by_one, trials, Replay::one_by_one);
  CHECK(one_by_one.heard == std::vector<std::string>{"1:10", "1:20", "2:10 1:30", "2:20 1:30"});
  dry_prune(by_time, trials, Replay::by_time);
  CHECK(by_time.heard == std::vector<std::string>{"1:10", "2:10 1:10", "1:20 2:10", "2:20 1:20"});
}

TEST_CASE("the last report stops nothing, and a trial is complete for others only then", "[prune]") {
  CHECK(dry_prune(*above_half(), {ran(1, {0.1, 0.9}, 0.9)}, Replay::one_by_one).stopped.empty());
  RuleOptions options;
  options.n_startup = 1;
  const auto median = make_rule("median", options);
  std::vector<Ran> trials{ran(1, {0.1, 0.1}, 0.1), ran(2, {0.9, 0.9}, 0.9)};
  CHECK(dry_prune(*median, trials, Replay::one_by_one).stopped.size() == 1);
  CHECK(dry_prune(*median, trials, Replay::by_time).stopped.empty());
  trials[0].trace.state = Trace::State::pruned;  // by another rule, when it ran: no complete trial
  CHECK(dry_prune(*median, trials, Replay::one_by_one).stopped.empty());
}

TEST_CASE("without a value there is no winner; without one that is kept, all is lost", "[prune]") {
  const DryPrune none = dry_prune(*above_half(), {ran(1, {0.9, 0.9}, kNaN)}, Replay::one_by_one);
  CHECK_FALSE(none.winner);
  CHECK_FALSE(none.winner_lost);
  CHECK(none.regret == 0);
  const DryPrune all = dry_prune(*above_half(), {ran(1, {0.9, 0.9}, 1)}, Replay::one_by_one);
  CHECK(all.winner_lost);
  CHECK(all.regret == kInf);
  CHECK(dry_prune(*above_half(), {ran(1, {0.1}, -kInf), ran(2, {0.1}, 0)}, Replay::one_by_one).regret == 0);
  const DryPrune empty = dry_prune(*above_half(), {}, Replay::by_time);
  CHECK(empty.saved_share == 0);
  CHECK(dry_prune(*above_half(), {ran(1, {}, 1)}, Replay::by_time).saved_share == 0);
}

TEST_CASE("a dry run of trials that run one by one stops them where Optuna does", "[prune]") {
  int replayed = 0;
  for (const scenario::Study& study : scenario::studies(PRUNE_TEST_DATA "/optuna.txt")) {
    if (study.workers != 1) continue;
    std::vector<Ran> trials;
    for (std::int64_t trial = 0; trial < study.trials; ++trial) {
      Ran r{{trial, Trace::State::complete, {}}, 0, {}};
      for (const auto& report : study.series(trial)) r.trace.values.insert(report);
      trials.push_back(r);
    }
    std::vector<std::int64_t> stops(static_cast<std::size_t>(study.trials), -1);
    bool stopped_at_end = false;  // Optuna does, and has a complete trial less
    for (std::size_t i = 0; i < stops.size(); ++i)
      stopped_at_end |= study.stops[i] + 1 == static_cast<std::int64_t>(trials[i].trace.values.size());
    if (stopped_at_end) continue;
    for (const DryStop& stop : dry_prune(*make_rule(study.rule, study.options), trials, Replay::one_by_one).stopped) {
      const auto& values = trials[static_cast<std::size_t>(stop.trial)].trace.values;
      stops[static_cast<std::size_t>(stop.trial)] = std::distance(values.begin(), values.find(stop.step));
    }
    CAPTURE(study.line);
    CHECK(stops == study.stops);
    ++replayed;
  }
  CHECK(replayed > 200);
}
