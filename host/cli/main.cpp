// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "cli/command.hpp"
#include "engine/blas.hpp"

namespace {

/// A file of ours that got the number of a closed standard stream would be written to as if it were that stream.
/// Results that nobody takes are an error, as ever; words that nobody hears are not.
void open_standard_streams() {
  for (int fd = 0; fd <= 2; ++fd)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY) < 0) std::_Exit(1);
}

/// What no handler caught, and no stack trace tells a person.
[[noreturn]] void say_last_word() {
  constexpr std::string_view kText = "ubp: internal error: an exception that nothing caught\n";
  [[maybe_unused]] const ssize_t n = write(STDERR_FILENO, kText.data(), kText.size());
  std::_Exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  // A trial's own end is told by its signal.
  const std::string_view verb = argc < 2 ? "" : argv[1];
  if (verb != "worker" && verb != "__forks") std::set_terminate(say_last_word);
  ubp::blas::set_up();  // also where nothing is computed: a sweep records the kernels that its trials will have
  return ubp::run_command({argv + std::min(argc, 1), argv + argc});
}
