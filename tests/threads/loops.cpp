// SPDX-License-Identifier: MIT
// A loop over the threads of an engine: its chunks, its failures, and what its helpers are told.
#include <pthread.h>

#include <csignal>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "engine/engine.hpp"
#include "engine/parallel.hpp"

namespace {

using namespace ubp;

using Chunks = std::set<std::pair<i64, i64>>;

Chunks chunks_of(i64 n, i64 grain) {
  std::mutex one_at_a_time;
  Chunks chunks;
  int given = 0;
  parallel(n, grain, [&](i64 lo, i64 hi) {
    const std::lock_guard lock(one_at_a_time);
    chunks.emplace(lo, hi);
    ++given;
  });
  CHECK(given == std::ssize(chunks));
  return chunks;
}

/// The threads that took part in a loop whose chunks wait for each other.
std::set<std::thread::id> threads_of_a_loop(int threads) {
  std::mutex one_at_a_time;
  std::set<std::thread::id> all;
  std::atomic<int> arrived{0};
  parallel(threads, 1, [&](i64, i64) {
    ++arrived;
    while (arrived < threads) std::this_thread::yield();
    const std::lock_guard lock(one_at_a_time);
    all.insert(std::this_thread::get_id());
  });
  return all;
}

}  // namespace

TEST_CASE("the chunks of a loop are the same for any number of threads") {
  for (const auto& [n, grain] : {std::pair<i64, i64>{0, 5}, {1, 5}, {5, 5}, {6, 5}, {1000, 7}}) {
    const Chunks expected = chunks_of(n, grain);
    i64 at = 0;
    for (const auto& [lo, hi] : expected) {
      CHECK(lo == at);
      CHECK(hi == std::min(n, lo + grain));
      at = hi;
    }
    CHECK(at == n);
    for (const int threads : {2, 3, 8}) {
      const Engine engine(DType::f32, threads);
      CHECK(chunks_of(n, grain) == expected);
    }
  }
}

TEST_CASE("as many threads take part as were asked for, and one alone is the caller") {
  CHECK(threads_of_a_loop(1) == std::set{std::this_thread::get_id()});
  for (const int threads : {2, 4}) {
    const Engine engine(DType::f32, threads);
    for (int again = 0; again < 20; ++again) CHECK(threads_of_a_loop(threads).size() == static_cast<unsigned>(threads));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // long enough for helpers to fall asleep
    CHECK(threads_of_a_loop(threads).size() == static_cast<unsigned>(threads));
  }
}

TEST_CASE("a loop within a loop runs where it stands") {
  const Engine engine(DType::f32, 4);
  std::atomic<i64> sum{0}, most{0};
  parallel(64, 1, [&](i64, i64) {
    const auto here = std::this_thread::get_id();
    most = std::max<i64>(most, loop_threads());
    parallel(100, 3, [&](i64 lo, i64 hi) {
      if (std::this_thread::get_id() == here) sum += hi - lo;
    });
  });
  CHECK(sum == 6400);
  CHECK(most == 1);
  CHECK(loop_threads() == 4);
}

TEST_CASE("what is thrown in a loop is thrown by it: the first chunk's, and the next loop works") {
  for (const int threads : {1, 2, 4}) {
    const Engine engine(DType::f32, threads);
    for (int again = 0; again < 50; ++again) {
      std::string told;
      try {
        parallel(100, 1, [](i64 lo, i64) {
          if (lo % 10 == 7) throw std::runtime_error(std::to_string(lo));
        });
      } catch (const std::runtime_error& e) {
        told = e.what();
      }
      CHECK(told == "7");
      CHECK(chunks_of(100, 1).size() == 100);
    }
  }
}

TEST_CASE("helpers are handed no signal") {
  const Engine engine(DType::f32, 4);
  std::atomic<int> open{0}, arrived{0};
  const auto caller = std::this_thread::get_id();
  parallel(4, 1, [&](i64, i64) {
    ++arrived;
    while (arrived < 4) std::this_thread::yield();
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGALRM, SIGCHLD})
      open += std::this_thread::get_id() != caller && !sigismember(&blocked, signal);
  });
  CHECK(open == 0);
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  CHECK(!sigismember(&blocked, SIGTERM));
}
