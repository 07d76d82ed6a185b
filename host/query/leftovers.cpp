// SPDX-License-Identifier: MIT
#include "query/leftovers.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ubp {
namespace {

namespace fs = std::filesystem;

bool is_hex(const std::string& text, std::size_t size) {
  return text.size() == size && text.find_first_not_of("0123456789abcdef") == text.npos;
}

/// "CONFIG-REPLICATE"
bool is_trial_folder(const std::string& name) {
  const std::size_t dash = name.find('-');
  return dash > 0 && dash + 1 < name.size() && dash != name.npos &&
         name.find_first_not_of("0123456789-") == name.npos && name.find('-', dash + 1) == name.npos;
}

std::vector<fs::path> sorted(const fs::path& folder) {
  std::vector<fs::path> all;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    all.push_back(entry->path());
  std::sort(all.begin(), all.end());
  return all;
}

bool is_file(const fs::path& path) { return fs::is_regular_file(fs::symlink_status(path)); }

class Search {
 public:
  explicit Search(Reader& reader) : home_(fs::absolute(reader.file()).parent_path()) {
    for (const Row& row : reader.rows({"SELECT path FROM artifact"}))
      named_.insert((home_ / text_of(row[0])).lexically_normal());
    for (const Row& row : reader.rows({"SELECT substr(identity, 1, 12) FROM sweep"})) sweeps_.insert(text_of(row[0]));
    const Query open = {
        "SELECT DISTINCT substr(s.identity, 1, 12) || '/' || c.number || '-' || t.replicate FROM trial t JOIN config c "
        "USING (config_id) JOIN sweep s ON s.sweep_id = t.sweep_id WHERE t.state IN ('QUEUED', 'RUNNING')"};
    for (const Row& row : reader.rows(open)) open_.insert(text_of(row[0]));
  }

  std::vector<Leftover> all(const fs::path& database) {
    add(fs::path(database).concat(".part"), "a copy that was not finished");
    for (const fs::path& sweep : sorted(fs::path(database).concat(".files"))) {
      if (!is_hex(sweep.filename(), 12) || !fs::is_directory(fs::symlink_status(sweep))) continue;
      known_ = sweeps_.contains(sweep.filename());
      for (const fs::path& trial : sorted(sweep))
        if (is_trial_folder(trial.filename()) && fs::is_directory(fs::symlink_status(trial)) &&
            !open_.contains(sweep.filename().string() + "/" + trial.filename().string()))
          look_into(trial);
    }
    return std::move(found_);
  }

 private:
  void look_into(const fs::path& trial) {
    std::vector<fs::path> unnamed;
    for (const fs::path& sum : sorted(trial / "kept")) {
      if (!is_hex(sum.filename(), 16)) continue;
      for (const fs::path& file : sorted(sum)) {
        if (named_.contains(file.lexically_normal()) || !is_file(file)) continue;
        if (file.extension() == ".new" || file.extension() == ".part") {
          add(file, "a file that was not finished");
          continue;
        }
        add(file, "a version of an artifact that no record names");
        unnamed.push_back(file);
      }
    }
    add(trial / "checkpoint", "the checkpoint of a trial that has ended");
    for (const fs::path& file : sorted(trial)) {
      if (file.extension() == ".new" || file.extension() == ".part") add(file, "a file that was not finished");
      // Under its plain name lies another name of the version.
      for (const fs::path& version : unnamed)
        if (std::error_code error; version.filename() == file.filename() && fs::equivalent(version, file, error))
          add(file, "the latest version of an artifact that no record names");
    }
  }

  void add(const fs::path& file, const char* why) {
    if (!is_file(file) || named_.contains(file.lexically_normal())) return;
    std::error_code error;
    Leftover leftover{file, fs::file_size(file, error), why, known_};
    if (!known_) leftover.why = "of a sweep that this database does not have: another one may name it";
    if (!error) found_.push_back(std::move(leftover));
  }

  fs::path home_;
  std::set<fs::path> named_;
  std::set<std::string> sweeps_, open_;
  bool known_ = true;
  std::vector<Leftover> found_;
};

}  // namespace

std::vector<Leftover> leftovers(Reader& reader) { return Search(reader).all(fs::absolute(reader.file())); }

}  // namespace ubp
