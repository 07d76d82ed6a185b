// SPDX-License-Identifier: MIT
// What trials tell, into the database.
#pragma once

#include <filesystem>
#include <map>

#include "record/store.hpp"
#include "run/coordinator.hpp"

namespace ubp {

class StoreRecorder : public Recorder {
 public:
  /// Paths of artifacts are recorded relative to `database_folder`.
  StoreRecorder(Store& store, std::filesystem::path database_folder)
      : store_(store), folder_(std::move(database_folder)) {}

  void started(const Work&, std::int64_t pid) override;
  void heard(const Work&, const Message&) override;
  std::optional<double> finished(const Work&, const Outcome&) override;
  void requeued(const Work&) override;
  TrialRow lost(const Work&, const Outcome&) override;
  void tick() override;

 private:
  void add_artifact(const Work&, const Made&);

  Store& store_;
  std::filesystem::path folder_;
  std::map<std::int64_t, std::int64_t> pids_;
  std::int64_t flushed_ms_ = 0;
};

}  // namespace ubp
