// SPDX-License-Identifier: MIT
// What can be added to a sweep from outside, each in a few lines: a sampler that learns, a pruner that pauses and
// promotes, a recorder in memory, and another place for trials to run.
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "fakes.hpp"
#include "run/sweep_jobs.hpp"

using namespace ubp;
using namespace ubp::test;

namespace {

/// A space of one number, x.
struct OneNumber : Compiler {
  Config config(std::int64_t number, const Assignment& point) const override {
    return {number, point, nlohmann::json::object(), false, {}, {7}};
  }
  TrialSpec trial(const Assignment& point, std::int64_t) const override {
    TrialSpec spec;
    spec.components.push_back({"model", UBP_K_MODEL, "parabola", "", "", "", {{"x", point.at("x")}}});
    return spec;
  }
};

Plan one_number(std::vector<double> xs) {
  Plan plan;
  for (const double x : xs) plan.assignments.push_back({{"x", x}});
  plan.compiler = std::make_shared<OneNumber>();
  return plan;
}

/// Another place for trials: this very process, at once. The loss falls to (x - 0.3)^2 over 100 steps.
struct InProcessRunner : Runner {
  std::vector<TrialEvent> events;
  std::map<std::int64_t, std::int64_t> steps;  ///< done by each trial: its checkpoint

  bool has_room() const override { return events.size() < 4; }
  std::int64_t start(const Job& job) override {
    const double x = job.spec->find("model")->params.at("x");
    const std::int64_t end = std::min<std::int64_t>(100, job.until_step.value_or(100));
    steps[job.row.trial_id] = end;
    const double loss = (x - 0.3) * (x - 0.3) + (100 - static_cast<double>(end)) / 100;
    events.push_back({job.row.trial_id, Message(MetricPoint{"test.mse", end, loss, 0})});
    Ending ending;
    ending.told = TrialEnd{end < 100 ? TrialEnd::How::paused : TrialEnd::How::complete};
    events.push_back({job.row.trial_id, ending});
    return 1;
  }
  std::vector<TrialEvent> wait() override { return std::exchange(events, {}); }
  void cut(std::int64_t) override {}
  void stop() override {}
  void kill() override {}
};

/// A recorder in memory: the last value of each trial, and its state.
struct MemoryRecorder : Recorder {
  std::vector<Recorded> trials;
  std::vector<std::int64_t> configs;

  TrialRow add(std::int64_t config) {
    trials.push_back({TrialState::queued, Failure::none, "", {}});
    configs.push_back(config);
    return {static_cast<std::int64_t>(trials.size()) - 1, config, 0, 0, TrialState::queued};
  }
  Recorded& of(const Job& job) { return trials.at(static_cast<std::size_t>(job.row.trial_id)); }

  std::vector<TrialRow> proposed(const Config& config) override { return {add(config.number)}; }
  void started(const Job& job, std::int64_t) override { of(job).state = TrialState::running; }
  void heard(const Job& job, const Message& message) override {
    if (const auto* point = std::get_if<MetricPoint>(&message)) of(job).value = point->value;
  }
  Recorded finished(const Job& job, const Outcome& outcome) override {
    of(job).state = outcome.state;
    of(job).failure = outcome.failure;
    return of(job);
  }
  Recorded paused(const Job& job, const Outcome&) override { return of(job).state = TrialState::queued, of(job); }
  void requeued(const Job& job, const Outcome&, Requeued) override { of(job).state = TrialState::queued; }
  TrialRow lost(const Job& job, const Outcome&) override { return add(job.row.config_number); }
  void tick() override {}
};

/// A sampler that proposes from what it was told: the middle between its two best points so far.
struct MiddleSampler : Scheduler {
  SweepJobs& jobs;
  std::vector<std::pair<double, double>> told;  ///< value, x
  std::int64_t asked = 0;

  explicit MiddleSampler(SweepJobs& sweep) : jobs(sweep) {}
  double proposal() {
    if (asked < 2) return asked == 0 ? 0 : 1;
    std::sort(told.begin(), told.end());
    return (told[0].second + told[1].second) / 2;
  }
  std::optional<Job> next() override {
    const bool waits = asked >= 2 && static_cast<std::int64_t>(told.size()) < asked;
    if (waits || asked == 12) return std::nullopt;
    const Job job = jobs.job(jobs.propose({{"x", proposal()}}).front());
    ++asked;
    return job;
  }
  void ended(const Job& job, const Recorded& recorded) override {
    told.emplace_back(recorded.value.value(), job.spec->find("model")->params.at("x"));
  }
  bool finished() const override { return told.size() == 12; }
};

/// A pruner that pauses every trial at step 10, and then promotes the better half.
struct HalvingPruner : Scheduler {
  std::vector<Job> waiting, losers;
  std::vector<std::pair<double, Job>> paused;
  std::size_t trials, done = 0;

  explicit HalvingPruner(std::vector<Job> jobs) : waiting(std::move(jobs)), trials(waiting.size()) {
    for (Job& job : waiting) job.until_step = 10;
  }
  std::optional<Job> next() override {
    if (waiting.empty()) return std::nullopt;
    Job job = waiting.back();
    waiting.pop_back();
    return job;
  }
  void ended(const Job& job, const Recorded& recorded) override {
    if (recorded.state != TrialState::queued) return void(++done);
    paused.emplace_back(recorded.value.value(), job);
    if (paused.size() < trials) return;
    std::sort(paused.begin(), paused.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < trials; ++i) {
      (i < trials / 2 ? waiting : losers).push_back(paused[i].second);
      if (i < trials / 2) waiting.back().until_step.reset();
    }
  }
  std::vector<Dropped> dropped() override {
    std::vector<Dropped> all;
    for (const Job& job : std::exchange(losers, {}))
      all.push_back({job, TrialState::pruned, "not in the better half at step 10"});
    done += all.size();
    return all;
  }
  bool finished() const override { return done == trials; }
};

struct Doors {
  InProcessRunner runner;
  MemoryRecorder recorder;
  Silent observer;
  std::atomic<int> interrupts{0};
  bool run(Scheduler& scheduler) { return coordinate(scheduler, runner, recorder, observer, interrupts); }
};

}  // namespace

TEST_CASE("a sampler that learns makes a sweep grow while it runs") {
  Doors doors;
  const Plan plan = one_number({});
  SweepJobs jobs(plan, doors.recorder, "/nowhere");
  MiddleSampler sampler(jobs);
  CHECK(doors.run(sampler));
  CHECK(doors.recorder.trials.size() == 12);
  CHECK(std::abs(sampler.told.back().second - 0.3) < 0.3);
  std::sort(sampler.told.begin(), sampler.told.end());
  CHECK(std::abs(sampler.told.front().second - 0.3) < 0.06);
}

TEST_CASE("a pruner pauses at a budget, promotes the better half, and the rest is pruned") {
  Doors doors;
  const Plan plan = one_number({0.2, 0.3, 0.5, 0.7, 0.8, 1});
  const SweepJobs jobs(plan, doors.recorder, "/nowhere");
  std::vector<Job> all;
  for (std::int64_t config = 0; config < 6; ++config) all.push_back(jobs.job(doors.recorder.add(config)));
  HalvingPruner pruner(all);
  CHECK(doors.run(pruner));
  std::vector<TrialState> states;
  for (const Recorded& trial : doors.recorder.trials) states.push_back(trial.state);
  const auto C = TrialState::complete, P = TrialState::pruned;
  CHECK(states == std::vector<TrialState>{C, C, C, P, P, P});
  CHECK((doors.runner.steps.at(1) == 100 && doors.runner.steps.at(5) == 10));
}
