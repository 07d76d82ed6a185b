// SPDX-License-Identifier: MIT
// ubp best: the leaderboard of one sweep.
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "query/listing.hpp"
#include "query/sweeps.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.value("limit,k", "N", "how many (default: 10; 0: all)")
      .flag("test", "beside it, what they score on test rows, which did not choose them")
      .with_database()
      .with_format()
      .words({"SWEEP"}, 0);
}

/// The series of test rows with the name of the one that chose.
std::string test_metric(const SweepFacts& sweep) {
  const std::string name = sweep.metric.substr(sweep.metric.find('.') + 1);
  if (sweep.metric.starts_with("test."))
    fail(Exit::usage, "sweep {} '{}' chooses by {}: found test rows, expected others, as valid.{}", sweep.sweep_id,
         sweep.name, sweep.metric, name);
  return "test." + name;
}

int run(const Options& o) {
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
  const Query listing = o.has("test") ? tested_listing(reader, sweep, test_metric(sweep), limit)
                                      : leaderboard_listing(reader, sweep.sweep_id, limit);
  if (reader.query(listing, *printer(format)) > 0) return 0;
  message("ubp: no trial of it is complete yet");
  return static_cast<int>(Exit::nothing);
}

}  // namespace

extern const Verb best_verb = {
    .name = "best",
    .synopsis = "[SWEEP]",
    .summary = "the best configs, with means and intervals over replicates",
    .about =
        "The configs of a sweep (default: the latest that has results), best first: the mean of the objective metric\n"
        "over n replicates, its standard deviation, its 95 % confidence interval (Student's t; none for n = 1), the\n"
        "parameters, and the best and the worst replicate. --test: what was chosen on other rows, on test rows.",
    .declare = declare,
    .run = run};

}  // namespace ubp
