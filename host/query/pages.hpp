// SPDX-License-Identifier: MIT
// What `ubp show` and `ubp top` put on one page: several queries, each under its name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "query/reader.hpp"

namespace ubp {

struct PagePart {
  std::string name;  ///< "attempts"; a key of the JSON that the verb prints
  Query query;
};

/// All that is recorded of one trial. REQUIRES: the trial exists.
struct TrialPage {
  std::vector<PagePart> facts;  ///< trial, sweep, provenance: one row, or none where the trial never started
  std::vector<PagePart> lists;  ///< attempts, tags, notes, parameters, objectives, metrics, artifacts, plugins
  std::string spec;             ///< JSON: its config's resolved spec, or what it was imported from
  std::string log;              ///< the last lines it wrote; "": none
};
/// Paths of artifacts begin at the working folder if `reader` was opened by a path that does. `written`: a live process
/// writes the database; if none does, a trial that looks as if it ran is STOPPED.
TrialPage trial_page(Reader& reader, std::int64_t trial_id, bool written);

/// What a report says of a whole sweep beside its results.
struct SweepPage {
  Query sweep;     ///< one row
  Query failures;  ///< by cause
  Query ground;    ///< what complete trials stood on: a row for each binary, file and machine
};
SweepPage sweep_page(std::int64_t sweep_id);

/// What is going on: sweeps (the running ones first; `slots`: how many trials may run side by side), running trials,
/// and those that ended last.
std::vector<PagePart> activity_page();

/// The objective's values of a sweep's complete trials, in the order in which they ended: the last ones, if there are
/// very many.
std::vector<double> values_of_trials(Reader&, std::int64_t sweep_id);

}  // namespace ubp
