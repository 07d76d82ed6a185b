// SPDX-License-Identifier: MIT
#include "query/difference.hpp"

#include <algorithm>
#include <filesystem>

#include "base/json.hpp"
#include "query/series.hpp"

namespace ubp {
namespace {

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value value_of(const nlohmann::json& v) {
  if (v.is_null()) return {};
  if (v.is_number_integer()) return v.get<std::int64_t>();
  if (v.is_number()) return v.get<double>();
  return v.is_string() ? v.get<std::string>() : json_text(v);
}

/// Both sides by name, with what either lacks.
template <class T, class Same, class Shown>
void compare(const char* part, std::map<std::string, T> a, std::map<std::string, T> b, Same same, Shown shown,
             std::vector<Difference>& out) {
  for (const auto& [name, item] : b) a.try_emplace(name);
  for (const auto& [name, item] : a)
    if (!same(item, b[name])) out.push_back({part, name, {}, shown(item), shown(b[name])});
}

void compare_texts(const char* part, const std::map<std::string, std::string>& a,
                   const std::map<std::string, std::string>& b, std::vector<Difference>& out) {
  compare(part, a, b, std::equal_to<>(), text_or_null, out);
}

std::map<std::string, std::string> facts_of(const RecordedTrial& trial) {
  return {{"state", trial.state},
          {"reason", trial.reason},
          {"seed", trial.seed},
          {"value", trial.value ? digits_of(trial.value) : ""}};
}

std::map<std::string, std::string> sums_of(const RecordedTrial& trial) {
  std::map<std::string, std::string> sums;
  for (const auto& [table, plugin] : trial.plugins) sums[plugin.name] = plugin.sha256;
  return sums;
}

void compare_data(const RecordedTrial& a, const RecordedTrial& b, std::vector<Difference>& out) {
  for (const SourceFile& file : a.data) {
    const SourceFile* other = counterpart(b.data, file.file);
    if (!other || other->sha256 != file.sha256)
      out.push_back({"data", file.file, {}, file.sha256, other ? Value(other->sha256) : Value()});
  }
  for (const SourceFile& file : b.data)
    if (!counterpart(a.data, file.file)) out.push_back({"data", file.file, {}, {}, file.sha256});
}

Value number(const std::optional<double>& value) { return value ? Value(digits_of(value)) : Value(); }

void compare_series(Reader& reader, const RecordedTrial& a, const RecordedTrial& b, std::vector<Difference>& out) {
  for (const SeriesPair& pair : series_pairs(reader, a.trial_id, reader, b.trial_id)) {
    if (!pair.step) continue;
    out.push_back({"series", pair.metric, *pair.step, number(pair.a), number(pair.b)});
    out.push_back({"last", pair.metric, {}, number(pair.last_a), number(pair.last_b)});
  }
}

}  // namespace

const SourceFile* counterpart(const std::vector<SourceFile>& files, const std::string& file) {
  const auto by = [&](auto same) { return std::find_if(files.begin(), files.end(), same); };
  auto found = by([&](const SourceFile& each) { return each.file == file; });
  const auto name = std::filesystem::path(file).filename();
  if (found == files.end())
    found = by([&](const SourceFile& each) { return std::filesystem::path(each.file).filename() == name; });
  return found == files.end() ? nullptr : &*found;
}

std::vector<Difference> differences(Reader& reader, const RecordedTrial& a, const RecordedTrial& b) {
  std::vector<Difference> all;
  compare_texts("trial", facts_of(a), facts_of(b), all);
  compare("parameter", flattened(a.spec), flattened(b.spec), std::equal_to<>(), value_of, all);
  compare_texts("plugin", sums_of(a), sums_of(b), all);
  compare_data(a, b, all);
  compare_texts("provenance", a.machine, b.machine, all);
  compare_series(reader, a, b, all);
  return all;
}

}  // namespace ubp
