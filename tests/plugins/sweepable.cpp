// SPDX-License-Identifier: MIT
// Everything shipped can be swept: every component that is found is planned, in a spec made from nothing but what it
// and the others declare, with an axis for every parameter that calls itself tunable and for every bool and choice.
#include <cmath>
#include <set>

#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "plan/planner.hpp"
#include "plugin/condition.hpp"
#include "plugin/instance.hpp"
#include "plugin/value.hpp"

namespace {

using namespace ubp;
using nlohmann::json;

Registry& registry() {
  static Registry all({UBP_PLUGIN_FOLDER}, UBP_PROGRAM);
  return all;
}

std::vector<const Manifest*> shipped(std::int32_t kind = 0) {
  std::vector<const Manifest*> found;
  for (const Manifest* m : registry().all())
    if (kind == 0 || m->kind == kind) found.push_back(m);
  return found;
}

/// A value as TOML.
std::string toml(const json& v) { return v.dump(); }

/// Some value of a parameter that has no default.
json any_value(const ParamDecl& p) {
  if (!p.choices.empty()) return p.choices.front();
  if (p.type == UBP_P_BOOL) return true;
  if (!is_number(p)) return "anything";
  const json one = std::isfinite(p.min) ? p.min + 1 : 1.0;
  return is_list(p) ? json::array({one}) : one;
}

/// A table of a spec, with what it must have and `lines`.
std::string table(const std::string& head, const Manifest& m, const std::string& lines = "") {
  std::string text = fmt::format("{}\nuse = \"{}\"\n{}", head, m.id, lines);
  for (const ParamDecl& p : m.params)
    if (p.flags & UBP_PF_REQUIRED) text += fmt::format("{} = {}\n", p.name, toml(any_value(p)));
  return m.kind == UBP_K_OPTIMIZER ? text + "lr = 0.01\n" : text;
}

/// A component that is studied, in the first table of a spec that it fits into.
struct Study {
  const Manifest& component;
  std::string lines;  ///< of its table
  std::string place;  ///< the path of its table; "" if it has none

  /// The table of the studied component if it is of that kind and has no place yet, else of the first shipped one.
  std::string table_at(const std::string& path, const std::string& head, std::int32_t kind) {
    return table_at(path, head, *shipped(kind).front(), component.kind == kind);
  }
  std::string table_at(const std::string& path, const std::string& head, const Manifest& other, bool fits) {
    if (!fits || !place.empty()) return table(head, other);
    place = path;
    return table(head, component, lines);
  }
};

bool offers(const Manifest& model, const RoleDecl& role) {
  return std::all_of(role.methods.begin(), role.methods.end(), [&](const std::string& method) {
    return std::find(model.methods.begin(), model.methods.end(), method) != model.methods.end();
  });
}

const Manifest& model_for(const RoleDecl& role) {
  for (const Manifest* m : shipped(UBP_K_MODEL))
    if (offers(*m, role)) return *m;
  fail(Exit::usage, "no model offers what role '{}' needs", role.name);
}

/// A spec that trains `objective`, with the studied component where it fits.
std::string spec_with(const Manifest& objective, Study& study) {
  std::string text = study.table_at("objective", "[objective]", objective, study.component.kind == objective.kind);
  text += study.table_at("optimizer", "[optimizer]", UBP_K_OPTIMIZER);
  if (objective.n_views > 0) {
    text += study.table_at("dataset", "[dataset]", UBP_K_DATASET);
    if (objective.flags & UBP_OBJ_HANDLES_MASK) text += "withhold = 0.1\n";  // metrics of imputation ask for it
    text += study.table_at("transform.0", "[[transform]]", UBP_K_TRANSFORM);
  }
  if (objective.flags & UBP_OBJ_NEEDS_ENV) text += study.table_at("environment", "[environment]", UBP_K_ENVIRONMENT);
  if (!objective.roles.empty()) text += table("[model]", model_for(objective.roles.front()));
  for (const RoleDecl& role : objective.roles)
    text += study.table_at("model." + role.name, "[model." + role.name + "]", model_for(role),
                           study.component.kind == UBP_K_MODEL && offers(study.component, role));
  if (study.component.kind == UBP_K_METRIC) text += study.table_at("metric.0", "[[metric]]", UBP_K_METRIC);
  return text;
}

/// Two lists: one number more than the default, and two more.
json lists(const ParamDecl& p) {
  json one = p.fallback, two;
  one.push_back(std::max(p.min, 1.0));
  two = one, two.push_back(std::max(p.min, 1.0));
  return json::array({one, two});
}

/// What an axis of the parameter is written as: its choices, some lists, or three points of its search range.
std::string axis(const ParamDecl& p) {
  if (p.type == UBP_P_BOOL) return "[true, false]";
  if (p.type == UBP_P_ENUM) return toml(p.choices);
  if (is_list(p)) return toml(lists(p));
  return fmt::format("\"{}..{}:n=3{}\"", p.sweep_lo, p.sweep_hi, p.flags & UBP_PF_LOG ? ",log" : "");
}

bool is_swept(const ParamDecl& p) {
  return p.type == UBP_P_BOOL || p.type == UBP_P_ENUM || (is_number(p) && (p.flags & UBP_PF_TUNABLE));
}

/// Makes what a condition asks of a parameter that has no axis of its own.
std::string wanted(const Manifest& m, const ParamDecl& p) {
  std::string lines;
  for (const Condition& condition : read_condition(p.active_if, m.id)) {
    const ParamDecl& key = *find_key(m.params, condition.key);
    if (is_swept(key) || holds({condition}, [&](const std::string&) { return key.fallback; })) continue;
    lines += fmt::format("{} = {}\n", key.name, toml(any_value(key)));
  }
  return lines;
}

/// The plan of the first objective with which the component can be swept over all its axes.
Plan plan_of(Study& study) {
  std::string faults;
  for (const Manifest* objective :
       study.component.kind == UBP_K_OBJECTIVE ? std::vector{&study.component} : shipped(UBP_K_OBJECTIVE)) {
    study.place.clear();
    std::string text = spec_with(*objective, study) + "[sweep.space]\n";
    if (study.place.empty()) continue;
    for (const ParamDecl& p : study.component.params)
      if (is_swept(p)) text += fmt::format("\"{}.{}\" = {}\n", study.place, p.name, axis(p));
    try {
      return plan_of_text(text, "made", {}, registry(), false);
    } catch (const Error& e) {
      faults += fmt::format("{}: {}\n", objective->id, e.what());
    }
  }
  FAIL(kind_name(study.component.kind) << "/" << study.component.id << " fits no objective:\n" << faults);
  return {};
}

}  // namespace

