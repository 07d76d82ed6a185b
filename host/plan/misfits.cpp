// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/ranges.h>

#include "plan/compose.hpp"
#include "plugin/value.hpp"

namespace ubp {
namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What a metric can need that an objective or its models give, and the model methods that give it where the objective
/// does not. Each inner list is one way: all of its methods are needed. An assignment is optional: a metric may cluster
/// by itself.
struct Need {
  const char* name;
  bool is_output;  ///< an objective can give it by infer()
  std::vector<std::vector<std::string>> methods;
};

const std::vector<Need>& needs() {
  static const std::vector<Need> all = {{"embedding", true, {{"encode"}}},
                                        {"reconstruction", true, {{"reconstruct"}, {"encode", "decode"}}},
                                        {"score", true, {{"reconstruct"}, {"encode", "decode"}}},
                                        {"samples", true, {}},
                                        {"imputed", true, {}},
                                        {"decoder", false, {{"encode", "decode"}}}};
  return all;
}

bool given(const Need& need, const Manifest& objective, const std::vector<std::string>& methods) {
  if (need.is_output && has(objective.outputs, need.name)) return true;
  return std::any_of(need.methods.begin(), need.methods.end(), [&](const std::vector<std::string>& way) {
    return std::all_of(way.begin(), way.end(), [&](const std::string& method) { return has(methods, method); });
  });
}

/// Methods of all the models in the composition.
std::vector<std::string> methods_in(const Composed& composition) {
  std::vector<std::string> methods;
  for (const auto& [table, placed] : composition.placed)
    if (placed.manifest->kind == UBP_K_MODEL)
      methods.insert(methods.end(), placed.manifest->methods.begin(), placed.manifest->methods.end());
  return methods;
}

void check_roles(const Composed& composition, const Manifest& objective, std::vector<std::string>& out) {
  for (const RoleDecl& role : objective.roles) {
    auto found = composition.placed.find("model." + role.name);
    if (found == composition.placed.end()) found = composition.placed.find("model");
    if (found == composition.placed.end()) continue;  // optional
    const Manifest& model = *found->second.manifest;
    if (std::all_of(role.methods.begin(), role.methods.end(),
                    [&](const std::string& m) { return has(model.methods, m); }))
      continue;
    out.push_back(fmt::format("{}: objective '{}' needs role '{}' with method{} {}; model '{}' has {}",
                              found->second.where, objective.id, role.name, role.methods.size() > 1 ? "s" : "",
                              fmt::join(role.methods, ", "), model.id,
                              model.methods.empty() ? "none" : fmt::format("{}", fmt::join(model.methods, ", "))));
  }
}

/// Withheld cells are for the last word: what stops a trial early must be judged on cells that validate.
void check_judged_cells(const Composed& composition, const Placed& metric, std::vector<std::string>& out) {
  const DataOptions& dataset = composition.spec.dataset;
  if (dataset.validate > 0) return;
  const std::string& stops_by = composition.spec.train.early_stop;
  if (dataset.withhold == 0 && dataset.withhold_file.empty())
    out.push_back(fmt::format(
        "{}: metric '{}' judges cells that training does not see: found dataset.withhold 0 and dataset.validate 0, "
        "expected one above 0",
        metric.where, metric.manifest->id));
  for (const EmitDecl& emit : metric.manifest->emits)
    if (stops_by.substr(stops_by.find('.') + 1) == emit.name)
      out.push_back(fmt::format(
          "{}: metric '{}' judges withheld cells, and train.early_stop names its '{}': found dataset.validate 0, "
          "expected a share of the known cells to stop by",
          metric.where, metric.manifest->id, emit.name));
}

/// Baselines are codes, and nothing else that a trial gives.
void check_baselines(const Placed& metric, const ComponentUse& use, std::vector<std::string>& out) {
  if (!use.params.get<MetricOptions>().baselines) return;
  const std::vector<std::string>& needs = metric.manifest->needs;
  for (const char* own : kOfTrialsAlone)
    if (has(needs, own))
      out.push_back(
          fmt::format("{}: baselines: metric '{}' judges a trial's '{}': expected one that judges codes alone",
                      metric.where, use.id, own));
  if (!has(needs, "embedding"))
    out.push_back(fmt::format("{}: baselines: metric '{}' reads no codes: found needs {}, expected embedding",
                              metric.where, use.id, fmt::join(needs, ", ")));
}

void check_metrics(const Composed& composition, const Manifest& objective, std::vector<std::string>& out) {
  const std::vector<std::string> methods = methods_in(composition);
  std::map<std::string, std::string> emitted;  // name, table
  for (const ComponentUse& use : composition.spec.components) {
    if (use.kind != UBP_K_METRIC) continue;
    const Placed& metric = composition.placed.at(use.table);
    for (const Need& need : needs())
      if (has(metric.manifest->needs, need.name) && !given(need, objective, methods))
        out.push_back(fmt::format(
            "{}: metric '{}' needs '{}': objective '{}' gives {}, its models have {}", metric.where, use.id, need.name,
            objective.id,
            objective.outputs.empty() ? "nothing by itself" : fmt::format("{}", fmt::join(objective.outputs, ", ")),
            methods.empty() ? "no methods" : fmt::format("{}", fmt::join(methods, ", "))));
    if (has(metric.manifest->needs, "episodes") &&
        (!composition.placed.contains("environment") || !has(objective.outputs, "action")))
      out.push_back(
          fmt::format("{}: metric '{}' needs episodes: expected an objective that acts in an [environment], found '{}'",
                      metric.where, use.id, objective.id));
    check_baselines(metric, use, out);
    if (has(metric.manifest->needs, "imputed")) check_judged_cells(composition, metric, out);
    for (const EmitDecl& emit : emitted_by(*metric.manifest, use))
      if (const auto [first, fresh] = emitted.emplace(emit.name, use.table); !fresh)
        out.push_back(fmt::format("{}: {} and {} both emit '{}': only one can be recorded", metric.where, first->second,
                                  use.table, emit.name));
  }
}

/// What the options of the splits say of each other; what they mean for the rows is seen when the data is read.
void check_splits(const Composed& composition, std::vector<std::string>& out) {
  const auto placed = composition.placed.find("dataset");
  if (placed == composition.placed.end()) return;
  const DataOptions& dataset = composition.spec.dataset;
  const auto refuse = [&](const char* key, const auto& found, const std::string& expected) {
    out.push_back(fmt::format("{}: dataset.{}: found {}, expected {}", placed->second.where, key, found, expected));
  };
  if (dataset.test_share + dataset.valid_share >= 1)
    refuse("valid_share", dataset.valid_share, fmt::format("less than 1 with test_share {}", dataset.test_share));
  if (dataset.folds == 1) refuse("folds", dataset.folds, "0 or at least 2");
  if (dataset.fold >= std::max<std::int64_t>(dataset.folds, 0))
    refuse("fold", dataset.fold,
           dataset.folds > 0 ? fmt::format("less than folds {}", dataset.folds) : "-1 without folds");
  if (dataset.folds == 0) return;
  if (dataset.fold_rows == FoldRows::valid && dataset.valid_share > 0)
    refuse("valid_share", dataset.valid_share, "0: the folds are the validation rows");
  if (dataset.fold_rows == FoldRows::test && dataset.test_share > 0)
    refuse("test_share", dataset.test_share, "0: the folds are the test rows");
}

void check_objective(const Composed& composition, const Placed& objective, std::vector<std::string>& out) {
  const std::string& id = objective.manifest->id;
  const std::int64_t batch = composition.spec.train.batch;
  if ((objective.manifest->flags & UBP_OBJ_MIN_BATCH_2) && batch < 2)
    out.push_back(
        fmt::format("{}: objective '{}' compares the rows of a batch: found train.batch {}, expected 2 or more",
                    objective.where, id, batch));
  const auto& uses = composition.spec.components;
  if (objective.manifest->n_views > 1 &&
      std::none_of(uses.begin(), uses.end(), [](const ComponentUse& use) { return use.kind == UBP_K_TRANSFORM; }))
    out.push_back(fmt::format(
        "{}: objective '{}' compares {} views of a row: found no [[transform]], expected one that makes them differ",
        objective.where, id, objective.manifest->n_views));
  if (objective.manifest->n_views == 0 || (objective.manifest->flags & UBP_OBJ_HANDLES_MASK)) return;
  const DataOptions& dataset = composition.spec.dataset;
  const auto refuse = [&](const char* key, const nlohmann::json& found, const char* expected) {
    out.push_back(fmt::format("{}: objective '{}' cannot train with missing cells: found dataset.{} {}, expected {}",
                              objective.where, id, key, found.dump(), expected));
  };
  if (dataset.withhold > 0) refuse("withhold", dataset.withhold, "0");
  if (!dataset.withhold_file.empty()) refuse("withhold_file", dataset.withhold_file, "\"\"");
  if (dataset.validate > 0) refuse("validate", dataset.validate, "0");
}

}  // namespace

