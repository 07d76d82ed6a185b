// SPDX-License-Identifier: MIT
// Databases that were written apart become one: any order, any number of times, gives the same content.
//
// A sweep is found by its identity, a config by its number in it, a trial by config, replicate and attempt; everything
// else by what it is. Of two records of one trial that which came further stands: QUEUED < RUNNING < LOST < CANCELLED <
// FAILED < PRUNED < COMPLETE, and among equals the later.
#pragma once

#include <cstdint>
#include <filesystem>

namespace ubp {

struct Merged {
  std::int64_t trials = 0;         ///< whose record is the shard's from now on
  std::int64_t files_missing = 0;  ///< artifacts of theirs whose files are not there
};

/// Throws Error if `shard` is no database of this ubp's schema (usage), is being written (locked) or is `database`
/// (usage). Changes nothing.
void require_shard(const std::filesystem::path& database, const std::filesystem::path& shard);

/// Takes over what `shard` has and `database`, which is made if it is not there, lacks. Files of artifacts are copied
/// into `<database>.files`. In one transaction. Throws Error as Store and require_shard() do, and Error (usage) if both
/// cannot be of one sweep: a config with other parameters, a replicate with another seed, equal trials with other
/// results. REQUIRES: a sound shard.
Merged merge(const std::filesystem::path& database, const std::filesystem::path& shard);

}  // namespace ubp
