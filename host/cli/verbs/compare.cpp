// SPDX-License-Identifier: MIT
// ubp compare: which of several configs is the best, and which of the others are worse; or what trials have learnt.
#include "query/compare.hpp"

#include <cmath>

#include "cli/options.hpp"
#include "cli/representation.hpp"
#include "query/contest.hpp"
#include "query/listing.hpp"
#include "query/noise.hpp"

namespace ubp {
namespace {

constexpr const char* kSynopsis = "[SWEEP[/CONFIG] ...]";

/// Those that are named, and those that --where selects.
Words contestants(Reader& reader, const Options& o) {
  Words words = o.words();
  if (o.has("where"))
    for (const std::string& config : matching_configs(reader, o.get("where"))) words.push_back(config);
  if (words.size() < 2)
    fail(Exit::usage, "compare: found {} config{}, expected two or more: ubp compare {}", words.size(),
         words.size() == 1 ? "" : "s", kSynopsis);
  return words;
}

/// Of every sweep that takes part.
void tell_noise(Reader& reader, const Contest& all) {
  std::map<std::int64_t, std::string> sweeps;
  for (const SeededResults& config : all.configs) sweeps[config.sweep_id] = config.sweep;
  for (const auto& [id, name] : sweeps)
    message("sweep {} '{}': {}", id, name,
            sentence_of(noise_floor(reader, with_metric(sweep_facts(reader, id), all.facts.metric))));
}

/// How far each config is above the best of untrained network, PCA and raw input; nothing where none was judged.
std::vector<statistics::Estimate> gains_of(Reader& reader, const Contest& all) {
  std::vector<statistics::Estimate> gains(all.configs.size());
  for (std::size_t i = 0; i < all.configs.size(); ++i) {
    SweepFacts facts = sweep_facts(reader, all.configs[i].sweep_id);
    facts.metric = all.metric;
    for (const SeededResults& gained : gained_results(reader, facts, all.configs[i].config))
      gains[i] = statistics::estimate(gained.all());
  }
  return gains;
}

std::string sentence_of(const SeededResults& config, const statistics::Estimate& gain, const std::string& metric) {
  const std::string known =
      gain.n > 1 ? fmt::format("95 % interval {:.4g} to {:.4g}, {} seeds", gain.low(), gain.high(), gain.n)
                 : "one seed";
  return fmt::format("{}: gain in {} over the best of untrained network, PCA and raw input: {:.4g} ({})", config.name,
                     metric, gain.mean, known);
}

double rope_of(const Options& o) {
  const std::string text = o.get("rope");
  char* end = nullptr;
  const double rope = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(rope > 0) || std::isinf(rope))
    fail(Exit::usage, "--rope: found '{}', expected a number above 0", text);
  return rope;
}

Value number(double x) { return std::isnan(x) ? Value() : Value(x); }

constexpr const char* kColumns[] = {"config",     "n",       "failed",   "mean",     "common",    "difference",
                                    "low",        "high",    "test",     "p",        "adjusted",  "effect",
                                    "more_seeds", "verdict", "sweep_id", "p_better", "p_as_good", "p_worse",
                                    "sentence",   "gain",    "gain_low", "gain_high"};
constexpr std::size_t kOfTable = 14;  // the others are in sentences there

Row row_of(const SeedComparison& comparison, const Contest& all, std::size_t i) {
  const AgainstBest& found = comparison.others[i];
  const SeededResults& config = all.configs[i];
  Row row = {config.name, static_cast<std::int64_t>(config.values.size()), config.failed, number(config.mean())};
  if (i == comparison.best) {
    row.resize(std::size(kColumns));
    row[13] = "best";
    row[14] = config.sweep_id;
    return row;
  }
  const bool tested = found.test != SeedTest::none;
  row.emplace_back(static_cast<std::int64_t>(found.n));
  for (const double x : {found.difference, found.low, found.high}) row.push_back(number(x));
  row.push_back(tested ? Value(name_of(found.test)) : Value());
  for (const double x : {found.p, found.p_adjusted, found.effect}) row.push_back(tested ? number(x) : Value());
  row.push_back(found.more_seeds > 0 ? Value(found.more_seeds) : Value());
  row.emplace_back(found.worse ? "worse" : "not told apart");
  row.emplace_back(config.sweep_id);
  for (const double x : {found.better_by_rope, found.within_rope, found.worse_by_rope}) row.push_back(number(x));
  row.emplace_back(sentence_of(comparison, all.configs, i, all.minimize()));
  return row;
}

void declare(Options& o) {
  o.value("rope", "W", "differences of at most W count as equal: with what probability is each better, as good, worse")
      .value("where", "FILTER", "the configs of which a trial matches, as `ubp find` has it")
      .flag("test", "by what they score on test rows, which did not choose them")
      .value("metric", "NAME", "by this objective of the sweeps (default: the first)");
  declare_representation(o);
  o.with_database().with_format().words({"SWEEP", "SWEEP"}, 0, true);
}

int run(const Options& o) {
  if (o.has("representation")) return compare_representations(o);
  for (const char* option : {"layer", "measure", "rows", "at", "output"})
    if (o.has(option)) fail(Exit::usage, "--{}: goes with --representation", option);
  const Format format = o.format();
  const std::optional<double> rope = o.has("rope") ? std::optional(rope_of(o)) : std::nullopt;
  Reader reader(o.database());
  const Contest all = contest(reader, contestants(reader, o), o.get("metric"), o.has("test"));
  const SeedComparison comparison = compare_seeds(all.configs, all.minimize(), rope);
  if (!all.facts.objectives.empty() && !o.has("metric"))
    message("of {} objectives, the first is compared, another by --metric; the Pareto front: ubp best",
            all.facts.objectives.size());
  message("{} {}; {}", all.facts.goal, all.metric, method_of(comparison, all.configs));

  std::vector<std::size_t> order = {comparison.best};
  for (std::size_t i = 0; i < all.configs.size(); ++i)
    if (i != comparison.best) order.push_back(i);
  const std::size_t shown = is_for_people(format) ? kOfTable : std::size(kColumns);
  const auto sink = printer(format);
  sink->columns({std::begin(kColumns), std::begin(kColumns) + shown});
  const std::vector<statistics::Estimate> gains = gains_of(reader, all);
  for (const std::size_t i : order) {
    Row row = row_of(comparison, all, i);
    row.resize(std::size(kColumns) - 3);
    if (gains[i].n > 0)
      for (const double x : {gains[i].mean, gains[i].low(), gains[i].high()}) row.push_back(number(x));
    row.resize(shown);
    sink->row(row);
  }
  sink->end();
  if (format == Format::table)
    for (const std::size_t i : order)
      if (i != comparison.best) fmt::print("{}\n", plain_line(sentence_of(comparison, all.configs, i, all.minimize())));
  if (format == Format::table)
    for (const std::size_t i : order)
      if (gains[i].n > 0) fmt::print("{}\n", plain_line(sentence_of(all.configs[i], gains[i], all.metric)));
  tell_noise(reader, all);
  return 0;
}

}  // namespace

