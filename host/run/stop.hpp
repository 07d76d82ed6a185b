// SPDX-License-Identifier: MIT
// From outside: a coordinator that is to end.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "record/lock.hpp"

namespace ubp {

/// Who carries out a sweep on this database; one that has just begun is waited for. Nothing: nobody, or one that does
/// something else.
std::optional<Writer> coordinator_of(const std::filesystem::path& database);

/// Asks it to end as Ctrl-C does, `now` as the second one, and waits until it has. Asking twice is asking once. `say`
/// takes a sentence once that lasts. Throws Error (locked) if it is out of reach: of another machine or person.
void stop_coordinator(const std::filesystem::path& database, const Writer&, bool now,
                      const std::function<void(const std::string&)>& say);

}  // namespace ubp
