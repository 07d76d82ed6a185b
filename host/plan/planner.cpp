// SPDX-License-Identifier: MIT
#include "plan/planner.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "engine/random.hpp"
#include "plan/blocks.hpp"
#include "plan/compose.hpp"
#include "plan/host_tables.hpp"
#include "plan/identity.hpp"
#include "plan/program.hpp"
#include "plan/proposal.hpp"
#include "plan/spec_objectives.hpp"
#include "plan/spec_text.hpp"
#include "search/samplers.hpp"

namespace ubp {
namespace {

using nlohmann::json;

std::string where_of(const Draft& draft, const std::string& key) {
  const Fixed* fixed = draft.find(key);
  return fixed ? fixed->where : draft.name;
}

/// Checks a metric's name against what the trial records; returns whether higher is better.
bool check_metric(const Draft& draft, const Composed& composition, const std::string& key, const std::string& metric) {
  if (draft.program) return false;  // it tells what it likes
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
    config.by_program = draft_.program != nullptr;
    if (!config.by_program)
      for (const auto& [table, placed] : composition.placed) config.components[table] = placed.manifest;
    config.supervised = !config.by_program && config.components.at("objective")->supervised();
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

std::int64_t threads_of(const Draft& draft) {
  for (const Axis& axis : draft.axes)
    if (axis.key == "train.threads")
      fail(Exit::usage, "{}: train.threads: found several values, expected one: no result depends on it", axis.where);
  return value_at(draft, {}, "train.threads");
}

std::map<Failure, std::int64_t> read_retries(const Draft& draft) {
  const std::int64_t any = value_at(draft, {}, "sweep.retries.any");
  std::map<Failure, std::int64_t> retries;
  for (const ParamDecl& decl : retry_keys()) {
    const std::optional<Failure> failure = failure_named(decl.name);
    if (!failure) continue;
    const json own = value_at(draft, {}, "sweep.retries." + decl.name);
    const std::int64_t n = !own.is_null() ? own.get<std::int64_t>() : is_by_chance(*failure) ? any : 0;
    if (n > 0) retries[*failure] = n;
  }
  return retries;
}

SweepOptions read_sweep(const Draft& draft, Plan& plan, bool single) {
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
  plan.objectives = objectives_in(draft);
  plan.metric = plan.objectives.empty() ? options.metric : plan.objectives.front().metric;
  plan.reduce = name_of(options.reduce);
  plan.limits.wall_seconds = seconds_of(options.trial_wall, where_of(draft, "sweep.trial_wall"), "sweep.trial_wall");
  plan.limits.stall_seconds =
      seconds_of(options.trial_stall, where_of(draft, "sweep.trial_stall"), "sweep.trial_stall");
  plan.limits.memory_bytes =
      bytes_of(options.trial_memory, where_of(draft, "sweep.trial_memory"), "sweep.trial_memory");
  plan.limits.retries = read_retries(draft);
  if (!draft.program) plan.threads = threads_of(draft);
  return options;
}

std::vector<Assignment> shuffled(std::vector<Assignment> points, std::uint64_t seed) {
  std::vector<i64> order(points.size());
  Random(seed, "sweep.shuffle").permutation(order);
  std::vector<Assignment> out;
  for (const i64 i : order) out.push_back(std::move(points[static_cast<std::size_t>(i)]));
  return out;
}

/// "2h", "500 trials" or "1e6 steps".
void read_budget(const std::string& text, const std::string& where, Enough& enough) {
  const std::size_t blank = text.find(' ');
  const std::string unit = blank == text.npos ? "" : text.substr(blank + 1);
  if (text.empty()) return;
  if (unit != "trials" && unit != "steps") {
    std::string joined = text;
    std::erase(joined, ' ');
    enough.seconds = seconds_of(joined, where, "sweep.budget");
    return;
  }
  const std::optional<double> n = number_of(text.substr(0, blank));
  if (!n || !(*n >= 1) || *n > 1e18 || *n != std::floor(*n))
    fail(Exit::usage, "{}: sweep.budget: found '{}', expected a whole number of {}", where, text, unit);
  (unit == "trials" ? enough.trials : enough.steps) = static_cast<std::int64_t>(*n);
}

Enough read_enough(const Draft& draft, const SweepOptions& options) {
  Enough enough;
  read_budget(options.budget, where_of(draft, "sweep.budget"), enough);
  if (!options.target.empty()) {
    enough.target = number_of(options.target);
    if (!enough.target || !std::isfinite(*enough.target))
      fail(Exit::usage, "{}: sweep.target: found '{}', expected a number", where_of(draft, "sweep.target"),
           options.target);
  }
  if (options.max_failures.empty()) return enough;
  const bool share = options.max_failures.back() == '%';
  const std::optional<double> n =
      number_of(options.max_failures.substr(0, options.max_failures.size() - (share ? 1 : 0)));
  if (!n || !(*n > 0) || (share ? *n > 100 : *n != std::floor(*n) || *n > 1e9))
    fail(Exit::usage, "{}: sweep.max_failures: found '{}', expected e.g. 20 or 10%",
         where_of(draft, "sweep.max_failures"), options.max_failures);
  if (share)
    enough.failed_share = *n / 100;
  else
    enough.failures = static_cast<std::int64_t>(*n);
  return enough;
}

bool learns(SamplerKind sampler) {
  return sampler == SamplerKind::tpe || sampler == SamplerKind::cmaes || sampler == SamplerKind::gp ||
         sampler == SamplerKind::nsga2;
}

/// Circumstances are no choices: nobody compares the values of two blocks.
void read_blocks(const Draft& draft, Plan& plan, const SweepOptions& options) {
  plan.blocks = axes_of_blocks(draft, options.blocks);
  if (plan.blocks != axes_of_blocks(draft, SweepOptions{}.blocks)) plan.sampler["blocks"] = plan.blocks;
  if (plan.blocks.empty()) return;
  const auto refuse = [&](const std::string& key, const char* what) {
    fail(Exit::usage, "{}: {}: {} across {}: expected none, or sweep.blocks = [] where {} a choice",
         where_of(draft, key), key, what, fmt::join(plan.blocks, ", "),
         plan.blocks.size() == 1 ? "that is" : "these are");
  };
  if (plan.race.on) refuse("sweep.race.on", "a race would compare configs");
  if (!plan.objectives.empty()) refuse(objective_key(0, "metric"), "several objectives would be compared");
  if (!learns(options.sampler)) return;
  if (!plan.start_from.empty()) refuse("sweep.start_from", "results of another sweep would be compared");
  plan.crossed = all_blocks(draft, plan.blocks);
  plan.sampler["crossed"] = plan.crossed;
}

/// What, besides the space, decides which trials there are.
void read_rules(const Draft& draft, Plan& plan, const SweepOptions& options) {
  plan.enough = read_enough(draft, options);
  plan.pruner = host_values(draft, {}, "sweep.pruner", pruner_keys());
  plan.race = host_values(draft, {}, "sweep.race", race_keys());
  if (options.sampler == SamplerKind::nsga2) plan.evolution = host_values(draft, {}, "sweep.nsga2", evolution_keys());
  if (plan.evolution != EvolutionOptions{}) plan.sampler["nsga2"] = plan.evolution;
  refuse_beside_several(draft, plan, options.sampler);
  plan.start_from = options.start_from;
  if (options.deterministic) plan.sampler["lag"] = plan.lag = options.lag;
  if (!plan.start_from.empty()) plan.sampler["start_from"] = plan.start_from;
  for (const Setting& forbid : draft.forbid) plan.sampler["forbid"].push_back(forbid.value);
  const bool prunes = plan.pruner.use != PrunerKind::none;
  if ((prunes || plan.race.on || plan.enough.target) && plan.metric.empty())
    fail(Exit::usage, "{}: sweep.metric: missing: {} compares trials by it", draft.name,
         prunes         ? "sweep.pruner"
         : plan.race.on ? "sweep.race"
                        : "sweep.target");
  if (prunes) {
    if (plan.pruner.metric.empty()) plan.pruner.metric = plan.metric;
    if (plan.pruner.use == PrunerKind::promotion && plan.pruner.min_steps == 0)
      fail(Exit::usage, "{}: sweep.pruner.min_steps: missing: promotion must know its first rung, in steps",
           where_of(draft, "sweep.pruner.use"));
    if (plan.pruner.use == PrunerKind::hyperband && (plan.pruner.min_steps == 0 || plan.pruner.max_steps == 0))
      fail(Exit::usage, "{}: sweep.pruner: hyperband needs min_steps and max_steps: its brackets lie between them",
           where_of(draft, "sweep.pruner.use"));
    for (const std::string& bound : {plan.pruner.lower, plan.pruner.upper})
      if (!bound.empty() && !number_of(bound))
        fail(Exit::usage, "{}: sweep.pruner: found the bound '{}', expected a number",
             where_of(draft, "sweep.pruner.lower"), bound);
    if (options.dry_prune && plan.pruner.use == PrunerKind::promotion)
      fail(Exit::usage,
           "{}: sweep.dry_prune: promotion judges all trials at a rung: expected a pruner that stops single ones",
           where_of(draft, "sweep.dry_prune"));
    if (options.dry_prune)  // the trials are those of a sweep without a pruner, and so is the sweep
      plan.dry_pruner = std::exchange(plan.pruner, {});
    else
      plan.sampler["pruner"] = plan.pruner;
  } else if (options.dry_prune) {
    fail(Exit::usage, "{}: sweep.dry_prune: found true, but there is no [sweep.pruner]",
         where_of(draft, "sweep.dry_prune"));
  }
  if (plan.race.on) plan.sampler["race"] = plan.race;
  read_blocks(draft, plan, options);
}

/// Of a program's parameter that the space alone gives, nobody said what it is without the space.
bool has_default(const Draft& draft) {
  return std::all_of(draft.axes.begin(), draft.axes.end(),
                     [&](const Axis& axis) { return !draft.program || draft.find(axis.key); });
}

/// The default, unless it is not wanted, and what the spec lists: each once.
std::vector<Assignment> tries_of(const Draft& draft, Plan& plan, const SweepOptions& options) {
  const bool is_grid = options.sampler == SamplerKind::grid || options.sampler == SamplerKind::shuffled;
  const bool by_itself = !is_grid && options.sampler != SamplerKind::random &&
                         options.sampler != SamplerKind::external && has_default(draft);
  std::vector<Assignment> points;
  const std::vector<Assignment> blocks = plan.crossed.empty() ? std::vector<Assignment>(1) : plan.crossed;
  const auto is_out = [&](const Assignment& point) {
    return std::any_of(blocks.begin(), blocks.end(), [&](const Assignment& block) {
      return is_forbidden(draft, forbidden(draft), within(block, point));
    });
  };
  const auto add = [&](const Assignment& point, const std::string& where) {
    if (is_out(point)) {
      if (!where.empty()) fail(Exit::usage, "{}: sweep.try: this point is forbidden", where);
    } else if (std::find(points.begin(), points.end(), point) == points.end()) {
      points.push_back(point);
    }
  };
  if (options.try_default == TryDefault::yes || (options.try_default == TryDefault::automatic && by_itself))
    add(plan.choices->default_point(), "");
  for (const Section& section : draft.tries) add(plan.choices->tried(section), section.where);
  for (const Assignment& point : points) plan.sampler["tries"].push_back(point);
  return points;
}

/// The points of a sampler that learns nothing, behind those that are there.
void add_points(std::vector<Assignment>& points, const std::vector<Assignment>& more, std::int64_t most) {
  const std::set<Assignment> known(points.begin(), points.end());
  for (const Assignment& point : more)
    if (!known.contains(point) && (most == 0 || std::ssize(points) < most)) points.push_back(point);
}

std::optional<std::int64_t> position_of(const std::vector<Assignment>& points, const Assignment& point) {
  const auto found = std::find(points.begin(), points.end(), point);
  return found == points.end() ? std::nullopt : std::optional<std::int64_t>(found - points.begin());
}

/// Behind those that are there, until there are n.
void add_spread_points(const Draft& draft, const Plan& plan, std::vector<Assignment>& points, std::int64_t n) {
  const std::unique_ptr<search::Sampler> sobol = search::make_sampler("sobol");
  const search::History none;
  std::set<Assignment> seen(points.begin(), points.end());
  for (std::int64_t number = 0; std::ssize(points) < n; ++number) {
    const auto point = fresh_point(*plan.search, *sobol, {plan.search->space(), none, plan.seed, number, 0}, seen);
    if (!point)
      fail(Exit::usage, "{}: sweep.configs: found {}, but the space has only {} distinct points", draft.name, n,
           seen.size());
    seen.insert(*point);
    points.push_back(*point);
  }
}

std::vector<Assignment> points_of(const Draft& draft, Plan& plan, const SweepOptions& options) {
  const std::string sampler = value_at(draft, {}, "sweep.sampler");
  const std::int64_t n = options.configs;
  plan.sampler["use"] = sampler;
  plan.space = json::object();
  for (const Axis& axis : draft.axes) plan.space[axis.key] = describe(axis);
  std::vector<Assignment> points = tries_of(draft, plan, options);
  if (options.sampler == SamplerKind::grid || options.sampler == SamplerKind::shuffled) {
    if (n > 0)
      fail(Exit::usage, "{}: sweep.configs: found {}, but a grid has as many configs as its space has points",
           where_of(draft, "sweep.configs"), n);
    std::vector<Assignment> grid = grid_points(draft);
    if (options.sampler == SamplerKind::shuffled) grid = shuffled(std::move(grid), plan.seed);
    add_points(points, grid, 0);
    return points;
  }
  if (n == 0)
    fail(Exit::usage, "{}: sweep.configs: missing: the {} sampler must know how many configs there are",
         where_of(draft, "sweep.sampler"), sampler);
  if (plan.choices->space().size() == 0)
    fail(Exit::usage, "{}: sweep.space: missing: the {} sampler has nothing to choose from",
         where_of(draft, "sweep.sampler"), sampler);
  if (const std::int64_t most = kMostConfigs / std::max<std::int64_t>(1, std::ssize(plan.crossed)); n > most)
    fail(Exit::usage, "{}: sweep.configs: found {}, expected at most {}", where_of(draft, "sweep.configs"), n, most);
  if (n < std::ssize(points))
    fail(Exit::usage, "{}: sweep.configs: found {}, but {} points are to be tried", where_of(draft, "sweep.configs"), n,
         points.size());
  plan.sampler["configs"] = n;
  plan.sampler["seed"] = plan.seed;
  if (options.sampler == SamplerKind::random) add_points(points, random_points(draft, n, plan.seed), n);
  if (options.sampler == SamplerKind::sobol) add_spread_points(draft, plan, points, n);
  if (!learns(options.sampler)) return points;
  if (plan.metric.empty())
    fail(Exit::usage, "{}: sweep.metric: missing: the {} sampler learns from it", where_of(draft, "sweep.sampler"),
         sampler);
  if (plan.crossed.empty()) return points;
  std::vector<Assignment> configs;
  for (const Assignment& point : points)
    for (const Assignment& block : plan.crossed) configs.push_back(within(block, point));
  return configs;
}

void require_few_trials(const Draft& draft, const Plan& plan) {
  const std::int64_t configs = plan.configs;
  if (plan.replicates > kMostTrials / std::max<std::int64_t>(configs, 1))
    fail(Exit::usage, "{}: sweep.replicates: found {} of {} configs, expected at most {} trials in all",
         where_of(draft, "sweep.replicates"), plan.replicates, configs, kMostTrials);
}

Goal goal_of(const Draft& draft, const Composed& composition, const std::string& key, const std::string& metric,
             const std::string& goal_key) {
  const std::string goal = value_at(draft, {}, goal_key);
  if (draft.program && goal == "auto")
    fail(Exit::usage, "{}: {}: missing: ubp does not know which way '{}' is better: expected minimize or maximize",
         where_of(draft, key), goal_key, metric);
  const bool higher = check_metric(draft, composition, key, metric);
  return (goal == "auto" ? higher : goal == "maximize") ? Goal::maximize : Goal::minimize;
}

/// Composes what must be refused before the first trial, if it is to be refused at all, and notes what it needs.
class Proof {
 public:
  Proof(const SpecCompiler& compiler, Plan& plan) : compiler_(compiler), plan_(plan) {}

  void compose(const Assignment& point) {
    const Composed composition = compiler_.composed(point);
    agree_on_goals(composition);
    for (const std::string& metric : {plan_.pruner.metric, plan_.dry_pruner.metric})
      if (!metric.empty()) check_metric(compiler_.draft(), composition, "sweep.pruner.metric", metric);
    for (const auto& [table, placed] : composition.placed)
      if (placed.manifest->kind != kProgram && plugins_.insert(placed.manifest).second)
        plan_.plugins.push_back(placed.manifest);
    note_data(composition, compiler_.trial(point, 0).dataset);
  }

 private:
  void agree_on_goals(const Composed& composition) {
    if (plan_.metric.empty()) return;
    if (plan_.objectives.empty()) return agree_on(composition, "sweep.metric", "sweep.goal", plan_.metric, plan_.goal);
    for (std::size_t i = 0; i < plan_.objectives.size(); ++i)
      agree_on(composition, objective_key(i, "metric"), objective_key(i, "goal"), plan_.objectives[i].metric,
               plan_.objectives[i].goal);
    plan_.goal = plan_.objectives.front().goal;
  }

  void agree_on(const Composed& composition, const std::string& metric_key, const std::string& goal_key,
                const std::string& metric, Goal& agreed) {
    const Draft& draft = compiler_.draft();
    const Goal goal = goal_of(draft, composition, metric_key, metric, goal_key);
    if (goals_.emplace(metric, goal).first->second != goal)
      fail(Exit::usage,
           "{}: {}: '{}' is better high in some configs and low in others: found auto, expected maximize or "
           "minimize",
           where_of(draft, metric_key), goal_key, metric);
    agreed = goal;
  }

  void note_data(const Composed& composition, const DataOptions& options) {
    const ComponentUse* dataset = composition.spec.find("dataset");
    if (!dataset) return;
    DataUse use;
    use.key = data_key(composition.spec), use.dataset = *dataset, use.options = options;
    use.eval_split = composition.spec.train.eval_split;
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
    use.takes_weights = objective.n_views == 0 || objective.flags & UBP_OBJ_ROW_LOSS;
    use.given = given_to_metrics(composition);
    if (plan_.objectives.empty()) note_series(composition, "sweep.metric", plan_.metric, use);
    for (std::size_t i = 0; i < plan_.objectives.size(); ++i)
      note_series(composition, objective_key(i, "metric"), plan_.objectives[i].metric, use);
    note_series(composition, "train.early_stop", composition.spec.train.early_stop, use);
    plan_.data.push_back(std::move(use));
  }

  void note_series(const Composed& composition, const std::string& key, const std::string& name, DataUse& use) {
    const std::vector<std::string>& scalars = composition.placed.at("objective").manifest->scalars;
    if (std::any_of(scalars.begin(), scalars.end(), [&](const auto& s) { return "train." + s == name; })) return;
    for (const auto& [table, placed] : composition.placed)
      if (placed.manifest->kind == UBP_K_METRIC)
        for (const EmitDecl& emit : emitted_by(*placed.manifest, *composition.spec.find(table)))
          if (name.substr(name.find('.') + 1) == emit.name)
            use.series.push_back({key, name, where_of(compiler_.draft(), key)});
  }

  const SpecCompiler& compiler_;
  Plan& plan_;
  std::map<std::string, Goal> goals_;  // by metric, as the first config had them
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
  refuse_beside_program(draft);
  plan.by_program = draft.program != nullptr;
  const SweepOptions options = read_sweep(draft, plan, single);
  if (single) {
    plan.assignments.resize(1);
    plan.sampler = {{"use", "single"}}, plan.space = json::object();
  } else {
    plan.search = std::shared_ptr<const SearchSpace>(new SearchSpace(draft), [compiler](const SearchSpace* search) {
      delete search;  // and only then the draft
    });
    read_rules(draft, plan, options);
    plan.choices = plan.crossed.empty() ? plan.search
                                        : space_of_choices({compiler, &compiler->draft()}, plan.blocks, plan.crossed);
    plan.assignments = points_of(draft, plan, options);
  }
  if (plan.search) plan.default_config = position_of(plan.assignments, plan.search->default_point());
  plan.configs = single || options.configs == 0 ? std::ssize(plan.assignments)
                                                : options.configs * std::max<std::int64_t>(1, std::ssize(plan.crossed));
  require_few_trials(draft, plan);
  compiler->set(plan);
  Proof proof(*compiler, plan);
  for (const Assignment& point : plan.assignments) proof.compose(point);
  // A sampler that skips a corner today may reach it once it draws more.
  if (options.configs > 0)
    for (const Assignment& point : corner_points(draft)) proof.compose(point);
  plan.identity = plan.declaration = declaration_of(draft, plan, compiler->components());
  plan.spec_text = spec_text(draft, plan, single);
  plan.compiler = compiler;
  return plan;
}

}  // namespace ubp
