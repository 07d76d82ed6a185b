// SPDX-License-Identifier: MIT
// A plan, carried out on this machine and recorded: what `ubp run`, `ubp sweep` and `ubp resume` share.
#pragma once

#include <filesystem>

#include "plan/plan.hpp"

namespace ubp {

struct SessionOptions {
  std::filesystem::path database = "ubp.db";
  std::int64_t slots = 0;  ///< trials side by side; 0: as many as this process may use cores
  bool quiet = false;
  bool again = false;   ///< run what is already complete once more (`ubp run`)
  bool single = false;  ///< show the steps of the one trial
};

struct SessionResult {
  std::int64_t sweep_id = 0;
  std::vector<std::int64_t> trial_ids;  ///< the last attempt of every config x replicate
  std::int64_t total = 0, complete = 0, failed = 0, queued = 0;
  bool interrupted = false;
  double seconds = 0;

  int exit_code() const;  ///< 75 if interrupted, 3 if some trial failed, else 0
};

/// Declares the plan in the database, or finds it there, and runs what is missing. While it runs, SIGINT, SIGTERM and
/// SIGHUP stop it, if they are not ignored: the first gracefully, the second at once. Trials work in `<database without
/// its extension>.files/<first 12 of the identity>/<config>-<replicate>/`. Throws Error as Store and
/// require_data() do.
SessionResult carry_out(const Plan&, const SessionOptions&);

/// `<database without its extension>.files/<first 12 of the identity>`
std::filesystem::path files_of(const std::filesystem::path& database, const std::string& identity);

}  // namespace ubp
