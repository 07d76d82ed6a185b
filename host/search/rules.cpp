// SPDX-License-Identifier: MIT
#include "search/rules.hpp"

#include <map>

#include "base/error.hpp"
#include "search/halving_rule.hpp"
#include "search/hyperband_rule.hpp"
#include "search/median_rule.hpp"
#include "search/patience_rule.hpp"
#include "search/threshold_rule.hpp"
#include "search/wilcoxon_rule.hpp"

namespace ubp::search {
namespace {

using Make = std::unique_ptr<StopRule> (*)(const RuleOptions&);

template <class Rule>
std::unique_ptr<StopRule> make(const RuleOptions& options) {
  return std::make_unique<Rule>(options);
}

std::unique_ptr<StopRule> make_patience(const RuleOptions& options) {
  if (options.wrapped == "patience")
    fail(Exit::usage, "patience: wrapped: found patience, expected another rule, or none");
  return std::make_unique<PatienceRule>(options.wrapped.empty() ? nullptr : make_rule(options.wrapped, options),
                                        options);
}

const std::map<std::string, Make> kRules{
    {"halving", make<HalvingRule>}, {"hyperband", make<HyperbandRule>}, {"median", make<MedianRule>},
    {"patience", make_patience},    {"threshold", make<ThresholdRule>}, {"wilcoxon", make<WilcoxonRule>},
};

}  // namespace

const std::vector<std::string>& rule_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const auto& [name, make] : kRules) list.push_back(name);
    return list;
  }();
  return names;
}

std::unique_ptr<StopRule> make_rule(const std::string& name, const RuleOptions& options) {
  const auto found = kRules.find(name);
  if (found == kRules.end()) fail(Exit::usage, "no rule is called '{}'{}", name, suggestion(name, rule_names()));
  return found->second(options);
}

}  // namespace ubp::search