std::vector<std::string> misfits(const Composed& composition) {
  std::vector<std::string> out;
  const Placed& objective = composition.placed.at("objective");
  check_roles(composition, *objective.manifest, out);
  check_objective(composition, objective, out);
  check_splits(composition, out);
  check_metrics(composition, *objective.manifest, out);
  return out;
}

std::vector<std::string> given_to_metrics(const Composed& composition) {
  const Manifest& objective = *composition.placed.at("objective").manifest;
  const std::vector<std::string> methods = methods_in(composition);
  std::vector<std::string> names;
  if (has(objective.outputs, "assignment")) names.push_back("assignment");
  for (const Need& need : needs())
    if (given(need, objective, methods)) names.push_back(need.name);
  return names;
}

bool reads_codes_alone(const std::vector<std::string>& needs) {
  return has(needs, "embedding") && std::none_of(std::begin(kOfTrialsAlone), std::end(kOfTrialsAlone),
                                                 [&](const char* own) { return has(needs, own); });
}

std::vector<EmitDecl> emitted_by(const Manifest& metric, const ComponentUse& use) {
  std::vector<EmitDecl> all = metric.emits;
  if (!use.params.get<MetricOptions>().baselines) return all;
  for (const EmitDecl& emit : metric.emits) {
    for (const char* baseline : kBaselines) all.push_back({emit.name + baseline, emit.doc, emit.higher_is_better});
    all.push_back({emit.name + kGain, emit.doc, true});
  }
  return all;
}

