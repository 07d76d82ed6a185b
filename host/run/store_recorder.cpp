// SPDX-License-Identifier: MIT
#include "run/store_recorder.hpp"

#include "base/hash.hpp"
#include "run/process.hpp"

namespace ubp {
namespace {

constexpr std::int64_t kFlushMs = 500;  // how far a reader of the live database lags behind

namespace fs = std::filesystem;

}  // namespace

void StoreRecorder::started(const Work& work, std::int64_t pid) {
  store_.start(work.row.trial_id, pid, 0);
  pids_[work.row.trial_id] = pid;
}

void StoreRecorder::heard(const Work& work, const Message& message) {
  const std::int64_t id = work.row.trial_id;
  if (const MetricPoint* point = std::get_if<MetricPoint>(&message)) {
    store_.add_points(id, {point, 1});
  } else if (const Started* started = std::get_if<Started>(&message)) {
    store_.forget_points(id);  // also at step 0: an earlier, interrupted run of this attempt may have logged some
    if (started->step > 0) store_.start(id, pids_[id], started->step);
  } else if (const Made* made = std::get_if<Made>(&message)) {
    add_artifact(work, *made);
  } else if (const Note* note = std::get_if<Note>(&message)) {
    store_.event(id, "note",
                 nlohmann::json{{"level", note->level}, {"who", note->who}, {"text", note->text}}.dump(
                     -1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
}

void StoreRecorder::add_artifact(const Work& work, const Made& made) {
  const fs::path file = work.spec->directory / made.file;
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error) {
    store_.event(work.row.trial_id, "note",
                 nlohmann::json{{"who", "ubp"}, {"text", file.string() + ": an artifact that is not there"}}.dump());
    return;
  }
  store_.add_artifact(work.row.trial_id,
                      {made.kind, made.file, sha256_of_file(file), made.mime, made.step,
                       static_cast<std::int64_t>(size), fs::proximate(file, folder_).generic_string()});
}

std::optional<double> StoreRecorder::finished(const Work& work, const Outcome& outcome) {
  store_.finish(work.row.trial_id, outcome);
  pids_.erase(work.row.trial_id);
  std::error_code ignored;
  fs::remove(work.spec->directory / "checkpoint", ignored);  // another attempt, if somebody wants one, starts afresh
  return store_.objective_value(work.row.trial_id);
}

void StoreRecorder::requeued(const Work& work) { store_.requeue(work.row.trial_id, "interrupted"); }

TrialRow StoreRecorder::lost(const Work& work, const Outcome& outcome) {
  return store_.replace_lost(work.row.trial_id, outcome);
}

void StoreRecorder::tick() {
  if (steady_ms() - flushed_ms_ < kFlushMs) return;
  store_.flush();
  flushed_ms_ = steady_ms();
}

}  // namespace ubp
