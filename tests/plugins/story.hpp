// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <tuple>
#include <vector>

#include "train/trial.hpp"

namespace ubp::testing {

/// Keeps what a coordinator would record; stops the trial after a number of steps.
class Story : public TrialSink {
 public:
  explicit Story(std::int64_t stop_at = -1) : stop_at_(stop_at) {}
  void started(std::int64_t) override { points.clear(); }
  void point(const std::string& metric, std::int64_t step, double value) override {
    if (metric != "train.seconds" && metric != "train.steps_per_second") points.emplace_back(metric, step, value);
    if (stop_at_ >= 0 && step >= stop_at_) stop = true;
  }
  void artifact(const std::string&, const std::string&, const std::string&, std::int64_t) override {}
  void note(int, const std::string&, const std::string&) override {}
  void progress(std::int64_t, double, double) override {}
  void checkpointed(std::int64_t) override {}

  /// The last value of a metric. REQUIRES: there is one.
  double last(const std::string& metric) const {
    double value = 0;
    for (const auto& [name, step, v] : points)
      if (name == metric) value = v;
    return value;
  }

  std::vector<std::tuple<std::string, std::int64_t, double>> points;
  std::atomic<bool> stop{false};

 private:
  std::int64_t stop_at_;
};

}  // namespace ubp::testing
