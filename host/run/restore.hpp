// SPDX-License-Identifier: MIT
// From the record of a trial to what it had learnt.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "query/recorded_trial.hpp"
#include "run/reproduce.hpp"
#include "train/evaluate/restored_trial.hpp"

namespace ubp {

/// Where the parameters of a trial lie: learnt.ubp of [artifacts] checkpoint, by step; else, of one that was
/// interrupted or paused, the checkpoint that continues it.
struct KeptCheckpoint {
  std::int64_t step = 0;  ///< -1: that of the checkpoint that continues it
  std::filesystem::path file;
};

/// The last one, or that of step `at`. Throws Error (usage): the trial has none, or none of that step; of what there
/// is, which.
KeptCheckpoint kept_checkpoint(Reader&, const RecordedTrial&, std::optional<std::int64_t> at = std::nullopt);

/// The steps of the checkpoints that [artifacts] checkpoint kept, ascending.
std::vector<std::int64_t> kept_steps(Reader&, std::int64_t trial_id);

/// Whether kept_checkpoint() would find one.
bool is_kept(Reader&, const RecordedTrial&);

/// A trial that has kept nothing, once more: run_again(), keeping what it learns. Throws Error as restore().
Rerun learn_again(Reader&, const RecordedTrial&, Registry&, const std::filesystem::path& folder, bool quiet);

/// A trial as it is loaded again.
struct Restored {
  std::string name;                ///< SWEEP/CONFIG.REPLICATE
  std::int64_t step = -1;          ///< KeptCheckpoint::step
  std::vector<std::string> notes;  ///< sentences: what differs from the record
  std::unique_ptr<RestoredTrial> trial;
};

/// The trial `trial_id` of this database, with the parameters of kept_checkpoint(). Nothing is trained and nothing is
/// written. Throws Error (usage): as kept_checkpoint() and plan_again(); the data is not what was recorded; the
/// checkpoint is damaged; the trial's sweep was imported. REQUIRES: the trial exists.
Restored restore(Reader&, std::int64_t trial_id, Registry&, std::optional<std::int64_t> at = std::nullopt);

}  // namespace ubp
