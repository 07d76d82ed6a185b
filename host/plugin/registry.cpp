// SPDX-License-Identifier: MIT
#include "plugin/registry.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "base/child.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "plugin/describe.hpp"

namespace ubp {
namespace {

namespace fs = std::filesystem;

std::vector<Manifest> described(const fs::path& describer, const fs::path& file) {
  const ChildEnd d = run_child(describer, {"__describe", file.string()});
  if (WIFSIGNALED(d.wait_status))
    fail(Exit::plugin, "plugin {}: crashed while it was being loaded ({})", file.string(),
         strsignal(WTERMSIG(d.wait_status)));
  const nlohmann::json answer = nlohmann::json::parse(d.out, nullptr, false);
  if (answer.is_object() && answer.contains("error")) fail(Exit::plugin, "{}", answer["error"].get<std::string>());
  if (!answer.is_array())
    fail(Exit::plugin, "plugin {}: ended the process that loaded it (exit {})", file.string(),
         WEXITSTATUS(d.wait_status));
  return answer.get<std::vector<Manifest>>();
}

std::string folder_of(std::int32_t kind) { return std::string(kind_name(kind)) + "s"; }

fs::path home_folder(const char* xdg, const char* fallback) {
  if (const char* set = std::getenv(xdg); set && *set) return set;
  if (const char* home = std::getenv("HOME"); home && *home) return fs::path(home) / fallback;
  return {};
}

}  // namespace

fs::path cache_folder() {
  if (const char* set = std::getenv("UBP_CACHE"); set && *set) return set;
  const fs::path home = home_folder("XDG_CACHE_HOME", ".cache");
  return home.empty() ? fs::temp_directory_path() / "ubp-cache" : home / "ubp";
}

Registry::Registry(std::vector<fs::path> extra, fs::path describer)
    : search_path_(std::move(extra)), describer_(describer.empty() ? this_executable() : std::move(describer)) {
  if (const char* set = std::getenv("UBP_PLUGIN_PATH")) {
    std::istringstream in(set);
    for (std::string part; std::getline(in, part, ':');)
      if (!part.empty()) search_path_.emplace_back(part);
  }
  if (const fs::path home = home_folder("XDG_DATA_HOME", ".local/share"); !home.empty())
    search_path_.push_back(home / "ubp/plugins");
  search_path_.push_back(this_executable().parent_path().parent_path() / "lib/ubp/plugins");
}

// The manifests of one file, from the cache if its bytes were seen before by this very ubp.
std::vector<Manifest> Registry::manifests(const fs::path& file) const {
  static const std::string self = sha256_of_file(describer_).substr(0, 16);
  const std::string sha = sha256_of_file(file);
  const fs::path cached = cache_folder() / "manifests" / (sha.substr(0, 32) + "-" + self + ".json");
  std::vector<Manifest> all;
  if (std::ifstream in(cached); in) {
    const nlohmann::json j = nlohmann::json::parse(in, nullptr, false);
    if (j.is_array()) all = j.get<std::vector<Manifest>>();
  }
  if (all.empty()) {
    all = described(describer_, file);
    std::error_code ignored;
    fs::create_directories(cached.parent_path(), ignored);
    const fs::path temporary = cached.string() + "." + std::to_string(getpid());
    std::ofstream(temporary) << nlohmann::json(all).dump();
    fs::rename(temporary, cached, ignored);  // a reader sees the whole file or none
  }
  for (Manifest& m : all) m.sha256 = sha, m.file = file;
  return all;
}

const std::vector<Manifest>& Registry::describe(const fs::path& file) {
  std::error_code error;
  const fs::path canonical = fs::canonical(file, error);
  if (error) fail(Exit::plugin, "plugin {}: {}", file.string(), error.message());
  const auto known = known_.find(canonical);
  if (known != known_.end()) return known->second;
  std::vector<Manifest> all = manifests(canonical);
  if (all.empty()) fail(Exit::plugin, "plugin {}: holds no component", file.string());
  return known_.emplace(canonical, std::move(all)).first->second;
}

const Manifest& Registry::find(std::int32_t kind, const std::string& id) {
  for (const fs::path& folder : search_path_) {
    for (const fs::path& file : {folder / folder_of(kind) / (id + ".so"), folder / (id + ".so")}) {
      if (!fs::exists(file)) continue;
      for (const Manifest& m : describe(file))
        if (m.kind == kind && m.id == id) return m;
      if (file.parent_path() == folder) continue;  // a file of that name may hold another kind's component
      fail(Exit::plugin, "plugin {}: holds no {} '{}'", file.string(), kind_name(kind), id);
    }
  }
  const std::vector<std::string> have = ids(kind);
  if (have.empty()) {
    std::string looked;
    for (const fs::path& folder : search_path_) looked += (looked.empty() ? "" : ", ") + folder.string();
    fail(Exit::usage, "no {} plugins found; looked in {}", kind_name(kind), looked);
  }
  fail(Exit::usage, "there is no {} '{}'{}", kind_name(kind), id, suggestion(id, have));
}

std::vector<std::string> Registry::ids(std::int32_t kind) const {
  std::set<std::string> all;
  for (const fs::path& folder : search_path_) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder / folder_of(kind), none))
      if (entry.path().extension() == ".so") all.insert(entry.path().stem());
  }
  return {all.begin(), all.end()};
}

std::vector<const Manifest*> Registry::all(std::vector<std::string>* broken) {
  std::vector<fs::path> files;
  for (const fs::path& folder : search_path_) {
    std::error_code none;
    for (const auto& entry : fs::recursive_directory_iterator(folder, none))
      if (entry.path().extension() == ".so") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<const Manifest*> found;
  std::set<std::pair<std::int32_t, std::string>> seen;  // the first on the path wins
  for (const fs::path& file : files) {
    try {
      for (const Manifest& m : describe(file))
        if (seen.emplace(m.kind, m.id).second) found.push_back(&m);
    } catch (const Error& e) {
      if (broken) broken->push_back(e.what());
    }
  }
  std::sort(found.begin(), found.end(),
            [](const Manifest* a, const Manifest* b) { return std::tie(a->kind, a->id) < std::tie(b->kind, b->id); });
  return found;
}

int describe_in_this_process(const fs::path& file) {
  alarm(10);  // a library whose constructors hang must not hang the host
  try {
    std::cout << nlohmann::json(manifests_of(load_plugin(file))).dump() << "\n";
    return 0;
  } catch (const std::exception& e) {
    std::cout << nlohmann::json({{"error", e.what()}}).dump() << "\n";
    return static_cast<int>(Exit::plugin);
  }
}

}  // namespace ubp
