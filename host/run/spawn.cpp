// SPDX-License-Identifier: MIT
#include "run/spawn.hpp"

#include <spawn.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <string_view>

#include "base/error.hpp"

extern char** environ;

namespace ubp {
namespace {

/// The environment, with one thread for BLAS, which reads it when it is loaded: a sweep runs trials side by side.
std::vector<std::string> environment() {
  std::vector<std::string> all;
  for (char** each = environ; *each; ++each) {
    const std::string_view entry = *each;
    if (!entry.starts_with("OPENBLAS_NUM_THREADS=") && !entry.starts_with("OMP_NUM_THREADS=")) all.emplace_back(entry);
  }
  all.push_back("OPENBLAS_NUM_THREADS=1");
  all.push_back("OMP_NUM_THREADS=1");
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

// posix_spawn, never fork: a BLAS library may have threads here, and the child of a fork would have none of them.
pid_t spawn(const std::filesystem::path& executable, std::vector<std::string> argv, std::span<const int> fds) {
  std::vector<std::string> env = environment();
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  for (int i = 0; i < std::ssize(fds); ++i)
    posix_spawn_file_actions_adddup2(&actions, fds[static_cast<std::size_t>(i)], i);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  const int error =
      posix_spawnp(&pid, executable.c_str(), &actions, &attributes, pointers(argv).data(), pointers(env).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) fail(Exit::internal, "{}: cannot be started: {}", executable.string(), std::strerror(error));
  return pid;
}

}  // namespace ubp
