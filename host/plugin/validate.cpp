// SPDX-License-Identifier: MIT
#include "plugin/validate.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "plugin/condition.hpp"
#include "plugin/instance.hpp"
#include "plugin/value.hpp"

namespace ubp {
namespace {

/// Names that must be names, and each its own.
class Names {
 public:
  Names(std::string who, const char* what) : who_(std::move(who)), what_(what) {}

  void add(const std::string& name) {
    if (!is_name(name))
      fail(Exit::plugin, "{}: {}: no name: found '{}', expected letters a-z, digits and _, a letter first", who_, what_,
           name);
    if (!seen_.insert(name).second) fail(Exit::plugin, "{}: {} '{}' is declared twice", who_, what_, name);
  }
  void add(const std::vector<std::string>& names) {
    for (const std::string& name : names) add(name);
  }

 private:
  std::string who_;
  const char* what_;
  std::set<std::string> seen_;
};

/// One component under examination.
class Examination {
 public:
  explicit Examination(const Manifest& manifest)
      : manifest_(manifest),
        who_(fmt::format("plugin {}: {} '{}'", manifest.file.string(), kind_name(manifest.kind), manifest.id)) {}

  void id() const {
    if (!is_id(manifest_.id)) fail(Exit::plugin, "{}: no id: expected letters a-z, digits and _, a letter first", who_);
    if (manifest_.id != manifest_.plugin_name)
      fail(Exit::plugin, "{}: lies in the plugin '{}'; file, plugin and component must have one name", who_,
           manifest_.plugin_name);
  }

  void params() const {
    Names names(who_, "parameter");
    for (const ParamDecl& p : manifest_.params) names.add(p.name), names.add(p.aliases);
    for (const ParamDecl& p : manifest_.params) {
      const std::string what = fmt::format("parameter '{}'", p.name);
      flags(p.flags, kParamFlags, what + ": ");
      choices(p, what);
      fallback(p, what);
      sweep(p, what);
      active_if(p, what);
    }
  }

  void table(const ubp_model_vt&) const { Names(who_, "method").add(manifest_.methods); }

  void table(const ubp_objective_vt& objective) const {
    flags(objective.flags, kObjectiveFlags);
    Names roles(who_, "role");
    for (const RoleDecl& role : manifest_.roles) {
      roles.add(role.name);
      const std::string in_role = fmt::format("{}: role '{}'", who_, role.name);
      if (role.methods.empty()) fail(Exit::plugin, "{}: methods: missing: expected names, \"encode,decode\"", in_role);
      Names(in_role, "method").add(role.methods);
      if (!role.fallback.empty() && !is_id(role.fallback))
        fail(Exit::plugin, "{}: default: no id of a model: found '{}'", in_role, role.fallback);
    }
    Names(who_, "output").add(manifest_.outputs);
    Names(who_, "scalar").add(manifest_.scalars);
    scalars(objective);
    Names stages(who_, "stage");
    for (const StageDecl& stage : manifest_.stages) stages.add(stage.name);
    for (std::uint32_t i = 0; i < objective.n_stages; ++i)
      stage(*objective.stages[i], manifest_.stages[i], fmt::format("stage '{}'", manifest_.stages[i].name));
  }

  void table(const ubp_optimizer_vt& optimizer) const {
    flags(optimizer.flags, UBP_OPT_OWN_DECAY);
    Names(who_, "slot").add(manifest_.slots);
    number(optimizer.decay, "decay", 0);
  }

  void table(const ubp_dataset_vt& dataset) const { flags(dataset.flags, 0); }
  void table(const ubp_environment_vt& environment) const { flags(environment.flags, 0); }

  void table(const ubp_metric_vt& metric) const {
    std::set<std::string> needed;
    for (const std::string& name : manifest_.needs) {
      if (std::ranges::find(metric_needs(), name) == metric_needs().end())
        fail(Exit::plugin, "{}: needs: '{}' is given to no metric{}; there are: {}", who_, name,
             suggestion(name, metric_needs()), fmt::join(metric_needs(), ", "));
      if (!needed.insert(name).second) fail(Exit::plugin, "{}: needs: '{}' is declared twice", who_, name);
    }
    Names emits(who_, "emitted number");
    for (const EmitDecl& emit : manifest_.emits) emits.add(emit.name);
    for (std::uint32_t i = 0; i < metric.n_emits; ++i)
      if (const std::int32_t better = metric.emits[i]->higher_is_better;
          better != UBP_SMALLER_IS_BETTER && better != UBP_HIGHER_IS_BETTER)
        fail(Exit::plugin, "{}: emitted number '{}': higher_is_better: found {}, expected 0 or 1", who_,
             manifest_.emits[i].name, better);
  }

 private:
  /// Names of series that the host records itself.
  static constexpr const char* kHostSeries[] = {"loss",       "episode_return",   "episode_length",
                                                "parameters", "steps_per_second", "seconds"};

