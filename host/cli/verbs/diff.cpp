// SPDX-License-Identifier: MIT
// ubp diff: what differs between two trials.
#include "cli/options.hpp"
#include "query/difference.hpp"
#include "query/find.hpp"

namespace ubp {
namespace {

void declare(Options& o) { o.with_database().with_format().words({"TRIAL", "TRIAL"}, 2); }

int run(const Options& o) {
  const auto sink = printer(o.format());
  Reader reader(o.database());
  const RecordedTrial a = recorded_trial(reader, find_trial(reader, o.word(0)));
  const RecordedTrial b = recorded_trial(reader, find_trial(reader, o.word(1)));
  const std::vector<Difference> all = differences(reader, a, b);
  sink->columns({"part", "name", "step", "a", "b"});
  for (const Difference& each : all) sink->row({each.part, each.name, each.step, each.a, each.b});
  sink->end();
  if (all.empty()) message("trials {} '{}' and {} '{}': nothing differs", a.trial_id, a.name, b.trial_id, b.name);
  return 0;
}

}  // namespace

extern const Verb diff_verb = {
    .name = "diff",
    .synopsis = "TRIAL TRIAL",
    .summary = "what differs between two trials: parameters, plugins, data, series",
    .about =
        "What differs between two trials (ids, or SWEEP/CONFIG.REPLICATE): the trial (state, seed, value), "
        "its\n"
        "resolved parameters, the sums of its plugins and of its data, the machine and program, and its series: the "
        "first step\n"
        "at which a metric has other bits, and both last values. Ids, times and metrics of the wall clock do not "
        "count.",
    .example = "ubp diff rings/0.0 rings/3.0",
    .declare = declare,
    .run = run};

}  // namespace ubp
