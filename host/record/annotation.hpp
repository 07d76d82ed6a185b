// SPDX-License-Identifier: MIT
// What people say of sweeps and trials: appended beside the records, which stay as they are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ubp {

struct Annotation {
  enum class Of { sweep, trial } of = Of::trial;
  std::int64_t id = 0;  ///< of the sweep or the trial
  enum class Kind { tag, untag, note } kind = Kind::tag;
  std::string text;  ///< the tag, or the note; not empty
};

/// Appends all of them, in one transaction. Also while another process writes the database. Throws Error as
/// BesideWriter; internal, if there is no such sweep or trial.
void annotate(const std::filesystem::path& database, const std::vector<Annotation>&);

}  // namespace ubp
