// SPDX-License-Identifier: MIT
// The signals that ask ubp for an end.
#pragma once

#include <atomic>
#include <csignal>
#include <iterator>

namespace ubp {

/// Counts SIGINT, SIGTERM, SIGHUP and SIGUSR1 as long as it lives; what was ignored when ubp began, as SIGHUP is under
/// nohup, stays ignored. A signal that sigqueue() has sent counts as its value, however often it is sent.
/// One inside another counts on.
class InterruptGuard {
 public:
  static constexpr int kStop = 1, kNow = 2;  ///< values for sigqueue()

  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;

  const std::atomic<int>& count() const;

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
  struct sigaction before_[std::size(kSignals)]{};
};

}  // namespace ubp
