// SPDX-License-Identifier: MIT
#include "run/descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.hpp"

namespace ubp {

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}
Fd::~Fd() {
  if (fd_ >= 0) close(fd_);
}
int Fd::release() { return std::exchange(fd_, -1); }

// So no dup2 hits a descriptor that is still needed.
Fd high(int fd, const char* what) {
  const Fd low(fd);
  const int up = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 10);
  if (up < 0) fail(Exit::internal, "cannot start a trial: {}: {}", what, std::strerror(errno));
  return Fd(up);
}

}  // namespace ubp
