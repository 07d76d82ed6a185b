// SPDX-License-Identifier: MIT
// A plan, carried out and recorded: what `ubp run`, `ubp sweep` and `ubp resume` share.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "record/store.hpp"

namespace ubp {

struct SessionOptions {
  std::filesystem::path database = "ubp.db";
  std::int64_t slots = 0;  ///< trials side by side; 0: as many as this process may use cores
  bool quiet = false;
  Again again = Again::nothing;  ///< everything: `ubp run`
  /// With Again::failed: of those that have failed only these executions run again; nothing: all of them.
  std::optional<std::set<std::int64_t>> retried;
  std::function<void(const std::string&)> say;   ///< takes a sentence for the person who waits; may be empty
  bool single = false;                           ///< show the steps of the one trial
  std::optional<std::vector<std::string>> srun;  ///< trials are tasks of Slurm, with these options of srun
  std::filesystem::path files;                   ///< where trials work; "": `<database>.files`
  /// Where a copy of the database is put, whole, from time to time and at the end, and beside which its files are; "":
  /// nowhere. For a database on a disk that others do not see.
  std::filesystem::path published;
  bool wait = false;  ///< for another process that writes the database (run/turn.hpp); else that is an error
};

struct SessionResult {
  std::int64_t sweep_id = 0;
  std::vector<std::int64_t> trial_ids;  ///< the last attempt of every config x replicate
  std::int64_t total = 0, complete = 0, failed = 0, queued = 0;
  std::int64_t reused = 0;  ///< of the complete: not run, because an equal trial was there
  bool interrupted = false;
  std::string enough;  ///< why no further trial started, though there were some; "" if all have run
  double seconds = 0;

  int exit_code() const;  ///< 75 if interrupted, 3 if some trial failed, else 0
};

/// Reads the plan's data, says what is to be known of them, and seals the plan: what carry_out() takes. Throws as
/// require_data().
void prepare(Plan&, const SessionOptions&);

/// Declares the plan in the database, once that is free, or finds it there, and runs what is missing. While it runs,
/// SIGINT, SIGTERM, SIGHUP and SIGUSR1 stop it, if they are not ignored: the first gracefully, the second at once.
/// Trials work in `<files>/<first 12 of the identity>/<config>-<replicate>/`. Throws Error as Turn and coordinate() do.
/// REQUIRES: a prepared plan.
SessionResult carry_out(const Plan&, const SessionOptions&);

/// `<files>/<first 12 of the identity>`: no two databases share one.
std::filesystem::path files_of(const SessionOptions&, const std::string& identity);

}  // namespace ubp
