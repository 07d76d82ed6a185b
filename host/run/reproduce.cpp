// SPDX-License-Identifier: MIT
#include "run/reproduce.hpp"

#include <algorithm>

#include "base/child.hpp"
#include "base/json.hpp"
#include "plan/planner.hpp"
#include "plan/spec_text.hpp"
#include "query/difference.hpp"
#include "run/interrupts.hpp"
#include "run/local_runner.hpp"
#include "run/progress.hpp"
#include "run/require_data.hpp"
#include "run/store_recorder.hpp"
#include "run/sweep_jobs.hpp"
#include "run/turn.hpp"

namespace ubp {
namespace {

class OneJob : public Scheduler {
 public:
  explicit OneJob(Job job) : job_(std::move(job)) {}
  std::optional<Job> next() override { return std::exchange(job_, std::nullopt); }
  void ended(const Job&, const Recorded& recorded) override { came_to = recorded; }
  bool finished() const override { return came_to.has_value(); }

  std::optional<Recorded> came_to;

 private:
  std::optional<Job> job_;
};

/// How it fails, if it does, is part of the answer.
class StepsLine : public ProgressLine {
 public:
  using ProgressLine::ProgressLine;
  void ended(const Job&, const Recorded&) override {}
};

std::string text_of(const nlohmann::json& value) { return value.is_null() ? "nothing" : json_text(value); }

std::string brief(const std::string& text) { return text.empty() ? "nothing" : text; }

void compare_spec(const RecordedTrial& trial, const Config& config, std::vector<Culprit>& found) {
  std::map<std::string, nlohmann::json> recorded = flattened(trial.spec), now = flattened(config.resolved);
  for (const auto& [key, value] : now) recorded.try_emplace(key);
  for (const auto& [key, value] : recorded)
    if (value != now[key]) found.push_back({"spec " + key, "", text_of(value), text_of(now[key])});
  const std::uint64_t seed = config.seeds.at(static_cast<std::size_t>(trial.replicate));
  if (std::to_string(seed) != trial.seed) found.push_back({"seed", "", trial.seed, std::to_string(seed)});
}

void compare_plugins(const RecordedTrial& trial, const Config& config, std::vector<Culprit>& found) {
  std::map<std::string, RecordedPlugin> by_name;  // one file may fill several tables
  for (const auto& [table, plugin] : trial.plugins) by_name[plugin.name] = plugin;
  std::map<std::string, const Manifest*> now;
  for (const auto& [table, manifest] : config.components)
    now[fmt::format("{} '{}'", kind_name(manifest->kind), manifest->id)] = manifest;
  for (const auto& [name, manifest] : now) {
    const RecordedPlugin recorded = by_name[name];
    if (recorded.sha256 != manifest->sha256)
      found.push_back({name, manifest->file.string(), brief(recorded.sha256), manifest->sha256});
  }
}

void compare_data(const RecordedTrial& trial, const Plan& plan, const std::string& key, std::vector<Culprit>& found) {
  const auto known = plan.basis.data.find(key);
  const std::vector<SourceFile> now = known == plan.basis.data.end() ? std::vector<SourceFile>{} : known->second;
  for (const SourceFile& file : now) {
    const SourceFile* before = counterpart(trial.data, file.file);
    if (!before || before->sha256 != file.sha256)
      found.push_back({"data", file.file, before ? before->sha256 : "nothing", file.sha256});
  }
  for (const SourceFile& file : trial.data)
    if (!counterpart(now, file.file)) found.push_back({"data", file.file, file.sha256, "nothing"});
}

}  // namespace

std::string sentence_of(const Culprit& culprit) {
  return fmt::format("{}{}: differs from the record: recorded {}, now {}", culprit.what,
                     culprit.where.empty() ? "" : " (" + culprit.where + ")", culprit.recorded, culprit.now);
}

Plan plan_again(const RecordedTrial& trial, const DeclaredSweep& declared, Registry& registry) {
  Plan plan = plan_of_text(declared.spec, fmt::format("sweep {}", declared.sweep_id), {}, registry, declared.single);
  plan.assignments = {trial.params};
  plan.configs = 1;
  plan.default_config.reset();
  plan.replicates = std::max(plan.replicates, trial.replicate + 1);
  const std::string key = plan.compiler->config(0, trial.params).data;
  std::erase_if(plan.data, [&](const DataUse& use) { return use.key != key; });
  seal(plan, require_data(plan).files);
  return plan;
}

std::vector<Culprit> culprits(const RecordedTrial& trial, const Plan& plan, const Provenance& now) {
  std::vector<Culprit> found;
  const auto compare = [&](const char* what, const char* column, const std::string& today, std::string where = "") {
    const auto recorded = trial.machine.find(column);
    if (recorded != trial.machine.end() && recorded->second != today)
      found.push_back({what, std::move(where), brief(recorded->second), brief(today)});
  };
  compare("ubp", "host_sha256", now.host_sha256, this_executable().string());
  const Config config = plan.compiler->config(0, trial.params);
  compare_plugins(trial, config, found);
  compare_data(trial, plan, config.data, found);
  compare("BLAS", "blas", now.blas);
  compare("processor", "cpu", now.cpu);
  compare_spec(trial, config, found);
  return found;
}

std::vector<Culprit> spec_culprits(const std::string& recorded, const std::string& now, const std::string& file) {
  std::vector<Culprit> found;
  std::map<std::string, std::string> before = spec_keys(recorded), after = spec_keys(now);
  for (const auto& [key, value] : after) before.try_emplace(key);
  for (const auto& [key, value] : before)
    if (value != after[key]) found.push_back({"spec " + key, file, brief(value), brief(after[key])});
  return found;
}

Rerun run_again(const RecordedTrial& trial, Plan plan, const Provenance& machine, const std::filesystem::path& folder,
                bool quiet, bool keep) {
  const InterruptGuard guard;
  Rerun rerun;
  rerun.database = folder / "ubp.db";
  SessionOptions session;
  session.database = rerun.database;
  const Turn turn(session);
  Store& store = turn.store();
  const std::int64_t sweep_id = store.declare(plan, machine);
  StoreRecorder recorder(store, sweep_id, folder);
  const SweepJobs jobs(plan, recorder, folder / "files");
  Job job;
  for (const TrialRow& row : store.latest(sweep_id))
    if (row.replicate == trial.replicate) job = jobs.job(row);
  const auto spec = std::make_shared<TrialSpec>(*job.spec);
  spec->artifacts = {};
  spec->artifacts.checkpoint = keep;
  job.spec = spec;
  job.limits = {};
  job.limits.memory_bytes = plan.limits.memory_bytes;
  if (trial.state == name_of(TrialState::pruned) && trial.last_step > 0) job.until_step = trial.last_step;
  rerun.trial_id = job.row.trial_id;
  ProgressOptions shown;
  look_at_terminal(shown);
  shown.quiet = quiet;
  shown.single = true;
  StepsLine progress(shown);
  OneJob scheduler(std::move(job));
  LocalRunner runner({});
  rerun.interrupted = !coordinate(scheduler, runner, recorder, progress, guard.count());
  if (scheduler.came_to) rerun.came_to = *scheduler.came_to;
  store.flush();
  return rerun;
}

}  // namespace ubp
