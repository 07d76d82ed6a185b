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

/// A component lies in a file of its own name: FOLDER/KINDs/ID.so, or flat, FOLDER/ID.so. Where several files hold the
/// same component, the first counts for find(), ids() and all(): folders in the order of the search path, in each of
/// them the kind's folder before its flat files. Links to files and folders count as what they lead to.
///
/// In a folder that nobody named, a file that others may write, or that belongs to somebody else than root, this user
/// and the owner of the running program, is refused.
class Registry {
 public:
  /// Search path: `extra` (--plugin-path), $UBP_PLUGIN_PATH (colon-separated), $XDG_DATA_HOME/ubp/plugins,
  /// <folder of the executable>/../lib/ubp/plugins. Never the working folder.
  /// `describer`: the ubp that describes files, as `describer __describe FILE`; empty: the running program.
  explicit Registry(std::vector<std::filesystem::path> extra = {}, std::filesystem::path describer = {});

  /// Throws Error (usage) with the nearest id if there is none, Error (plugin) if the file cannot be loaded: one
  /// sentence that names the file.
  const Manifest& find(std::int32_t kind, const std::string& id);

  /// A file whose component another one, with other bytes, hides.
  struct Shadowed {
    const Manifest* used;
    std::filesystem::path unused;
  };
  /// Every component that find() finds, by kind and id; files that cannot be described are reported in `broken`, a
  /// sentence each, and those that are not used in `shadowed`.
  std::vector<const Manifest*> all(std::vector<std::string>* broken = nullptr,
                                   std::vector<Shadowed>* shadowed = nullptr);

  /// The components of one file, at least one. Throws Error (plugin): the same sentence every time.
  const std::vector<Manifest>& describe(const std::filesystem::path& file);

  /// Sorted. Files in a kind's folder count by their name, without being described; flat ones if they are of the kind.
  std::vector<std::string> ids(std::int32_t kind);
  const std::vector<std::filesystem::path>& search_path() const { return search_path_; }

 private:
  struct Candidate {
    std::filesystem::path file;
    std::int32_t kind = 0;  ///< whose folder it lies in; 0: flat, any kind's
    bool named = false;     ///< its folder was named by hand
  };
  struct Description {
    std::vector<Manifest> components;
    std::string fault;  ///< why there are none
  };

  std::vector<Candidate> candidates(std::int32_t kind = 0) const;
  std::vector<const Manifest*> components(const Candidate&);  ///< what find() may find there, at least one, or throws
  bool is_of_kind(const Candidate&, std::int32_t kind);
  std::vector<Manifest> described(const std::filesystem::path& file);

  std::vector<std::filesystem::path> search_path_;
  std::size_t named_ = 0;  ///< of them, by hand: the first ones
  std::filesystem::path describer_;
  std::string describer_sha256_;  ///< made when first needed
  std::map<std::filesystem::path, Description> known_;
};

/// The body of the child: loads `file`, prints its manifest as JSON on stdout. Returns the exit code.
int describe_in_this_process(const std::filesystem::path& file);

/// The folder for caches: $UBP_CACHE, $XDG_CACHE_HOME/ubp or ~/.cache/ubp; where those two cannot be written, a folder
/// of this user's under the temporary one, with a note, which UBP_CACHE names from then on. Throws Error (usage) if
/// that cannot be written either.
std::filesystem::path cache_folder();

}  // namespace ubp
