// SPDX-License-Identifier: MIT
#include "plan/planner.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "plan/compose.hpp"
#include "plan/host_tables.hpp"
#include "plan/identity.hpp"
#include "plan/spec_text.hpp"

namespace ubp {
namespace {

using nlohmann::json;

std::string where_of(const Draft& draft, const std::string& key) {
  const Fixed* fixed = draft.find(key);
  return fixed ? fixed->where : draft.name;
}

/// Checks a metric's name against what the trial records; returns whether higher is better.
bool check_metric(const Draft& draft, const Composed& composition, const std::string& key, const std::string& metric) {
  std::vector<std::string> names;
  for (const Series& series : series_of(composition)) {
    if (series.name == metric) return series.higher_is_better;
    names.push_back(series.name);
  }
  const std::string near = nearest(metric, names);
  fail(Exit::usage, "{}: {} names '{}'{}", where_of(draft, key), key, metric,
       near.empty() ? suggestion(metric, names) : fmt::format("; did you mean {}?", near));
}

void check_early_stop(const Draft& draft, Composed& composition) {
  TrainOptions& train = composition.spec.train;
  if (train.early_stop.empty()) return;
  const bool higher = check_metric(draft, composition, "train.early_stop", train.early_stop);
  if (train.early_stop_goal == GoalOption::automatic)
    train.early_stop_goal = higher ? GoalOption::maximize : GoalOption::minimize;
}

/// Which part a replicate holds out, and from which seed it splits.
void resolve_split(DataOptions& dataset, std::int64_t replicate) {
  const bool in_turn = dataset.folds > 0 && dataset.fold < 0;
  if (in_turn) dataset.fold = replicate % dataset.folds;
  if (dataset.split_by_replicate) dataset.split_seed += in_turn ? replicate / dataset.folds : replicate;
}

/// What a spec's text says: from a point of its space to configs and trials.
class SpecCompiler : public Compiler {
 public:
  SpecCompiler(Draft draft, std::shared_ptr<Components> components)
      : draft_(std::move(draft)), components_(std::move(components)) {}

  /// What of the plan goes into configs and trials.
  void set(const Plan& plan) {
    sweep_seed_ = plan.seed;
    replicates_ = plan.replicates;
    metric_ = plan.metric;
  }

  const Draft& draft() const { return draft_; }
  Components& components() const { return *components_; }

  Composed composed(const Assignment& point) const {
    Composed composition = compose(draft_, point, *components_);
    check_early_stop(draft_, composition);
    composition.spec.objective_metric = metric_;
    return composition;
  }

  Config config(std::int64_t number, const Assignment& point) const override {
    const Composed composition = composed(point);
    Config config;
    config.number = number;
    config.params = point;
    config.resolved = resolved(composition, point.contains("train.seed"));
    config.data = data_key(composition.spec);
    for (const auto& [table, placed] : composition.placed) config.components[table] = placed.manifest;
    config.supervised = config.components.at("objective")->supervised();
    for (std::int64_t replicate = 0; replicate < replicates_; ++replicate)
      config.seeds.push_back(seed(composition.spec, replicate));
    return config;
  }

  TrialSpec trial(const Assignment& point, std::int64_t replicate) const override {
    TrialSpec spec = composed(point).spec;
    spec.seed = seed(spec, replicate);
    resolve_split(spec.dataset, replicate);
    return spec;
  }

 private:
  std::uint64_t seed(const TrialSpec& spec, std::int64_t replicate) const {
    return trial_seed(sweep_seed_, static_cast<std::uint64_t>(spec.train.seed), replicate);
  }

