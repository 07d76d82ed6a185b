// SPDX-License-Identifier: MIT
#include "run/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
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
    : options_(std::move(options)), done_(options_.done), failed_(options_.failed), started_ms_(steady_ms()) {
  front_ = front();
}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::started(const Job& job) {
  running_[job.row.trial_id] = {job.row.config_number, steady_ms(), 0};
  if (const auto waits = options_.waiting.find(job.row.config_number); waits != options_.waiting.end()) --waits->second;
  // A sweep may grow while it runs.
  options_.total = std::max(options_.total, done_ + static_cast<std::int64_t>(running_.size()));
}

void ProgressLine::heard(const Job& job, const Message& message) {
  if (const Progress* progress = std::get_if<Progress>(&message)) {
    last_ = *progress;
    running_[job.row.trial_id].fraction = std::clamp(progress->fraction, 0.0, 1.0);
  } else if (const MetricPoint* point = std::get_if<MetricPoint>(&message)) {
    if (point->metric == "train.loss") loss_ = point->value;
  } else if (const Note* note = std::get_if<Note>(&message)) {
    if (!options_.quiet && note->level >= UBP_LOG_WARN)
      say(fmt::format("{}: {}: {}", name_of_trial(job), note->who, note->text));
  }
}

void ProgressLine::ended(const Job& job, const Recorded& recorded) {
  const auto ran = running_.extract(job.row.trial_id);
  if (recorded.state == TrialState::queued) return;  // paused
  if (ran) {                                         // a trial that is pruned was not running
    for (Cost* cost : {&costs_[job.row.config_number], &all_costs_}) {
      cost->seconds += static_cast<double>(steady_ms() - ran.mapped().began_ms) / 1000;
      ++cost->trials;
    }
  }
  ++done_;
  ++ended_here_;
  if (recorded.state == TrialState::failed) {
    ++failed_;
    if (!options_.quiet)
      say(fmt::format("{} failed: {}: {}", name_of_trial(job), name_of(recorded.failure), recorded.error));
  }
  if (recorded.value) options_.values[job.row.config_number].push_back(*recorded.value);
  if (recorded.values.empty()) return;
  options_.several[job.row.config_number].push_back(recorded.values);
  front_ = front();
}

void ProgressLine::reused(const Job& job, const Recorded& recorded) {
  if (const auto waits = options_.waiting.find(job.row.config_number); waits != options_.waiting.end()) --waits->second;
  ++done_;
  if (recorded.value) options_.values[job.row.config_number].push_back(*recorded.value);
}

void ProgressLine::requeued(const Job& job) {
  running_.erase(job.row.trial_id);
  if (options_.waiting.contains(job.row.config_number)) ++options_.waiting[job.row.config_number];
}

void ProgressLine::retried(const Job& job, const Recorded& failed) {
  requeued(job);
  if (!options_.quiet)
    say(fmt::format("{} failed: {}: {}; tried again", name_of_trial(job), name_of(failed.failure), failed.error));
}

void ProgressLine::lost(const Job& job, const Outcome& outcome) {
  running_.erase(job.row.trial_id);
  if (options_.waiting.contains(job.row.config_number)) ++options_.waiting[job.row.config_number];
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

std::optional<double> ProgressLine::best() const {
  std::optional<double> best;
  for (const auto& [config, values] : options_.values) {
    if (values.empty()) continue;
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    if (!best || improves(options_.goal, mean, *best)) best = mean;
  }
  return best;
}

std::string ProgressLine::front() const {
  std::vector<std::vector<double>> means;
  for (const auto& [config, replicates] : options_.several) means.push_back(mean_of(replicates));
  if (means.empty()) return "";
  const bool quick = options_.objectives.size() <= kQuickObjectives;
  const Standings now = standings_of(options_.objectives, means, quick);
  return fmt::format(", {} on the front{}", now.on_front,
                     quick ? fmt::format(", hypervolume {:.5g}", now.hypervolume) : "");
}

/// Seconds of one trial of this config, as those that ended took; of all, where none of its own has.
double ProgressLine::cost_of(std::int64_t config) const {
  const auto own = costs_.find(config);
  const Cost& cost = own != costs_.end() ? own->second : all_costs_;
  constexpr double kLeast = 0.01;  // before anything is known, and where trials take no time
  return cost.trials > 0 ? std::max(kLeast, cost.seconds / static_cast<double>(cost.trials)) : kLeast;
}

/// The work that is left costs what the work that is done did, and trials in flight count by their fraction: an
/// estimate from the first seconds on.
double ProgressLine::seconds_left(double elapsed) const {
  double worked = 0, left = 0;
  for (const auto& [config, cost] : costs_) worked += cost_of(config) * static_cast<double>(cost.trials);
  std::int64_t told = static_cast<std::int64_t>(running_.size());
  for (const auto& [id, running] : running_) {
    worked += cost_of(running.config) * running.fraction;
    left += cost_of(running.config) * (1 - running.fraction);
  }
  for (const auto& [config, trials] : options_.waiting) {
    left += cost_of(config) * static_cast<double>(trials);
    told += trials;
  }
  left += cost_of(-1) * static_cast<double>(options_.total - done_ - told);  // of whatever config
  return worked > 0.01 * cost_of(-1) && left > 0 ? left * elapsed / worked : 0;
}

std::string ProgressLine::line(std::int64_t elapsed_ms) const {
  const double elapsed = static_cast<double>(elapsed_ms) / 1000;
  const double left = seconds_left(elapsed);
  const std::string eta = left > 0 ? ", " + duration(left) + " left" : "";
  const std::optional<double> best = this->best();
  if (options_.single) {
    return fmt::format("step {}{}, {:.4g} steps/s{}{}", last_.step,
                       last_.fraction >= 0 ? fmt::format(" ({:.0f} %)", 100 * last_.fraction) : "", last_.rate,
                       loss_ ? fmt::format(", train.loss {:.5g}", *loss_) : "", eta);
  }
  return fmt::format("{}/{} done, {} running{}, {:.3g} trials/s{}{}{}", done_, options_.total, running_.size(),
                     failed_ ? fmt::format(", {} failed", failed_) : "",
                     elapsed > 0 ? static_cast<double>(ended_here_) / elapsed : 0.0,
                     !options_.objectives.empty() ? front_
                     : best                       ? fmt::format(", best {} {:.5g}", options_.metric, *best)
                                                  : "",
                     eta, stopping_ ? ", stopping" : "");
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
