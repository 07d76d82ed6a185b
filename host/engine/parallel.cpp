// SPDX-License-Identifier: MIT
#include "engine/parallel.hpp"

#include <chrono>
#include <csignal>
#include <system_error>

#include <fmt/format.h>

#include "engine/engine.hpp"

namespace ubp {
namespace {

constexpr std::chrono::microseconds kAwake{50};
constexpr int kLooks = 64;       // between two looks at the clock
constexpr int kPatience = 4096;  // looks for a helper that is in its last chunk

void pause() {
#ifdef __x86_64__
  __builtin_ia32_pause();
#endif
}

/// No signal reaches the threads that are started meanwhile.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoSignals(const NoSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

Threads::Threads(int n) : ranges_(static_cast<std::size_t>(n)) {
  const NoSignals none;
  try {
    for (int thread = 1; thread < n; ++thread) helpers_.emplace_back([this, thread] { help(thread); });
  } catch (const std::system_error&) {
    end();
    throw EngineError(UBP_E_NO_MEMORY, fmt::format("train.threads: the system starts no more threads: found {} of {}",
                                                   helpers_.size() + 1, n));
  }
  current_ = this;
}

Threads::~Threads() {
  current_ = nullptr;
  end();
}

void Threads::end() {
  ending_ = true;
  ++ticket_;
  ticket_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void Threads::run(std::int64_t n, std::int64_t grain, Chunk call, const void* f) {
  const std::int64_t chunks = (n + grain - 1) / grain, threads = count();
  for (std::int64_t k = 0; k < threads; ++k) {
    Range& range = ranges_[static_cast<std::size_t>(k)];
    range.next.store(chunks * k / threads, std::memory_order_relaxed);
    range.end = chunks * (k + 1) / threads;
  }
  loop_ = {n, grain, call, f, -1, nullptr};
  current_ = nullptr;
  ++ticket_;
  ticket_.notify_all();
  work(0);
  ++ticket_;  // a helper that comes now goes away again
  for (int looks = 0; inside_ != 0; ++looks) looks < kPatience ? pause() : std::this_thread::yield();
  current_ = this;
  if (loop_.error) std::rethrow_exception(std::move(loop_.error));
}

void Threads::help(int thread) {
  for (std::uint32_t ticket = 0; !ending_;) {
    ticket = next_ticket(ticket);
    if (ticket % 2 == 0) continue;
    ++inside_;
    if (ticket_ == ticket && !ending_) work(thread);
    --inside_;
  }
}

std::uint32_t Threads::next_ticket(std::uint32_t last) const {
  const auto until = std::chrono::steady_clock::now() + kAwake;
  do {
    for (int k = 0; k < kLooks; ++k) {
      if (const std::uint32_t now = ticket_; now != last) return now;
      pause();
    }
  } while (std::chrono::steady_clock::now() < until);
  ticket_.wait(last);
  return ticket_;
}

void Threads::work(int thread) {
  for (int k = 0; k < count(); ++k) {
    Range& range = ranges_[static_cast<std::size_t>((thread + k) % count())];
    for (std::int64_t chunk; (chunk = range.next.fetch_add(1, std::memory_order_relaxed)) < range.end;)
      run_chunk(chunk, thread);
  }
}

// After a failure the others run all the same: which error is told must not depend on who was quicker.
void Threads::run_chunk(std::int64_t chunk, int thread) {
  const std::int64_t lo = chunk * loop_.grain;
  try {
    loop_.call(loop_.f, lo, std::min(loop_.n, lo + loop_.grain), thread);
  } catch (...) {
    const std::lock_guard lock(failing_);
    if (loop_.failed >= 0 && loop_.failed < chunk) return;
    loop_.failed = chunk;
    loop_.error = std::current_exception();
  }
}

}  // namespace ubp
