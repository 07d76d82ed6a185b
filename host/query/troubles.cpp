// SPDX-License-Identifier: MIT
#include "query/troubles.hpp"

#include <sys/vfs.h>
#include <unistd.h>

#include <cstring>

#include "base/contents.hpp"
#include "query/check.hpp"
#include "record/lock.hpp"
#include "record/schema.hpp"

namespace ubp {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLeastFree = std::uintmax_t{64} << 20;  // bytes: a log and a checkpoint or two
constexpr std::int64_t kMostShown = 5;

/// What `act` throws, as a trouble.
template <class Act>
bool fails(std::vector<Trouble>& found, const char* cure, Act act) {
  try {
    act();
    return false;
  } catch (const Error& e) {
    found.push_back({"database", e.what(), cure});
    return true;
  }
}

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : "."; }

void look_at_folder(const fs::path& file, std::vector<Trouble>& found) {
  const fs::path folder = folder_of(file);
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  struct statfs info {};
  if (!error && statfs(folder.c_str(), &info) == 0)
    found = folder_troubles(file, {network_file_system(static_cast<unsigned long>(info.f_type)), space.available});
  for (const fs::path& place : {folder, file})
    if (fs::exists(place) && access(place.c_str(), W_OK) != 0)
      found.push_back({"database", fmt::format("{}: cannot be written: {}", place.string(), std::strerror(errno)),
                       "chmod u+w, or --db with a database elsewhere; it can still be read"});
}

/// Returns whether this ubp reads it. Where a process cannot write, the file is read as it is.
bool look_at_version(const fs::path& file, std::vector<Trouble>& found) {
  const std::size_t before = found.size();
  fails(found, "put a backup back, or save what can be read: sqlite3 FILE .recover", [&] {
    const bool writable = access(folder_of(file).c_str(), W_OK) == 0;
    sqlite::Connection db(sqlite::uri_of(file, writable ? "mode=ro" : "immutable=1"),
                          SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI);
    const std::int64_t version = version_of(db), ours = migrations().back().version;
    if (version == 0)
      found.push_back({"database", fmt::format("{}: is empty", file.string()), "ubp run SPEC, or ubp sweep SPEC"});
    else if (version < ours)
      found.push_back({"database",
                       fmt::format("{}: was written by an earlier ubp (schema {}, this one reads {})", file.string(),
                                   version, ours),
                       "any verb that reads it, as `ubp ls`, brings it up to date and keeps a backup"});
  });
  return found.size() == before;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), kMostShown); ++i) text += (i ? ", " : "") + names[i];
  return names.size() > kMostShown ? fmt::format("{} and {} more", text, names.size() - kMostShown) : text;
}

void look_for_orphans(Reader& reader, std::vector<Trouble>& found) {
  for (const Row& row : reader.rows({"SELECT sweep_id, sweep, count(*) FROM trials WHERE state = 'RUNNING' GROUP BY "
                                     "sweep_id ORDER BY sweep_id"}))
    found.push_back({"records",
                     fmt::format("sweep {} '{}': {} trials look as if they ran, but no process writes the database: "
                                 "their ubp died",
                                 text_of(row[0]), text_of(row[1]), text_of(row[2])),
                     fmt::format("ubp resume {}", text_of(row[0]))});
}

void look_at_clock(Reader& reader, std::vector<Trouble>& found) {
  std::vector<std::string> names;
  for (const Row& row : reader.rows({"SELECT trial_id FROM trials WHERE max(created, coalesce(started, ''), "
                                     "coalesce(finished, '')) > datetime('now', '+1 minute') ORDER BY trial_id"}))
    names.push_back(text_of(row[0]));
  if (!names.empty())
    found.push_back({"records", fmt::format("trials from the future: {}: the clock was set back since", listed(names)),
                     "timedatectl: is the clock right now? Their numbers are not touched by it, orders by time are"});
}

void look_at_artifacts(Reader& reader, std::vector<Trouble>& found) {
  const fs::path folder = fs::absolute(reader.file()).parent_path();
  std::vector<std::string> missing, other;
  for (const Row& row : reader.rows({"SELECT DISTINCT path, size FROM artifacts ORDER BY path"})) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(folder / text_of(row[0]), error);
    if (error)
      missing.push_back(text_of(row[0]));
    else if (size != static_cast<std::uintmax_t>(std::get<std::int64_t>(row[1])))
      other.push_back(text_of(row[0]));
  }
  constexpr const char* kCure = "put the folder of files back beside the database; the numbers need none of them";
  if (!missing.empty())
    found.push_back({"files", fmt::format("{} artifacts are not there: {}", missing.size(), listed(missing)), kCure});
  if (!other.empty())
    found.push_back(
        {"files", fmt::format("{} artifacts have another size than recorded: {}", other.size(), listed(other)), kCure});
}

}  // namespace

std::vector<Trouble> folder_troubles(const fs::path& database, const FolderFacts& facts) {
  std::vector<Trouble> found;
  const std::string folder = folder_of(database).string();
  if (!facts.network.empty())
    found.push_back({"database",
                     fmt::format("{}: lies on a network file system ({}), where a live database can be damaged", folder,
                                 facts.network),
                     "--db with a database on a local disk; the finished file can be copied"});
  if (facts.free_bytes < kLeastFree)
    found.push_back({"database",
                     fmt::format("{}: the disk is full: {} MiB are free, expected {} or more", folder,
                                 facts.free_bytes >> 20, kLeastFree >> 20),
                     "make room, or --db with a database elsewhere"});
  return found;
}

bool database_troubles(const fs::path& file, std::vector<Trouble>& found) {
  std::vector<Trouble> of_folder;
  look_at_folder(file, of_folder);
  found.insert(found.end(), of_folder.begin(), of_folder.end());
  std::error_code error;
  if (!fs::exists(file, error)) return false;
  if (fs::is_directory(file)) {
    found.push_back({"database", fmt::format("{}: is a folder, not a database", file.string()), "--db names a file"});
    return false;
  }
  return !fails(found, "then look again", [&] { require_log(file); }) && look_at_version(file, found);
}

std::vector<Trouble> record_troubles(Reader& reader, bool written) {
  std::vector<Trouble> found;
  if (const std::vector<std::string> problems = check(reader).problems; !problems.empty())
    return {{"database",
             fmt::format("{}: is damaged: {}{}", reader.file().string(), problems[0],
                         problems.size() > 1 ? fmt::format(", and {} problems more", problems.size() - 1) : ""),
             "`ubp db check` lists all; put a backup back, or save what can be read: sqlite3 FILE .recover"}};
  if (!written) look_for_orphans(reader, found);
  look_at_clock(reader, found);
  look_at_artifacts(reader, found);
  return found;
}

std::vector<RecordedData> recorded_data(Reader& reader) {
  std::vector<RecordedData> all;
  // SQLite: bare columns come from the row that holds the max().
  const Query files = {
      "SELECT json_extract(d.value, '$.file') AS file, json_extract(d.value, '$.sha256'), s.name, max(s.sweep_id) FROM "
      "config c JOIN sweep s USING (sweep_id), json_each(c.data) d GROUP BY file ORDER BY file"};
  for (const Row& row : reader.rows(files))
    all.push_back({text_of(row[0]), text_of(row[1]), std::get<std::int64_t>(row[3]), text_of(row[2])});
  return all;
}

}  // namespace ubp
