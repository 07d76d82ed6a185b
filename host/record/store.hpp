// SPDX-License-Identifier: MIT
// The results database: one SQLite file, one writer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/vocabulary.hpp"
#include "plan/plan.hpp"

namespace ubp {

struct ArtifactRow {
  std::string kind, name, sha256, mime;  ///< kind: "image", "embedding", "model", "log"
  std::int64_t step = 0, size = 0;
  std::string path;  ///< relative to the database's folder
};

/// What the machine and the working tree are; recorded once, shared by trials.
struct Provenance {
  std::string host, os, kernel, cpu, compiler, build, host_sha256, blas;
  std::int64_t n_cpu = 0, mem_bytes = 0;
  std::string git_sha, branch, diff_sha256;
  bool dirty = false;
};
/// Cheap enough to call once per command. `sums`: a folder that keeps the sum of ubp's own file.
Provenance this_machine(const std::filesystem::path& sums);

/// A sweep of the same name that is another one because of what stands behind its numbers.
struct Former {
  std::int64_t sweep_id = 0;
  Basis basis;
};

/// The latest earlier sweep of this one's name and experiment.
struct Earlier {
  std::int64_t sweep_id = 0;
  nlohmann::json space;                ///< Plan::space
  std::vector<nlohmann::json> points;  ///< the swept values of its complete trials, one a trial
  std::int64_t equal = 0;              ///< of these trials, those that are trials of this sweep, too
};

/// A config as it is recorded.
struct RecordedConfig {
  std::int64_t number = 0;
  Assignment params;
  std::vector<std::int64_t> told;  ///< Config::told
};

/// Limits::retries
using Retries = std::map<Failure, std::int64_t>;

/// Which trials that have come to an end run once more, as another attempt.
enum class Again { nothing, failed, everything };

/// The only read-write connection to a database.
///
/// Throws Error: newer_database if a newer ubp wrote the file, locked if another live process writes it (names its
/// pid), usage if the file is no ubp database or lies on a network file system. Threads: one.
class Store {
 public:
  /// Creates the file and its schema, or migrates it; takes the writer's lock, which the kernel releases with the
  /// process.
  explicit Store(const std::filesystem::path& file);
  ~Store();

  /// Lets others know which sweep this process carries out (record/lock.hpp).
  void name_sweep(std::int64_t sweep_id);

  /// Records the sweep with its configs and QUEUED trials, or finds the one with the same identity. Trials that a dead
  /// coordinator left RUNNING become LOST. Returns its id. In one transaction.
  std::int64_t declare(const Plan&, const Provenance&);

  /// A config that a running sweep has grown by, with a QUEUED trial for each of its seeds, or a complete one where
  /// reuse() finds an equal one. One that is recorded gets the trials that it lacks. Returns its trials, the last
  /// attempt of each replicate. In one transaction.
  std::vector<TrialRow> add_config(std::int64_t sweep_id, const Config&);

  /// What the latest earlier sweep of this one's name and experiment stood on, if that was something else.
  std::optional<Former> former(std::int64_t sweep_id);
  std::optional<Earlier> earlier(std::int64_t sweep_id);

  /// Completes every queued trial that equals a complete one of whatever sweep, if that has a value of what this sweep
  /// optimises, also at each step at which it would have paused: a finished trial is never run twice. Returns how many.
  /// In one transaction. REQUIRES: the sweep is that of the plan that was declared last.
  ///
  /// None of a sweep that races: it would get replicates that its race never asked for. There reuse_asked() does it, as
  /// soon as a trial is asked for.
  std::int64_t reuse(std::int64_t sweep_id);
  /// The same for one queued trial of a sweep that races; of another sweep nothing. Returns whether it is complete now.
  bool reuse_asked(std::int64_t trial_id);

  /// The trials that still have to run, in plan order, one per config x replicate. A LOST one gets a new attempt, and
  /// so do those that `again` says, and those that have failed and may be retried. `among`: with Again::failed, only of
  /// these executions; nothing: of all.
  std::vector<TrialRow> missing(std::int64_t sweep_id, Again again = Again::nothing, const Retries& = {},
                                const std::optional<std::set<std::int64_t>>& among = {});
  /// By config number: the values of its complete replicates, each one's last complete attempt.
  std::map<std::int64_t, std::vector<double>> values(std::int64_t sweep_id);
  /// The same of several objectives, those of whatever sweep: [replicate][objective], without replicates that lack one.
  std::map<std::int64_t, std::vector<std::vector<double>>> values(std::int64_t sweep_id,
                                                                  const std::vector<SweepObjective>&,
                                                                  const std::string& reduce);
  std::vector<TrialRow> latest(std::int64_t sweep_id);  ///< the last attempt of every config x replicate

