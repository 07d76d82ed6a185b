// SPDX-License-Identifier: MIT
// Finds plugin files and knows their manifests. Plugin code never runs in this process: a file is described by a child
// of ubp itself, and the answer is cached by the file's hash.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "plugin/manifest.hpp"

namespace ubp {

class Registry {
 public:
  /// Search path: `extra` (--plugin-path), $UBP_PLUGIN_PATH (colon-separated), $XDG_DATA_HOME/ubp/plugins,
  /// <folder of the executable>/../lib/ubp/plugins. Never the working folder.
  /// `describer`: the ubp that describes files, as `describer __describe FILE`; empty: the running program.
  explicit Registry(std::vector<std::filesystem::path> extra = {}, std::filesystem::path describer = {});

  /// Throws Error (usage) with the nearest id if there is none, Error (plugin) if the file cannot be loaded: one sentence
  /// that names the file.
  const Manifest& find(std::int32_t kind, const std::string& id);

  /// Every component found; files that cannot be described are reported in `broken` (path: sentence).
  std::vector<const Manifest*> all(std::vector<std::string>* broken = nullptr);

  /// The components of one file, at least one. Throws Error (plugin).
  const std::vector<Manifest>& describe(const std::filesystem::path& file);

  std::vector<std::string> ids(std::int32_t kind) const;  ///< by file name, without describing them
  const std::vector<std::filesystem::path>& search_path() const { return search_path_; }

 private:
  std::vector<Manifest> manifests(const std::filesystem::path& file) const;

  std::vector<std::filesystem::path> search_path_;
  std::filesystem::path describer_;
  std::map<std::filesystem::path, std::vector<Manifest>> known_;
};

/// The body of the child: loads `file`, prints its manifest as JSON on stdout. Returns the exit code.
int describe_in_this_process(const std::filesystem::path& file);

/// The folder for caches: $UBP_CACHE, $XDG_CACHE_HOME/ubp, ~/.cache/ubp or, failing all, a folder under the temporary one.
std::filesystem::path cache_folder();

}  // namespace ubp
