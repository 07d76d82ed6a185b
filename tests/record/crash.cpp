// SPDX-License-Identifier: MIT
// A writer that is killed loses no finish that it has acknowledged; readers never wait in vain.
#include <csignal>
#include <cstring>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "support.hpp"

using namespace ubp;

namespace {

constexpr int kTrials = 400;

/// Finishes trials as fast as it can and acknowledges each through the pipe, until it is killed or done.
[[noreturn]] void write_until_killed(const std::filesystem::path& file, int acknowledge) {
  Store store(file);
  const auto sweep = store.declare(a_plan(kTrials), a_machine());
  for (const TrialRow& t : store.missing(sweep)) {
    store.start(t.trial_id, getpid(), 0);
    for (std::int64_t step = 0; step < 200; ++step) {
      const MetricPoint p{"test.mse", step, 1.0 / double(step + 1), step};
      store.add_points(t.trial_id, {&p, 1});
    }
    store.finish(t.trial_id, Outcome{});
    (void)!write(acknowledge, &t.trial_id, sizeof t.trial_id);
  }
  _exit(0);
}

}  // namespace

TEST_CASE("a finish that was acknowledged survives SIGKILL", "[record]") {
  const Folder folder;
  std::vector<std::int64_t> acknowledged;
  for (const int after : {1, 7, 20, 33, 60, 95}) {
    int acks[2];
    REQUIRE(pipe(acks) == 0);
    const pid_t writer = fork();
    if (writer == 0) write_until_killed(folder / "a.db", acks[1]);
    close(acks[1]);
    std::int64_t id = 0;
    for (int n = 0; read(acks[0], &id, sizeof id) == sizeof id; ++n) {
      acknowledged.push_back(id);
      if (n == after) kill(writer, SIGKILL);
    }
    close(acks[0]);
    waitpid(writer, nullptr, 0);

    CHECK(ask(folder / "a.db", "PRAGMA quick_check") == "ok");
    for (const std::int64_t trial : acknowledged) {
      CAPTURE(trial, after);
      REQUIRE(ask(folder / "a.db",
                  "SELECT state || ' ' || (SELECT count(*) FROM metrics m WHERE m.trial_id = t.trial_id) "
                  "FROM trials t WHERE trial_id = " +
                      std::to_string(trial)) == "COMPLETE 200");
    }
  }
  Store store(folder / "a.db");
  const auto sweep = store.declare(a_plan(kTrials), a_machine());
  for (const TrialRow& t : store.missing(sweep)) CHECK(t.state == TrialState::queued);
  CHECK(ask(folder / "a.db", "SELECT count(*) FROM trials WHERE state = 'RUNNING'") == "0");
}

TEST_CASE("readers of a database that is being written are never told to wait", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(a_plan(60), a_machine());
  const auto rows = store.missing(sweep);
  std::atomic<bool> done = false;
  std::atomic<int> queries = 0, refused = 0;
  std::vector<std::thread> readers;
  for (int r = 0; r < 4; ++r)
    readers.emplace_back([&] {
      sqlite::Connection db(folder / "a.db", SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX);
      sqlite3_busy_timeout(db.handle(), 0);
      while (!done) {
        try {
          db.integer("SELECT count(*) FROM trials");
          db.integer("SELECT count(*) FROM leaderboard");
          db.integer("SELECT sum(value) FROM metrics");
          ++queries;
        } catch (const Error&) {
          ++refused;
        }
      }
    });
  for (const TrialRow& t : rows) run_trial(store, t.trial_id, 0.5);
  store.finish_sweep(sweep);
  while (queries < 20 && refused == 0) std::this_thread::yield();
  done = true;
  for (std::thread& r : readers) r.join();
  CHECK(refused == 0);
  CHECK(queries >= 20);
}
