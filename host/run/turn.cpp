// SPDX-License-Identifier: MIT
#include "run/turn.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>

#include "record/lock.hpp"
#include "run/interrupts.hpp"
#include "run/process.hpp"
#include "run/progress.hpp"

namespace ubp {
namespace {

constexpr const char* kWithin = "UBP_WITHIN_TRIAL";
constexpr useconds_t kLookUs = 250'000;
constexpr std::int64_t kFirstReminderMs = 60'000;  // each later one after twice the time

/// 0: none that can be seen.
long parent_of(long pid) {
  std::ifstream in(fmt::format("/proc/{}/stat", pid));
  std::string text;
  std::getline(in, text);
  const std::size_t end = text.rfind(')');  // of the name, which may have any character
  return end == text.npos || end + 4 > text.size() ? 0 : std::atol(text.c_str() + end + 4);
}

bool is_above(long pid) {
  for (long each = getpid(); each > 0; each = parent_of(each))
    if (each == pid) return true;
  return false;
}

/// Why it may not wait, as the end of a sentence; "" if it may.
std::string hindrance(const SessionOptions& options, const Writer& writer) {
  if (!options.wait) return "wait for it, or stop it";
  if (std::getenv(kWithin)) return "this one runs within a trial, and may not wait";
  if (writer.host.empty() && is_above(writer.pid)) return "this one was started by it, and may not wait for it";
  return "";
}

std::string ago(std::int64_t began_ms) {
  const std::int64_t now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  const std::int64_t seconds = std::max<std::int64_t>(0, now - began_ms) / 1000;
  if (seconds < 120) return fmt::format("{} s ago", seconds);
  if (seconds < 7200) return fmt::format("{} min ago", seconds / 60);
  return fmt::format("{} h ago", seconds / 3600);
}

std::string text_of(const Writer& writer) {
  return fmt::format("the {} of process {}{}{}", writer.sweep_id > 0 ? "sweep" : "ubp", writer.pid,
                     writer.host.empty() ? "" : " on " + writer.host,
                     writer.began_ms > 0 ? ", begun " + ago(writer.began_ms) + "," : "");
}

}  // namespace

void await_turn(const SessionOptions& options) {
  std::optional<Writer> writer = writer_of(options.database);
  if (!writer || !hindrance(options, *writer).empty()) return;
  const InterruptGuard guard;
  long told = 0;
  std::int64_t remind_ms = 0, patience_ms = kFirstReminderMs;
  for (; writer; usleep(kLookUs), writer = writer_of(options.database)) {
    if (guard.count() > 0)
      fail(Exit::interrupted, "{}: gave up waiting for {} to end: nothing was done", options.database.string(),
           text_of(*writer));
    if (options.say && (writer->pid != told || steady_ms() >= remind_ms)) {
      options.say(
          fmt::format("{}: waits for {} to end; Ctrl-C to give up", options.database.string(), text_of(*writer)));
      patience_ms = writer->pid == told ? 2 * patience_ms : kFirstReminderMs;
      told = writer->pid;
      remind_ms = steady_ms() + patience_ms;
    }
  }
}

Turn::Turn(const SessionOptions& options) {
  while (!store_) {
    await_turn(options);
    try {
      store_ = std::make_unique<Store>(options.database);
    } catch (const Held&) {
      const std::optional<Writer> writer = writer_of(options.database);
      if (!options.wait) throw;
      if (const std::string why = writer ? hindrance(options, *writer) : ""; !why.empty())
        fail(Exit::locked, "{}: the database is being written by another ubp, process {}: {}",
             options.database.string(), writer->pid, why);
    }
  }
  outermost_ = !std::getenv(kWithin);
  enter_trial();
}

Turn::~Turn() {
  if (outermost_) unsetenv(kWithin);
}

void enter_trial() { setenv(kWithin, "1", 1); }

}  // namespace ubp
