// SPDX-License-Identifier: MIT
// ubp top: what is going on.
#include <chrono>
#include <thread>

#include <unistd.h>

#include "cli/options.hpp"
#include "query/listing.hpp"
#include "record/lock.hpp"

namespace ubp {
namespace {

// A repeated run is one planned trial with several attempts: only the last one says whether it is done.
constexpr const char* kSweeps =
    "WITH s AS (SELECT *, (SELECT count(*) FROM (SELECT state, max(attempt) FROM trial t WHERE t.sweep_id = "
    "sweeps.sweep_id "
    "GROUP BY config_id, replicate) WHERE state NOT IN ('QUEUED', 'RUNNING', 'LOST')) AS done, configs * replicates AS "
    "planned, "
    "(SELECT avg(wall_ms) / 1000 FROM trial t WHERE t.sweep_id = sweeps.sweep_id AND t.state = 'COMPLETE') AS "
    "mean_seconds FROM sweeps "
    "ORDER BY state <> 'RUNNING', sweep_id DESC LIMIT 8) "
    "SELECT sweep_id, sweep, state, done, planned, running, failed, lost, mean_seconds, "
    "CASE WHEN running > 0 THEN (planned - done) * mean_seconds / running END AS left_seconds, metric, best FROM s";
// The last point of the longest series stands for how far a running trial is.
constexpr const char* kRunning =
    "SELECT t.trial_id, t.name, t.attempt, t.pid, round((julianday('now') - julianday(t.started)) * 86400, 1) AS "
    "seconds, "
    "max(s.last_step) AS step, (SELECT last FROM metric_stats l WHERE l.trial_id = t.trial_id AND l.metric = "
    "'train.loss') AS loss, "
    "t.params FROM trials t LEFT JOIN metric_stats s USING (trial_id) WHERE t.state = 'RUNNING' GROUP BY t.trial_id "
    "ORDER BY t.trial_id LIMIT 32";
constexpr const char* kNewest =
    "SELECT trial_id, name, attempt, state, value, seconds, reason, params FROM trials WHERE finished IS NOT NULL "
    "ORDER BY finished DESC, trial_id DESC LIMIT 10";

struct Part {
  const char* name;
  const char* sql;
};
constexpr Part kParts[] = {{"sweeps", kSweeps}, {"running", kRunning}, {"newest", kNewest}};

void print_json(const std::filesystem::path& file) {
  Reader reader(file);
  const auto writer = writer_of(file);
  fmt::print("{{\"writer_pid\":{}", writer ? fmt::format("{}", *writer) : "null");
  for (const Part& part : kParts) {
    fmt::print(",\n\"{}\":", part.name);
    reader.query(part.sql, {}, *printer(Format::json));
  }
  fmt::print("}}\n");
}

/// Returns whether a live process writes the database.
bool print_screen(const std::filesystem::path& file) {
  Reader reader(file);  // anew each time: a long snapshot would make the writer's log grow
  const auto writer = writer_of(file);
  fmt::print("{}: {}\n", file.string(),
             writer ? fmt::format("written by process {}", *writer) : "no process writes it");
  for (const Part& part : kParts) {
    if (reader.rows(part.sql).empty()) continue;
    fmt::print("\n{}\n", part.name);
    reader.query(part.sql, {}, *printer(Format::table));
  }
  return writer.has_value();
}

}  // namespace

int verb_top(const Words& words) {
  Options o("top", "",
            "Sweeps with their progress, the trials that run, and those that ended last. On a terminal it is drawn "
            "anew every\n"
            "second for as long as a process writes the database.");
  o.flag("once", "draw it once").with_database().with_format({"table", "json"});
  if (!o.parse(words)) return 0;
  if (o.format() == Format::json) return print_json(o.database()), 0;
  const bool live = isatty(STDOUT_FILENO) && !o.has("once");
  while (true) {
    if (live) fmt::print("\033[H\033[2J");
    if (!print_screen(o.database()) || !live) return 0;
    std::fflush(stdout);
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

}  // namespace ubp