  // What is known of a sweep that goes on (continued.cpp).
  std::vector<RecordedConfig> configs_from(std::int64_t sweep_id, std::int64_t number);  ///< by number
  /// Of a trial that has ended. REQUIRES: that.
  Recorded recorded(std::int64_t trial_id);
  /// How many it took in this sweep, as far as its series tell: none, if it was taken over from another.
  std::int64_t steps(std::int64_t trial_id);
  /// What it had reached when it, or an earlier attempt of it, paused there: queued, with that value. Of one that was
  /// reused, what its series says at that step.
  std::optional<Recorded> at_rung(std::int64_t trial_id, std::int64_t step);
  /// By step; NaN where it was.
  std::vector<MetricPoint> series(std::int64_t trial_id, const std::string& metric);
  /// The sweep that another one starts from: by number or name, the last of that name but for the one of this
  /// identity. Throws Error (usage): there is none, or it is not done.
  std::int64_t finished_sweep(const std::string& name_or_id, const std::string& identity);

  /// What is recorded until commit() is one transaction: a commit costs more than what a short trial records. Before
  /// that it does not survive this process: nobody is to be told of it.
  void hold();
  /// Ends that transaction, if there is one. declare(), reuse(), missing(), finish_sweep(), flush(), sync() and the
  /// destructor do so first.
  void commit();

  void start(std::int64_t trial_id, std::int64_t pid, std::int64_t resumed_from_step);
  /// Buffered; flushed by size, by flush(), and before finish(). Points with an equal (metric, step) replace.
  void add_points(std::int64_t trial_id, std::span<const MetricPoint>);
  /// Forgets what this unfinished trial has logged: it is about to be replayed from a checkpoint's history.
  void forget_points(std::int64_t trial_id);
  void add_artifact(std::int64_t trial_id, const ArtifactRow&);
  void event(std::optional<std::int64_t> trial_id, const std::string& kind, const std::string& data_json);
  /// The trial's points, summaries, objective value and state, in one transaction. Returns what was recorded: a
  /// complete trial without a finite objective value is a failed one. One that failed and may be retried gets its next
  /// attempt in the same transaction.
  Recorded finish(std::int64_t trial_id, const Outcome&, const Retries& = {});
  /// At its budget: RUNNING -> QUEUED, with what it has logged. The value is that of its series so far, and is kept as
  /// what it had reached at this step.
  Recorded pause(std::int64_t trial_id, std::int64_t step, const Outcome& cost = {});
  /// Gracefully interrupted: RUNNING -> QUEUED. What it has cost so far is kept and added to.
  void requeue(std::int64_t trial_id, const std::string& reason, const Outcome& cost = {});
  /// A trial that died from outside (SIGKILL): LOST, and a new QUEUED attempt. Returns the new trial.
  TrialRow replace_lost(std::int64_t trial_id, const Outcome&);

  // Trials that a program of the user's evaluates (asked.cpp). Meanwhile they are QUEUED, their reason "asked", so that
  // nobody takes them for trials whose process died. Each in one transaction, and on the disk when it returns.
  /// A queued trial is that program's from now on.
  void ask(std::int64_t trial_id);
  /// It is, since then (UTC, unix milliseconds); nothing: it is not.
  std::optional<std::int64_t> asked(std::int64_t trial_id);
  /// What it came to. Returns what was recorded, as finish(). REQUIRES: asked().
  Recorded tell(std::int64_t trial_id, std::span<const MetricPoint>, const Outcome&);
  /// It waits for the next who asks. REQUIRES: asked().
  void give_back(std::int64_t trial_id);

  void finish_sweep(std::int64_t sweep_id);  ///< status; WAL truncated so that the one file can be copied
  void flush();
  /// Has all that was recorded on the disk, but for buffered points. What finish(), pause(), requeue(), replace_lost()
  /// and add_config() committed since survives the end of this process, but not that of the machine, which leaves the
  /// records as they were at some moment before: those trials run again. The other methods call it.
  void sync();
  /// Puts a copy of the database at `file`, whole or not at all; also on a network file system.
  void publish(const std::filesystem::path& file);

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace ubp
