// SPDX-License-Identifier: MIT
// A trial taken apart on the bench: composed from a spec text, with its loss and gradients at hand.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>
#include <vector>

#include "plan/plan.hpp"
#include "train/parts/services.hpp"
#include "train/trial.hpp"

namespace ubp::testing {

/// Keeps nothing.
class Silent : public TrialSink {
 public:
  void started(std::int64_t) override {}
  void point(const std::string&, std::int64_t, double, std::int64_t) override {}
  void artifact(const std::string&, const std::string&, const std::string&, std::int64_t) override {}
  void note(int, const std::string&, const std::string&) override {}
  void progress(std::int64_t, double, double) override {}
  void checkpointed(std::int64_t) override {}
};

/// Keeps the points that do not depend on the clock; stops the trial at a step.
class Story : public Silent {
 public:
  explicit Story(std::int64_t stop_at = -1) : stop_at_(stop_at) {}
  void started(std::int64_t) override { points.clear(), times.clear(); }
  void point(const std::string& metric, std::int64_t step, double value, std::int64_t t_ms) override {
    times.push_back(t_ms);
    if (metric != "train.seconds" && metric != "train.steps_per_second") points.push_back({metric, step, value});
    if (stop_at_ >= 0 && step >= stop_at_) stop = true;
  }
  void note(int, const std::string&, const std::string& text) override { notes.push_back(text); }
  void progress(std::int64_t, double share, double) override { fraction = share; }
  void checkpointed(std::int64_t) override { ++checkpoints; }

  std::vector<double> all(const std::string& metric) const {
    std::vector<double> values;
    for (const auto& [name, step, value] : points)
      if (name == metric) values.push_back(value);
    return values;
  }
  /// The last value of a metric; 0 if there is none.
  double last(const std::string& metric) const {
    const std::vector<double> values = all(metric);
    return values.empty() ? 0 : values.back();
  }
  std::int64_t steps() const { return points.empty() ? 0 : std::get<1>(points.back()); }

  std::vector<std::tuple<std::string, std::int64_t, double>> points;
  std::vector<std::int64_t> times;  ///< of every point told, milliseconds
  std::vector<std::string> notes;
  double fraction = -1;  ///< as last told
  std::atomic<bool> stop{false};
  int checkpoints = 0;
  TrialEnd end;

 private:
  std::int64_t stop_at_;
};

/// A fresh folder, gone with the object.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "ubp-test-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline TrialSpec spec_of(const std::string& toml, const Folder& folder) {
  const std::filesystem::path file = folder.path() / "spec.toml";
  std::ofstream(file) << toml;
  Registry registry({UBP_PLUGIN_FOLDER}, UBP_PROGRAM);
  TrialSpec spec = make_plan(file, {}, registry, true).compiler->trial({}, 0);
  spec.directory = folder.path() / "trial";
  return spec;
}

/// One composed trial; loss() is a pure function of the parameters: streams are set back before each call.
class Bench {
 public:
  explicit Bench(const std::string& toml) : spec(spec_of(toml, folder)), log(sink), parts(spec), services(parts, log) {
    services.set_up();
  }

  void collect() {
    Callback callback(parts.engine, services, "self");
    require_ok(parts.objective_calls.collect(parts.objective->self(), callback.get()), parts.objective->who(),
               "collect");
  }

  /// The loss of (stage, phase) on the first `rows` rows; with `targets`, also their gradients.
  double loss(std::uint32_t stage, std::uint32_t phase, i64 rows, std::vector<GradTarget>* targets = nullptr) {
    Checkpoint streams;
    parts.streams.save(streams);
    const Scope scope(parts.engine);
    std::vector<i64> index(static_cast<std::size_t>(rows));
    for (i64 i = 0; i < rows; ++i) index[static_cast<std::size_t>(i)] = i;
    std::unique_ptr<BatchData> batch;
    if (parts.table.rows() > 0) {
      batch = std::make_unique<BatchData>();
      batch->abi.n = static_cast<std::uint32_t>(rows);
      batch->rows = index;
      batch->table = &parts.table;
      batch->abi.fields = parts.table.names().data();
    } else {
      batch = make_batch(parts.engine, *parts.data, "train", index, parts.objective_calls.n_views, parts.augment.get(),
                         &parts.streams.get("augment"));
    }
    batch->abi.steps_per_epoch = 10;
    services.begin_step(true);
    Callback callback(parts.engine, services, "self");
    ubp_tensor out{};
    require_ok(parts.objective_calls.loss(parts.objective->self(), callback.get(), stage, phase, &batch->abi, &out),
               parts.objective->who(), "loss");
    services.end_step();
    const double value = parts.engine.item(tensor_of(out));
    if (targets) parts.engine.backward(tensor_of(out), *targets);
    parts.streams.load(streams);
    return value;
  }

  Folder folder;
  TrialSpec spec;
  Silent sink;
  TrialLog log;
  Composition parts;
  TrialServices services;
};

}  // namespace ubp::testing
