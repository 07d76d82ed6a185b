// SPDX-License-Identifier: MIT
#include "plan/pruner.hpp"

#include "base/json.hpp"
#include "plan/host_tables.hpp"
#include "plugin/condition.hpp"
#include "plugin/value.hpp"
#include "search/rules.hpp"

namespace ubp {

std::unique_ptr<search::StopRule> stop_rule_of(const PrunerOptions& pruner, bool maximised, const std::string& sweep) {
  search::RuleOptions options;
  options.maximised = maximised;
  options.percentile = pruner.use == PrunerKind::percentile ? pruner.percentile : 50;
  options.n_startup = pruner.startup_trials;
  options.n_warmup = pruner.warmup_steps;
  options.interval = pruner.interval_steps;
  options.lower = number_of(pruner.lower).value_or(options.lower);
  options.upper = number_of(pruner.upper).value_or(options.upper);
  options.patience = pruner.patience;
  options.min_delta = pruner.min_delta;
  options.eta = pruner.eta;
  if (pruner.min_steps > 0) options.min_resource = pruner.min_steps;
  if (pruner.max_steps > 0) options.max_resource = pruner.max_steps;
  options.sweep = sweep;
  switch (pruner.use) {
    case PrunerKind::none:
    case PrunerKind::promotion:
      return nullptr;
    case PrunerKind::median:
    case PrunerKind::percentile:
      return search::make_rule("median", options);
    case PrunerKind::patience:
      return search::make_rule("patience", options);
    case PrunerKind::threshold:
      return search::make_rule("threshold", options);
    case PrunerKind::halving:
      return search::make_rule("halving", options);
    case PrunerKind::hyperband:
      return search::make_rule("hyperband", options);
  }
  return nullptr;
}

std::string settings_of(const PrunerOptions& pruner) {
  const nlohmann::json values = pruner;
  std::string text;
  for (const ParamDecl& decl : pruner_keys()) {
    if (decl.active_if.empty() || values.at(decl.name) == "") continue;
    const auto value = [&](const std::string& key) { return values.at(key); };
    if (holds(read_condition(decl.active_if, decl.name), value))
      text += fmt::format("{}{}={}", text.empty() ? "" : " ", decl.name, shown(values.at(decl.name)));
  }
  return text;
}

}  // namespace ubp
