// SPDX-License-Identifier: MIT
// ubp best: the leaderboard of one sweep.
#include <cmath>

#include "base/statistics/estimates.hpp"
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "query/board.hpp"
#include "query/listing.hpp"
#include "query/sweeps.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.value("limit,k", "N", "how many (default: 10; 0: all)")
      .flag("test", "beside it, what they score on test rows, which did not choose them")
      .flag("blocks", "over data sets (axes under dataset): by mean rank of configs that are equal otherwise")
      .value("noise", "N", "the config whose spread over seeds is the noise, printed below: the default, say")
      .with_database()
      .with_format()
      .words({"SWEEP"}, 0);
}

std::int64_t print_blocks(const BlockRanking& ranking, std::int64_t limit, RowSink& sink) {
  if (ranking.blocks.size() < 2 || ranking.ranked.size() < 2)
    fail(Exit::nothing, "--blocks: found {} data sets with results of all of {} configs, expected two of both at least",
         ranking.blocks.size(), ranking.ranked.size());
  message("{} configs over {} data sets: Friedman p = {:.2g}, critical difference of mean ranks (Nemenyi) {:.3g}{}",
          ranking.ranked.size(), ranking.blocks.size(), ranking.friedman.p, ranking.critical_difference,
          ranking.left_out ? fmt::format("; left out, not on every one: {}", ranking.left_out) : "");
  sink.columns({"rank", "mean_rank", "mean", "verdict", "configs", "params"});
  std::int64_t row = 0;
  for (const RankedConfigs& ranked : ranking.ranked) {
    if (limit > 0 && row == limit) break;
    const char* verdict = ranked.worse ? "worse" : row == 0 ? "best" : "not told apart";
    sink.row({++row, ranked.mean_rank, ranked.mean, verdict, fmt::format("{}", fmt::join(ranked.configs, " ")),
              ranked.params});
  }
  sink.end();
  return row;
}

void tell_noise(Reader& reader, const SweepFacts& sweep, std::int64_t config) {
  const std::vector<SeededResults> found = seeded_results(reader, sweep.sweep_id, config);
  if (found.empty() || found[0].values.size() < 2)
    fail(Exit::nothing, "--noise: config {} of sweep {} has {} results, expected two or more", config, sweep.sweep_id,
         found.empty() ? 0 : found[0].values.size());
  const statistics::Estimate e = statistics::estimate(found[0].all());
  const double floor = 2 * e.sd / std::sqrt(static_cast<double>(e.n));
  message("noise: config {} has a standard deviation of {:.4g} over {} seeds: differences below {:.4g} are noise",
          config, e.sd, e.n, floor);
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
  const bool minimize = sweep.goal == "minimize";
  const auto sink = printer(format);
  std::int64_t rows = 0;
  if (o.has("blocks"))
    rows =
        print_blocks(rank_over_blocks(seeded_results(reader, sweep.sweep_id), minimize, {"dataset.*"}), limit, *sink);
  else if (o.has("test"))
    rows = reader.query(tested_listing(reader, sweep, limit), *sink);
  else
    rows = print_board(reader, sweep.sweep_id, minimize, limit, *sink);
  if (o.has("noise")) tell_noise(reader, sweep, o.integer("noise", 0));
  if (rows > 0) return 0;
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
        "median and the interquartile mean; the difference to the best on common seeds with its interval, p adjusted "
        "for\n"
        "all comparisons, and whether that is worse than the best or not told apart from it, as `ubp compare` says; "
        "the\n"
        "probability of being the best (bootstrap over seeds); the parameters, the best and the worst replicate.\n"
        "--test: what was chosen on other rows, on test rows.",
    .declare = declare,
    .run = run};

}  // namespace ubp
