// SPDX-License-Identifier: MIT
#include "query/pages.hpp"

namespace ubp {
namespace {

constexpr const char* kTrial =
    "SELECT trial_id, name, attempt, iif(state = 'RUNNING' AND NOT ?2, 'STOPPED', state) AS state, value, reason, "
    "error, seed, seconds, cpu_seconds, max_rss_mb, exit_code, "
    "signal, pid, resumed_from_step, supervised, created, started, finished FROM trials WHERE trial_id = ?1";
constexpr const char* kSweep =
    "SELECT s.sweep_id, s.sweep, s.experiment, s.question, s.metric, s.goal, s.reduce "
    "FROM sweeps s JOIN trials t USING (sweep_id) WHERE t.trial_id = ?1";
constexpr const char* kProvenance =
    "SELECT host, os, kernel, cpu, n_cpu, mem_bytes, compiler, build, blas, host_sha256, git_sha, branch, dirty, "
    "diff_sha256 FROM provenance WHERE trial_id = ?1";
constexpr const char* kAttempts =
    "SELECT o.trial_id, o.attempt, iif(o.state = 'RUNNING' AND NOT ?2, 'STOPPED', o.state) AS state, o.value, "
    "o.reason FROM trials t JOIN trials o USING (config_id, replicate) "
    "WHERE t.trial_id = ?1 ORDER BY o.attempt";
constexpr const char* kObjectives =
    "SELECT metric, goal, value FROM objective_values v WHERE trial_id = ?1 AND EXISTS(SELECT 1 FROM objectives o "
    "WHERE "
    "o.sweep_id = v.sweep_id AND o.objective = 1) ORDER BY objective";
constexpr const char* kParameters = "SELECT name, value FROM params WHERE trial_id = ?1 ORDER BY name";
constexpr const char* kMetrics =
    "SELECT metric, n, n_nan, first, last, last_step, min, min_step, max, max_step, mean FROM metric_stats "
    "WHERE trial_id = ?1 ORDER BY metric";
constexpr const char* kArtifacts =
    "SELECT kind, artifact, step, size, mime, ?2 || path AS path, sha256 FROM artifacts WHERE trial_id = ?1 "
    "ORDER BY artifact, step";

// Those of its sweep, too.
constexpr const char* kTags =
    "SELECT tag, iif(trial_id IS NULL, 'sweep', 'trial') AS whose, since FROM tags WHERE trial_id = ?1 OR (trial_id IS "
    "NULL AND sweep_id = (SELECT sweep_id FROM trials WHERE trial_id = ?1)) ORDER BY whose, tag";
constexpr const char* kNotes =
    "SELECT note, iif(trial_id IS NULL, 'sweep', 'trial') AS whose, written FROM notes WHERE trial_id = ?1 OR "
    "(trial_id "
    "IS NULL AND sweep_id = (SELECT sweep_id FROM trials WHERE trial_id = ?1)) ORDER BY written";

// No view has these three one by one, or for a trial that did not start, or did not fail.
constexpr const char* kPlugins =
    "SELECT u.\"table\", p.kind || '/' || p.id AS component, p.version, p.sha256, p.file, p.build "
    "FROM trial_plugin u JOIN plugin p USING (plugin_id) WHERE u.trial_id = ?1 ORDER BY 1";
// Of what was imported, and has none: where it comes from.
constexpr const char* kSpec =
    "SELECT coalesce(f.spec, s.sampler) FROM trial t JOIN sweep s USING (sweep_id) LEFT JOIN config_spec f USING "
    "(config_id) WHERE t.trial_id = ?1";
constexpr const char* kLog = "SELECT tail FROM trial_log WHERE trial_id = ?1";

// A repeated run is one planned trial with several attempts: only the last one says whether it is done.
// The last session on the database is the one that runs, if any does.
constexpr const char* kSweepsNow =
    "WITH session AS (SELECT json_extract(data, '$.identity') AS identity, json_extract(data, '$.slots') AS slots FROM "
    "event WHERE trial_id IS NULL AND kind = 'session' ORDER BY event_id DESC LIMIT 1), "
    "s AS (SELECT *, configs * replicates AS planned, "
    "(SELECT count(*) FROM (SELECT state, max(attempt) FROM trials t WHERE t.sweep_id = sweeps.sweep_id "
    "GROUP BY config_id, replicate) WHERE state NOT IN ('QUEUED', 'RUNNING', 'LOST')) AS done, "
    "(SELECT avg(wall_ms) / 1000 FROM trial t WHERE t.sweep_id = sweeps.sweep_id AND t.state = 'COMPLETE') "
    "AS mean_seconds, (SELECT total(julianday('now') - julianday(started)) * 86400 FROM trials t WHERE t.sweep_id = "
    "sweeps.sweep_id AND t.state = 'RUNNING') AS spent, "
    "iif(running > 0, (SELECT slots FROM session WHERE session.identity = sweeps.identity), NULL) AS slots "
    "FROM sweeps ORDER BY state <> 'RUNNING', sweep_id DESC LIMIT 8) "
    "SELECT sweep_id, sweep, state, done, planned, running, slots, failed, lost, mean_seconds, "
    "CASE WHEN running > 0 THEN max(0.0, (planned - done) * mean_seconds - min(spent, running * mean_seconds)) / "
    "max(running, min(coalesce(slots, running), planned - done)) END AS left_seconds, metric, best FROM s";
// The last point of the longest series stands for how far a running trial is; its last note, if that warns (level 2 is
// UBP_LOG_WARN), for what keeps it.
constexpr const char* kRunningNow =
    "SELECT t.trial_id, t.name, t.attempt, t.pid, "
    "round((julianday('now') - julianday(t.started)) * 86400, 1) AS seconds, max(s.last_step) AS step, "
    "(SELECT last FROM metric_stats l WHERE l.trial_id = t.trial_id AND l.metric = 'train.loss') AS loss, "
    "(SELECT iif(json_extract(e.data, '$.level') >= 2, json_extract(e.data, '$.text'), NULL) FROM event e JOIN trial r "
    "USING (trial_id) WHERE e.trial_id = t.trial_id AND e.kind = 'note' AND e.t_ms >= r.started_ms "
    "ORDER BY e.event_id DESC LIMIT 1) AS note, t.params "
    "FROM trials t LEFT JOIN metric_stats s USING (trial_id) WHERE t.state = 'RUNNING' GROUP BY t.trial_id "
    "ORDER BY t.trial_id LIMIT 32";
constexpr const char* kNewest =
    "SELECT trial_id, name, attempt, state, value, seconds, reason, params FROM trials WHERE finished IS NOT NULL "
    "ORDER BY finished DESC, trial_id DESC LIMIT 10";

constexpr const char* kWholeSweep =
    "SELECT sweep_id, sweep, experiment, question, state, metric, goal, reduce, configs, replicates, complete, failed, "
    "pruned, "
    "seed, created, finished FROM sweeps WHERE sweep_id = ?1";
constexpr const char* kCauses =
    "SELECT coalesce(reason, state) AS cause, count(*) AS trials, min(name) AS first, min(error) AS error "
    "FROM failures WHERE sweep_id = ?1 GROUP BY 1 ORDER BY 2 DESC, 1";
constexpr const char* kGround =
    "WITH p AS (SELECT p.* FROM provenance p JOIN trials t USING (trial_id) WHERE t.sweep_id = ?1 AND t.state = "
    "'COMPLETE'), all_of AS ("
    "SELECT 'plugin ' || substr(j.value, 1, instr(j.value, '#') - 1) AS what, substr(j.value, instr(j.value, '#') + 1) "
    "AS sha256 FROM p, json_each(p.plugins) j UNION ALL "
    "SELECT 'data ' || json_extract(j.value, '$.file'), json_extract(j.value, '$.sha256') FROM p, json_each(p.data) j "
    "UNION ALL SELECT 'ubp ' || build, host_sha256 FROM p UNION ALL SELECT 'machine ' || host || ', ' || cpu || ', ' "
    "|| "
    "os, blas FROM p UNION ALL SELECT 'working tree ' || branch || iif(dirty, ', changed', ''), git_sha FROM p WHERE "
    "git_sha <> '') SELECT what, sha256, count(*) AS trials FROM all_of GROUP BY 1, 2 ORDER BY 1, 2";
/// Recorded paths begin there.
std::string folder_of(const Reader& reader) {
  const std::string folder = reader.file().parent_path().string();
  return folder.empty() ? folder : folder + "/";
}

std::string text_of_first(Reader& reader, const char* sql, std::int64_t trial_id) {
  const auto row = reader.first({sql, {trial_id}});
  return row ? text_of((*row)[0]) : "";
}

}  // namespace

TrialPage trial_page(Reader& reader, std::int64_t id, bool written) {
  return {{{"trial", {kTrial, {id, std::int64_t{written}}}},
           {"sweep", {kSweep, {id}}},
           {"provenance", {kProvenance, {id}}}},
          {{"attempts", {kAttempts, {id, std::int64_t{written}}}},
           {"tags", {kTags, {id}}},
           {"notes", {kNotes, {id}}},
           {"parameters", {kParameters, {id}}},
           {"objectives", {kObjectives, {id}}},
           {"metrics", {kMetrics, {id}}},
           {"artifacts", {kArtifacts, {id, folder_of(reader)}}},
           {"plugins", {kPlugins, {id}}}},
          text_of_first(reader, kSpec, id),
          text_of_first(reader, kLog, id)};
}

SweepPage sweep_page(std::int64_t id) { return {{kWholeSweep, {id}}, {kCauses, {id}}, {kGround, {id}}}; }

std::vector<PagePart> activity_page() {
  return {{"sweeps", {kSweepsNow}}, {"running", {kRunningNow}}, {"newest", {kNewest}}};
}

std::vector<double> values_of_trials(Reader& reader, std::int64_t sweep_id) {
  std::vector<double> values;
  reader.each({"SELECT value FROM (SELECT value, finished_ms, trial_id FROM trial WHERE sweep_id = ?1 AND state = "
               "'COMPLETE' AND value IS NOT NULL ORDER BY finished_ms DESC, trial_id DESC LIMIT 10000) ORDER BY "
               "finished_ms, trial_id",
               {sweep_id}},
              [&](const sqlite::Statement& row) { values.push_back(row.real(0)); });
  return values;
}

}  // namespace ubp