  Draft draft_;
  std::shared_ptr<Components> components_;
  std::uint64_t sweep_seed_ = 0;
  std::int64_t replicates_ = 1;
  std::string metric_;
};

/// Trials of a config for each of [sweep].replicates.
std::int64_t folds_in_turn(const Draft& draft) {
  bool chosen = !draft.table("dataset");
  for (const Axis& axis : draft.axes) {
    chosen = chosen || axis.key == "dataset.fold";
    if (axis.key == "dataset.folds")
      fail(Exit::usage, "{}: dataset.folds: found several values, expected one: all configs have equally many trials",
           axis.where);
  }
  if (chosen || value_at(draft, {}, "dataset.fold") != -1) return 1;
  return std::max<std::int64_t>(1, value_at(draft, {}, "dataset.folds"));
}

void read_sweep(const Draft& draft, Plan& plan, bool single) {
  const SweepOptions options = host_values(draft, {}, "sweep", sweep_keys());
  plan.experiment = value_at(draft, {}, "experiment.name");
  plan.question = value_at(draft, {}, "experiment.question");
  if (plan.experiment.empty()) {
    const std::string file = std::filesystem::path(draft.name).stem();
    if (!is_utf8(file))
      fail(Exit::usage, "{}: experiment.name: the file's name is no UTF-8: expected a name in the spec", draft.name);
    plan.experiment = file.empty() ? "unnamed" : file;
  }
  plan.sweep = options.name;
  if (single) plan.sweep = plan.experiment + "-run";
  if (plan.sweep.empty()) plan.sweep = plan.experiment;
  plan.seed = single ? 0 : static_cast<std::uint64_t>(options.seed);
  plan.replicates = single ? 1 : options.replicates * folds_in_turn(draft);
  plan.metric = options.metric;
  plan.reduce = name_of(options.reduce);
  plan.limits.wall_seconds = seconds_of(options.trial_wall, where_of(draft, "sweep.trial_wall"), "sweep.trial_wall");
  plan.limits.memory_bytes =
      bytes_of(options.trial_memory, where_of(draft, "sweep.trial_memory"), "sweep.trial_memory");
}

std::vector<Assignment> points_of(const Draft& draft, Plan& plan) {
  const std::string sampler = value_at(draft, {}, "sweep.sampler");
  const std::int64_t n = value_at(draft, {}, "sweep.configs");
  plan.sampler = {{"use", sampler}};
  plan.space = json::object();
  for (const Axis& axis : draft.axes) plan.space[axis.key] = describe(axis);
  if (sampler == "grid") {
    if (n > 0)
      fail(Exit::usage, "{}: sweep.configs: found {}, but a grid has as many configs as its space has points",
           where_of(draft, "sweep.configs"), n);
    return grid_points(draft);
  }
  if (n == 0)
    fail(Exit::usage, "{}: sweep.configs: missing: the random sampler must know how many configs to draw",
         where_of(draft, "sweep.sampler"));
  if (draft.axes.empty())
    fail(Exit::usage, "{}: sweep.space: missing: the random sampler has nothing to draw from",
         where_of(draft, "sweep.sampler"));
  if (n > kMostConfigs)
    fail(Exit::usage, "{}: sweep.configs: found {}, expected at most {}", where_of(draft, "sweep.configs"), n,
         kMostConfigs);
  plan.sampler["configs"] = n;
  plan.sampler["seed"] = plan.seed;
  return random_points(draft, n, plan.seed);
}

void require_few_trials(const Draft& draft, const Plan& plan) {
  const auto configs = static_cast<std::int64_t>(plan.assignments.size());
  if (plan.replicates > kMostTrials / std::max<std::int64_t>(configs, 1))
    fail(Exit::usage, "{}: sweep.replicates: found {} of {} configs, expected at most {} trials in all",
         where_of(draft, "sweep.replicates"), plan.replicates, configs, kMostTrials);
}

Goal goal_of(const Draft& draft, const Composed& composition, const std::string& metric) {
  const bool higher = check_metric(draft, composition, "sweep.metric", metric);
  const std::string goal = value_at(draft, {}, "sweep.goal");
  return (goal == "auto" ? higher : goal == "maximize") ? Goal::maximize : Goal::minimize;
}

/// Composes what must be refused before the first trial, if it is to be refused at all, and notes what it needs.
class Proof {
 public:
  Proof(const SpecCompiler& compiler, Plan& plan) : compiler_(compiler), plan_(plan) {}

