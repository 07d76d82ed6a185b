// SPDX-License-Identifier: MIT
#include "plan/basis.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/ranges.h>

#include "base/hash.hpp"
#include "base/json.hpp"

namespace ubp {
namespace {

std::string brief(const std::string& sum) { return sum.empty() ? "none" : sum.substr(0, 12); }

using Files = std::vector<SourceFile>;

Files all_files(const Basis& basis) {
  Files all;
  for (const auto& [key, files] : basis.data) all.insert(all.end(), files.begin(), files.end());
  return all;
}

bool holds(const Files& files, const std::string& sum) {
  return std::any_of(files.begin(), files.end(), [&](const SourceFile& f) { return f.sha256 == sum; });
}

/// What stood in the place of `file`: the file of this path, else of this name.
const SourceFile* counterpart(const Files& files, const std::string& file) {
  const auto at = [&](auto same) { return std::find_if(files.begin(), files.end(), same); };
  const auto name = std::filesystem::path(file).filename();
  auto found = at([&](const SourceFile& f) { return f.file == file; });
  if (found == files.end())
    found = at([&](const SourceFile& f) { return std::filesystem::path(f.file).filename() == name; });
  return found == files.end() ? nullptr : &*found;
}

void compare_data(const Basis& before, const Basis& now, std::vector<std::string>& clauses) {
  const Files old = all_files(before);
  for (const SourceFile& file : all_files(now)) {
    if (holds(old, file.sha256)) continue;
    const SourceFile* was = counterpart(old, file.file);
    clauses.push_back(was ? fmt::format("{} has other contents (sha256 {}; before: {}, sha256 {})", file.file,
                                        brief(file.sha256), was->file, brief(was->sha256))
                          : fmt::format("{} is new (sha256 {})", file.file, brief(file.sha256)));
  }
  if (clauses.empty() && !(old.empty() && now.data.empty()) && all_files(now).size() != old.size())
    clauses.push_back(fmt::format("its data are read from {} files (before: {})", all_files(now).size(), old.size()));
}

}  // namespace

void to_json(nlohmann::json& j, const SourceFile& f) { j = {{"file", f.file}, {"sha256", f.sha256}}; }
void from_json(const nlohmann::json& j, SourceFile& f) { f = {j.at("file"), j.at("sha256")}; }

void to_json(nlohmann::json& j, const Basis& basis) {
  j = {{"host", basis.host}, {"plugins", basis.plugins}, {"data", basis.data}};
}

void from_json(const nlohmann::json& j, Basis& basis) {
  basis.host = j.value("host", "");
  basis.plugins = j.value("plugins", std::map<std::string, std::string>{});
  basis.data = j.value("data", std::map<std::string, Files>{});
}

std::string digest_of(const Basis& basis) {
  nlohmann::json all{{"host", basis.host}, {"plugins", basis.plugins}, {"data", nlohmann::json::object()}};
  for (const auto& [key, files] : basis.data) all["data"][key] = digest_of(files);
  return sha256(json_text(all));
}

std::string difference(const Basis& before, const Basis& now) {
  if (digest_of(before) == digest_of(now)) return "";
  if (before.host.empty()) return "an earlier ubp declared it, which kept no sums of data and binaries";
  std::vector<std::string> clauses;
  compare_data(before, now, clauses);
  for (const auto& [name, sum] : now.plugins)
    if (const auto was = before.plugins.find(name); was != before.plugins.end() && was->second != sum)
      clauses.push_back(
          fmt::format("{} is another binary (sha256 {}; before: {})", name, brief(sum), brief(was->second)));
  if (before.host != now.host)
    clauses.push_back(fmt::format("ubp is another build ({}; before: {})", brief(now.host), brief(before.host)));
  return clauses.empty() ? "it is made of other parts" : fmt::format("{}", fmt::join(clauses, ", and "));
}

}  // namespace ubp