extern const Verb compare_verb = {
    .name = "compare",
    .synopsis = kSynopsis,
    .summary = "which of several configs is the best, and which are worse than it",
    .about =
        "Configs against the best of them, on the seeds that they have in common; a sweep stands for its best config.\n"
        "Their differences are tested by Student's t if they look normal (Shapiro and Wilk), else by Wilcoxon's "
        "signed\n"
        "ranks; more than two configs by Friedman and Nemenyi then, or with p adjusted for all comparisons; without\n"
        "common seeds by Welch's t. Of equal configs, any is called worse in at most 5 % of all comparisons.\n"
        "--rope W: three probabilities instead (Bayesian t test or signed ranks). The noise floor of each sweep is as\n"
        "`ubp best` has it. Where the metric has baselines = true, each config's gain over the best of them is told. "
        "--test: what was chosen on other rows, on test rows. The best is the one with the best\n"
        "mean as if each config had every seed. --metric: another of several objectives.\n"
        "--representation: trials that ran with artifacts.checkpoint = true are loaded again; of two, every layer of\n"
        "the one is compared with every layer of the other; of more, one layer of each, by default the codes. CSV and\n"
        "JSON have linear CKA, orthogonal Procrustes and the overlap of neighbours; which estimate of CKA, is said.",
    .example = "ubp compare rings/0 rings/3",
    .declare = declare,
    .run = run};

}  // namespace ubp
