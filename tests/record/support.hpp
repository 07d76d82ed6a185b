// SPDX-License-Identifier: MIT
// A database in a folder of its own, and plans to fill it with.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "record/schema.hpp"
#include "record/sqlite.hpp"
#include "record/store.hpp"

namespace ubp {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "ubp-record-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// A plan whose configs are listed, instead of compiled from a spec.
struct ListedPlan : Plan {
  struct List : Compiler {
    std::vector<Config> configs;
    Config config(std::int64_t number, const Assignment&) const override {
      return configs.at(static_cast<std::size_t>(number));
    }
    TrialSpec trial(const Assignment&, std::int64_t) const override { return {}; }
  };
  std::shared_ptr<List> list = std::make_shared<List>();
  std::vector<Config>& configs() { return list->configs; }

  void add(Config config) {
    assignments.push_back(config.params);
    list->configs.push_back(std::move(config));
    compiler = list;
  }
};

inline const Manifest& a_model() {
  static const Manifest model = [] {
    Manifest m;
    m.kind = UBP_K_MODEL;
    m.id = "linear";
    m.file = "/lib/linear.so";
    m.sha256 = "abc";
    m.version = "1";
    m.plugin_name = "linear";
    m.plugin_version = "1";
    m.build_info = "a compiler";
    return m;
  }();
  return model;
}

inline ListedPlan a_plan(std::int64_t configs = 2, std::int64_t replicates = 1, const std::string& identity = "a") {
  ListedPlan plan;
  plan.experiment = "rings";
  plan.question = "Does it?";
  plan.sweep = "rings-latent";
  plan.spec_text = "[experiment]\nname = \"rings\"\n";
  plan.identity = identity;
  plan.space = plan.sampler = nlohmann::json::object();
  plan.seed = 0xffff'ffff'ffff'fff0;  // seeds use all 64 bits
  plan.replicates = replicates;
  plan.metric = "test.mse";
  for (std::int64_t c = 0; c < configs; ++c) {
    Config config{c,
                  {{"model.act", c % 2 ? "tanh" : "relu"},
                   {"model.latent", 4 << (c % 8)},
                   {"optimizer.lr", 1e-3 * double(c + 1)}},
                  {{"model", {{"latent", 4 << (c % 8)}}}},
                  false,
                  {{"model", &a_model()}},
                  {}};
    for (std::int64_t r = 0; r < replicates; ++r) config.seeds.push_back(plan.seed + std::uint64_t(100 * c + r));
    plan.add(std::move(config));
  }
  return plan;
}

/// Enough for records; this_machine() would ask git.
inline Provenance a_machine() {
  Provenance p;
  p.host = "here";
  p.cpu = "a cpu";
  p.git_sha = std::string(40, 'a');
  return p;
}

/// What a worker would send: the objective metric from 1 down to `value` in three steps.
inline Recorded run_trial(Store& store, std::int64_t trial_id, double value) {
  store.start(trial_id, 1, 0);
  const std::vector<MetricPoint> points = {{"test.mse", 0, 1.0, 1},
                                           {"test.mse", 10, (1.0 + value) / 2, 2},
                                           {"test.mse", 20, value, 3},
                                           {"train.steps_per_second", 20, 123, 3}};
  store.add_points(trial_id, points);
  return store.finish(trial_id, Outcome{});
}

inline Outcome failed(Failure failure = Failure::exception, const std::string& error = "it threw") {
  Outcome outcome;
  outcome.state = TrialState::failed;
  outcome.failure = failure;
  outcome.error = error;
  return outcome;
}

/// The first column of the first row, as text; for looking behind the Store's back.
inline std::string ask(const std::filesystem::path& file, const std::string& sql) {
  sqlite::Connection c(file.string(), SQLITE_OPEN_READWRITE);
  sqlite::Statement s(c, sql);
  const std::string text = s.step() ? s.text(0) : "(no row)";
  s.reset();
  return text;
}

}  // namespace ubp
