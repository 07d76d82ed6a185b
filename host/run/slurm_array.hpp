// SPDX-License-Identifier: MIT
// A sweep as an array job of Slurm: every task runs its share of the plan into a database of its own, a shard, which
// lies on the machine's own disk and is published whole; a job behind them merges the shards. Nothing talks to
// anything, so nothing has to be up.
#pragma once

#include <filesystem>
#include <string>

#include "plan/plan.hpp"
#include "run/session.hpp"

namespace ubp {

struct SlurmArray {
  std::filesystem::path executable, database;  ///< absolute: machines share them
  std::filesystem::path shards;                ///< absolute: where `spec.toml`, shards `I.db` and logs lie
  std::string plugin_path;                     ///< as UBP_PLUGIN_PATH has it; ""
  std::int64_t tasks = 1;
  std::int64_t pack = 1;  ///< trials side by side in one task
};

/// Throws Error (usage) if some trial of the plan depends on the results of others, which another task would have.
void require_apart(const Plan&);

/// A shell script for sbatch. A task that is stopped before its end is queued again, and continues its shard.
std::string array_script(const SlurmArray&);
std::string merge_script(const SlurmArray&);

/// One task: runs its share, from where its shard stands. `work`: a folder on the machine's own disk.
SessionResult run_share(Plan&, SessionOptions, const std::filesystem::path& shard, const std::filesystem::path& work);

}  // namespace ubp
