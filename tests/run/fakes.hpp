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
  std::int64_t start(std::int64_t trial_id, const TrialSpec& spec) override {
    running.emplace_back(trial_id, static_cast<std::int64_t>(spec.seed));
    return 1000 + trial_id;
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
  void stop() override { stopped = true; }
  void kill() override { killed = true; }
};

struct FakeRecorder : Recorder {
  std::vector<std::string> log;
  std::int64_t next_id = 100;

  void started(const Work& w, std::int64_t pid) override {
    log.push_back(fmt::format("start {} pid {}", w.row.trial_id, pid));
  }
  void heard(const Work&, const Message&) override { ++points; }
  std::optional<double> finished(const Work& w, const Outcome& o) override {
    log.push_back(fmt::format("{} {}{}", o.state == TrialState::complete ? "done" : "failed", w.row.trial_id,
                              o.failure == Failure::none ? "" : std::string(" ") + name_of(o.failure)));
    return {};
  }
  void requeued(const Work& w) override { log.push_back(fmt::format("requeue {}", w.row.trial_id)); }
  TrialRow lost(const Work& w, const Outcome&) override {
    log.push_back(fmt::format("lost {}", w.row.trial_id));
    TrialRow row = w.row;
    row.trial_id = next_id++;
    ++row.attempt;
    return row;
  }
  void tick() override {}
  int points = 0;
};

struct Silent : Observer {
  void started(const Work&) override {}
  void heard(const Work&, const Message&) override {}
  void ended(const Work&, const Verdict&, std::optional<double>) override {}
  void stopping() override {}
  void tick() override {}
};

/// Trials 0..n-1 of configs 0..n-1; FakeRunner reads the config from the seed.
struct Queue {
  explicit Queue(int n) : specs(static_cast<std::size_t>(n)) {
    for (int i = 0; i < n; ++i) {
      specs[static_cast<std::size_t>(i)].seed = static_cast<std::uint64_t>(i);
      work.push_back({{i, i, 0, 0, TrialState::queued}, &specs[static_cast<std::size_t>(i)]});
    }
  }
  std::vector<TrialSpec> specs;
  std::deque<Work> work;
};

}  // namespace ubp::test
