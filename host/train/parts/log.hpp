// SPDX-License-Identifier: MIT
// What a trial logs: interval means of scalars, and the history of every point, which the checkpoint carries so that a
// resumed trial can tell its whole story again.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "train/state/checkpoint.hpp"
#include "train/trial_sink.hpp"

namespace ubp {

constexpr std::size_t kMostMetrics = 1000;  ///< of one trial

/// A metric's points in the order of logging.
struct LoggedSeries {
  std::vector<double> step, value;
};

class TrialLog {
 public:
  explicit TrialLog(TrialSink& sink) : sink_(sink) {}

  /// A scalar of this step, without prefix: "loss". Throws EngineError (NUMERIC) naming it if it is not finite, and as
  /// point() does.
  void add(const std::string& name, double value, std::int64_t step);
  /// Emits "train.NAME" for everything added since the last flush, as means.
  void flush(std::int64_t step);
  /// Emits one point at once. Throws EngineError (INVALID_ARG) for more than kMostMetrics different ones: a name is for
  /// a series over the steps.
  void point(const std::string& metric, std::int64_t step, double value);
  void artifact(const std::string& kind, const std::string& file, const std::string& mime, std::int64_t step);

  std::map<std::string, double> end_epoch();                       ///< means over the epoch; starts the next
  double last(const std::string& metric, double otherwise) const;  ///< the last point of "test.mse"

  /// Throws Error (usage) if `metric` has no point: a sweep cannot compare by it. "": fine.
  void require(const std::string& metric) const;

  /// Every metric's finite points since the trial's beginning, interruptions or not.
  std::map<std::string, LoggedSeries> series() const;

  void save(Checkpoint&) const;
  void load(const Checkpoint&);
  std::int64_t elapsed_ms() const;  ///< of the trial, interruptions left out

  void replay() const;  ///< sends the whole history to the sink

 private:
  using Clock = std::chrono::steady_clock;
  struct Sum {
    double total = 0;
    std::int64_t n = 0;
  };
  struct Entry {
    std::string name, kind, mime;  ///< kind "": a point
    std::int64_t step;
    double value;
    std::int64_t t_ms;  ///< when it was logged
  };
  Clock::time_point began_ = Clock::now();  // of this process' share
  std::int64_t before_ms_ = 0;              // what those before it took
  TrialSink& sink_;
  std::map<std::string, Sum> interval_, epoch_;
  std::map<std::string, double> last_;
  std::vector<Entry> history_;
};

}  // namespace ubp
