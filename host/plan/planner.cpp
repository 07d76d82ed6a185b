// SPDX-License-Identifier: MIT
#include "plan/planner.hpp"

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
    for (const auto& [table, placed] : composition.placed) config.components[table] = placed.manifest;
    config.supervised = config.components.at("objective")->supervised();
    for (std::int64_t replicate = 0; replicate < replicates_; ++replicate)
      config.seeds.push_back(seed(composition.spec, replicate));
    return config;
  }

  TrialSpec trial(const Assignment& point, std::int64_t replicate) const override {
    TrialSpec spec = composed(point).spec;
    spec.seed = seed(spec, replicate);
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
  plan.replicates = single ? 1 : options.replicates;
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
  plan.sampler["configs"] = n;
  plan.sampler["seed"] = plan.seed;
  return random_points(draft, n, plan.seed);
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
    note_data(composition);
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

  void note_data(const Composed& composition) {
    const ComponentUse* use = composition.spec.find("dataset");
    if (!use) return;
    plan_.dataset_where = composition.placed.at("dataset").where;
    const std::string& mask = composition.spec.dataset.withhold_file;
    if (data_.insert(use->id + json_text(use->params) + mask).second)
      plan_.data.push_back({*use, composition.spec.dataset});
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
  compiler->set(plan);
  Proof proof(*compiler, plan);
  for (const Assignment& point : plan.assignments) proof.compose(point);
  // A sampler that skips a corner today may reach it once it draws more.
  if (plan.sampler.at("use") == "random")
    for (const Assignment& point : corner_points(draft)) proof.compose(point);
  plan.identity = identity_of(draft, plan, compiler->components());
  plan.spec_text = spec_text(draft, plan, single);
  plan.compiler = compiler;
  return plan;
}

}  // namespace ubp
