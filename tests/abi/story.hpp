// SPDX-License-Identifier: MIT
// A trial by its spec text, with the plugins of this folder before the shipped ones, and what it told.
#pragma once

#include <cstdlib>
#include <string>
#include <tuple>
#include <vector>

#include "../boundary/trial_bench.hpp"

namespace ubp::testing {

/// Before the first test: where plugins lie, and a cache that goes with the process.
inline const struct Surroundings {
  Surroundings() {
    setenv("UBP_PLUGIN_PATH", UBP_SHIPPED_FOLDER, 1);
    setenv("UBP_CACHE", cache.path().c_str(), 1);
  }
  Folder cache;
} kSurroundings;

/// Keeps the points; stops the trial at a step.
class Story : public Silent {
 public:
  explicit Story(std::int64_t stop_at = -1) : stop_at_(stop_at) {}
  void started(std::int64_t) override { points.clear(); }
  void point(const std::string& metric, std::int64_t step, double value) override {
    if (metric != "train.seconds" && metric != "train.steps_per_second") points.push_back({metric, step, value});
    if (stop_at_ >= 0 && step >= stop_at_) stop = true;
  }

  std::vector<double> all(const std::string& metric) const {
    std::vector<double> values;
    for (const auto& [name, step, value] : points)
      if (name == metric) values.push_back(value);
    return values;
  }
  std::int64_t steps() const { return points.empty() ? 0 : std::get<1>(points.back()); }

  std::vector<std::tuple<std::string, std::int64_t, double>> points;
  std::atomic<bool> stop{false};
  TrialEnd end;

 private:
  std::int64_t stop_at_;
};

/// Runs the trial; in `folder`, if it is to be continued.
inline void run(const std::string& toml, Story& story, const Folder& folder = Folder()) {
  story.end = run_trial(spec_of(toml, folder), story, story.stop);
}

/// The sentence that refuses the spec or ends its trial; "" if it completes.
inline std::string refusal(const std::string& toml) {
  Story story;
  try {
    run(toml, story);
  } catch (const std::exception& e) {
    return e.what();
  }
  return story.end.error;
}

}  // namespace ubp::testing
