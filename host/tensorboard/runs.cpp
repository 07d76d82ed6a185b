// SPDX-License-Identifier: MIT
#include "tensorboard/runs.hpp"

#include <cmath>

#include "base/error.hpp"
#include "tensorboard/event.hpp"
#include "tensorboard/framing.hpp"

namespace ubp::tensorboard {
namespace {

double seconds_of(std::int64_t ms) { return static_cast<double>(ms) / 1000; }

/// A sweep's name as that of one folder.
std::string folder_name(std::string name) {
  for (char& c : name)
    if (c == '/') c = '_';
  if (name.empty() || name.starts_with('.')) name.insert(0, "_");
  return name;
}

RunStatus status_of(const std::string& state) {
  if (state == "COMPLETE" || state == "PRUNED") return RunStatus::success;
  return state == "RUNNING" || state == "QUEUED" ? RunStatus::running : RunStatus::failure;
}

/// Events of the points, one for all that are told at once.
std::string scalars(Reader& reader, const ExportedRun& run) {
  std::string bytes;
  std::int64_t step = 0, t_ms = 0;
  std::vector<std::pair<std::string, double>> by_tag;
  const auto flush = [&] {
    if (!by_tag.empty()) bytes += framed(scalar_event(seconds_of(run.started_ms + t_ms), step, by_tag));
    by_tag.clear();
  };
  reader.each(points_by_step(run.trial_id), [&](const sqlite::Statement& row) {
    if (row.integer(0) != step || row.integer(1) != t_ms) flush();
    step = row.integer(0), t_ms = row.integer(1);
    by_tag.emplace_back(row.text(2), row.is_null(3) ? std::nan("") : row.real(3));
  });
  flush();
  return bytes;
}

std::string file_of(Reader& reader, const ExportedRun& run, const std::string& group, const std::string& points) {
  const double started = seconds_of(run.started_ms);
  std::string bytes = framed(version_event(started));
  bytes += framed(start_event(started, reader.parsed(run.params), group));
  bytes += points;
  if (run.finished_ms) bytes += framed(end_event(seconds_of(*run.finished_ms), status_of(run.state)));
  return bytes;
}

}  // namespace

void require_own(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::symlink_status(folder, error);
  if (!fs::exists(status)) return;
  if (!fs::is_directory(fs::status(folder, error)))
    fail(Exit::usage, "-o: {}: found a file, expected a folder", folder.string());
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool own = entry.is_regular_file() && !entry.is_symlink() &&
                     (name == kFileName || name == std::string(kFileName) + ".part");
    if (!own && (entry.is_symlink() || !entry.is_directory()))
      fail(Exit::usage, "-o: {}: found {}, expected a folder that is new or holds such an export only", folder.string(),
           entry.path().lexically_relative(folder).string());
  }
}

std::int64_t each_run(Reader& reader, const ExportScope& scope,
                      const std::function<void(const std::filesystem::path&, const std::string&)>& take) {
  std::int64_t count = 0;
  for (const ExportedRun& run : exported_runs(reader, scope)) {
    const std::string points = scalars(reader, run);
    if (points.empty()) continue;
    const std::string sweep = run.name_is_shared ? fmt::format("{} ({})", run.sweep, run.sweep_id) : run.sweep;
    take(std::filesystem::path(folder_name(sweep)) / fmt::format("{}.{}", run.config, run.replicate) / kFileName,
         file_of(reader, run, fmt::format("{}/{}", sweep, run.config), points));
    ++count;
  }
  return count;
}

}  // namespace ubp::tensorboard
