// SPDX-License-Identifier: MIT
#include "plugin/registry.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>
#include <set>
#include <sstream>

#include "base/child.hpp"
#include "base/contents.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/kept.hpp"
#include "base/text.hpp"
#include "plugin/describe.hpp"
#include "plugin/loader.hpp"

namespace ubp {
namespace {

namespace fs = std::filesystem;

constexpr std::int32_t kKinds = UBP_K_ENVIRONMENT;
constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 30;  // of one plugin: more is something else

/// A pipe would be waited for, a device read without end.
void require_readable(const fs::path& file) {
  if (!is_utf8(file.string()))
    fail(Exit::plugin, "plugin {}: its path is no UTF-8, and could not be recorded", file.string());
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (error) fail(Exit::plugin, "plugin {}: {}", file.string(), error.message());
  if (!fs::is_regular_file(status)) fail(Exit::plugin, "plugin {}: is no regular file", file.string());
  const std::uintmax_t bytes = fs::file_size(file, error);
  if (error) fail(Exit::plugin, "plugin {}: {}", file.string(), error.message());
  if (bytes > kMostBytes)
    fail(Exit::plugin, "plugin {}: is too large for a plugin: found {} bytes, expected at most {}", file.string(),
         bytes, kMostBytes);
}

/// Code that somebody else may put there runs with this user's rights: not unless its folder was named by hand.
void require_trusted(const fs::path& file) {
  const fs::path folder = file.parent_path(), program = this_executable();
  struct stat found {
  }, place{}, own{};
  if (stat(file.c_str(), &found) != 0 || stat(folder.c_str(), &place) != 0 || stat(program.c_str(), &own) != 0) return;
  constexpr const char* kWay = "--plugin-path or UBP_PLUGIN_PATH names a folder by hand";
  const auto is_trusted = [&](uid_t user) { return user == 0 || user == geteuid() || user == own.st_uid; };
  if (!is_trusted(found.st_uid) || !is_trusted(place.st_uid))
    fail(Exit::plugin, "plugin {}: refused: it belongs to another user: {}", file.string(), kWay);
  if ((found.st_mode & S_IWOTH) || (place.st_mode & S_IWOTH))
    fail(Exit::plugin, "plugin {}: refused: anybody may write there: {}", file.string(), kWay);
}

/// Asks a child, as plugin code may do anything. Manifests as JSON.
nlohmann::json asked(const fs::path& describer, const fs::path& file) {
  const ChildEnd d = run_child(describer, {"__describe", file.string()});
  if (WIFSIGNALED(d.wait_status))
    fail(Exit::plugin, "plugin {}: crashed while it was being loaded ({})", file.string(),
         strsignal(WTERMSIG(d.wait_status)));
  nlohmann::json answer = nlohmann::json::parse(d.out, nullptr, false);
  if (answer.is_object() && answer.contains("error")) fail(Exit::plugin, "{}", answer["error"].get<std::string>());
  if (!answer.is_array())
    fail(Exit::plugin, "plugin {}: ended the process that loaded it (exit {})", file.string(),
         WEXITSTATUS(d.wait_status));
  try {
    answer.get<std::vector<Manifest>>();
  } catch (const nlohmann::json::exception&) {
    fail(Exit::plugin, "plugin {}: wrote into its own description", file.string());
  }
  return answer;
}

/// The plugins of a folder by name, none if it cannot be read.
std::vector<fs::path> libraries_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".so") files.push_back(entry->path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string folder_of(std::int32_t kind) { return std::string(kind_name(kind)) + "s"; }

fs::path home_folder(const char* xdg, const char* fallback) {
  if (const char* set = std::getenv(xdg); set && *set) return set;
  if (const char* home = std::getenv("HOME"); home && *home) return fs::path(home) / fallback;
  return {};
}

bool may_be_written(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  return access(folder.c_str(), W_OK | X_OK) == 0;
}

/// Of this user alone: what lies in a folder that anybody may write to is nobody's.
fs::path private_temporary_folder() {
  std::error_code error;
  fs::path place = fs::temp_directory_path(error);
  if (error) place = "/tmp";
  const fs::path folder = place / fmt::format("ubp-cache-{}", geteuid());
  mkdir(folder.c_str(), 0700);
  struct stat found {};
  if (lstat(folder.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) || found.st_uid != geteuid() ||
      (found.st_mode & 0022) != 0 || !may_be_written(folder))
    fail(Exit::usage, "{}: cannot be used for the cache: set UBP_CACHE to a folder that can be written",
         folder.string());
  return folder;
}

}  // namespace

fs::path cache_folder() {
  if (const char* set = std::getenv("UBP_CACHE"); set && *set) return set;
  const fs::path home = home_folder("XDG_CACHE_HOME", ".cache");
  const fs::path usual = home.empty() ? fs::path() : home / "ubp";
  if (!usual.empty() && may_be_written(usual)) return usual;
  const fs::path instead = private_temporary_folder();
  if (!usual.empty())
    std::fputs(
        plain(fmt::format("ubp: {}: the cache cannot be written there; {} is used instead (UBP_CACHE names another)\n",
                          usual.string(), instead.string()))
            .c_str(),
        stderr);
  setenv("UBP_CACHE", instead.c_str(), 1);  // said once, and true for the processes that this one starts
  return instead;
}

Registry::Registry(std::vector<fs::path> extra, fs::path describer)
    : search_path_(std::move(extra)), describer_(describer.empty() ? this_executable() : std::move(describer)) {
  if (const char* set = std::getenv("UBP_PLUGIN_PATH")) {
    std::istringstream in(set);
    for (std::string part; std::getline(in, part, ':');)
      if (!part.empty()) search_path_.emplace_back(part);
  }
  named_ = search_path_.size();
  if (const fs::path home = home_folder("XDG_DATA_HOME", ".local/share"); !home.empty())
    search_path_.push_back(home / "ubp/plugins");
  search_path_.push_back(this_executable().parent_path().parent_path() / "lib/ubp/plugins");
}

/// The files that may hold components of `kind` (0: of any), those that count first.
std::vector<Registry::Candidate> Registry::candidates(std::int32_t kind) const {
  std::vector<Candidate> all;
  for (const fs::path& folder : search_path_) {
    const bool named = &folder < search_path_.data() + named_;
    for (std::int32_t k = 1; k <= kKinds; ++k)
      if (kind == 0 || kind == k)
        for (fs::path& file : libraries_in(folder / folder_of(k))) all.push_back({std::move(file), k, named});
    for (fs::path& file : libraries_in(folder)) all.push_back({std::move(file), 0, named});
  }
  return all;
}

/// From the cache if the file's bytes were seen before by this very ubp.
std::vector<Manifest> Registry::described(const fs::path& file) {
  require_readable(file);
  if (describer_sha256_.empty()) describer_sha256_ = sha256_of_contents(describer_, cache_folder() / "contents");
  const std::string stamp = rested_stamp_of(file), sha = sha256_of_file(file), key = sha + "-" + describer_sha256_;
  const fs::path cached = cache_folder() / "manifests" / (sha.substr(0, 32) + "-" + describer_sha256_.substr(0, 16));
  std::optional<std::string> text = kept(cached, key);
  if (!text) keep(cached, key, text.emplace(json_text(asked(describer_, file))));
  auto all = nlohmann::json::parse(*text).get<std::vector<Manifest>>();
  if (all.empty()) fail(Exit::plugin, "plugin {}: holds no component", file.string());
  require_name(all.front().plugin_name, file);  // warm or cold
  for (Manifest& m : all) m.sha256 = sha, m.file = file, m.stamp = stamp;
  return all;
}

const std::vector<Manifest>& Registry::describe(const fs::path& file) {
  std::error_code error;
  const fs::path canonical = fs::canonical(file, error);
  if (error) fail(Exit::plugin, "plugin {}: {}", file.string(), error.message());
  const auto [known, is_new] = known_.try_emplace(canonical);
  Description& description = known->second;
  try {
    if (is_new) description.components = described(canonical);
  } catch (const Error& e) {
    if (e.code() != Exit::plugin) known_.erase(known);
    if (e.code() != Exit::plugin) throw;  // it says nothing about the plugin
    description.fault = e.what();
  }
  if (!description.fault.empty()) throw Error(Exit::plugin, description.fault);
  return description.components;
}

std::vector<const Manifest*> Registry::components(const Candidate& candidate) {
  const std::string id = candidate.file.stem();
  std::error_code error;  // describe() tells it
  const fs::path canonical = fs::canonical(candidate.file, error);
  if (!candidate.named && !error) require_trusted(candidate.file), require_trusted(canonical);
  std::vector<const Manifest*> all;
  for (const Manifest& m : describe(candidate.file))
    if (m.id == id && (candidate.kind == 0 || candidate.kind == m.kind)) all.push_back(&m);
  if (all.empty())
    fail(Exit::plugin, "plugin {}: holds no {} '{}'", candidate.file.string(), kind_name(candidate.kind), id);
  return all;
}

const Manifest& Registry::find(std::int32_t kind, const std::string& id) {
  if (id.find('/') != id.npos)
    fail(Exit::usage, "'{}' is no id of a component: expected a name, not a path{}", id, suggestion(id, ids(kind)));
  for (const Candidate& candidate : candidates(kind)) {
    if (candidate.file.stem() != id) continue;
    for (const Manifest* m : components(candidate))
      if (m->kind == kind) return *m;
  }
  const std::vector<std::string> have = ids(kind);
  if (have.empty()) {
    std::string looked;
    for (const fs::path& folder : search_path_) looked += (looked.empty() ? "" : ", ") + folder.string();
    fail(Exit::usage, "no {} plugins found; looked in {}", kind_name(kind), looked);
  }
  fail(Exit::usage, "there is no {} '{}'{}", kind_name(kind), id, suggestion(id, have));
}

std::vector<std::string> Registry::ids(std::int32_t kind) {
  std::set<std::string> all;
  for (const Candidate& candidate : candidates(kind)) {
    const std::string id = candidate.file.stem();
    if (candidate.kind == kind || is_of_kind(candidate, kind)) all.insert(id);
  }
  return {all.begin(), all.end()};
}

/// A file that cannot be described is of no kind.
bool Registry::is_of_kind(const Candidate& candidate, std::int32_t kind) {
  try {
    const std::vector<const Manifest*> found = components(candidate);
    return std::any_of(found.begin(), found.end(), [&](const Manifest* m) { return m->kind == kind; });
  } catch (const Error&) {
    return false;
  }
}

std::vector<const Manifest*> Registry::all(std::vector<std::string>* broken, std::vector<Shadowed>* shadowed) {
  std::map<std::pair<std::int32_t, std::string>, const Manifest*> first;  // null: a file that cannot be described
  std::vector<std::string> faults;
  for (const Candidate& candidate : candidates()) {
    try {
      for (const Manifest* m : components(candidate)) {
        const Manifest* used = first.emplace(std::pair(m->kind, m->id), m).first->second;
        if (shadowed && used && used->sha256 != m->sha256) shadowed->push_back({used, candidate.file});
      }
    } catch (const Error& e) {
      if (std::find(faults.begin(), faults.end(), e.what()) == faults.end()) faults.emplace_back(e.what());
      for (std::int32_t kind = 1; kind <= kKinds; ++kind)
        if (candidate.kind == 0 || candidate.kind == kind)
          first.emplace(std::pair(kind, candidate.file.stem().string()), nullptr);
    }
  }
  if (broken) *broken = std::move(faults);
  std::vector<const Manifest*> found;
  for (const auto& [name, manifest] : first)
    if (manifest) found.push_back(manifest);
  return found;
}

int describe_in_this_process(const fs::path& file) {
  alarm(10);  // a library whose constructors hang must not hang the host
  try {
    std::cout << json_text(manifests_of(load_plugin(file))) << "\n";
    return 0;
  } catch (const std::exception& e) {
    std::cout << json_text({{"error", e.what()}}) << "\n";
    return static_cast<int>(Exit::plugin);
  }
}

}  // namespace ubp