  void compose(const Assignment& point) {
    const Composed composition = compiler_.composed(point);
    if (!plan_.metric.empty()) agree_on(goal_of(compiler_.draft(), composition, plan_.metric));
    for (const auto& [table, placed] : composition.placed)
      if (plugins_.insert(placed.manifest).second) plan_.plugins.push_back(placed.manifest);
    note_data(composition, compiler_.trial(point, 0).dataset);
  }

 private:
  void agree_on(Goal goal) {
    if (goal_.value_or(goal) != goal)
      fail(Exit::usage,
           "{}: sweep.goal: '{}' is better high in some configs and low in others: found auto, expected maximize or "
           "minimize",
           where_of(compiler_.draft(), "sweep.metric"), plan_.metric);
    goal_ = plan_.goal = goal;
  }

  void note_data(const Composed& composition, const DataOptions& options) {
    const ComponentUse* dataset = composition.spec.find("dataset");
    if (!dataset) return;
    DataUse use{data_key(composition.spec), *dataset, options, composition.spec.train.eval_split, {}, {}, 0, true, {}};
    json key{*dataset, options, composition.spec.train};
    for (const ComponentUse& each : composition.spec.components) {
      if (each.kind != UBP_K_OBJECTIVE && each.kind != UBP_K_METRIC) continue;
      use.judges.push_back(each);
      use.where[each.table] = composition.placed.at(each.table).where;
      key.push_back(each);
    }
    if (!data_.insert(json_text(key)).second) return;
    plan_.dataset_where = use.where["dataset"] = composition.placed.at("dataset").where;
    const Manifest& objective = *composition.placed.at("objective").manifest;
    use.takes_missing = objective.n_views == 0 || objective.flags & UBP_OBJ_HANDLES_MASK;
    use.given = given_to_metrics(composition);
    note_series(composition, "sweep.metric", plan_.metric, use);
    note_series(composition, "train.early_stop", composition.spec.train.early_stop, use);
    plan_.data.push_back(std::move(use));
  }

  void note_series(const Composed& composition, const std::string& key, const std::string& name, DataUse& use) {
    const std::vector<std::string>& scalars = composition.placed.at("objective").manifest->scalars;
    if (std::any_of(scalars.begin(), scalars.end(), [&](const auto& s) { return "train." + s == name; })) return;
    for (const auto& [table, placed] : composition.placed)
      if (placed.manifest->kind == UBP_K_METRIC)
        for (const EmitDecl& emit : placed.manifest->emits)
          if (name.substr(name.find('.') + 1) == emit.name)
            use.series.push_back({key, name, where_of(compiler_.draft(), key)});
  }

  const SpecCompiler& compiler_;
  Plan& plan_;
  std::optional<Goal> goal_;
  std::set<const Manifest*> plugins_;
  std::set<std::string> data_;
};

}  // namespace

std::uint64_t trial_seed(std::uint64_t sweep_seed, std::uint64_t train_seed, std::int64_t replicate) {
  return hash64(fmt::format("ubp trial seed 1\n{}\n{}\n{}", sweep_seed, train_seed, replicate)) >> 11;
}

Plan plan_of_text(const std::string& text, const std::string& name, const std::vector<std::string>& overrides,
                  std::shared_ptr<Components> components, bool single) {
  Draft read = read_draft(read_source(text, name), name, overrides, *components, !single);
  const auto compiler = std::make_shared<SpecCompiler>(std::move(read), std::move(components));
  const Draft& draft = compiler->draft();
  Plan plan;
  read_sweep(draft, plan, single);
  plan.assignments = single ? std::vector<Assignment>(1) : points_of(draft, plan);
  if (single) plan.sampler = {{"use", "single"}}, plan.space = json::object();
  require_few_trials(draft, plan);
  compiler->set(plan);
  Proof proof(*compiler, plan);
  for (const Assignment& point : plan.assignments) proof.compose(point);
  // A sampler that skips a corner today may reach it once it draws more.
  if (plan.sampler.at("use") == "random")
    for (const Assignment& point : corner_points(draft)) proof.compose(point);
  plan.identity = plan.declaration = declaration_of(draft, plan, compiler->components());
  plan.spec_text = spec_text(draft, plan, single);
  plan.compiler = compiler;
  return plan;
}

}  // namespace ubp
