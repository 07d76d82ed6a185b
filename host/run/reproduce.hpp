// SPDX-License-Identifier: MIT
// A recorded trial, run once more from its record alone: is it still the same?
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "query/recorded_trial.hpp"
#include "query/sweeps.hpp"
#include "record/store.hpp"
#include "run/session.hpp"

namespace ubp {

/// Something behind a trial's numbers that is not as it was recorded.
struct Culprit {
  std::string what;   ///< "objective 'denoising'", "data", "ubp", "BLAS", "processor", "spec optimizer.lr"
  std::string where;  ///< the file; "": none
  std::string recorded, now;
};
std::string sentence_of(const Culprit&);

/// The sweep's plan with this one config, sealed: what runs the trial again. Throws Error as plan_of_text() and
/// require_data(): a plugin or the data are not there.
Plan plan_again(const RecordedTrial&, const DeclaredSweep&, Registry&);

/// What differs from the record, before anything runs: this ubp, its plugins, its data, the kernels of BLAS and the
/// processor they are chosen for, what the recorded spec means. REQUIRES: a plan of plan_again() of this trial.
std::vector<Culprit> culprits(const RecordedTrial&, const Plan&, const Provenance& now);

/// How a spec differs from the recorded one, key by key.
std::vector<Culprit> spec_culprits(const std::string& recorded, const std::string& now, const std::string& file);

struct Rerun {
  std::filesystem::path database;  ///< with this trial alone
  std::int64_t trial_id = 0;       ///< there
  Recorded came_to;                ///< queued: stopped where the recorded one was pruned
  bool interrupted = false;        ///< and nothing can be said
};

/// Runs it in a process of its own, as any trial, with `folder` for its database and files; without pictures, and
/// without limits of time. A pruned one to the last step that it has told. `keep`: what it has learnt is kept there, as
/// by artifacts.checkpoint. Throws Error as coordinate().
Rerun run_again(const RecordedTrial&, Plan, const Provenance&, const std::filesystem::path& folder, bool quiet,
                bool keep = false);

}  // namespace ubp
