// SPDX-License-Identifier: MIT
#include "run/ending.hpp"

#include <sys/wait.h>

#include <csignal>
#include <cstring>

#include <fmt/format.h>

namespace ubp {
namespace {

/// "barlow_twins.loss, stage 0, step 812"; before the first crumb the plugins were still being loaded.
std::string place(const Ending& ending) {
  return ending.breadcrumb.empty() ? "while it was starting" : "in " + ending.breadcrumb;
}

std::string bytes(std::int64_t n) {
  if (n >= std::int64_t{1} << 30) return fmt::format("{:.3g} GiB", static_cast<double>(n) / (1 << 30));
  return fmt::format("{:.3g} MiB", static_cast<double>(n) / (1 << 20));
}

std::string signal_name(int signal) {
  const char* abbreviation = sigabbrev_np(signal);
  return abbreviation ? fmt::format("SIG{}", abbreviation) : fmt::format("signal {}", signal);
}

bool ran_out_of_memory(const std::string& log) {
  return log.find("std::bad_alloc") != log.npos || log.find("OpenBLAS : Program will terminate") != log.npos;
}

Outcome failed(Failure failure, std::string error) {
  Outcome outcome;
  outcome.state = TrialState::failed;
  outcome.failure = failure;
  outcome.error = std::move(error);
  return outcome;
}

std::string over_memory(const Ending& ending) {
  return fmt::format("out of memory {}{}", place(ending),
                     ending.memory_limit_bytes > 0 ? ": its limit is " + bytes(ending.memory_limit_bytes) : "");
}

Outcome told(const TrialEnd& end) {
  Outcome outcome;
  outcome.state = end.how == TrialEnd::How::complete ? TrialState::complete : TrialState::failed;
  outcome.failure = end.failure;
  outcome.error = end.error;
  return outcome;
}

bool is_complete(const Ending& ending) { return ending.told && ending.told->how == TrialEnd::How::complete; }

Outcome outcome_of(const Ending& ending) {
  const int status = ending.wait_status;
  if (is_complete(ending) && !ending.garbled) return told(*ending.told);
  if (ending.timed_out)
    return failed(Failure::timeout,
                  fmt::format("took longer than {:g} s; stopped {}", ending.wall_limit_seconds, place(ending)));
  if (ending.stalled)
    return failed(Failure::stalled,
                  fmt::format("no step for {:g} s; stopped {}", ending.stall_limit_seconds, place(ending)));
  if (ending.garbled)
    return failed(Failure::plugin,
                  fmt::format("plugin misbehaving: wrote '{}' into the stream to the coordinator; stopped {}",
                              *ending.garbled, place(ending)));
  if (ending.told) return told(*ending.told);  // whatever happens after the last word changes no result
  if (WIFEXITED(status))
    return failed(Failure::exit, fmt::format("plugin misbehaving: ended the process with exit code {} {}",
                                             WEXITSTATUS(status), place(ending)));
  const int signal = WTERMSIG(status);
  if (signal == SIGABRT && ran_out_of_memory(ending.log_tail)) return failed(Failure::memory, over_memory(ending));
  if (signal == SIGABRT) return failed(Failure::abort, fmt::format("aborted {}", place(ending)));
  if (signal == SIGKILL) return failed(Failure::killed, fmt::format("killed from outside {}", place(ending)));
  return failed(Failure::crash,
                fmt::format("crashed {} ({}, {})", place(ending), signal_name(signal), strsignal(signal)));
}

}  // namespace

Verdict judge(const Ending& ending) {
  Verdict verdict{Verdict::Then::finish, outcome_of(ending)};
  Outcome& outcome = verdict.outcome;
  if (WIFSIGNALED(ending.wait_status) && !ending.told) outcome.signal = WTERMSIG(ending.wait_status);
  if (WIFEXITED(ending.wait_status)) outcome.exit_code = WEXITSTATUS(ending.wait_status);
  outcome.cpu_ms = ending.cpu_ms;
  outcome.max_rss_kb = ending.max_rss_kb;
  outcome.wall_ms = ending.wall_ms;
  if (outcome.state != TrialState::complete) outcome.log_tail = ending.log_tail;

  if (is_complete(ending) || ending.timed_out || ending.stalled || ending.garbled) return verdict;
  if (ending.told && (ending.told->how == TrialEnd::How::paused || ending.told->how == TrialEnd::How::refused)) {
    verdict.then = ending.told->how == TrialEnd::How::paused ? Verdict::Then::pause : Verdict::Then::refuse;
    return verdict;
  }
  const bool interrupted = ending.told && ending.told->how == TrialEnd::How::interrupted;
  const bool killed = !ending.told && WIFSIGNALED(ending.wait_status) &&
                      (WTERMSIG(ending.wait_status) == SIGKILL || WTERMSIG(ending.wait_status) == SIGTERM);
  if (interrupted || (ending.stopped && killed))
    verdict.then = Verdict::Then::requeue;
  else if (killed)
    verdict.then = Verdict::Then::replace;
  return verdict;
}

}  // namespace ubp
