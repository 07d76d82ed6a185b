// SPDX-License-Identifier: MIT
// Trials as steps of the Slurm allocation that this process runs in, or, outside of one, as jobs of their own: each is
// an srun whose task is a relay (run/relay.hpp).
#pragma once

#include <filesystem>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/child.hpp"
#include "run/coordinator.hpp"

namespace ubp {

struct SlurmOptions {
  std::int64_t slots = 1;                                ///< trials side by side: steps, or jobs, waiting ones included
  std::int64_t threads = 1;                              ///< of each: the cores of its task
  std::vector<std::string> arguments;                    ///< of srun, before ours end
  std::filesystem::path executable = this_executable();  ///< on every machine
};

class SlurmRunner : public Runner {
 public:
  explicit SlurmRunner(SlurmOptions);
  ~SlurmRunner() override;

  bool has_room() const override;
  /// The pid of the srun. Throws Error (internal) if there is none.
  std::int64_t start(const Job&) override;
  /// A trial whose machine, step or srun is gone without a word was killed from outside. Throws Error (usage) with
  /// srun's own sentence if it refuses to start one.
  std::vector<TrialEvent> wait() override;
  void cut(std::int64_t trial_id) override;
  void stop() override;
  void kill() override;

 private:
  class Step;
  SlurmOptions options_;
  std::list<std::unique_ptr<Step>> running_;
};

}  // namespace ubp
