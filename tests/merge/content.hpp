// SPDX-License-Identifier: MIT
// All that a database holds, without its local numbers, as text that can be compared.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "record/sqlite.hpp"

namespace ubp {

inline std::string content(const std::filesystem::path& file) {
  constexpr const char* kTrial = "s.identity || ' ' || c.number || '.' || t.replicate || '.' || t.attempt";
  constexpr const char* kTrials =
      "trial t JOIN config c ON c.config_id = t.config_id JOIN sweep s ON s.sweep_id = t.sweep_id";
  const auto of_trials = [&](const std::string& what, const std::string& table) {
    return fmt::format("SELECT {}, {} FROM {} JOIN {}", kTrial, what, kTrials, table);
  };
  const std::vector<std::string> queries = {
      "SELECT name, question, created_ms FROM experiment",
      "SELECT e.name, s.name, identity, spec, space, sampler, seed, replicates, metric, goal, reduce, state, "
      "s.created_ms, finished_ms, declaration, basis, default_config FROM sweep s JOIN experiment e USING "
      "(experiment_id)",
      "SELECT s.identity, number, supervised, params, data, told, f.spec FROM config c JOIN sweep s USING (sweep_id) "
      "JOIN config_spec f USING (config_id)",
      "SELECT s.identity, number, p.name, kind, num, text FROM param p JOIN config USING (config_id) JOIN sweep s "
      "USING (sweep_id)",
      fmt::format(
          "SELECT {}, t.seed, t.state, t.value, t.reason, t.error, t.exit_code, t.signal, t.pid, "
          "t.resumed_from_step, t.created_ms, t.started_ms, t.finished_ms, t.wall_ms, t.cpu_ms, t.max_rss_kb, "
          "t.identity, v.sha256, r.git_sha, r.dirty, r.diff_sha256, (SELECT s.identity || ' ' || c.number || "
          "'.' || t.replicate || '.' || t.attempt FROM {} WHERE t.trial_id = x.same_as) FROM {} JOIN trial x ON "
          "x.trial_id = t.trial_id LEFT JOIN environment v ON v.environment_id = t.environment_id LEFT JOIN "
          "source r ON r.source_id = t.source_id",
          kTrial, kTrials, kTrials),
      of_trials("n.name, m.step, m.value, m.t_ms", "metric m USING (trial_id) JOIN metric_name n USING (metric_id)"),
      of_trials("n.name, m.n, m.n_nan, m.first, m.last, m.last_step, m.min, m.min_step, m.max, m.max_step, m.sum",
                "metric_summary m USING (trial_id) JOIN metric_name n USING (metric_id)"),
      of_trials("a.kind, a.name, a.step, substr(a.path, instr(a.path, '.files/')), a.sha256, a.size, a.mime",
                "artifact a USING (trial_id)"),
      of_trials("l.tail", "trial_log l USING (trial_id)"),
      of_trials("\"table\", p.kind, p.id, p.version, p.sha256",
                "trial_plugin u USING (trial_id) JOIN plugin p USING (plugin_id)"),
      of_trials("r.step, r.value", "rung r USING (trial_id)"),
      of_trials("a.t_ms, a.kind, a.text", "annotation a USING (trial_id)"),
      "SELECT s.identity, a.t_ms, a.kind, a.text FROM annotation a JOIN sweep s USING (sweep_id)",
      of_trials("e.t_ms, e.kind, e.data", "event e USING (trial_id)"),
      "SELECT t_ms, kind, data FROM event WHERE trial_id IS NULL",
      "SELECT kind, id, version, sha256, file, build, first_seen_ms FROM plugin",
      "SELECT sha256, host, cpu FROM environment",
      "SELECT git_sha, branch, dirty, diff_sha256 FROM source",
      "SELECT name FROM metric_name"};
  sqlite::Connection db(file.string(), SQLITE_OPEN_READWRITE);
  std::string all;
  for (const std::string& query : queries) {
    std::vector<std::string> lines;
    for (sqlite::Statement row(db, query); row.step();) {
      std::string line;
      for (int column = 0; column < row.columns(); ++column) line += row.text(column) + '|';
      lines.push_back(std::move(line));
    }
    std::sort(lines.begin(), lines.end());
    for (const std::string& line : lines) all += line + '\n';
    all += "--\n";
  }
  return all;
}

}  // namespace ubp
