// SPDX-License-Identifier: MIT
// ubp gc: removes files beside the database that nothing names.
#include "cli/options.hpp"
#include "query/leftovers.hpp"
#include "record/store.hpp"

namespace ubp {
namespace {

void declare(Options& o) { o.flag("dry-run,n", "remove nothing").with_database().with_format(); }

/// Removes the file, and the folders of versions that are empty then.
bool removed(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::remove(file, error)) return false;
  const std::filesystem::path folder = file.parent_path();
  if (folder.parent_path().filename() != "kept") return true;
  if (std::filesystem::remove(folder, error)) std::filesystem::remove(folder.parent_path(), error);
  return true;
}

int run(const Options& o) {
  const auto sink = printer(o.format());
  const std::filesystem::path database = o.database();
  { Reader exists(database); }
  const Store alone(database);  // nobody writes meanwhile
  Reader reader(database);
  std::uintmax_t bytes = 0, files = 0, kept = 0;
  sink->columns({"file", "bytes", "what", "removed"});
  for (const Leftover& each : leftovers(reader)) {
    const bool gone = each.removable && !o.has("dry-run") && removed(each.file);
    sink->row({each.file.string(), static_cast<std::int64_t>(each.bytes), each.why, gone ? "yes" : "no"});
    if (each.removable)
      bytes += each.bytes, ++files;
    else
      ++kept;
  }
  sink->end();
  message("{} files, {} bytes{}{}", files, bytes, o.has("dry-run") ? " would be removed" : " removed",
          kept ? fmt::format("; {} files of sweeps that are not in this database are left alone", kept) : "");
  return 0;
}

}  // namespace

extern const Verb gc_verb = {
    .name = "gc",
    .synopsis = "[--dry-run]",
    .summary = "remove files beside the database that nothing names",
    .about =
        "Lists, with their sizes, and removes what lies in FILE.files without a record that names it: versions of "
        "artifacts,\n"
        "checkpoints of trials that have ended, files that were not finished. Files of sweeps that the database does "
        "not have\n"
        "are listed and left alone. While another ubp writes the database nothing is looked at.",
    .example = "ubp gc --dry-run",
    .declare = declare,
    .run = run};

}  // namespace ubp
