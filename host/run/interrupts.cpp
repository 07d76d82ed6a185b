// SPDX-License-Identifier: MIT
#include "run/interrupts.hpp"

#include <algorithm>

namespace ubp {
namespace {

std::atomic<int> g_interrupts{0};
int g_guards = 0;
static_assert(std::atomic<int>::is_always_lock_free);

void note(int, siginfo_t* info, void*) {
  if (info->si_code != SI_QUEUE) return void(g_interrupts.fetch_add(1));
  const int value = std::clamp(info->si_value.sival_int, InterruptGuard::kStop, InterruptGuard::kNow);
  for (int known = g_interrupts; known < value && !g_interrupts.compare_exchange_weak(known, value);) {
  }
}

}  // namespace

InterruptGuard::InterruptGuard() {
  if (g_guards++ == 0) g_interrupts = 0;
  struct sigaction count {};
  count.sa_sigaction = note;
  count.sa_flags = SA_SIGINFO;
  for (std::size_t i = 0; i < std::size(kSignals); ++i) {
    sigaction(kSignals[i], nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &count, nullptr);
  }
}

InterruptGuard::~InterruptGuard() {
  --g_guards;
  for (std::size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], &before_[i], nullptr);
}

const std::atomic<int>& InterruptGuard::count() const { return g_interrupts; }

}  // namespace ubp
