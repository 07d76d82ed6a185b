// SPDX-License-Identifier: MIT
#include "run/slurm_array.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace ubp {
namespace {

constexpr const char* kArray = R"(#!/bin/sh
#SBATCH --job-name=ubp
#SBATCH --array=0-{last}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={pack}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output="{shards_plain}/%a.log"
#SBATCH --signal=B:USR1@120
{plugins}work=$(mktemp -d "${{TMPDIR:-/tmp}}/ubp.XXXXXX") || exit 1
trap 'kill -USR1 "$pid"' USR1 TERM
{ubp} __share {shards} "$SLURM_ARRAY_TASK_ID" {tasks} {pack} "$work" &
pid=$!
wait "$pid"; code=$?
while kill -0 "$pid" 2>/dev/null; do wait "$pid"; code=$?; done  # a signal had ended the wait
rm -rf "$work"
case $code in 75 | 138)  # stopped; or, by SIGUSR1, before it listened
  exec scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_$SLURM_ARRAY_TASK_ID"
esac
exit "$code"
)";

constexpr const char* kMerge = R"(#!/bin/sh
#SBATCH --job-name=ubp-merge
#SBATCH --ntasks=1
#SBATCH --output="{shards_plain}/merge.log"
exec {ubp} merge {database} {shards}/[0-9]*.db
)";

}  // namespace

void require_apart(const Plan& plan) {
  const auto refuse = [](const std::string& key, const std::string& value) {
    fail(Exit::usage,
         "{}: '{}' decides by the results of other trials, which the tasks of an array do not see: expected a sweep "
         "whose trials are known beforehand; `ubp sweep --runner slurm` runs this one",
         key, value);
  };
  if (std::ssize(plan.assignments) < plan.configs) refuse("sweep.sampler", plan.sampler.at("use"));
  if (plan.pruner.use != PrunerKind::none) refuse("sweep.pruner.use", plan.sampler.at("pruner").at("use"));
  if (plan.race.on) refuse("sweep.race.on", "true");
}

std::string array_script(const SlurmArray& array) {
  const std::string plugins =
      array.plugin_path.empty() ? "" : fmt::format("export UBP_PLUGIN_PATH={}\n", shell_quoted(array.plugin_path));
  return fmt::format(fmt::runtime(kArray), fmt::arg("last", array.tasks - 1), fmt::arg("pack", array.pack),
                     fmt::arg("shards_plain", array.shards.string()), fmt::arg("plugins", plugins),
                     fmt::arg("ubp", shell_quoted(array.executable)), fmt::arg("shards", shell_quoted(array.shards)),
                     fmt::arg("tasks", array.tasks));
}

std::string merge_script(const SlurmArray& array) {
  return fmt::format(fmt::runtime(kMerge), fmt::arg("shards_plain", array.shards.string()),
                     fmt::arg("ubp", shell_quoted(array.executable)),
                     fmt::arg("database", shell_quoted(array.database)),
                     fmt::arg("shards", shell_quoted(array.shards)));
}

SessionResult run_share(Plan& plan, SessionOptions options, const std::filesystem::path& shard,
                        const std::filesystem::path& work) {
  options.published = shard;
  options.database = work / shard.filename();
  // What the machine's disk had when the task was stopped there is gone, or older.
  if (std::filesystem::exists(shard))
    std::filesystem::copy_file(shard, options.database, std::filesystem::copy_options::overwrite_existing);
  prepare(plan, options);
  return carry_out(plan, options);
}

}  // namespace ubp
