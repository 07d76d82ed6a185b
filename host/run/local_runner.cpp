// SPDX-License-Identifier: MIT
#include "run/local_runner.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>

namespace ubp {
namespace {

constexpr int kPatienceMs = 100;
constexpr int kReadsInARow = 16;  // 1 MiB: then the other trials have their turn

}  // namespace

struct LocalRunner::Slot {
  Slot(const Job& job, const LocalOptions& options, ForkServer* forks)
      : trial_id(job.row.trial_id),
        wall_seconds(job.limits.wall_seconds),
        process(options.executable, *job.spec,
                job.limits.memory_bytes > 0 ? job.limits.memory_bytes : default_memory_limit(), job.until_step, forks),
        started_ms(steady_ms()) {}

  std::int64_t trial_id;
  double wall_seconds;  // 0: no limit
  TrialProcess process;
  std::int64_t started_ms;
  std::int64_t kill_at_ms = 0;  // 0: not asked to end yet
  bool timed_out = false, stopped = false;
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
  std::vector<TrialEvent> events;
  for (auto each = running_.begin(); each != running_.end();) {
    Slot& slot = **each;
    enforce(slot);
    slot.process.bound_log();
    const bool ended = slot.process.has_ended();  // asked before reading: what it wrote before its end is read below
    std::vector<Message> messages;
    for (int reads = 0; slot.process.read(messages) && (ended || reads < kReadsInARow); ++reads) {
    }
    for (Message& message : messages) events.push_back({slot.trial_id, std::move(message)});
    if (!ended) {
      ++each;
      continue;
    }
    Ending ending = slot.process.take_ending();
    ending.timed_out = slot.timed_out;
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

void LocalRunner::enforce(Slot& slot) {
  const std::int64_t now = steady_ms();
  const bool over = slot.wall_seconds > 0 && static_cast<double>(now - slot.started_ms) > slot.wall_seconds * 1000;
  if (over && slot.kill_at_ms == 0) {
    slot.timed_out = true;
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
    slot->stopped = slot->stopped || !slot->timed_out;
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