TEST_CASE("every shipped plugin is found, described and whole", "[sweepable]") {
  std::vector<std::string> broken;
  std::set<std::string> found;
  for (const Manifest* m : registry().all(&broken)) {
    found.insert(std::string(kind_name(m->kind)) + "s/" + m->id + ".cpp");
    CHECK(&registry().find(m->kind, m->id) == m);
  }
  CHECK(broken == std::vector<std::string>{});
  const std::filesystem::path sources = std::filesystem::path(UBP_SOURCE_FOLDER) / "plugins";
  for (const std::string& kind : kind_names())
    for (const auto& file : std::filesystem::directory_iterator(sources / (kind + "s")))
      if (file.path().extension() == ".cpp") {
        CAPTURE(file.path().string());
        CHECK(found.contains(kind + "s/" + file.path().filename().string()));
      }
}

TEST_CASE("what calls itself tunable says where to search", "[sweepable]") {
  for (const Manifest* m : shipped())
    for (const ParamDecl& p : m->params)
      if (is_number(p) && !is_list(p) && (p.flags & UBP_PF_TUNABLE)) {
        CAPTURE(kind_name(m->kind), m->id, p.name);
        CHECK(p.sweep_lo < p.sweep_hi);
      }
}

TEST_CASE("every shipped component is planned with all its axes, and made at every point", "[sweepable]") {
  for (const Manifest* m : shipped()) {
    CAPTURE(kind_name(m->kind), m->id);
    Study study{*m, "", ""};
    for (const ParamDecl& p : m->params)
      if (is_swept(p)) study.lines += wanted(*m, p);
    const Plan plan = plan_of(study);
    std::map<std::string, std::set<std::string>> values;  // by parameter: those that some config has
    std::size_t axes = 0;
    for (const Assignment& point : plan.assignments)
      for (const auto& [name, value] : point) values[name].insert(value.dump());
    for (const ParamDecl& p : m->params)
      if (is_swept(p)) {
        CAPTURE(p.name, axis(p));
        const std::size_t n = values[fmt::format("{}.{}", study.place, p.name)].size();
        CHECK(n >= (p.type == UBP_P_ENUM ? p.choices.size() : 2));  // close ints of a range may be one
        ++axes;
      }
    CHECK(plan.assignments.size() >= 1 + axes);
    for (const Assignment& point : plan.assignments) {
      const TrialSpec trial = plan.compiler->trial(point, 0);
      const ComponentUse& use = *trial.find(study.place);
      CHECK_NOTHROW(Instance(use.file, use.kind, use.id, use.params));
    }
  }
}

TEST_CASE("without momentum there is no nesterov: not in a sweep, and not if it is written", "[sweepable]") {
  const Manifest& sgd = registry().find(UBP_K_OPTIMIZER, "sgd");
  const auto plan_with = [&](const std::string& lines, const std::string& space) {
    Study study{sgd, lines, ""};
    return plan_of_text(spec_with(*shipped(UBP_K_OBJECTIVE).front(), study) + space, "made", {}, registry(), false);
  };
  const Plan swept =
      plan_with("", "[sweep.space]\n'optimizer.momentum' = [0, 0.9]\n'optimizer.nesterov' = [true, false]\n");
  std::vector<json> points;
  for (const Assignment& point : swept.assignments) points.emplace_back(point);
  CHECK(points == std::vector<json>{{{"optimizer.momentum", 0.0}},
                                    {{"optimizer.momentum", 0.9}, {"optimizer.nesterov", true}},
                                    {{"optimizer.momentum", 0.9}, {"optimizer.nesterov", false}}});
  const ComponentUse use = *plan_with("nesterov = true\n", "").compiler->trial({}, 0).find("optimizer");
  CHECK_NOTHROW(Instance(use.file, use.kind, use.id, use.params));
}
