// SPDX-License-Identifier: MIT
#include "run/require_data.hpp"

#include <iostream>
#include <iterator>
#include <set>

#include "base/child.hpp"
#include "base/error.hpp"
#include "train/cache.hpp"

namespace ubp {

void require_data(const Plan& plan) {
  nlohmann::json uses = nlohmann::json::array();
  std::set<std::string> seen;
  for (const PlannedTrial& trial : plan.trials)
    if (const ComponentUse* use = trial.spec.find("dataset"); use && seen.insert(use->id + use->params.dump()).second)
      uses.push_back(*use);
  if (uses.empty()) return;
  const ChildEnd end = run_child(this_executable(), {"__decode"}, uses.dump());
  const nlohmann::json answer = nlohmann::json::parse(end.out, nullptr, false);
  if (answer.is_object() && answer.contains("error"))
    fail(Exit::usage, "{}: {}", plan.dataset_where, answer["error"].get<std::string>());
}

int decode_in_this_process() {
  try {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    for (const auto& use : nlohmann::json::parse(text).get<std::vector<ComponentUse>>()) StoredData decoded(use);
    return 0;
  } catch (const std::exception& e) {
    std::cout << nlohmann::json({{"error", e.what()}}).dump() << "\n";
    return static_cast<int>(Exit::usage);
  }
}

}  // namespace ubp
