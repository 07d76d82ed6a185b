// SPDX-License-Identifier: MIT
#include "run/require_data.hpp"

#include <iostream>
#include <iterator>

#include "base/child.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "train/data/data.hpp"

namespace ubp {

void require_data(const Plan& plan) {
  nlohmann::json uses = nlohmann::json::array();
  for (const DataUse& use : plan.data) {
    DataOptions options = use.options;
    options.scale = Scale::none;  // takes time and cannot fail
    uses.push_back({{"use", use.dataset}, {"options", options}});
  }
  if (uses.empty()) return;
  const ChildEnd end = run_child(this_executable(), {"__decode"}, json_text(uses));
  const nlohmann::json answer = nlohmann::json::parse(end.out, nullptr, false);
  if (answer.is_object() && answer.contains("error"))
    fail(Exit::usage, "{}: {}", plan.dataset_where, answer["error"].get<std::string>());
}

int decode_in_this_process() {
  try {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    for (const auto& item : nlohmann::json::parse(text))
      Data data(item.at("use").get<ComponentUse>(), item.at("options").get<DataOptions>());
    return 0;
  } catch (const std::exception& e) {
    std::cout << json_text({{"error", e.what()}}) << "\n";
    return static_cast<int>(Exit::usage);
  }
}

}  // namespace ubp
