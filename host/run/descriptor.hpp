// SPDX-License-Identifier: MIT
#pragma once

namespace ubp {

/// A file descriptor that closes itself.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();
  int get() const { return fd_; }
  int release();

 private:
  int fd_ = -1;
};

/// A descriptor like `fd`, which it closes, with a number above those that a child is given. Throws Error (internal),
/// with `what`, if it is none.
Fd high(int fd, const char* what);

}  // namespace ubp
