// SPDX-License-Identifier: MIT
#include "base/child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"

extern char** environ;

namespace ubp {
namespace {

void require(bool fine, const char* what) {
  if (!fine) fail(Exit::internal, "{}: {}", what, std::strerror(errno));
}

// A file, not a pipe: neither side waits for the other.
int input_file(const std::string& content) {
  const int fd = memfd_create("input", MFD_CLOEXEC);
  require(fd >= 0 && write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()), "memfd");
  lseek(fd, 0, SEEK_SET);
  return fd;
}

}  // namespace

ChildEnd run_child(const std::filesystem::path& executable, std::vector<std::string> words, const std::string& input) {
  words.insert(words.begin(), executable.string());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  int ends[2];
  require(pipe2(ends, O_CLOEXEC) == 0, "pipe");
  const int in = input_file(input);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  pid_t child = 0;
  const int error = posix_spawnp(&child, executable.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in);
  close(ends[1]);
  ChildEnd end;
  if (error == 0) {
    char block[1 << 14];
    for (ssize_t n; (n = read(ends[0], block, sizeof block)) > 0;) end.out.append(block, static_cast<std::size_t>(n));
    waitpid(child, &end.wait_status, 0);
  }
  close(ends[0]);
  if (error != 0) fail(Exit::internal, "{}: cannot be started: {}", executable.string(), std::strerror(error));
  return end;
}

std::filesystem::path this_executable() {
  static const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe");
  return path;
}

}  // namespace ubp
