// SPDX-License-Identifier: MIT
// Where the trial processes of a sweep come from: a process that has loaded ubp once, and forks one for each request.
// To start ubp anew for each costs what the dynamic loader does: more than a small trial itself.
//
// What it forks is a child of the coordinator, as if that had started it (CLONE_PARENT): who waits for it, what ends
// it and what it inherits is the same. No plugin is loaded in the server: whatever one does, it does to one trial.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include "run/descriptor.hpp"

namespace ubp {

/// The coordinator's end. Threads: one.
class ForkServer {
 public:
  explicit ForkServer(std::filesystem::path executable) : executable_(std::move(executable)) {}
  ~ForkServer();
  ForkServer(const ForkServer&) = delete;

  /// Starts `ubp worker`, as spawn() would, in a process group of its own: see run/protocol.hpp for the words and for
  /// `fds`, its descriptors 0, 1, ... Returns its pid. Nothing if this system has no such thing, or if the server has
  /// been killed: the next call starts another. Throws Error (internal) if it cannot be started.
  std::optional<pid_t> fork(std::int64_t memory_limit_bytes, std::optional<std::int64_t> until_step,
                            std::span<const int> fds);

 private:
  void start();
  void end();

  std::filesystem::path executable_;
  Fd socket_;
  pid_t pid_ = -1;
  bool useless_ = false;  // this system cannot
};

/// The server's end, the body of `ubp __forks PARENT`, whose descriptor 0 is a socket of the coordinator's. Returns
/// when that has gone. In a process that it forked it does not return.
int serve_forks(std::int64_t parent);

}  // namespace ubp