  static constexpr std::uint32_t kParamFlags = UBP_PF_LOG | UBP_PF_TUNABLE | UBP_PF_ADVANCED | UBP_PF_MIN_OPEN |
                                               UBP_PF_MAX_OPEN | UBP_PF_REQUIRED | UBP_PF_NOT_IDENTITY;
  static constexpr std::uint32_t kObjectiveFlags = UBP_OBJ_HANDLES_MASK | UBP_OBJ_MIN_BATCH_2 | UBP_OBJ_MANUAL_UPDATE |
                                                   UBP_OBJ_NEEDS_LABELS | UBP_OBJ_COLLECTS | UBP_OBJ_NEEDS_ENV |
                                                   UBP_OBJ_ROW_LOSS;

  void flags(std::uint32_t found, std::uint32_t known, const std::string& what = "") const {
    if (found & ~known)
      fail(Exit::plugin, "{}: {}flags: no flag has the bits {:#x}: found {:#x}", who_, what, found & ~known, found);
  }

  void scalars(const ubp_objective_vt& objective) const {
    const bool updates_itself = objective.flags & UBP_OBJ_MANUAL_UPDATE && objective.manual;
    for (const std::string name : kHostSeries)
      if (std::count(manifest_.scalars.begin(), manifest_.scalars.end(), name) && !(name == "loss" && updates_itself))
        fail(Exit::plugin, "{}: scalar '{}': the host records train.{} itself: expected another name", who_, name,
             name);
  }

  void choices(const ParamDecl& p, const std::string& what) const {
    if (p.type < UBP_P_FLOAT || p.type > UBP_P_FLOAT_LIST)
      fail(Exit::plugin, "{}: {}: no type: found {}", who_, what, p.type);
    if (p.type != UBP_P_ENUM) return;
    if (p.choices.empty()) fail(Exit::plugin, "{}: {}: choices: missing", who_, what);
    std::set<std::string> seen;
    for (const std::string& choice : p.choices)
      if (choice.empty() || !seen.insert(choice).second)
        fail(Exit::plugin, "{}: {}: choice '{}' is {}", who_, what, choice, choice.empty() ? "empty" : "listed twice");
  }

  void fallback(const ParamDecl& p, const std::string& what) const {
    if (p.flags & UBP_PF_REQUIRED) {
      if (!p.active_if.empty())
        fail(Exit::plugin, "{}: {}: required, and active only if {}: expected a default for where it is not", who_,
             what, p.active_if);
    } else if (p.fallback.is_null()) {
      fail(Exit::plugin, "{}: {}: default: none of its values: expected {}", who_, what, expectation(p));
    } else {
      checked(p, p.fallback, who_, what + ": default");
    }
  }

  void sweep(const ParamDecl& p, const std::string& what) const {
    if (std::isnan(p.sweep_lo) && std::isnan(p.sweep_hi)) return;
    const std::string range = what + ": search range";
    if (!is_number(p)) fail(Exit::plugin, "{}: {}: of no number: found {}", who_, range, type_name(p.type));
    const bool finite = std::isfinite(p.sweep_lo) && std::isfinite(p.sweep_hi);
    if (!finite || p.sweep_lo >= p.sweep_hi || ((p.flags & UBP_PF_LOG) && p.sweep_lo <= 0))
      fail(Exit::plugin, "{}: {}: found {}..{}, expected a start {}below the end, or NaN for none", who_, range,
           p.sweep_lo, p.sweep_hi, p.flags & UBP_PF_LOG ? "above 0 and " : "");
    for (const double end : {p.sweep_lo, p.sweep_hi}) checked(p, end, who_, range);
  }

  void active_if(const ParamDecl& p, const std::string& what) const {
    const std::string where = fmt::format("{}: {}: active_if", who_, what);
    for (const Condition& condition : read_condition(p.active_if, where)) {
      if (condition.key == p.name) fail(Exit::plugin, "{}: depends on itself", where);
      check_condition(condition, own(condition.key, where), where);
    }
  }

  const ParamDecl& own(const std::string& name, const std::string& where) const {
    for (const ParamDecl& p : manifest_.params)
      if (p.name == name) return p;
    fail(Exit::plugin, "{}: no parameter '{}'{}", where, name, suggestion(name, names_of(manifest_.params)));
  }

  /// A ubp_num: see Instance::number. A literal one is `least` or more.
  void number(ubp_num text, const std::string& what, double least) const {
    if (!text) return;
    if (const std::optional<double> value = number_of(text)) {
      if (!(*value >= least) || std::isinf(*value))
        fail(Exit::plugin, "{}: {}: found {}, expected a number from {}", who_, what, text, least);
      return;
    }
    const std::string where = fmt::format("{}: {}: no number", who_, what);
    const ParamDecl& p = own(text, where);
    if (p.type != UBP_P_FLOAT && p.type != UBP_P_INT)
      fail(Exit::plugin, "{}: found the parameter '{}', a {}, expected a float or an int", where, p.name,
           type_name(p.type));
  }

