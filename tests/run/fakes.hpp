// SPDX-License-Identifier: MIT
// A world for the loop: trials that end as told, a recorder and an observer that write everything into one log.
#pragma once

#include <csignal>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "run/coordinator.hpp"

namespace ubp::test {

struct FakeRunner : Runner {
  std::int64_t slots = 2;
  std::map<std::int64_t, std::vector<Ending>>
      endings;  ///< by config: of the first, second, ... execution; then complete
  std::function<void()> each_wait = [] {};
  std::vector<std::pair<std::int64_t, std::int64_t>> running;  ///< trial, config
  bool stopped = false, killed = false;

  static Ending complete() {
    Ending e;
    e.told = TrialEnd{TrialEnd::How::complete};
    return e;
  }
  static Ending died(int signal) {
    Ending e;
    e.wait_status = signal;
    return e;
  }
  static Ending interrupted() {
    Ending e;
    e.told = TrialEnd{TrialEnd::How::interrupted};
    e.stopped = true;
    return e;
  }

  bool has_room() const override { return static_cast<std::int64_t>(running.size()) < slots; }
  std::int64_t start(const Job& job) override {
    running.emplace_back(job.row.trial_id, job.row.config_number);
    return 1000 + job.row.trial_id;
  }
  std::vector<TrialEvent> wait() override {
    each_wait();
    if (running.empty()) return {};
    const auto [trial, config] = running.front();
    running.erase(running.begin());
    if (stopped) return {{trial, interrupted()}};
    auto& planned = endings[config];
    Ending next = planned.empty() ? complete() : planned.front();
    if (!planned.empty()) planned.erase(planned.begin());
    return {{trial, Message(MetricPoint{"train.loss", 1, 0.5, 0})}, {trial, next}};
  }
  void cut(std::int64_t) override {}
  void stop() override { stopped = true; }
  void kill() override { killed = true; }
};

struct FakeRecorder : Recorder {
  std::vector<std::string> log;
  std::int64_t next_id = 100;

  std::vector<TrialRow> proposed(const Config&) override { return {}; }
  void started(const Job& job, std::int64_t pid) override {
    log.push_back(fmt::format("start {} pid {}", job.row.trial_id, pid));
  }
  void heard(const Job&, const Message&) override { ++points; }
  Recorded finished(const Job& job, const Outcome& o) override {
    log.push_back(fmt::format("{} {}{}", o.state == TrialState::complete ? "done" : "failed", job.row.trial_id,
                              o.failure == Failure::none ? "" : std::string(" ") + name_of(o.failure)));
    Recorded recorded{o.state, o.failure, o.error, {}};
    if (o.failure == Failure::none || retries-- <= 0) return recorded;
    recorded.next = next(job);
    return recorded;
  }
  Recorded paused(const Job&, const Outcome&) override { return {TrialState::queued, Failure::none, "", {}}; }
  void requeued(const Job& job, const Outcome&, Requeued why) override {
    log.push_back(fmt::format("requeue {} {}", job.row.trial_id, name_of(why)));
  }
  TrialRow lost(const Job& job, const Outcome&) override {
    log.push_back(fmt::format("lost {}", job.row.trial_id));
    return next(job);
  }
  TrialRow next(const Job& job) {
    TrialRow row = job.row;
    row.trial_id = next_id++;
    ++row.attempt;
    return row;
  }
  void tick() override {}
  int points = 0, retries = 0;
};

struct Silent : Observer {
  void started(const Job&) override {}
  void heard(const Job&, const Message&) override {}
  void ended(const Job&, const Recorded&) override {}
  void requeued(const Job&) override {}
  void retried(const Job&, const Recorded&) override {}
  void lost(const Job&, const Outcome&) override {}
  void stopping() override {}
  void tick() override {}
};

/// Trials 0..n-1 of configs 0..n-1.
struct Queue : Scheduler {
  explicit Queue(int n) : trials(n) {}
  std::optional<Job> next() override {
    if (given == trials) return std::nullopt;
    Job job;
    job.row = {given, given, 0, 0, TrialState::queued};
    ++given;
    return job;
  }
  void ended(const Job&, const Recorded&) override {}
  bool finished() const override { return given == trials; }
  std::int64_t trials, given = 0;
};

}  // namespace ubp::test
