// SPDX-License-Identifier: MIT
#include "plan/planner.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/hash.hpp"
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

PlannedConfig config_of(std::int64_t number, const Assignment& point, const Composed& composition) {
  PlannedConfig config;
  config.number = number;
  for (const auto& [key, value] : point) config.params.push_back({key, value});
  config.resolved = resolved(composition, point.contains("train.seed"));
  return config;
}

void read_sweep(const Draft& draft, Plan& plan, bool single) {
  const SweepOptions options = host_values(draft, {}, "sweep", sweep_keys());
  plan.experiment = value_at(draft, {}, "experiment.name");
  plan.question = value_at(draft, {}, "experiment.question");
  if (plan.experiment.empty()) {
    const std::string file = std::filesystem::path(draft.name).stem();
    plan.experiment = file.empty() ? "unnamed" : file;
  }
  plan.sweep = options.name;
  if (single) plan.sweep = plan.experiment + "-run";
  if (plan.sweep.empty()) plan.sweep = plan.experiment;
  plan.seed = single ? 0 : static_cast<std::uint64_t>(options.seed);
  plan.replicates = single ? 1 : options.replicates;
  plan.metric = options.metric;
  plan.reduce = name_of(options.reduce);
  plan.trial_wall_seconds = seconds_of(options.trial_wall, where_of(draft, "sweep.trial_wall"), "sweep.trial_wall");
  plan.trial_memory_bytes = bytes_of(options.trial_memory, where_of(draft, "sweep.trial_memory"), "sweep.trial_memory");
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

void set_goal(const Draft& draft, const Composed& composition, Plan& plan) {
  if (plan.metric.empty()) return;
  const bool higher = check_metric(draft, composition, "sweep.metric", plan.metric);
  const std::string goal = value_at(draft, {}, "sweep.goal");
  const bool maximize = goal == "auto" ? higher : goal == "maximize";
  if (!plan.configs.empty() && maximize != plan.maximize)
    fail(Exit::usage,
         "{}: sweep.goal: '{}' is better high in some configs and low in others: found auto, expected maximize or "
         "minimize",
         where_of(draft, "sweep.metric"), plan.metric);
  plan.maximize = maximize;
}

}  // namespace

std::uint64_t trial_seed(std::uint64_t sweep_seed, std::uint64_t train_seed, std::int64_t replicate) {
  return hash64(fmt::format("ubp trial seed 1\n{}\n{}\n{}", sweep_seed, train_seed, replicate)) >> 11;
}

Plan plan_of_text(const std::string& text, const std::string& name, const std::vector<std::string>& overrides,
                  Components& components, bool single) {
  const Draft draft = read_draft(read_source(text, name), name, overrides, components, !single);
  Plan plan;
  read_sweep(draft, plan, single);
  std::vector<Assignment> points = single ? std::vector<Assignment>(1) : points_of(draft, plan);
  if (single) plan.sampler = {{"use", "single"}}, plan.space = json::object();
  std::set<const Manifest*> plugins;
  for (const Assignment& point : points) {
    Composed composition = compose(draft, point, components);
    check_early_stop(draft, composition);
    set_goal(draft, composition, plan);
    composition.spec.objective_metric = plan.metric;
    composition.spec.maximize = plan.maximize;
    if (composition.placed.contains("dataset")) plan.dataset_where = composition.placed.at("dataset").where;
    const auto number = static_cast<std::int64_t>(plan.configs.size());
    plan.configs.push_back(config_of(number, point, composition));
    const auto seed = static_cast<std::uint64_t>(composition.spec.train.seed);
    for (std::int64_t replicate = 0; replicate < plan.replicates; ++replicate) {
      composition.spec.seed = trial_seed(plan.seed, seed, replicate);
      plan.trials.push_back({number, replicate, composition.spec});
    }
    for (const auto& [table, placed] : composition.placed)
      if (plugins.insert(placed.manifest).second) plan.plugins.push_back(placed.manifest);
    plan.supervised = plan.supervised || composition.placed.at("objective").manifest->supervised();
  }
  plan.identity = identity_of(draft, plan, components);
  plan.spec_text = spec_text(draft, plan, single);
  return plan;
}

}  // namespace ubp
