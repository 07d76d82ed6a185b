// SPDX-License-Identifier: MIT
// ubp __share SHARDS TASK TASKS PACK WORK: a task of an array of Slurm (run/slurm_array.hpp).
#include "base/error.hpp"
#include "cli/session_report.hpp"
#include "plan/planner.hpp"
#include "run/slurm_array.hpp"

namespace ubp {
namespace {

int run(const Options& o) {
  if (o.words().size() != 5) fail(Exit::usage, "__share: started by the script of `ubp slurm submit` only");
  const std::filesystem::path shards = o.word(0);
  Registry registry;
  Plan plan = make_plan(shards / "spec.toml", {}, registry, false);
  plan.share = {std::stoll(o.word(1)), std::stoll(o.word(2))};
  SessionOptions options;
  options.slots = std::stoll(o.word(3));
  options.say = [](const std::string& sentence) { message("{}", sentence); };
  const SessionResult result = run_share(plan, options, shards / (o.word(1) + ".db"), o.word(4));
  message("{}{} of {} trials complete{}", result.interrupted ? "interrupted: " : "", result.complete, result.total,
          result.failed ? fmt::format(", {} failed", result.failed) : "");
  return result.exit_code();
}

}  // namespace

extern const Verb share_verb = {.name = "__share", .run = run, .hidden = true};

}  // namespace ubp
