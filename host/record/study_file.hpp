// SPDX-License-Identifier: MIT
// Sweeps as studies in a file of Optuna's own, which Optuna continues.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "record/optuna.hpp"

namespace ubp {

struct WrittenStudies {
  std::int64_t studies = 0, trials = 0;
  std::int64_t unfinished = 0;  ///< trials that have not ended, and are left out
};

/// Writes a sweep, or all of them, to `file`, whole or not at all; `database` may be written meanwhile. Throws Error
/// (usage) if the file is there already, or cannot be written. REQUIRES: the database is of this ubp's schema.
WrittenStudies write_studies(const std::filesystem::path& database, std::optional<std::int64_t> sweep_id,
                             const std::filesystem::path& file, OptunaRelease);

}  // namespace ubp
