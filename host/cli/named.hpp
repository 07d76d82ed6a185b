// SPDX-License-Identifier: MIT
// Which sweep a person means, and which of its trials; and other names that several verbs take.
#pragma once

#include <string>

#include "cli/options.hpp"
#include "query/find.hpp"
#include "query/sweeps.hpp"
#include "record/optuna.hpp"

namespace ubp {

/// The sweep that `text` names (query/find.hpp); says so if others share the name.
std::int64_t named_sweep(Reader&, const std::string& text);

/// --where, of a verb whose sweep is chosen_sweep().
void add_where(Options&);

/// The sweep that `text` names, or if it is "" the latest that has results; where --where was given, of its executions
/// only those that match are there from now on (Reader::keep_only()), and how many that are is said.
/// Throws Error as find_sweep() and keep_matching() do.
SweepFacts chosen_sweep(Reader&, const Options&, const std::string& text);

/// --for; the later releases by default. Throws Error (usage).
OptunaRelease optuna_release(const Options&);
inline const std::vector<std::string> kOptunaReleases = {"3.1", "3.2"};

}  // namespace ubp
