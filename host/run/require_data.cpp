// SPDX-License-Identifier: MIT
#include "run/require_data.hpp"

#include <iostream>
#include <iterator>

#include "base/child.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "train/data/data.hpp"

namespace ubp {

namespace {

/// The last line of what the child wrote: what comes before it a plugin has printed.
nlohmann::json answer_of(const std::string& out) {
  const std::size_t end = out.find_last_not_of('\n');
  if (end == out.npos) return {};
  const std::size_t before = out.find_last_of('\n', end);
  return nlohmann::json::parse(out.substr(before == out.npos ? 0 : before + 1), nullptr, false);
}

}  // namespace

std::vector<std::vector<SourceFile>> require_data(const Plan& plan) {
  nlohmann::json uses = nlohmann::json::array();
  for (const DataUse& use : plan.data) {
    DataOptions options = use.options;
    options.scale = Scale::none;  // takes time and cannot fail
    uses.push_back({{"use", use.dataset}, {"options", options}});
  }
  std::vector<std::vector<SourceFile>> files(plan.data.size());
  if (uses.empty()) return files;
  const ChildEnd end = run_child(this_executable(), {"__decode"}, json_text(uses));
  const nlohmann::json answer = answer_of(end.out);
  if (answer.is_object() && answer.contains("error"))
    fail(Exit::usage, "{}: {}", plan.dataset_where, answer["error"].get<std::string>());
  if (answer.is_object() && answer.contains("files")) files = answer["files"];
  return files;
}

int decode_in_this_process() {
  nlohmann::json files = nlohmann::json::array();
  try {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    for (const auto& item : nlohmann::json::parse(text))
      files.push_back(Data(item.at("use").get<ComponentUse>(), item.at("options").get<DataOptions>()).sources());
    std::cout << "\n" << json_text({{"files", files}}) << "\n";
    return 0;
  } catch (const std::exception& e) {
    std::cout << "\n" << json_text({{"error", e.what()}}) << "\n";
    return static_cast<int>(Exit::usage);
  }
}

}  // namespace ubp
