// SPDX-License-Identifier: MIT
// Loops over the threads of a trial.
//
// No number may depend on how many threads there are: the chunks of a loop depend on its length alone, and what several
// chunks add up to is added in their order.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace ubp {

/// The threads of one engine: the one that it belongs to, which gives out the loops and takes part in them, and helpers
/// that do nothing else. Helpers wait for a loop awake for some tens of microseconds, as the next one is mostly near,
/// and then asleep. They are handed no signal.
class Threads {
 public:
  using Chunk = void (*)(const void* f, std::int64_t lo, std::int64_t hi, int thread);

  /// REQUIRES: n > 1. From here on loops of this thread run on n threads. Throws EngineError (NO_MEMORY) if the system
  /// starts no more.
  explicit Threads(int n);
  ~Threads();
  Threads(const Threads&) = delete;

  /// Those of this thread; null: loops run here. Null also within a loop, and on helpers.
  static Threads* current() { return current_; }
  int count() const { return static_cast<int>(ranges_.size()); }

  /// REQUIRES: current() is this one.
  void run(std::int64_t n, std::int64_t grain, Chunk call, const void* f);

 private:
  /// The chunks that a thread begins with, and that others help with once they have done theirs.
  struct alignas(64) Range {
    std::atomic<std::int64_t> next{0};
    std::int64_t end = 0;
  };
  /// The running loop.
  struct Loop {
    std::int64_t n = 0, grain = 1;
    Chunk call = nullptr;
    const void* f = nullptr;
    std::int64_t failed = -1;  ///< the first chunk that threw
    std::exception_ptr error;
  };

  void help(int thread);
  std::uint32_t next_ticket(std::uint32_t last) const;
  void work(int thread);
  void run_chunk(std::int64_t chunk, int thread);
  void end();

  static constinit inline thread_local Threads* current_ = nullptr;

  std::vector<Range> ranges_;  // by thread
  Loop loop_;
  std::mutex failing_;
  alignas(64) std::atomic<std::uint32_t> ticket_{0};  ///< odd: a loop is open
  std::atomic<bool> ending_{false};
  alignas(64) std::atomic<int> inside_{0};  ///< helpers that may look at the loop
  std::vector<std::thread> helpers_;
};

/// f(lo, hi) for the chunks [0, grain), [grain, 2 grain), ... of [0, n), side by side and in any order; f may also take
/// the number of the thread that it runs on, in [0, loop_threads()). What f throws is thrown here, of several chunks
/// what the first of them threw. A loop within f runs where it stands.
template <class F>
void parallel(std::int64_t n, std::int64_t grain, const F& f) {
  const auto call = [](const void* g, std::int64_t lo, std::int64_t hi, [[maybe_unused]] int thread) {
    const F& body = *static_cast<const F*>(g);
    if constexpr (std::is_invocable_v<const F&, std::int64_t, std::int64_t, int>)
      body(lo, hi, thread);
    else
      body(lo, hi);
  };
  if (Threads* const threads = Threads::current(); threads && n > grain) return threads->run(n, grain, call, &f);
  for (std::int64_t lo = 0; lo < n; lo += grain) call(&f, lo, std::min(n, lo + grain), 0);
}

/// How many threads a loop that begins here may use.
inline int loop_threads() { return Threads::current() ? Threads::current()->count() : 1; }

constexpr std::int64_t kChunkNumbers = 4096;  ///< that a thread computes in one go: about a microsecond

/// Whether a loop over so many numbers is worth more than one thread.
inline bool is_long(std::int64_t numbers) { return Threads::current() && numbers >= 4 * kChunkNumbers; }

/// f(lo, hi) for rows of `width` numbers, [0, n) in chunks. For an f whose rows do not depend on each other.
template <class F>
void parallel_rows(std::int64_t n, std::int64_t width, const F& f) {
  if (!is_long(n * width)) return f(std::int64_t{0}, n);
  parallel(n, std::max<std::int64_t>(1, kChunkNumbers / width), f);
}

}  // namespace ubp
