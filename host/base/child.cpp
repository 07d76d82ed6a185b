// SPDX-License-Identifier: MIT
#include "base/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
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

/// What a child writes, to be read here.
struct Pipe {
  Pipe() { require(pipe2(ends, O_CLOEXEC) == 0, "pipe"); }
  ~Pipe() {
    close(ends[0]);
    close_writer();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int reader() const { return ends[0]; }
  int writer() const { return ends[1]; }
  void close_writer() {
    if (ends[1] >= 0) close(ends[1]);
    ends[1] = -1;
  }
  /// Appends what is there, or waits for something; false: nothing more will come.
  bool read_some(std::string& text) const {
    char block[1 << 14];
    ssize_t n = 0;
    do n = read(ends[0], block, sizeof block);
    while (n < 0 && errno == EINTR);
    if (n > 0) text.append(block, static_cast<std::size_t>(n));
    return n > 0;
  }

  int ends[2] = {-1, -1};
};

/// Throws Error (internal). `err` -1: it is shared.
pid_t start(const std::filesystem::path& executable, std::vector<std::string> words, const std::string& input, int out,
            int err) {
  words.insert(words.begin(), executable.string());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int in = input_file(input);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  if (err >= 0) posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  pid_t child = 0;
  const int error = posix_spawnp(&child, executable.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in);
  if (error != 0) fail(Exit::internal, "{}: cannot be started: {}", executable.string(), std::strerror(error));
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

ChildEnd run_child(const std::filesystem::path& executable, std::vector<std::string> words, const std::string& input) {
  Pipe out;
  const pid_t child = start(executable, std::move(words), input, out.writer(), -1);
  out.close_writer();
  ChildEnd end;
  while (out.read_some(end.out)) {
  }
  end.wait_status = wait_for(child);
  return end;
}

LimitedEnd run_limited_child(const std::filesystem::path& executable, std::vector<std::string> words,
                             const ChildLimits& limits) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + limits.time;
  Pipe out, err;
  const pid_t child = start(executable, std::move(words), "", out.writer(), err.writer());
  out.close_writer();
  err.close_writer();
  LimitedEnd end;
  std::array<pollfd, 2> open = {{{out.reader(), POLLIN, 0}, {err.reader(), POLLIN, 0}}};
  while (open[0].fd >= 0 || open[1].fd >= 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    end.took_too_long = left.count() <= 0;
    end.too_large = end.out.size() > limits.bytes || end.err.size() > limits.bytes;
    if (end.took_too_long || end.too_large) {
      kill(child, SIGKILL);
      break;
    }
    if (poll(open.data(), open.size(), static_cast<int>(left.count())) <= 0) continue;
    if (open[0].revents != 0 && !out.read_some(end.out)) open[0].fd = -1;
    if (open[1].revents != 0 && !err.read_some(end.err)) open[1].fd = -1;
  }
  end.wait_status = wait_for(child);
  return end;
}

std::filesystem::path this_executable() {
  static const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe");
  return path;
}

}  // namespace ubp
