// SPDX-License-Identifier: MIT
#include "cli/session_report.hpp"

#include "query/listing.hpp"
#include "run/progress.hpp"

namespace ubp {
namespace {

constexpr std::int64_t kShownConfigs = 10;

void print_metrics(Reader& reader, std::int64_t trial_id) {
  reader.query(
      "SELECT metric, last, last_step AS step, min, max, n FROM metric_stats WHERE trial_id = ?1 ORDER BY metric",
      {trial_id}, *printer(Format::table));
}

void print_leaderboard(Reader& reader, std::int64_t sweep_id, const Plan& plan) {
  const Query q = leaderboard_listing(reader, sweep_id, kShownConfigs);
  reader.query(q.sql, q.arguments, *printer(Format::table));
  const auto configs = static_cast<std::int64_t>(plan.assignments.size());
  if (configs > kShownConfigs)
    message("the best {} of {} configs; all: ubp best {} -k 0", kShownConfigs, configs, sweep_id);
}

}  // namespace

void add_session_options(Options& o, bool several) {
  o.with_database()
      .values("plugin-path", "DIR", "look for plugins here first; repeatable")
      .flag("quiet,q", "no progress");
  if (several) o.value("jobs,j", "N", "trials side by side (default: one a core)");
}

SessionOptions session_options(const Options& o) {
  SessionOptions options;
  options.database = o.database();
  options.quiet = o.has("quiet");
  options.slots = o.integer("jobs", 0, 1);
  return options;
}

Registry registry_of(const Options& o) {
  std::vector<std::filesystem::path> folders;
  for (const std::string& folder : o.all("plugin-path")) folders.emplace_back(folder);
  return Registry(folders);
}

int report(const Plan& plan, const SessionOptions& options, const SessionResult& result,
           const std::string& how_to_continue) {
  Reader reader(options.database);
  if (options.single && result.complete == 1) print_metrics(reader, result.trial_ids.at(0));
  if (!options.single && !plan.metric.empty() && result.complete > 0) print_leaderboard(reader, result.sweep_id, plan);
  const std::string name =
      text_of((*reader.first("SELECT sweep FROM sweeps WHERE sweep_id = ?1", {result.sweep_id}))[0]);
  message("{} {} '{}': {} of {} trials complete{}{} in {}; files in {}", result.interrupted ? "interrupted:" : "sweep",
          result.sweep_id, name, result.complete, result.total,
          result.failed ? fmt::format(", {} failed", result.failed) : "",
          result.queued ? fmt::format(", {} to do", result.queued) : "", duration(result.seconds),
          files_of(options.database, plan.identity).lexically_proximate(std::filesystem::current_path()).string());
  if (result.failed > 0) message("why: ubp ls {} --state failed --db {}", result.sweep_id, options.database.string());
  if (result.interrupted) message("to continue: {}", how_to_continue);
  return result.exit_code();
}

}  // namespace ubp
