// SPDX-License-Identifier: MIT
// Trials as child processes of this one, on this machine.
#pragma once

#include <filesystem>
#include <list>
#include <memory>
#include <optional>

#include "run/coordinator.hpp"
#include "run/process.hpp"

namespace ubp {

struct LocalOptions {
  std::filesystem::path executable = "/proc/self/exe";  ///< this very file, even if a build replaces it meanwhile
  bool forks = false;                                   ///< through a ForkServer: worth it from the second trial on
  std::int64_t slots = 1;                               ///< trials side by side
  std::int64_t timeout_grace_ms = 1000;                 ///< from SIGTERM to SIGKILL, for a trial over its limit
  std::int64_t quiet_ms = 60'000;                       ///< without a step: then it is told where the trial is
  std::int64_t stop_grace_ms = 10'000;  ///< the same for one that was asked to stop: time for a step and a checkpoint
};

class LocalRunner : public Runner {
 public:
  explicit LocalRunner(LocalOptions);
  ~LocalRunner() override;

  bool has_room() const override;
  std::int64_t start(const Job&) override;
  std::vector<TrialEvent> wait() override;
  void cut(std::int64_t trial_id) override;
  void stop() override;
  void kill() override;

 private:
  struct Slot;
  void enforce(Slot&);
  void tell_quiet(Slot&, std::vector<TrialEvent>&);
  void poll_all();

  LocalOptions options_;
  std::optional<ForkServer> forks_;  // before the trials end, and after them
  std::list<std::unique_ptr<Slot>> running_;
  std::int64_t looked_ms_ = steady_ms();
};

/// Four fifths of what this machine (or its control group) has: a trial that runs away fails by itself before the
/// kernel ends processes of its own choice.
std::int64_t default_memory_limit();

}  // namespace ubp