  void stage(const ubp_stage& stage, const StageDecl& declared, const std::string& what) const {
    flags(stage.flags, UBP_STAGE_KEEP_LR | UBP_STAGE_KEEP_SLOTS, what + ": ");
    number(stage.epochs, what + ": epochs", 0);
    number(stage.lr, what + ": lr", 0);
    Names(who_ + ": " + what, "phase").add(declared.phases);
    for (std::uint32_t i = 0; i < stage.n_phases; ++i)
      phase(*stage.phases[i], fmt::format("{}: phase '{}'", what, declared.phases[i]));
    if (stage.plateau) plateau(full_table<ubp_plateau>(stage.plateau), what + ": plateau: ");
    if (stage.collect) collect(full_table<ubp_collect>(stage.collect), what + ": collect: ");
  }

  void phase(const ubp_phase& phase, const std::string& what) const {
    number(phase.repeat, what + ": repeat", 1);
    number(phase.every, what + ": every", 1);
    number(phase.lr, what + ": lr", 0);
    number(phase.decay, what + ": decay", 0);
    if (phase.optimizer && !is_name(phase.optimizer))
      fail(Exit::plugin, "{}: {}: optimizer: no name: found '{}', expected NAME of an [optimizer.NAME]", who_, what,
           phase.optimizer);
    if (!phase.train) return;
    std::vector<std::string> groups{"self"};
    for (const RoleDecl& role : manifest_.roles) groups.push_back(role.name);
    for (const std::string& part : split_outside(phase.train, ',')) {
      const std::size_t dot = part.find('.');
      if (const std::string group = part.substr(0, dot); std::find(groups.begin(), groups.end(), group) == groups.end())
        fail(Exit::plugin, "{}: {}: trains no role '{}'{}", who_, what, part, suggestion(group, groups));
      if (dot != part.npos && !is_prefix(std::string_view(part).substr(dot + 1)))
        fail(Exit::plugin, "{}: {}: trains '{}': no parameter's name begins so: expected letters, digits, _ and dots",
             who_, what, part);
    }
  }

  void plateau(const ubp_plateau& plateau, const std::string& what) const {
    if (!plateau.scalar || !*plateau.scalar) fail(Exit::plugin, "{}: {}scalar: missing: expected a name", who_, what);
    std::vector<std::string> watched{"loss", "episode_return", "episode_length"};
    watched.insert(watched.end(), manifest_.scalars.begin(), manifest_.scalars.end());
    const std::string scalar = plateau.scalar;  // one with a dot is a phase's loss or a model's, of any role or target
    if (scalar.find('.') == scalar.npos && std::find(watched.begin(), watched.end(), scalar) == watched.end())
      fail(Exit::plugin, "{}: {}scalar: '{}' is never logged{}", who_, what, scalar, suggestion(scalar, watched));
    number(plateau.window, what + "window", 1);
    number(plateau.gain, what + "gain", -INFINITY);
    number(plateau.factor, what + "factor", 0);
    number(plateau.floor, what + "floor", 0);
    number(plateau.tol, what + "tol", -INFINITY);
  }

  void collect(const ubp_collect& collect, const std::string& what) const {
    if (!(manifest_.flags & UBP_OBJ_COLLECTS))
      fail(Exit::plugin, "{}: {}found without UBP_OBJ_COLLECTS among the objective's flags", who_, what);
    if (collect.table != UBP_TABLE_ROUND && collect.table != UBP_TABLE_RING)
      fail(Exit::plugin, "{}: {}table: found {}, expected UBP_TABLE_ROUND or UBP_TABLE_RING", who_, what,
           collect.table);
    number(collect.capacity, what + "capacity", 0);
    number(collect.min_rows, what + "min_rows", 0);
    number(collect.epochs, what + "epochs", 1);
    number(collect.batches, what + "batches", 0);
    number(collect.batch, what + "batch", 0);
  }

  static bool is_prefix(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '.'; });
  }

  const Manifest& manifest_;
  std::string who_;
};

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && is_lower(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_lower(c) || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_id(std::string_view text) {
  const std::size_t dot = text.find('.');
  return is_name(text.substr(0, dot)) && (dot == text.npos || is_id(text.substr(dot + 1)));
}

void require_valid(const Manifest& manifest, const ubp_component& component) try {
  const Examination examination(manifest);
  examination.id();
  examination.params();
  switch (component.kind) {
    case UBP_K_MODEL:
      return examination.table(full_table<ubp_model_vt>(component.vtable));
    case UBP_K_OBJECTIVE:
      return examination.table(full_table<ubp_objective_vt>(component.vtable));
    case UBP_K_OPTIMIZER:
      return examination.table(full_table<ubp_optimizer_vt>(component.vtable));
    case UBP_K_METRIC:
      return examination.table(full_table<ubp_metric_vt>(component.vtable));
    case UBP_K_DATASET:
      return examination.table(full_table<ubp_dataset_vt>(component.vtable));
    case UBP_K_ENVIRONMENT:
      return examination.table(full_table<ubp_environment_vt>(component.vtable));
    default:
      return;
  }
} catch (const Error& e) {
  throw Error(Exit::plugin, e.what());  // what is wrong with a value is the plugin's fault here
}

}  // namespace ubp
