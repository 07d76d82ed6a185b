// SPDX-License-Identifier: MIT
// ubp best: the leaderboard of one sweep.
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "query/listing.hpp"
#include "query/sweeps.hpp"

namespace ubp {

int verb_best(const Words& words) {
  Options o(
      "best", "[SWEEP]",
      "The configs of a sweep (default: the latest that has results), best first: the mean of the objective metric\n"
      "over n replicates, its standard deviation, its 95 % confidence interval (Student's t; none for n = 1), the\n"
      "parameters, and the best and the worst replicate.");
  o.value("limit,k", "N", "how many (default: 10; 0: all)").with_database().with_format().words({"SWEEP"}, 0);
  if (!o.parse(words)) return 0;
  const Format format = o.format();
  const std::int64_t limit = o.integer("limit", 10);
  Reader reader(o.database());

  const auto with_results = o.words().empty() ? latest_with_results(reader) : std::nullopt;
  const SweepFacts sweep = sweep_facts(reader, with_results ? *with_results : named_sweep(reader, o.word(0)));
  if (sweep.metric.empty())
    fail(Exit::nothing, "sweep {} '{}' optimises nothing: its spec names no [sweep].metric", sweep.sweep_id,
         sweep.name);
  message("sweep {} '{}': {} {} ({} of each trial); complete trials: {}", sweep.sweep_id, sweep.name, sweep.goal,
          sweep.metric, sweep.reduce, sweep.complete);
  if (reader.query(leaderboard_listing(reader, sweep.sweep_id, limit), *printer(format)) > 0) return 0;
  message("ubp: no trial of it is complete yet");
  return static_cast<int>(Exit::nothing);
}

}  // namespace ubp
