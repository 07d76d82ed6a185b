// SPDX-License-Identifier: MIT
#include "plan/host_tables.hpp"

#include <functional>
#include <limits>

#include "base/error.hpp"
#include "base/vocabulary.hpp"
#include "plan/options.hpp"

namespace ubp {
namespace {

using nlohmann::json;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kLargestSeed = 4294967295;  // of numpy.random.RandomState, which draws the same masks
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

ParamDecl declared(const char* name, std::int32_t type, json fallback, double min, double max, std::uint32_t flags,
                   const char* doc) {
  ParamDecl decl;
  decl.name = name;
  decl.type = type;
  decl.fallback = std::move(fallback);
  decl.min = min;
  decl.max = max;
  decl.flags = flags;
  decl.doc = doc;
  decl.sweep_lo = decl.sweep_hi = kNone;
  return decl;
}

/// One key of a table, and the member that holds its value. The member's first value is the key's default.
template <class Options>
struct Row {
  ParamDecl decl;
  std::function<void(const json&, Options&)> read;
  std::function<json(const Options&)> write;
};

struct Bounds {
  double min, max = kInf;
};

template <class Options, class T>
Row<Options> row(T Options::*member, std::int32_t type, const char* name, Bounds bounds, std::uint32_t flags,
                 const char* doc) {
  return {declared(name, type, Options{}.*member, bounds.min, bounds.max, flags, doc),
          [member](const json& j, Options& options) { j.get_to(options.*member); },
          [member](const Options& options) { return json(options.*member); }};
}

template <class Options>
Row<Options> real(double Options::*member, const char* name, Bounds bounds, const char* doc, std::uint32_t flags = 0) {
  if (bounds.max == kInf) flags |= UBP_PF_MAX_OPEN;  // JSON, in which options travel, has no infinity
  return row(member, UBP_P_FLOAT, name, bounds, flags, doc);
}
template <class Options>
Row<Options> whole(std::int64_t Options::*member, const char* name, Bounds bounds, const char* doc,
                   std::uint32_t flags = 0) {
  return row(member, UBP_P_INT, name, bounds, flags, doc);
}
template <class Options>
Row<Options> text(std::string Options::*member, const char* name, const char* doc, std::uint32_t flags = 0) {
  return row(member, UBP_P_STRING, name, {-kInf}, flags, doc);
}
template <class Options>
Row<Options> flag(bool Options::*member, const char* name, const char* doc) {
  return row(member, UBP_P_BOOL, name, {0, 1}, 0, doc);
}
template <class Options>
Row<Options> ints(std::vector<std::int64_t> Options::*member, const char* name, Bounds bounds, const char* doc) {
  return row(member, UBP_P_INT_LIST, name, bounds, 0, doc);
}

/// The values of a closed choice beside their names.
template <class Value>
using Names = std::vector<std::pair<Value, const char*>>;

template <class Value>
const char* name_in(const Names<Value>& names, Value value) {
  for (const auto& [each, name] : names)
    if (each == value) return name;
  fail(Exit::internal, "a choice has a value without a name: {}", static_cast<int>(value));
}

template <class Options, class Value>
Row<Options> choice(Value Options::*member, const char* key, const Names<Value>& names, const char* doc) {
  Row<Options> row;
  row.decl = declared(key, UBP_P_ENUM, name_in(names, Options{}.*member), 0, 0, 0, doc);
  for (const auto& [value, name] : names) row.decl.choices.push_back(name);
  row.read = [member, key, names](const json& j, Options& options) {
    const std::string& found = j.get_ref<const std::string&>();
    for (const auto& [value, name] : names)
      if (found == name) return void(options.*member = value);
    fail(Exit::internal, "{}: found '{}', which is none of its choices", key, found);
  };
  row.write = [member, names](const Options& options) { return json(name_in(names, options.*member)); };
  return row;
}

template <class Options>
Row<Options> when(Row<Options> row, const char* active_if) {
  row.decl.active_if = active_if;
  return row;
}

template <class Options>
std::vector<ParamDecl> declarations(const std::vector<Row<Options>>& rows) {
  std::vector<ParamDecl> all;
  for (const Row<Options>& row : rows) all.push_back(row.decl);
  return all;
}

template <class Options>
json written(const std::vector<Row<Options>>& rows, const Options& options) {
  json j = json::object();
  for (const Row<Options>& row : rows) j[row.decl.name] = row.write(options);
  return j;
}

template <class Options>
void read(const std::vector<Row<Options>>& rows, const json& j, Options& options) {
  for (const Row<Options>& row : rows) row.read(j.at(row.decl.name), options);
}

ParamDecl learning_rate() {
  ParamDecl decl = declared("lr", UBP_P_FLOAT, nullptr, 0, kInf,
                            UBP_PF_REQUIRED | UBP_PF_MIN_OPEN | UBP_PF_MAX_OPEN | UBP_PF_LOG | UBP_PF_TUNABLE,
                            "Learning rate, before schedule, stage and phase scale it.");
  decl.sweep_lo = 1e-5;
  decl.sweep_hi = 1e-1;
  return decl;
}

const Names<GoalOption>& goal_names() {
  static const Names<GoalOption> names = {
      {GoalOption::automatic, "auto"}, {GoalOption::maximize, "maximize"}, {GoalOption::minimize, "minimize"}};
  return names;
}

const Names<Reduce>& reduce_names() {
  static const Names<Reduce> names = {
      {Reduce::last, "last"}, {Reduce::min, "min"}, {Reduce::max, "max"}, {Reduce::mean, "mean"}};
  return names;
}

const Names<PrunerKind>& pruner_names() {
  static const Names<PrunerKind> names = {{PrunerKind::none, "none"},
                                          {PrunerKind::median, "median"},
                                          {PrunerKind::percentile, "percentile"},
                                          {PrunerKind::patience, "patience"},
                                          {PrunerKind::threshold, "threshold"},
                                          {PrunerKind::halving, "halving"},
                                          {PrunerKind::hyperband, "hyperband"},
                                          {PrunerKind::promotion, "promotion"}};
  return names;
}

const std::vector<Row<DataOptions>>& dataset_rows() {
  static const std::vector<Row<DataOptions>> rows = {
      whole(&DataOptions::rows, "rows", {0},
            "Of the training rows that the splits leave, use only the first so many. 0: all."),
      whole(&DataOptions::test_rows, "test_rows", {0}, "Use only the first so many test rows. 0: all."),
      ints(&DataOptions::classes, "classes", {0}, "Train only on rows of these classes; evaluation sees all. []: all."),
      ints(&DataOptions::exclude_classes, "exclude_classes", {0},
           "Train on no row of these classes; evaluation sees all."),
      whole(&DataOptions::per_class, "per_class", {0},
            "Keep so many training rows of every class, for supervised baselines. 0: all."),
      real(&DataOptions::test_share, "test_share", {0, 1},
           "Split off this share of the rows as the test split, where the data set has only one.", UBP_PF_MAX_OPEN),
      choice(&DataOptions::test_from, "test_from",
             Names<TestRows>{{TestRows::random, "random"}, {TestRows::last, "last"}},
             "Which rows test_share splits off."),
      real(&DataOptions::valid_share, "valid_share", {0, 1},
           "Split off this share of the rows, after the test rows, as the validation split, to choose by; of every "
           "class "
           "its part.",
           UBP_PF_MAX_OPEN),
      when(choice(&DataOptions::valid_from, "valid_from",
                  Names<TestRows>{{TestRows::random, "random"}, {TestRows::last, "last"}},
                  "Which of the remaining rows valid_share splits off."),
           "valid_share>0"),
      whole(&DataOptions::split_seed, "split_seed", {0, kLargestSeed},
            "Which rows are split off at random, and how rows are dealt to the folds."),
      flag(&DataOptions::split_by_replicate, "split_by_replicate",
           "Every replicate (with folds: every round of them) splits anew, with split_seed + its number."),
      whole(
          &DataOptions::folds, "folds", {0},
          "Deal the rows out into so many parts, of every class its share, and run a trial for each, which holds that "
          "part out: a config has folds x replicates trials. 0: none."),
      when(
          choice(&DataOptions::fold_rows, "fold_rows",
                 Names<FoldRows>{{FoldRows::valid, "valid"}, {FoldRows::test, "test"}},
                 "What the part that is held out is: validation rows, or test rows; then valid_share chooses among the "
                 "others."),
          "folds>0"),
      when(whole(&DataOptions::fold, "fold", {-1},
                 "The one part to hold out, from 0. -1: replicate r holds out part r mod folds."),
           "folds>0"),
      choice(
          &DataOptions::missing, "missing_cells",
          Names<Missing>{{Missing::refuse, "refuse"},
                         {Missing::drop_rows, "drop_rows"},
                         {Missing::drop_columns, "drop_columns"},
                         {Missing::mean, "mean"},
                         {Missing::median, "median"}},
          "What becomes of cells that the data set lacks: refused unless the objective takes a mask, rows or columns "
          "that lack any are left out, or a cell is filled with the mean or median of its column's known training "
          "cells."),
      when(flag(&DataOptions::missing_mask, "missing_mask",
                "Add an input column for every column, after them: 1 where a cell was known, 0 where it was filled."),
           "missing_cells==mean,median"),
      choice(&DataOptions::scale, "scale",
             Names<Scale>{{Scale::none, "none"}, {Scale::standard, "standard"}, {Scale::minmax, "minmax"}},
             "Scale every column (of rows of different lengths: over all their entries); statistics come from known "
             "training "
             "cells only."),
      real(&DataOptions::withhold, "withhold", {0, 1},
           "Hide this share of the cells from training, at random; metrics of imputation see them.", UBP_PF_MAX_OPEN),
      whole(&DataOptions::withhold_seed, "withhold_seed", {0, kLargestSeed}, "Which cells are withheld."),
      text(&DataOptions::withhold_file, "withhold_file",
           "Hide the cells that are 1 in this file, too: a line of 0 and 1 for every training row, one for every "
           "column, separated by blanks or commas. Absolute, or in UBP_DATA, or in the working folder."),
      real(&DataOptions::validate, "validate", {0, 1},
           "Hide also this share of the known cells, and show these to metrics of imputation instead of the withheld "
           "ones: to choose by.",
           UBP_PF_MAX_OPEN),
      whole(&DataOptions::validate_seed, "validate_seed", {0, kLargestSeed},
            "Which of the known cells validate; equal seeds withhold and validate different cells.")};
  return rows;
}

const std::vector<Row<EnvironmentOptions>>& environment_rows() {
  static const std::vector<Row<EnvironmentOptions>> rows = {
      whole(&EnvironmentOptions::instances, "instances", {1}, "How many copies of the environment run side by side."),
      whole(&EnvironmentOptions::episodes, "episodes", {1},
            "How many episodes an evaluation plays, shared out evenly among the instances.")};
  return rows;
}

const std::vector<Row<MetricOptions>>& metric_rows() {
  static const std::vector<Row<MetricOptions>> rows = {flag(
      &MetricOptions::baselines, "baselines",
      "Judge also the codes of the same network untrained, of PCA of the same size, and the raw input: NAME_untrained, "
      "NAME_pca and NAME_raw, and NAME_gain over the best of them. For metrics that read codes.")};
  return rows;
}

const std::vector<Row<TrainOptions>>& train_rows() {
  static const std::vector<Row<TrainOptions>> rows = {
      whole(&TrainOptions::epochs, "epochs", {1},
            "Passes over the training rows, for stages that do not set their own."),
      whole(&TrainOptions::steps, "steps", {0},
            "Stop after so many optimizer steps instead of after `epochs`. 0: by epochs."),
      whole(&TrainOptions::batch, "batch", {1}, "Rows in a minibatch."),
      whole(&TrainOptions::seed, "seed", {0},
            "The trial's randomness, together with the sweep's seed and the replicate."),
      choice(&TrainOptions::dtype, "dtype", Names<Precision>{{Precision::f32, "f32"}, {Precision::f64, "f64"}},
             "The type of parameters and arithmetic."),
      whole(&TrainOptions::threads, "threads", {1, 256},
            "Threads inside one trial, which takes so many of the -j slots of a sweep; no result depends on them. A "
            "sweep of many trials gains more by running them side by side.",
            UBP_PF_NOT_IDENTITY),
      choice(&TrainOptions::device, "device", Names<Device>{{Device::cpu, "cpu"}}, "Where the arithmetic happens."),
      choice(&TrainOptions::schedule, "schedule",
             Names<RateSchedule>{{RateSchedule::constant, "constant"},
                                 {RateSchedule::step, "step"},
                                 {RateSchedule::cosine, "cosine"},
                                 {RateSchedule::plateau, "plateau"}},
             "How the learning rate falls: never, by schedule_gamma every schedule_step epochs, along a half cosine to "
             "min_lr, or by schedule_gamma once train.loss has not fallen for schedule_patience epochs."),
      when(whole(&TrainOptions::schedule_step, "schedule_step", {1}, "Epochs between two falls."), "schedule==step"),
      when(real(&TrainOptions::schedule_gamma, "schedule_gamma", {0, 1}, "Factor of one fall.",
                UBP_PF_MIN_OPEN | UBP_PF_MAX_OPEN),
           "schedule==step,plateau"),
      when(whole(&TrainOptions::schedule_patience, "schedule_patience", {1}, "Epochs without progress before a fall."),
           "schedule==plateau"),
      real(&TrainOptions::min_lr, "min_lr", {0}, "The learning rate never falls below this."),
      whole(&TrainOptions::warmup_steps, "warmup_steps", {0},
            "The learning rate rises linearly from 0 over so many first steps, under any schedule."),
      real(&TrainOptions::clip_norm, "clip_norm", {0}, "Scale the gradient of a phase down to this length. 0: off."),
      real(&TrainOptions::clip_value, "clip_value", {0}, "Clamp every gradient number to plus or minus this. 0: off."),
      text(&TrainOptions::early_stop, "early_stop",
           "Stop when this metric no longer improves, e.g. \"valid.mse\". Empty: never."),
      whole(&TrainOptions::early_stop_patience, "early_stop_patience", {1},
            "Evaluations without a new best before early_stop ends the trial."),
      choice(&TrainOptions::early_stop_goal, "early_stop_goal", goal_names(),
             "Which way early_stop improves; auto: as the metric declares."),
      text(&TrainOptions::eval_split, "eval_split",
           "The rows that metrics judge, each split in a series of its own: valid, test, train, a name of the data "
           "set's own, or several with + between them; auto: the validation and the test rows. The training rows where "
           "auto or test finds none."),
      whole(&TrainOptions::eval_every, "eval_every", {0},
            "Evaluate every so many epochs, and at the end. 0: only at the end."),
      flag(&TrainOptions::eval_stages, "eval_stages",
           "Evaluate also where a later stage begins, once the objective has prepared it."),
      whole(&TrainOptions::log_every, "log_every", {1},
            "Steps between two points of train.loss and of the objective's scalars."),
      flag(&TrainOptions::shuffle, "shuffle", "Draw the training rows in a new order every epoch."),
      flag(&TrainOptions::drop_last, "drop_last", "Skip the last minibatch of an epoch if it is not full."),
      real(&TrainOptions::checkpoint_seconds, "checkpoint_seconds", {0},
           "Time between two checkpoints. 0: after every step.", UBP_PF_NOT_IDENTITY)};
  return rows;
}

const std::vector<Row<ArtifactOptions>>& artifact_rows() {
  static const std::vector<Row<ArtifactOptions>> rows = {
      whole(&ArtifactOptions::images, "images", {0},
            "Samples in the image grids of inputs, reconstructions and samples. 0: no images."),
      flag(&ArtifactOptions::embedding, "embedding",
           "Write the test split's embedding and labels as NumPy arrays: embedding.npy, labels.npy."),
      flag(&ArtifactOptions::scatter, "scatter",
           "Draw the test split's embedding, coloured by label: scatter.png. Of more than two columns, their first two "
           "principal components."),
      flag(&ArtifactOptions::curves, "curves",
           "Draw every metric that has two points or more over the steps: curves.png."),
      whole(&ArtifactOptions::every, "every", {0},
            "Write them every so many epochs, and at the end. 0: only at the end."),
      flag(&ArtifactOptions::profile, "profile",
           "Write where the time of the training steps went, op by op: profile.csv."),
      flag(&ArtifactOptions::checkpoint, "checkpoint",
           "Keep what was learnt, for `ubp explain` and `ubp compare --representation`: learnt.ubp.")};
  return rows;
}

const std::vector<Row<SweepOptions>>& sweep_rows() {
  static const std::vector<Row<SweepOptions>> rows = {
      text(&SweepOptions::name, "name", "What listings call the sweep. Empty: the experiment's name."),
      choice(&SweepOptions::sampler, "sampler",
             Names<SamplerKind>{{SamplerKind::grid, "grid"},
                                {SamplerKind::shuffled, "shuffled"},
                                {SamplerKind::random, "random"},
                                {SamplerKind::sobol, "sobol"},
                                {SamplerKind::tpe, "tpe"},
                                {SamplerKind::cmaes, "cmaes"},
                                {SamplerKind::gp, "gp"},
                                {SamplerKind::nsga2, "nsga2"},
                                {SamplerKind::external, "external"}},
             "Every point of the space, in order or shuffled, or `configs` points: random, evenly spread (sobol), "
             "learned from the results so far (tpe, cmaes, gp, nsga2), or those that `ubp ask --point` brings "
             "(external)."),
      text(&SweepOptions::metric, "metric", "What is compared, e.g. \"valid.probe_accuracy\". Empty: nothing."),
      choice(&SweepOptions::goal, "goal", goal_names(), "Which way is better; auto: as the metric declares."),
      choice(&SweepOptions::reduce, "reduce", reduce_names(), "The one number that the metric's series counts as."),
      whole(&SweepOptions::configs, "configs", {0}, "How many points there are, where the sampler is no grid."),
      whole(&SweepOptions::replicates, "replicates", {1},
            "Trials of every config, each with its own seed; replicate k has one seed in all configs."),
      whole(&SweepOptions::seed, "seed", {0}, "Of the sampler and, with [train].seed, of the replicates."),
      choice(&SweepOptions::try_default, "try_default",
             Names<TryDefault>{{TryDefault::automatic, "auto"}, {TryDefault::yes, "yes"}, {TryDefault::no, "no"}},
             "Whether the first config is what the spec says without its space; auto: unless the sampler is a grid or "
             "random."),
      text(
          &SweepOptions::blocks, "blocks",
          "Axes that are circumstances and no choices, as [\"dataset.use\"]: configs are ranked and trials are stopped "
          "within them, and a sampler that learns runs each of its points in all of them. dataset.*: all axes of "
          "[dataset]. []: none."),
      text(&SweepOptions::start_from, "start_from",
           "A sweep of the same parameters in the same database, by name or number: the sampler knows its results. "
           "Empty: none."),
      flag(&SweepOptions::deterministic, "deterministic",
           "A decision knows the results of all jobs but the last `lag`, whatever has ended by then: equal configs "
           "with any number of slots."),
      whole(&SweepOptions::lag, "lag", {1}, "With deterministic: as many trials run side by side at most."),
      text(&SweepOptions::budget, "budget",
           "Start no trial after so much: \"2h\" of this command, \"500 trials\", \"1e6 steps\". Empty: no limit.",
           UBP_PF_NOT_IDENTITY),
      text(&SweepOptions::target, "target", "Start no trial once a config's mean is as good as this. Empty: none.",
           UBP_PF_NOT_IDENTITY),
      text(&SweepOptions::max_failures, "max_failures",
           "Start no trial once so many have failed: \"20\", or \"10%\" of ten or more. Empty: no limit.",
           UBP_PF_NOT_IDENTITY),
      text(&SweepOptions::trial_wall, "trial_wall",
           "A trial that takes longer fails as timeout: \"20m\". Empty: no limit.", UBP_PF_NOT_IDENTITY),
      text(&SweepOptions::trial_stall, "trial_stall",
           "A trial that makes no step for so long fails as stalled: \"5m\". Setting up before the first step counts, "
           "and so does an evaluation. Empty: no limit.",
           UBP_PF_NOT_IDENTITY),
      text(&SweepOptions::trial_memory, "trial_memory",
           "A trial that allocates more fails as memory: \"2GiB\". Empty: most of the machine's.", UBP_PF_NOT_IDENTITY),
      flag(&SweepOptions::dry_prune, "dry_prune",
           "Let every trial run to its end, and say at the end what [sweep.pruner] would have saved and cost.")};
  return rows;
}

const std::vector<Row<PrunerOptions>>& pruner_rows() {
  static const std::vector<Row<PrunerOptions>> rows = {
      choice(&PrunerOptions::use, "use", pruner_names(),
             "Which trials end early. median, percentile: worse than that of the others at the step. patience: no "
             "longer improving. threshold: outside of lower..upper. halving, hyperband: not in the best 1/eta at a "
             "rung. promotion: as halving, but all pause at a rung, and the best are continued (ASHA)."),
      text(&PrunerOptions::metric, "metric", "The series it looks at. Empty: that of sweep.metric."),
      when(whole(&PrunerOptions::startup_trials, "startup_trials", {0}, "Complete trials before any is stopped."),
           "use==median,percentile"),
      when(whole(&PrunerOptions::warmup_steps, "warmup_steps", {0}, "No trial is stopped before this step."),
           "use==median,percentile"),
      when(whole(&PrunerOptions::interval_steps, "interval_steps", {1}, "Look once in so many steps."),
           "use==median,percentile"),
      when(real(&PrunerOptions::percentile, "percentile", {0, 100}, "The share that is kept, in percent."),
           "use==percentile"),
      when(whole(&PrunerOptions::patience, "patience", {0}, "Points of the series without an improvement."),
           "use==patience"),
      when(real(&PrunerOptions::min_delta, "min_delta", {0}, "What counts as an improvement."), "use==patience"),
      when(text(&PrunerOptions::lower, "lower", "The least value. Empty: none."), "use==threshold"),
      when(text(&PrunerOptions::upper, "upper", "The largest value. Empty: none."), "use==threshold"),
      when(whole(&PrunerOptions::min_steps, "min_steps", {0}, "The first rung. 0: a hundredth of a complete trial."),
           "use==halving,hyperband,promotion"),
      when(whole(&PrunerOptions::max_steps, "max_steps", {0}, "The steps of a complete trial."), "use==hyperband"),
      when(whole(&PrunerOptions::eta, "eta", {2}, "From rung to rung: so many times the steps, 1 of so many trials."),
           "use==halving,hyperband,promotion")};
  return rows;
}

const std::vector<Row<EvolutionOptions>>& evolution_rows() {
  static const std::vector<Row<EvolutionOptions>> rows = {
      whole(&EvolutionOptions::population, "population", {2},
            "Configs of a generation: so many at random first; then as many parents are chosen anew with every so many "
            "results."),
      real(&EvolutionOptions::crossover, "crossover", {0, 1}, "How often a child has two parents."),
      real(&EvolutionOptions::crossover_index, "crossover_index", {0}, "The larger, the closer a child is to them."),
      real(&EvolutionOptions::mutation_index, "mutation_index", {0}, "The larger, the less a mutation changes.")};
  return rows;
}

const std::vector<Row<RacingOptions>>& race_rows() {
  static const std::vector<Row<RacingOptions>> rows = {
      flag(&RacingOptions::on, "on",
           "Give configs their replicates one after another, and no more to those that are behind; `replicates` is the "
           "most that a config gets."),
      real(&RacingOptions::aside, "aside", {0, 1},
           "Set a config aside, without a claim, if its equal would be so far behind the best in fewer than this share "
           "of cases. 0: only those that are called worse stop.",
           UBP_PF_MAX_OPEN),
      real(&RacingOptions::alpha, "alpha", {0, 1},
           "How often any config of such a sweep may be called worse than one that it equals.",
           UBP_PF_MIN_OPEN | UBP_PF_MAX_OPEN),
      whole(&RacingOptions::min_replicates, "min_replicates", {2}, "Replicates before the first is dropped.")};
  return rows;
}

}  // namespace

const char* name_of(Reduce reduce) { return name_in(reduce_names(), reduce); }
const char* name_of(PrunerKind pruner) { return name_in(pruner_names(), pruner); }

const std::vector<ParamDecl>& experiment_keys() {
  static const std::vector<ParamDecl> keys = {
      declared("name", UBP_P_STRING, "", -kInf, kInf, 0,
               "Groups the sweeps that belong to one question. Empty: the spec file's name."),
      declared("question", UBP_P_STRING, "", -kInf, kInf, UBP_PF_NOT_IDENTITY,
               "What the experiment asks, in one sentence.")};
  return keys;
}

const std::vector<ParamDecl>& optimizer_keys() {
  static const std::vector<ParamDecl> keys = {learning_rate()};
  return keys;
}

const std::vector<ParamDecl>& dataset_keys() {
  static const std::vector<ParamDecl> keys = declarations(dataset_rows());
  return keys;
}
void to_json(json& j, const DataOptions& options) { j = written(dataset_rows(), options); }
void from_json(const json& j, DataOptions& options) { read(dataset_rows(), j, options); }

const std::vector<ParamDecl>& environment_keys() {
  static const std::vector<ParamDecl> keys = declarations(environment_rows());
  return keys;
}
void to_json(json& j, const EnvironmentOptions& options) { j = written(environment_rows(), options); }
void from_json(const json& j, EnvironmentOptions& options) { read(environment_rows(), j, options); }

const std::vector<ParamDecl>& metric_keys() {
  static const std::vector<ParamDecl> keys = declarations(metric_rows());
  return keys;
}
void to_json(json& j, const MetricOptions& options) { j = written(metric_rows(), options); }
void from_json(const json& j, MetricOptions& options) { read(metric_rows(), j, options); }

const std::vector<ParamDecl>& train_keys() {
  static const std::vector<ParamDecl> keys = declarations(train_rows());
  return keys;
}
void to_json(json& j, const TrainOptions& options) { j = written(train_rows(), options); }
void from_json(const json& j, TrainOptions& options) { read(train_rows(), j, options); }

const std::vector<ParamDecl>& artifact_keys() {
  static const std::vector<ParamDecl> keys = declarations(artifact_rows());
  return keys;
}
void to_json(json& j, const ArtifactOptions& options) { j = written(artifact_rows(), options); }
void from_json(const json& j, ArtifactOptions& options) { read(artifact_rows(), j, options); }

const std::vector<ParamDecl>& sweep_keys() {
  static const std::vector<ParamDecl> keys = declarations(sweep_rows());
  return keys;
}
void to_json(json& j, const SweepOptions& options) { j = written(sweep_rows(), options); }
void from_json(const json& j, SweepOptions& options) { read(sweep_rows(), j, options); }

const std::vector<ParamDecl>& retry_keys() {
  static const std::vector<ParamDecl> keys = [] {
    std::vector<ParamDecl> all = {
        declared("any", UBP_P_INT, 0, 0, kInf, UBP_PF_NOT_IDENTITY,
                 "How often a trial that failed is tried again, from its beginning, where chance may have decided: as "
                 "data, memory, timeout, stalled, crash, abort, exit, killed or internal. `retries = 2` means this.")};
    for (int i = 1; i <= static_cast<int>(Failure::internal); ++i) {
      const auto failure = static_cast<Failure>(i);
      all.push_back(declared(name_of(failure), UBP_P_INT, nullptr, 0, kInf, UBP_PF_NOT_IDENTITY,
                             is_by_chance(failure) ? "The same for this class alone."
                                                   : "The same for this class, which comes to the same again."));
    }
    return all;
  }();
  return keys;
}

const std::vector<ParamDecl>& pruner_keys() {
  static const std::vector<ParamDecl> keys = declarations(pruner_rows());
  return keys;
}
void to_json(json& j, const PrunerOptions& options) { j = written(pruner_rows(), options); }
void from_json(const json& j, PrunerOptions& options) { read(pruner_rows(), j, options); }

const std::vector<ParamDecl>& race_keys() {
  static const std::vector<ParamDecl> keys = declarations(race_rows());
  return keys;
}
void to_json(json& j, const RacingOptions& options) { j = written(race_rows(), options); }
void from_json(const json& j, RacingOptions& options) { read(race_rows(), j, options); }

const std::vector<ParamDecl>& evolution_keys() {
  static const std::vector<ParamDecl> keys = declarations(evolution_rows());
  return keys;
}
void to_json(json& j, const EvolutionOptions& options) { j = written(evolution_rows(), options); }
void from_json(const json& j, EvolutionOptions& options) { read(evolution_rows(), j, options); }

const std::vector<ParamDecl>& objective_keys() {
  static const std::vector<ParamDecl> keys = [] {
    ParamDecl goal =
        choice(&SweepOptions::goal, "goal", goal_names(), "Which way is better; auto: as the metric declares.").decl;
    goal.aliases = {"direction"};
    return std::vector<ParamDecl>{
        declared("metric", UBP_P_STRING, nullptr, -kInf, kInf, UBP_PF_REQUIRED, "What is compared, as sweep.metric."),
        goal,
        declared("reference", UBP_P_FLOAT, "none", -kInf, kInf, UBP_PF_MIN_OPEN | UBP_PF_MAX_OPEN | UBP_PF_NOT_IDENTITY,
                 "Configs that are not better than this count nothing in the hypervolume. none: the worst mean seen.")};
  }();
  return keys;
}

const std::vector<HostTable>& host_tables() {
  static const std::vector<HostTable> tables = {
      {"experiment", "The question.", experiment_keys},
      {"dataset", "Which rows and cells of the data set are used, and how they are split and scaled.", dataset_keys},
      {"optimizer", "Shared by every optimizer.", optimizer_keys},
      {"environment", "Shared by every environment.", environment_keys},
      {"metric", "Shared by every metric.", metric_keys, true},
      {"train", "The training loop.", train_keys},
      {"artifacts", "Files that a trial leaves beside its numbers.", artifact_keys},
      {"sweep", "Which trials are made of this spec, and what they are compared by.", sweep_keys},
      {"sweep.retries", "Which failed trials are tried again, by class of failure.", retry_keys},
      {"sweep.pruner", "Which trials end before their end.", pruner_keys},
      {"sweep.race", "How many seeds a config gets.", race_keys},
      {"sweep.nsga2", "How the sampler nsga2 breeds configs.", evolution_keys},
      {"sweep.objective", "Two or more of them, in place of sweep.metric: what is optimised at once.", objective_keys,
       true}};
  return tables;
}

}  // namespace ubp
