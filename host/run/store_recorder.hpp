// SPDX-License-Identifier: MIT
// What trials tell, into the database.
#pragma once

#include <filesystem>
#include <functional>
#include <map>

#include "record/store.hpp"
#include "run/recall.hpp"

namespace ubp {

class StoreRecorder : public Recorder {
 public:
  /// For the trials of one sweep. Paths of artifacts are recorded relative to `database_folder`. `published`: see
  /// SessionOptions.
  StoreRecorder(Store& store, std::int64_t sweep_id, std::filesystem::path database_folder,
                std::filesystem::path published = {})
      : store_(store), sweep_id_(sweep_id), folder_(std::move(database_folder)), published_(std::move(published)) {}

  std::vector<TrialRow> proposed(const Config&) override;

  void started(const Job&, std::int64_t pid) override;
  void heard(const Job&, const Message&) override;
  Recorded finished(const Job&, const Outcome&) override;
  Recorded paused(const Job&, const Outcome&) override;
  void requeued(const Job&, const Outcome&, Requeued) override;
  TrialRow lost(const Job&, const Outcome&) override;
  void tick() override;

 private:
  void add_artifact(const Job&, const Made&);
  void publish();

  Store& store_;
  std::int64_t sweep_id_;
  std::filesystem::path folder_, published_;
  std::map<std::int64_t, std::int64_t> pids_;
  std::int64_t flushed_ms_ = 0, synced_ms_ = 0, publish_at_ms_ = 0;
  bool news_ = false;  // since it was published last
};

/// The database as a scheduler's memory.
class StoreMemory : public Memory {
 public:
  using Reused = std::function<void(const Job&, const Recorded&)>;
  /// `metric`: by which trials are ended early; "" for none. `reused` is told of a trial that had to run until it was
  /// asked for, and then was taken over from another sweep.
  StoreMemory(Store& store, std::string metric, Reused reused = {})
      : store_(store), metric_(std::move(metric)), reused_(std::move(reused)) {}
  std::optional<Remembered> recall(const Job&) override;

 private:
  Store& store_;
  std::string metric_;
  Reused reused_;
};

}  // namespace ubp
