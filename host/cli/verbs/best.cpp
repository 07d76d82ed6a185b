// SPDX-License-Identifier: MIT
// ubp best: the leaderboard of one sweep.
#include "cli/block_table.hpp"
#include "cli/named.hpp"
#include "cli/options.hpp"
#include "query/board.hpp"
#include "query/front.hpp"
#include "query/listing.hpp"
#include "query/noise.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.value("limit,k", "N", "how many (default: 10; 0: all)")
      .flag("test", "beside it, what they score on test rows, which did not choose them")
      .flag("blocks", "over sweep.blocks (data sets): by mean rank; the default where a sweep has them")
      .flag("no-blocks", "all configs together, whatever their blocks")
      .value("noise", "N", "the config whose spread over seeds is the noise floor (default: the default config)");
  add_where(o);
  o.with_database().with_format().words({"SWEEP"}, 0);
}

NoiseFloor noise_of(Reader& reader, const SweepFacts& sweep, const Options& o) {
  if (!o.has("noise")) return noise_floor(reader, sweep);
  const NoiseFloor floor = noise_floor(reader, sweep, o.integer("noise", 0));
  if (floor.n < 2)
    fail(Exit::nothing, "--noise: config {} of sweep {} has {} results, expected two or more", floor.config,
         sweep.sweep_id, floor.n);
  return floor;
}

/// Where a sweep has blocks, over these, unless configs are wanted as they are. Returns whether they were printed.
bool print_blocks(Reader& reader, const SweepFacts& sweep, const Options& o, std::int64_t limit, RowSink& sink) {
  const bool asked = o.has("blocks");
  if (!asked && (sweep.blocks.empty() || o.has("no-blocks") || o.has("test") || o.has("noise"))) return false;
  const std::string why = print_over_blocks(reader, sweep, limit, sink);
  if (asked && !why.empty()) fail(Exit::nothing, "--blocks: {}", why);
  return why.empty();
}

/// Of several objectives: the front.
int print_several(const Options& o, Reader& reader, const SweepFacts& sweep) {
  for (const char* one : {"blocks", "no-blocks", "test", "noise"})
    if (o.has(one))
      fail(Exit::usage, "--{}: sweep {} '{}' has {} objectives, expected one: {}", one, sweep.sweep_id, sweep.name,
           sweep.objectives.size(), names_of(sweep.objectives));
  message("sweep {} '{}': {} ({} of each trial); complete trials: {}", sweep.sweep_id, sweep.name,
          names_of(sweep.objectives), sweep.reduce, sweep.complete);
  const SweepFront front = sweep_front(reader, sweep);
  const auto limit = o.has("limit") ? std::optional(o.integer("limit", 0)) : std::nullopt;
  print_front(front, limit, *printer(o.format()));
  if (front.configs.empty()) {
    message("ubp: no trial of it is complete yet");
    return static_cast<int>(Exit::nothing);
  }
  message("{}", sentence_of(front.standings, front.objectives));
  return 0;
}

int run(const Options& o) {
  const Format format = o.format();
  const std::int64_t limit = o.integer("limit", 10);
  Reader reader(o.database());
  const SweepFacts sweep = chosen_sweep(reader, o, o.word(0));
  if (sweep.metric.empty())
    fail(Exit::nothing, "sweep {} '{}' optimises nothing: its spec names no [sweep].metric", sweep.sweep_id,
         sweep.name);
  if (!sweep.objectives.empty()) return print_several(o, reader, sweep);
  message("sweep {} '{}': {} {} ({} of each trial); complete trials: {}", sweep.sweep_id, sweep.name, sweep.goal,
          sweep.metric, sweep.reduce, sweep.complete);
  const bool minimize = sweep.goal == "minimize";
  const auto sink = printer(format);
  if (print_blocks(reader, sweep, o, limit, *sink)) return 0;
  std::int64_t rows = 0;
  if (o.has("test")) {
    rows = reader.query(tested_listing(reader, sweep, limit), *sink);
  } else {
    const NoiseFloor floor = noise_of(reader, sweep, o);
    rows = print_board(reader, sweep.sweep_id, minimize, floor.sd, limit, *sink);
    if (rows > 0) message("{}", sentence_of(floor));
  }
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
        "probability of being the best (bootstrap over seeds); where the metric has baselines = true, the gain over "
        "the\n"
        "best of untrained network, PCA and raw input, with its interval; the parameters, the best and the worst "
        "replicate, and\n"
        "the adjusted mean, by which configs are ranked: that as if each had every seed, where a race or failures "
        "left\n"
        "them with different ones.\n"
        "The noise floor, told below, is the standard deviation of the default config over seeds (pooled within all\n"
        "configs where that has no two results): a difference below it is `within` the noise.\n"
        "Where the sweep has blocks, configs are ranked within each, and by mean rank over all (Friedman, Nemenyi).\n"
        "--test: what was chosen on other rows, on test rows.\n"
        "Of a sweep with several objectives: the Pareto front, or the first -k configs (0: all) by rank, then by the\n"
        "first objective, with the mean of each objective and the half-width of its interval; and the hypervolume.",
    .example = "ubp best rings -k 5 --where 'latent = 4'",
    .declare = declare,
    .run = run};

}  // namespace ubp
