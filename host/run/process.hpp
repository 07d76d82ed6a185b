// SPDX-License-Identifier: MIT
// One trial process, seen from its coordinator. Passive: somebody else waits (LocalRunner).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.hpp"
#include "run/descriptor.hpp"
#include "run/ending.hpp"
#include "run/fork_server.hpp"
#include "run/protocol.hpp"

namespace ubp {

class TrialProcess {
 public:
  /// Starts `executable worker`, or has `forks` start it where there is one, with the descriptors that run/protocol.hpp
  /// names. Its log is appended to `directory`/log.txt. It gets a process group of its own, so that a Ctrl-C at the
  /// terminal reaches the coordinator only. Throws Error (internal).
  TrialProcess(const std::filesystem::path& executable, const TrialSpec&, std::int64_t memory_limit_bytes,
               std::optional<std::int64_t> until_step, ForkServer* forks);
  ~TrialProcess();  ///< kills it if it still runs
  TrialProcess(const TrialProcess&) = delete;

  pid_t pid() const { return pid_; }
  int stream() const { return stream_.get(); }  ///< to poll; not blocking
  int death() const { return death_.get(); }    ///< readable once the process has ended; -1: the kernel cannot tell

  /// Appends what has arrived. Returns whether more may come at once. Its texts are plain (base/text.hpp).
  /// A line that is no message, or longer than any, ends the process.
  bool read(std::vector<Message>& out);
  std::string breadcrumb() const;  ///< what it is doing now (train/breadcrumb.hpp); "": nothing of a plugin yet
  void bound_log();         ///< keeps a mebibyte of the log's beginning and one of its end, if it has grown large
  bool has_ended();         ///< does not block
  Ending take_ending();     ///< REQUIRES: has_ended(). Reaps it, and whatever it has started.
  void signal(int signal);  ///< to the process (SIGTERM) or to its whole group (SIGKILL)

 private:
  void give_up(std::string_view line);  // nothing after such a line can be believed

  pid_t pid_ = -1;
  Fd stream_, death_;
  char* crumb_ = nullptr;  // shared
  std::string unread_;     // an incomplete line
  Fd log_;
  std::int64_t log_start_ = 0, log_left_out_ = 0;
  std::int64_t started_ms_ = 0;
  std::int64_t memory_limit_bytes_ = 0;
  std::optional<std::string> garbled_;
  std::optional<TrialEnd> told_;
};

std::int64_t steady_ms();

}  // namespace ubp
