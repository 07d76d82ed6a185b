// SPDX-License-Identifier: MIT
#include "run/store_recorder.hpp"

#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "run/process.hpp"

namespace ubp {
namespace {

constexpr std::int64_t kFlushMs = 500;  // how far a reader of the live database lags behind
constexpr std::int64_t kSyncMs = 50;    // between two syncs: what the machine's end undoes runs again
// A copy costs what the whole database costs: rarely, and never more than a twentieth of the time.
constexpr std::int64_t kPublishMs = 5000, kPublishShare = 20;

namespace fs = std::filesystem;

}  // namespace

std::vector<TrialRow> StoreRecorder::proposed(const Config& config) {
  store_.hold();
  return store_.add_config(sweep_id_, config);
}

void StoreRecorder::started(const Job& job, std::int64_t pid) {
  store_.hold();
  store_.start(job.row.trial_id, pid, 0);
  pids_[job.row.trial_id] = pid;
}

void StoreRecorder::heard(const Job& job, const Message& message) {
  const std::int64_t id = job.row.trial_id;
  if (const MetricPoint* point = std::get_if<MetricPoint>(&message)) {
    store_.add_points(id, {point, 1});
  } else if (const Started* started = std::get_if<Started>(&message)) {
    store_.forget_points(id);  // also at step 0: an earlier, interrupted run of this attempt may have logged some
    if (started->step > 0) store_.start(id, pids_[id], started->step);
  } else if (const Made* made = std::get_if<Made>(&message)) {
    add_artifact(job, *made);
  } else if (const Note* note = std::get_if<Note>(&message)) {
    store_.event(id, "note", json_text({{"level", note->level}, {"who", note->who}, {"text", note->text}}));
  } else if (std::holds_alternative<Checkpointed>(message)) {
    news_ = true;
  }
}

void StoreRecorder::add_artifact(const Job& job, const Made& made) {
  const fs::path file = job.spec->directory / made.file;
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error) {
    store_.event(job.row.trial_id, "note",
                 json_text({{"who", "ubp"}, {"text", file.string() + ": an artifact that is not there"}}));
    return;
  }
  store_.add_artifact(
      job.row.trial_id,
      {plain(made.kind), plain(fs::path(made.file).filename().string()), sha256_of_file(file), plain(made.mime),
       made.step, static_cast<std::int64_t>(size), plain(fs::proximate(file, folder_).generic_string())});
}

Recorded StoreRecorder::finished(const Job& job, const Outcome& outcome) {
  news_ = true;
  store_.hold();
  const Recorded recorded = store_.finish(job.row.trial_id, outcome, job.limits.retries);
  pids_.erase(job.row.trial_id);
  std::error_code ignored;
  if (job.spec)
    fs::remove(job.spec->directory / "checkpoint", ignored);  // another attempt, if somebody wants one, starts afresh
  return recorded;
}

Recorded StoreRecorder::paused(const Job& job, const Outcome& cost) {
  store_.hold();
  return store_.pause(job.row.trial_id, job.until_step.value(), cost);
}

void StoreRecorder::requeued(const Job& job, const Outcome& cost, Requeued why) {
  store_.hold();
  store_.requeue(job.row.trial_id, name_of(why), cost);
}

TrialRow StoreRecorder::lost(const Job& job, const Outcome& outcome) {
  store_.hold();
  return store_.replace_lost(job.row.trial_id, outcome);
}

void StoreRecorder::publish() {
  const std::int64_t began = steady_ms();
  store_.publish(published_);
  news_ = false;
  publish_at_ms_ = steady_ms() + std::max(kPublishMs, kPublishShare * (steady_ms() - began));
}

void StoreRecorder::tick() {
  store_.commit();
  if (news_ && !published_.empty() && steady_ms() >= publish_at_ms_) publish();
  if (steady_ms() - synced_ms_ >= kSyncMs) {
    store_.sync();
    synced_ms_ = steady_ms();
  }
  if (steady_ms() - flushed_ms_ < kFlushMs) return;
  store_.flush();
  flushed_ms_ = steady_ms();
}

std::optional<Memory::Remembered> StoreMemory::recall(const Job& job) {
  const TrialRow& row = job.row;
  if (job.until_step)
    if (const std::optional<Recorded> reached = store_.at_rung(row.trial_id, *job.until_step)) {
      const bool reused = row.state == TrialState::complete && store_.steps(row.trial_id) == 0;
      return Remembered{*reached, {}, reused ? 0 : *job.until_step};
    }
  const bool reused = row.state == TrialState::queued && store_.reuse_asked(row.trial_id);
  if (row.state == TrialState::queued && !reused) return std::nullopt;
  Remembered remembered{store_.recorded(row.trial_id), {}, store_.steps(row.trial_id)};
  if (!metric_.empty()) remembered.series = store_.series(row.trial_id, metric_);
  if (reused && reused_) reused_(job, remembered.came_to);
  return remembered;
}

}  // namespace ubp