/// What a data set may have, and what [train] eval_split names besides.
std::vector<std::string> judgeable(const std::string& eval_split) {
  std::vector<std::string> all{"valid", "test", "train"};
  for (const std::string& part : split_outside(eval_split, '+'))
    if (part != "auto" && std::find(all.begin(), all.end(), part) == all.end()) all.push_back(part);
  return all;
}

std::vector<Series> series_of(const Composed& composition) {
  std::vector<Series> all = {
      {"train.loss", false}, {"train.steps_per_second", true}, {"train.seconds", false}, {"train.parameters", false}};
  const Manifest& objective = *composition.placed.at("objective").manifest;
  for (const StageDecl& stage : objective.stages)
    if (stage.phases.size() > 1)
      for (const std::string& phase : stage.phases) all.push_back({fmt::format("train.{}.loss", phase), false});
  for (const std::string& scalar : objective.scalars) all.push_back({"train." + scalar, false});
  for (const ComponentUse& use : composition.spec.components)
    if (use.kind == UBP_K_METRIC)
      for (const EmitDecl& emit : emitted_by(*composition.placed.at(use.table).manifest, use))
        for (const std::string& split : judgeable(composition.spec.train.eval_split))
          all.push_back({split + "." + emit.name, emit.higher_is_better});
  return all;
}

}  // namespace ubp
