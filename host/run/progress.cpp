// SPDX-License-Identifier: MIT
#include "run/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "run/process.hpp"

namespace ubp {
namespace {

constexpr std::int64_t kRedrawMs = 200;

std::string name_of_trial(const Job& job) {
  return fmt::format("trial {} (config {}, replicate {})", job.row.trial_id, job.row.config_number, job.row.replicate);
}

}  // namespace

void look_at_terminal(ProgressOptions& options) {
  const char* term = std::getenv("TERM");
  options.live = isatty(fileno(options.out)) && term && std::string_view(term) != "dumb";
  winsize size{};
  if (ioctl(fileno(options.out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) options.columns = size.ws_col;
}

std::string duration(double seconds) {
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto s = static_cast<std::int64_t>(std::llround(seconds));
  if (s < 60) return fmt::format("{} s", s);
  return s < 3600 ? fmt::format("{}:{:02}", s / 60, s % 60)
                  : fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

ProgressLine::ProgressLine(ProgressOptions options)
    : options_(std::move(options)), done_(options_.done), failed_(options_.failed), started_ms_(steady_ms()) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::started(const Job& job) {
  fractions_[job.row.trial_id] = 0;
  // A sweep may grow while it runs.
  options_.total = std::max(options_.total, done_ + static_cast<std::int64_t>(fractions_.size()));
}

void ProgressLine::heard(const Job& job, const Message& message) {
  if (const Progress* progress = std::get_if<Progress>(&message)) {
    last_ = *progress;
    fractions_[job.row.trial_id] = std::clamp(progress->fraction, 0.0, 1.0);
  } else if (const MetricPoint* point = std::get_if<MetricPoint>(&message)) {
    if (point->metric == "train.loss") loss_ = point->value;
  } else if (const Note* note = std::get_if<Note>(&message)) {
    if (!options_.quiet) say(fmt::format("{}: {}: {}", name_of_trial(job), note->who, note->text));
  }
}

void ProgressLine::ended(const Job& job, const Recorded& recorded) {
  fractions_.erase(job.row.trial_id);
  if (recorded.state == TrialState::queued) return;  // paused
  ++done_;
  ++ended_here_;
  if (recorded.state == TrialState::failed) {
    ++failed_;
    if (!options_.quiet)
      say(fmt::format("{} failed: {}: {}", name_of_trial(job), name_of(recorded.failure), recorded.error));
  }
  if (recorded.value && (!best_ || improves(options_.goal, *recorded.value, *best_))) best_ = recorded.value;
}

void ProgressLine::requeued(const Job& job) { fractions_.erase(job.row.trial_id); }

void ProgressLine::lost(const Job& job, const Outcome& outcome) {
  fractions_.erase(job.row.trial_id);
  if (!options_.quiet) say(fmt::format("{} lost: {}; tried again", name_of_trial(job), outcome.error));
}

void ProgressLine::stopping() {
  stopping_ = true;
  if (!options_.quiet) say("stopping: running trials write a checkpoint; once more to kill them");
}

void ProgressLine::tick() {
  if (!options_.live || options_.quiet || steady_ms() - drawn_ms_ < kRedrawMs) return;
  draw();
}

std::string ProgressLine::line(std::int64_t elapsed_ms) const {
  const double elapsed = static_cast<double>(elapsed_ms) / 1000;
  double underway = 0;
  for (const auto& [id, fraction] : fractions_) underway += fraction;
  // Trials in flight count by their fraction: an estimate from the first seconds on.
  const double worked = static_cast<double>(ended_here_) + underway;
  const double left = static_cast<double>(options_.total - done_) - underway;
  const std::string eta = worked > 0.01 && left > 0 ? ", " + duration(left * elapsed / worked) + " left" : "";
  if (options_.single) {
    return fmt::format("step {}{}, {:.4g} steps/s{}{}", last_.step,
                       last_.fraction >= 0 ? fmt::format(" ({:.0f} %)", 100 * last_.fraction) : "", last_.rate,
                       loss_ ? fmt::format(", train.loss {:.5g}", *loss_) : "", eta);
  }
  return fmt::format("{}/{} done, {} running{}, {:.3g} trials/s{}{}{}", done_, options_.total, fractions_.size(),
                     failed_ ? fmt::format(", {} failed", failed_) : "",
                     elapsed > 0 ? static_cast<double>(ended_here_) / elapsed : 0.0,
                     best_ ? fmt::format(", best {} {:.5g}", options_.metric, *best_) : "", eta,
                     stopping_ ? ", stopping" : "");
}

// A terminal that is gone, or a full disk behind it, is no reason to end a sweep: errors are ignored here.
void ProgressLine::put(const std::string& text) {
  std::fputs(text.c_str(), options_.out);
  std::fflush(options_.out);
}

void ProgressLine::say(const std::string& text) {
  clear();
  put(text + "\n");
}

void ProgressLine::draw() {
  drawn_ms_ = steady_ms();
  std::string text = line(drawn_ms_ - started_ms_);
  text.resize(std::min(text.size(), static_cast<std::size_t>(std::max(10, options_.columns - 1))));
  put("\r" + text + "\x1b[K");
  shown_ = true;
}

void ProgressLine::clear() {
  if (shown_) put("\r\x1b[K");
  shown_ = false;
}

}  // namespace ubp
