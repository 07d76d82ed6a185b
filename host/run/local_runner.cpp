// SPDX-License-Identifier: MIT
#include "run/local_runner.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <utility>

#include <fmt/format.h>

namespace ubp {
namespace {

constexpr int kPatienceMs = 100;
constexpr int kReadsInARow = 16;  // 1 MiB: then the other trials have their turn

}  // namespace

struct LocalRunner::Slot {
  Slot(const Job& job, const LocalOptions& options, ForkServer* forks)
      : trial_id(job.row.trial_id),
        wall_seconds(job.limits.wall_seconds),
        stall_seconds(job.limits.stall_seconds),
        process(options.executable, *job.spec,
                job.limits.memory_bytes > 0 ? job.limits.memory_bytes : default_memory_limit(), job.until_step, forks),
        started_ms(steady_ms()),
        moved_ms(started_ms),
        tell_at_ms(options.quiet_ms) {}

  std::int64_t trial_id;
  double wall_seconds, stall_seconds;  // 0: no limit
  TrialProcess process;
  std::int64_t started_ms, moved_ms;
  std::int64_t tell_at_ms;      // without a step
  std::int64_t told_ms = 0;     // without a step, as was told last; 0: nothing was
  std::int64_t kill_at_ms = 0;  // 0: not asked to end yet
  bool timed_out = false, stalled = false, stopped = false;
};

LocalRunner::LocalRunner(LocalOptions options) : options_(std::move(options)) {
  if (options_.forks) forks_.emplace(options_.executable);
}

LocalRunner::~LocalRunner() = default;

bool LocalRunner::has_room() const { return static_cast<std::int64_t>(running_.size()) < options_.slots; }

std::int64_t LocalRunner::start(const Job& job) {
  running_.push_back(std::make_unique<Slot>(job, options_, forks_ ? &*forks_ : nullptr));
  return running_.back()->process.pid();
}

std::vector<TrialEvent> LocalRunner::wait() {
  poll_all();
  // No step is missed while nobody looked, as when this process was stopped together with its trials.
  const std::int64_t now = steady_ms(), since = std::exchange(looked_ms_, now), away = now - since;
  const std::int64_t blind_ms = away > 10 * kPatienceMs ? away : 0;
  std::vector<TrialEvent> events;
  for (auto each = running_.begin(); each != running_.end();) {
    Slot& slot = **each;
    slot.process.bound_log();
    const bool ended = slot.process.has_ended();  // asked before reading: what it wrote before its end is read below
    std::vector<Message> messages;
    for (int reads = 0; slot.process.read(messages) && (ended || reads < kReadsInARow); ++reads) {
    }
    slot.moved_ms = std::min(now, slot.moved_ms + blind_ms);
    for (Message& message : messages) {
      if (!std::holds_alternative<Note>(message)) slot.moved_ms = now;
      events.push_back({slot.trial_id, std::move(message)});
    }
    if (!ended) {
      tell_quiet(slot, events);
      enforce(slot);
      ++each;
      continue;
    }
    Ending ending = slot.process.take_ending();
    ending.timed_out = slot.timed_out;
    ending.stalled = slot.stalled;
    ending.stall_limit_seconds = slot.stall_seconds;
    ending.stopped = slot.stopped;
    ending.wall_limit_seconds = slot.wall_seconds;
    events.push_back({slot.trial_id, std::move(ending)});
    each = running_.erase(each);
  }
  return events;
}

void LocalRunner::poll_all() {
  std::vector<pollfd> fds;
  bool blind = false;
  for (const auto& slot : running_) {
    fds.push_back({slot->process.stream(), POLLIN, 0});
    fds.push_back({slot->process.death(), POLLIN, 0});
    blind = blind || slot->process.death() < 0;
  }
  ::poll(fds.data(), fds.size(), blind ? kPatienceMs / 10 : kPatienceMs);
  // A stream that its process has closed early would keep poll() from waiting.
  const bool only_hung_up =
      std::all_of(fds.begin(), fds.end(), [](const pollfd& fd) { return !(fd.revents & POLLIN); }) &&
      std::any_of(fds.begin(), fds.end(), [](const pollfd& fd) { return fd.revents & POLLHUP; });
  if (only_hung_up) usleep(1000);
}

/// Where a trial is that has made no step for long, as notes of its own: after `quiet_ms`, after twice as long, and so
/// on, so that one whose steps are long is told of a few times; and once it has moved, that it has.
void LocalRunner::tell_quiet(Slot& slot, std::vector<TrialEvent>& events) {
  const auto seconds = [](std::int64_t ms) { return static_cast<double>(ms) / 1000; };
  const std::int64_t quiet_ms = steady_ms() - slot.moved_ms;
  const auto tell = [&](int level, std::string text) {
    events.push_back({slot.trial_id, Note{level, "ubp", std::move(text)}});
  };
  if (quiet_ms < slot.told_ms) {
    tell(UBP_LOG_INFO, fmt::format("goes on, after {:g} s or more without a step", seconds(slot.told_ms)));
    slot.told_ms = 0;
  }
  if (quiet_ms < slot.tell_at_ms || slot.kill_at_ms != 0) return;
  const std::string place = slot.process.breadcrumb();
  tell(UBP_LOG_WARN, fmt::format("no step for {:g} s: {}{}", seconds(slot.tell_at_ms),
                                 place.empty() ? "it is starting" : "it is in " + place,
                                 slot.stall_seconds > 0 ? "" : "; sweep.trial_stall would end it"));
  slot.told_ms = slot.tell_at_ms;
  slot.tell_at_ms *= 2;
}

void LocalRunner::enforce(Slot& slot) {
  const std::int64_t now = steady_ms();
  const auto over = [&](double limit, std::int64_t since) {
    return limit > 0 && slot.kill_at_ms == 0 && static_cast<double>(now - since) > limit * 1000;
  };
  slot.timed_out = slot.timed_out || over(slot.wall_seconds, slot.started_ms);
  slot.stalled = slot.stalled || (!slot.timed_out && over(slot.stall_seconds, slot.moved_ms));
  if ((slot.timed_out || slot.stalled) && slot.kill_at_ms == 0) {
    slot.kill_at_ms = now + options_.timeout_grace_ms;
    slot.process.signal(SIGTERM);
  }
  if (slot.kill_at_ms != 0 && now >= slot.kill_at_ms) slot.process.signal(SIGKILL);
}

void LocalRunner::cut(std::int64_t trial_id) {
  for (auto& slot : running_)
    if (slot->trial_id == trial_id) slot->process.signal(SIGKILL);
}

void LocalRunner::stop() {
  for (auto& slot : running_) {
    if (slot->kill_at_ms != 0) continue;
    slot->stopped = true;
    slot->kill_at_ms = steady_ms() + options_.stop_grace_ms;
    slot->process.signal(SIGTERM);
  }
}

void LocalRunner::kill() {
  for (auto& slot : running_) {
    slot->stopped = slot->stopped || !(slot->timed_out || slot->stalled);
    slot->process.signal(SIGKILL);
  }
}

std::int64_t default_memory_limit() {
  static const std::int64_t bytes = [] {
    const std::int64_t all = static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
    std::int64_t limit = 0;
    return std::ifstream("/sys/fs/cgroup/memory.max") >> limit && limit > 0 ? std::min(all, limit) : all;
  }();
  return bytes / 5 * 4;
}

}  // namespace ubp
