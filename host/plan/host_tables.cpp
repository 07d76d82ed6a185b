// SPDX-License-Identifier: MIT
#include "plan/host_tables.hpp"

#include <cmath>
#include <limits>

namespace ubp {
namespace {

using nlohmann::json;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

ParamDecl key(const char* name, std::int32_t type, json fallback, double min, double max, std::uint32_t flags,
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

ParamDecl real(const char* name, double fallback, double min, double max, const char* doc, std::uint32_t flags = 0) {
  return key(name, UBP_P_FLOAT, fallback, min, max, flags, doc);
}
ParamDecl whole(const char* name, std::int64_t fallback, double min, const char* doc, std::uint32_t flags = 0) {
  return key(name, UBP_P_INT, fallback, min, kInf, flags, doc);
}
ParamDecl text(const char* name, const char* fallback, const char* doc, std::uint32_t flags = 0) {
  return key(name, UBP_P_STRING, fallback, -kInf, kInf, flags, doc);
}
ParamDecl flag(const char* name, bool fallback, const char* doc, std::uint32_t flags = 0) {
  return key(name, UBP_P_BOOL, fallback, 0, 1, flags, doc);
}
ParamDecl choice(const char* name, std::vector<std::string> choices, const char* doc) {
  ParamDecl decl = key(name, UBP_P_ENUM, choices.front(), 0, 0, 0, doc);
  decl.choices = std::move(choices);
  return decl;
}
ParamDecl ints(const char* name, double min, const char* doc) {
  return key(name, UBP_P_INT_LIST, json::array(), min, kInf, 0, doc);
}
ParamDecl when(ParamDecl decl, const char* active_if) {
  decl.active_if = active_if;
  return decl;
}

ParamDecl learning_rate() {
  ParamDecl decl = key("lr", UBP_P_FLOAT, nullptr, 0, kInf,
                       UBP_PF_REQUIRED | UBP_PF_MIN_OPEN | UBP_PF_LOG | UBP_PF_TUNABLE | UBP_PF_SCHEDULABLE,
                       "Learning rate, before schedule, stage and phase scale it.");
  decl.sweep_lo = 1e-5;
  decl.sweep_hi = 1e-1;
  return decl;
}

}  // namespace

const std::vector<ParamDecl>& experiment_keys() {
  static const std::vector<ParamDecl> keys = {
      text("name", "", "Groups the sweeps that belong to one question. Empty: the spec file's name."),
      text("question", "", "What the experiment asks, in one sentence.", UBP_PF_NOT_IDENTITY)};
  return keys;
}

const std::vector<ParamDecl>& dataset_keys() {
  static const std::vector<ParamDecl> keys = {
      whole("rows", 0, 0, "Use only the first so many training rows. 0: all."),
      whole("test_rows", 0, 0, "Use only the first so many test rows. 0: all."),
      ints("classes", 0, "Train only on rows of these classes; evaluation sees all. []: all."),
      ints("exclude_classes", 0, "Train on no row of these classes; evaluation sees all."),
      whole("per_class", 0, 0, "Keep so many training rows of every class, for supervised baselines. 0: all."),
      real("test_share", 0, 0, 1,
           "Split off this share of the rows as the test split, where the data set has only one.", UBP_PF_MAX_OPEN),
      choice("test_from", {"random", "last"}, "Which rows test_share splits off."),
      choice("scale", {"none", "standard", "minmax"},
             "Scale every column; statistics come from known training cells only."),
      real("withhold", 0, 0, 1,
           "Hide this share of the cells from training, at random; metrics of imputation see them.", UBP_PF_MAX_OPEN),
      whole("withhold_seed", 0, 0, "Which cells are withheld."),
      text("withhold_file", "",
           "Hide the cells that are 1 in this file, too: a line of 0 and 1 for every training row, one for every "
           "column, separated by "
           "blanks or commas. Absolute, or in UBP_DATA, or in the working folder."),
      real("validate", 0, 0, 1,
           "Hide also this share of the known cells, and show these to metrics of imputation instead of the withheld "
           "ones: "
           "to choose by.",
           UBP_PF_MAX_OPEN),
      whole("validate_seed", 0, 0, "Which of the known cells validate.")};
  return keys;
}

const std::vector<ParamDecl>& optimizer_keys() {
  static const std::vector<ParamDecl> keys = {learning_rate()};
  return keys;
}

const std::vector<ParamDecl>& environment_keys() {
  static const std::vector<ParamDecl> keys = {
      whole("instances", 8, 1, "How many copies of the environment run side by side."),
      whole("episodes", 20, 1, "How many episodes an evaluation plays, shared out evenly among the instances.")};
  return keys;
}

const std::vector<ParamDecl>& train_keys() {
  static const std::vector<ParamDecl> keys = {
      whole("epochs", 10, 1, "Passes over the training rows, for stages that do not set their own."),
      whole("steps", 0, 0, "Stop after so many optimizer steps instead of after `epochs`. 0: by epochs."),
      whole("batch", 128, 1, "Rows in a minibatch."),
      whole("seed", 1, 0, "The trial's randomness, together with the sweep's seed and the replicate."),
      choice("dtype", {"f32", "f64"}, "The type of parameters and arithmetic."),
      whole("threads", 1, 1, "Threads inside one trial. A sweep runs trials side by side instead."),
      choice("device", {"cpu"}, "Where the arithmetic happens."),
      choice("schedule", {"constant", "step", "cosine", "plateau"},
             "How the learning rate falls: never, by schedule_gamma every schedule_step epochs, along a half cosine to "
             "min_lr, or by "
             "schedule_gamma once train.loss has not fallen for schedule_patience epochs."),
      when(whole("schedule_step", 10, 1, "Epochs between two falls."), "schedule==step"),
      when(real("schedule_gamma", 0.5, 0, 1, "Factor of one fall.", UBP_PF_MIN_OPEN | UBP_PF_MAX_OPEN),
           "schedule==step,plateau"),
      when(whole("schedule_patience", 5, 1, "Epochs without progress before a fall."), "schedule==plateau"),
      real("min_lr", 0, 0, kInf, "The learning rate never falls below this."),
      whole("warmup_steps", 0, 0,
            "The learning rate rises linearly from 0 over so many first steps, under any schedule."),
      real("clip_norm", 0, 0, kInf, "Scale the gradient of a phase down to this length. 0: off."),
      real("clip_value", 0, 0, kInf, "Clamp every gradient number to plus or minus this. 0: off."),
      text("early_stop", "", "Stop when this metric no longer improves, e.g. \"test.mse\". Empty: never."),
      whole("early_stop_patience", 5, 1, "Evaluations without a new best before early_stop ends the trial."),
      choice("early_stop_goal", {"auto", "minimize", "maximize"},
             "Which way early_stop improves; auto: as the metric declares."),
      choice("eval_split", {"test", "train"},
             "The rows that metrics judge; the training rows where there are no test rows."),
      whole("eval_every", 0, 0, "Evaluate every so many epochs, and at the end. 0: only at the end."),
      flag("eval_stages", false, "Evaluate also where a later stage begins, once the objective has prepared it."),
      whole("log_every", 50, 1, "Steps between two points of train.loss and of the objective's scalars."),
      flag("shuffle", true, "Draw the training rows in a new order every epoch."),
      flag("drop_last", false, "Skip the last minibatch of an epoch if it is not full."),
      real("checkpoint_seconds", 5, 0, kInf, "Time between two checkpoints. 0: after every step.",
           UBP_PF_NOT_IDENTITY)};
  return keys;
}

const std::vector<ParamDecl>& artifact_keys() {
  static const std::vector<ParamDecl> keys = {
      whole("images", 0, 0, "Samples in the image grids of inputs, reconstructions and samples. 0: no images."),
      flag("embedding", false,
           "Write the test split's embedding and labels as NumPy arrays: embedding.npy, labels.npy."),
      flag("scatter", false,
           "Draw the test split's embedding, coloured by label: scatter.png. Of more than two columns, their first two "
           "principal components."),
      flag("curves", false, "Draw every metric that has two points or more over the steps: curves.png."),
      whole("every", 0, 0, "Write them every so many epochs, and at the end. 0: only at the end.")};
  return keys;
}

const std::vector<ParamDecl>& sweep_keys() {
  static const std::vector<ParamDecl> keys = {
      text("name", "", "What listings call the sweep. Empty: the experiment's name."),
      choice("sampler", {"grid", "random"}, "Every point of the space, or `configs` random ones."),
      text("metric", "", "What is compared, e.g. \"test.probe_accuracy\". Empty: nothing."),
      choice("goal", {"auto", "maximize", "minimize"}, "Which way is better; auto: as the metric declares."),
      choice("reduce", {"last", "min", "max", "mean"}, "The one number that the metric's series counts as."),
      whole("configs", 0, 0, "How many points the random sampler draws."),
      whole("replicates", 1, 1,
            "Trials of every config, each with its own seed; replicate k has one seed in all configs."),
      whole("seed", 0, 0, "Of the random sampler and, with [train].seed, of the replicates."),
      text("trial_wall", "", "A trial that takes longer fails as timeout: \"20m\". Empty: no limit.",
           UBP_PF_NOT_IDENTITY),
      text("trial_memory", "", "A trial that allocates more fails as memory: \"2GiB\". Empty: most of the machine's.",
           UBP_PF_NOT_IDENTITY)};
  return keys;
}

const std::vector<HostTable>& host_tables() {
  static const std::vector<HostTable> tables = {
      {"experiment", "The question.", experiment_keys},
      {"dataset", "Which rows and cells of the data set are used, and how they are split and scaled.", dataset_keys},
      {"optimizer", "Shared by every optimizer.", optimizer_keys},
      {"environment", "Shared by every environment.", environment_keys},
      {"train", "The training loop.", train_keys},
      {"artifacts", "Files that a trial leaves beside its numbers.", artifact_keys},
      {"sweep", "Which trials are made of this spec, and what they are compared by.", sweep_keys}};
  return tables;
}

}  // namespace ubp
