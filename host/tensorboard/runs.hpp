// SPDX-License-Identifier: MIT
// Trials as runs of TensorBoard.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "query/listing.hpp"

namespace ubp::tensorboard {

/// The name of a run's one file; equal for every export, so that a later one replaces an earlier one.
inline constexpr const char* kFileName = "events.out.tfevents.ubp";

/// Throws Error (usage) if `folder` holds anything but such files.
void require_own(const std::filesystem::path& folder);

/// Gives `take` the file of each trial that has points (of those that were tried again the last attempt), by its path
/// below the folder of the export: SWEEP/CONFIG.REPLICATE/NAME; of sweeps that share a name, SWEEP (ID). Equal records
/// are equal bytes. A point's time is that of its trial's start and its own. Returns how many.
std::int64_t each_run(Reader&, const ExportScope&,
                      const std::function<void(const std::filesystem::path&, const std::string& bytes)>& take);

}  // namespace ubp::tensorboard
