// SPDX-License-Identifier: MIT
// From what is to be run to jobs: for schedulers.
#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "run/coordinator.hpp"

namespace ubp {

/// A config as it is recorded, beyond those that a plan declares.
struct Proposal {
  Assignment params;
  std::vector<std::int64_t> told;  ///< Config::told
};

/// The jobs of one declared sweep. Trials work in `files`/CONFIG-REPLICATE/.
class SweepJobs {
 public:
  /// `rows`: the recorded trials, the last attempt of each replicate; `proposals`: the recorded configs behind those of
  /// the plan, by number. REQUIRES: plan and recorder outlive it.
  SweepJobs(const Plan& plan, Recorder& recorder, std::filesystem::path files, const std::vector<TrialRow>& rows = {},
            std::vector<Proposal> proposals = {});

  /// How many configs there are: planned, recorded or proposed.
  std::int64_t configs() const { return static_cast<std::int64_t>(assignments_.size()); }
  const Assignment& assignment(std::int64_t config) const { return assignments_.at(static_cast<std::size_t>(config)); }
  /// Null if the plan declares it.
  const Proposal* proposal(std::int64_t config) const;
  /// Of one config, by replicate, as far as the plan wants them here.
  const std::vector<TrialRow>& trials(std::int64_t config) const;

  /// The sweep grows by a config: recorded with the next number. Returns its trials, by replicate. Throws Error (usage)
  /// if the point does not fit together.
  const std::vector<TrialRow>& propose(const Assignment&, const std::vector<std::int64_t>& told = {});

  Job job(const TrialRow&) const;  ///< with its spec
  void compile(Job&) const;        ///< gives a job its spec and its limits

 private:
  void take(const TrialRow&);

  const Plan& plan_;
  Recorder& recorder_;
  std::filesystem::path files_;
  std::vector<Assignment> assignments_;  // by config number
  std::vector<Proposal> proposals_;
  std::map<std::int64_t, std::vector<TrialRow>> rows_;
};

}  // namespace ubp
