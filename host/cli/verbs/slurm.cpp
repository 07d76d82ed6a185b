// SPDX-License-Identifier: MIT
// ubp slurm: a sweep as an array job.
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>

#include "base/child.hpp"
#include "cli/session_report.hpp"
#include "record/lock.hpp"
#include "run/slurm_array.hpp"

namespace ubp {
namespace {

namespace fs = std::filesystem;

void declare(Options& o) {
  o.words({"submit", "SPEC", "KEY=VALUE"}, 2, true).with_database();
  o.values("plugin-path", "DIR", "look for plugins here first; repeatable");
  o.value("tasks", "N", "tasks of the array: task I runs the configs whose number is I modulo N");
  o.value("pack", "K", "trials side by side in one task (default: 1)");
  o.value("shards", "FOLDER", "for the shards, on a file system that all machines share (default: FILE.shards)");
  o.value("slurm-args", "ARGS", "options of sbatch for both jobs, as \"--partition=long --time=60\"");
  o.flag("dry-run", "print the scripts, submit nothing");
}

/// Returns the id of the job.
std::string submit(std::vector<std::string> words, const fs::path& script) {
  words.insert(words.begin(), "--parsable");
  words.push_back(script.string());
  const ChildEnd end = run_child("sbatch", words);
  if (!WIFEXITED(end.wait_status) || WEXITSTATUS(end.wait_status) != 0)
    fail(Exit::usage, "sbatch: has refused {}: nothing more is submitted", script.string());
  return end.out.substr(0, end.out.find_first_of(";\n"));
}

void write(const fs::path& file, const std::string& text) {
  if (!(std::ofstream(file) << text).flush()) fail(Exit::usage, "{}: cannot be written", file.string());
}

std::string plugin_path(const Options& o) {
  const std::vector<std::string> folders = o.all("plugin-path");
  std::string all;
  for (const std::string& folder : folders) all += fs::absolute(folder).string() + ":";
  const char* before = std::getenv("UBP_PLUGIN_PATH");
  return folders.empty() ? "" : all + (before ? before : "");
}

int run(const Options& o) {
  if (o.word(0) != "submit")
    fail(Exit::usage, "slurm: there is no '{}'{}", o.word(0), suggestion(o.word(0), {"submit"}));
  Registry registry = registry_of(o);
  Plan plan = make_plan(o.word(1), {o.words().begin() + 2, o.words().end()}, registry, false);
  require_apart(plan);
  SlurmArray array;
  if (!o.has("tasks")) fail(Exit::usage, "slurm submit: --tasks N is missing");
  array.tasks = o.integer("tasks", 1, 1);
  array.pack = o.integer("pack", 1, 1);
  if (array.tasks > plan.configs)
    fail(Exit::usage, "slurm submit: --tasks: found {}, expected at most {}, one a config", array.tasks, plan.configs);
  SessionOptions options;
  options.database = o.database();
  options.say = [](const std::string& sentence) { message("{}", sentence); };
  prepare(plan, options);
  array.executable = this_executable();
  array.database = fs::absolute(options.database);
  array.plugin_path = plugin_path(o);
  array.shards = fs::absolute(o.get("shards", options.database.string() + ".shards")) / plan.identity.substr(0, 12);
  if (array.shards.string().find_first_of("\"%\n") != std::string::npos)
    fail(Exit::usage, "{}: sbatch cannot be told this name: expected one without quotes and %", array.shards.string());
  refuse_network(array.database.parent_path());
  if (o.has("dry-run")) return fmt::print("{}\n{}", array_script(array), merge_script(array)), 0;

  fs::create_directories(array.shards);
  write(array.shards / "spec.toml", plan.spec_text);
  write(array.shards / "array.sh", array_script(array));
  write(array.shards / "merge.sh", merge_script(array));
  std::vector<std::string> words = split(o.get("slurm-args"));
  const std::string job = submit(words, array.shards / "array.sh");
  words.push_back("--dependency=afterany:" + job);
  const std::string merging = submit(words, array.shards / "merge.sh");
  fmt::print("{}\n{}\n", job, merging);
  message("job {}: {} tasks, logs and shards in {}; job {} merges them into {}", job, array.tasks,
          array.shards.string(), merging, array.database.string());
  return 0;
}

}  // namespace

extern const Verb slurm_verb = {
    .name = "slurm",
    .synopsis = "submit SPEC [KEY=VALUE ...]",
    .summary = "a sweep as an array job of Slurm",
    .about =
        "submit: hands the sweep that SPEC declares to sbatch as an array of N tasks, which need neither each other "
        "nor this\n"
        "process. Each runs its configs into a shard, a database of its own, and continues it when it is queued again; "
        "a\n"
        "job behind them merges the shards into the database. Prints the ids of both jobs. For sweeps whose trials "
        "are\n"
        "known beforehand; one that learns or prunes runs with `ubp sweep --runner slurm`.",
    .example = "ubp slurm submit rings.toml --tasks 8 --shards shards --slurm-args \"--time=60\"",
    .declare = declare,
    .run = run};

}  // namespace ubp
