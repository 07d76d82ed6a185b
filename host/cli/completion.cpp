// SPDX-License-Identifier: MIT
#include "cli/completion.hpp"

#include <algorithm>
#include <map>

#include "figures/chart.hpp"

namespace ubp {

const std::vector<NamedList> kNamedLists = {
    {"sweeps", "ubp ls --format csv 2>/dev/null | tail -n +2 | cut -d, -f2 | sort -u"},
    {"trials", "ubp ls --all --format csv 2>/dev/null | tail -n +2 | cut -d, -f2 | sort -u"},
    {"components", "ubp plugin ls --format csv 2>/dev/null | tail -n +2 | cut -d, -f1"},
    {"kinds", "ubp plugin ls --format csv 2>/dev/null | tail -n +2 | cut -d/ -f1 | sort -u"},
    {"names", R"(ubp find --names --format csv 2>/dev/null | tail -n +2 | cut -d, -f1 | grep -v '(\|METRIC\|TABLE')"},
    // "[train]  ..." opens a table; its keys follow, indented, under a header.
    {"tables", R"(ubp spec 2>/dev/null | sed -n 's/^\[\([a-z_]*\)\]  .*/\1/p')"},
    {"keys", R"(ubp spec 2>/dev/null | awk '/^\[[a-z_]*\]  /{t=substr($1,2,length($1)-2)} )"
             R"(/^  [a-z]/&&$1!="parameter"{print t "." $1 "="}')"}};

std::string candidates(const std::string& placeholder, const std::vector<std::string>& choices) {
  static const std::map<std::string, std::string> kByPlaceholder = {
      {"SPEC", "files"},        {"FILE", "files"},          {"FOLDER", "folders"},
      {"DIR", "folders"},       {"SWEEP", "sweeps"},        {"TRIAL", "trials"},
      {"TABLE", "tables"},      {"KEY=VALUE", "keys"},      {"KIND|KIND/ID", "components"},
      {"COLUMN", "names"},      {"COLUMN[:desc]", "names"}, {"COLUMN,COLUMN...", "names"},
      {"TRIAL|SWEEP", "trials"}};
  if (!choices.empty()) return fmt::format("choices:{}", fmt::join(choices, " "));
  if (placeholder == "FIGURE") {
    std::string names = "choices:";
    for (const ChartKind& kind : chart_kinds()) names += std::string(kind.name) + " ";
    return names + "all";
  }
  if (const auto known = kByPlaceholder.find(placeholder); known != kByPlaceholder.end()) return known->second;
  const auto typed_as_it_is = [](char c) { return (c >= 'a' && c <= 'z') || c == '|'; };
  if (placeholder.empty() || !std::all_of(placeholder.begin(), placeholder.end(), typed_as_it_is)) return "";
  std::string words = placeholder;
  std::replace(words.begin(), words.end(), '|', ' ');
  return "choices:" + words;
}

std::vector<const Verb*> listed_verbs() {
  std::vector<const Verb*> listed;
  for (const Verb* verb : verbs())
    if (!verb->hidden) listed.push_back(verb);
  return listed;
}

}  // namespace ubp
