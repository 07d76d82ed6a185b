// SPDX-License-Identifier: MIT
#include "cli/session_report.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <sstream>
#include <thread>
#include <utility>

#include "cli/block_table.hpp"
#include "query/front.hpp"
#include "query/listing.hpp"
#include "query/noise.hpp"
#include "query/replay.hpp"
#include "run/progress.hpp"

namespace ubp {
namespace {

constexpr std::int64_t kShownConfigs = 10;

void print_leaderboard(Reader& reader, std::int64_t sweep_id, const Plan& plan) {
  const SweepFacts sweep = sweep_facts(reader, sweep_id);
  const auto sink = printer(Format::table);
  if (!plan.objectives.empty()) {
    const SweepFront front = sweep_front(reader, sweep);
    if (front.configs.empty()) return;
    print_front(front, {}, *sink);
    return message("{}", sentence_of(front.standings, front.objectives));
  }
  if (!sweep.blocks.empty() && print_over_blocks(reader, sweep, kShownConfigs, *sink).empty()) return;
  reader.query(leaderboard_listing(reader, sweep_id, kShownConfigs), *sink);
  if (const NoiseFloor floor = noise_floor(reader, sweep); !std::isnan(floor.sd)) message("{}", sentence_of(floor));
  const std::int64_t configs = plan.configs;
  if (configs > kShownConfigs)
    message("the best {} of {} configs; all: ubp best {} -k 0", kShownConfigs, configs, sweep_id);
}

/// What the pruner of a sweep that only asks would have done.
void tell_dry_prune(Reader& reader, std::int64_t sweep_id, const Plan& plan) {
  const SweepFacts sweep = sweep_facts(reader, sweep_id);
  for (const EndedTrials& ended : ended_trials(reader, sweep, plan.dry_pruner.metric))
    message("{}", sentence_of(replayed(plan.dry_pruner, sweep, ended), plan.dry_pruner, ended));
}

constexpr std::int64_t kFilesOfUbp = 32, kFilesOfATrial = 2;

/// All that may be opened at once; more than the soft limit allows, where it may be raised.
void require_files(std::int64_t jobs) {
  const std::int64_t slots = jobs > 0 ? jobs : std::max(1U, std::thread::hardware_concurrency());
  const std::int64_t needed = kFilesOfUbp + kFilesOfATrial * slots;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || std::cmp_greater_equal(limit.rlim_cur, needed)) return;
  const auto found = limit.rlim_max;
  limit.rlim_cur = std::min(limit.rlim_max, static_cast<rlim_t>(needed));
  if (std::cmp_less(found, needed) || setrlimit(RLIMIT_NOFILE, &limit) != 0)
    fail(Exit::usage, "open files: this process may have {} (ulimit -n): expected {} for {} trials side by side (-j)",
         found, needed, slots);
}

void choose_runner(const Options& o, SessionOptions& options) {
  const std::string runner = o.get("runner", "local");
  if (runner != "local" && runner != "slurm")
    fail(Exit::usage, "--runner: there is no runner '{}'{}", runner, suggestion(runner, {"local", "slurm"}));
  options.files = o.get("files");
  if (runner == "local" && o.has("slurm-args")) fail(Exit::usage, "--slurm-args: for --runner slurm only");
  if (runner == "local") return;
  options.srun = split(o.get("slurm-args"));
  const char* tasks = std::getenv("SLURM_NTASKS");
  if (options.slots == 0 && !tasks)
    fail(Exit::usage, "--runner slurm: in no allocation of Slurm: expected -j N, the most jobs at once");
  if (options.slots == 0) options.slots = std::stoll(tasks);
}

}  // namespace

std::vector<std::string> split(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

void add_session_options(Options& o, bool several) {
  o.with_database()
      .values("plugin-path", "DIR", "look for plugins here first; repeatable")
      .flag("quiet,q", "no progress")
      .flag("no-wait", "refuse a database that another ubp writes, instead of waiting for it");
  if (!several) return;
  o.value("jobs,j", "N", "trials side by side, or their train.threads together (default: one a core)");
  o.flag("retry-failed", "run what has failed once more, as another attempt");
  o.value("runner", "local|slurm", "where trials run: here, or each as a task of Slurm (default: local)")
      .choices({"local", "slurm"});
  o.value("slurm-args", "ARGS", "options of srun, as \"--partition=long --time=60\"");
  o.value("files", "FOLDER",
          "where trials work; for slurm on a file system that all machines share (default: FILE.files)");
}

SessionOptions session_options(const Options& o) {
  SessionOptions options;
  options.database = o.database();
  if (!is_utf8(std::filesystem::absolute(options.database).string()))
    fail(Exit::usage, "{}: the database's path is no UTF-8, and could not be recorded: expected another, --db FILE",
         options.database.string());
  options.quiet = o.has("quiet");
  options.wait = !o.has("no-wait");
  options.say = [](const std::string& sentence) { message("{}", sentence); };
  options.slots = o.integer("jobs", 0, 1);
  if (o.has("retry-failed")) options.again = Again::failed;
  choose_runner(o, options);
  return options;
}

Registry registry_of(const Options& o) {
  require_files(o.integer("jobs", 0, 1));
  std::vector<std::filesystem::path> folders;
  for (const std::string& folder : o.all("plugin-path")) folders.emplace_back(folder);
  return Registry(folders);
}

int report(const Plan& plan, const SessionOptions& options, const SessionResult& result,
           const std::string& how_to_continue) {
  Reader reader(options.database);
  if (options.single && result.complete == 1)
    reader.query(metric_listing(result.trial_ids.at(0)), *printer(Format::table));
  if (!options.single && !plan.metric.empty() && result.complete > 0) print_leaderboard(reader, result.sweep_id, plan);
  if (plan.dry_pruner.use != PrunerKind::none && result.complete > 0) tell_dry_prune(reader, result.sweep_id, plan);
  std::error_code gone;  // the working folder may be
  const std::filesystem::path files = files_of(options, plan.identity);
  const std::filesystem::path shown = files.lexically_proximate(std::filesystem::current_path(gone));
  message("{} {} '{}': {} of {} trials complete{}{}{} in {}; files in {}",
          result.interrupted ? "interrupted:" : "sweep", result.sweep_id, sweep_facts(reader, result.sweep_id).name,
          result.complete, result.total, result.reused ? fmt::format(", {} of them reused", result.reused) : "",
          result.failed ? fmt::format(", {} failed", result.failed) : "",
          result.queued ? fmt::format(", {} to do", result.queued) : "", duration(result.seconds), shown.string());
  if (result.failed > 0) message("why: ubp ls {} --state failed --db {}", result.sweep_id, options.database.string());
  if (!result.enough.empty()) message("no further trial was started: {}", result.enough);
  if (result.interrupted) message("to continue: {}", how_to_continue);
  return result.exit_code();
}

}  // namespace ubp
