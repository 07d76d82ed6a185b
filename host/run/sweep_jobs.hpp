// SPDX-License-Identifier: MIT
// From what is to be run to jobs: for schedulers.
#pragma once

#include <filesystem>
#include <vector>

#include "run/coordinator.hpp"

namespace ubp {

/// The jobs of one declared sweep. Trials work in `files`/CONFIG-REPLICATE/.
class SweepJobs {
 public:
  /// REQUIRES: plan and recorder outlive it.
  SweepJobs(const Plan& plan, Recorder& recorder, std::filesystem::path files)
      : plan_(plan), recorder_(recorder), files_(std::move(files)), assignments_(plan.assignments) {}

  bool knows(const TrialRow&) const;  ///< its config is planned or was proposed, its replicate is planned
  Job job(const TrialRow&) const;     ///< REQUIRES: knows()

  /// The sweep grows by a config: recorded with the next number, a job for each of its replicates. Throws Error (usage)
  /// if the point does not fit together.
  std::vector<Job> propose(const Assignment&);

 private:
  const Plan& plan_;
  Recorder& recorder_;
  std::filesystem::path files_;
  std::vector<Assignment> assignments_;  // by config number
};

}  // namespace ubp
