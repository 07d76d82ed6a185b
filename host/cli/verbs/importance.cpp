// SPDX-License-Identifier: MIT
// ubp importance: which swept parameters the results of a sweep depend on.
#include "query/importances.hpp"

#include <algorithm>

#include "cli/named.hpp"
#include "cli/session_report.hpp"
#include "plan/planner.hpp"
#include "plan/search_space.hpp"
#include "plugin/value.hpp"
#include "query/print.hpp"
#include "query/sweeps.hpp"

namespace ubp {
namespace {

/// A value of dimension `i` as the spec would have it.
std::string value_text(const SearchSpace& space, std::size_t i, double coordinate) {
  search::Point point(space.space().size(), search::kInactive);
  point[i] = coordinate;
  const nlohmann::json value = space.assignment(point).begin()->second;
  return value.is_number_float() ? fmt::format("{:.3g}", value.get<double>()) : shown(value);
}

/// The mean of the metric along each parameter: all values of one that has few, else so many, evenly spread.
void print_marginals(const search::Anova& all, const std::vector<std::size_t>& order, const SearchSpace& space,
                     bool maximize, RowSink& sink) {
  constexpr std::size_t kShown = 10;
  sink.columns({"parameter", "value", "mean", "low", "high"});
  for (const std::size_t i : order) {
    const search::Effect& effect = all.effects[i];
    const std::size_t n = effect.at.size(), shown = std::min(n, kShown);
    for (std::size_t k = 0; k < shown; ++k) {
      const std::size_t at = (2 * k + 1) * n / (2 * shown);  // the middles of equal parts
      const double sign = maximize ? -1 : 1;
      sink.row({space.space().dimensions[i].name, value_text(space, i, effect.at[at]), sign * effect.mean[at],
                sign * (maximize ? effect.high : effect.low)[at], sign * (maximize ? effect.low : effect.high)[at]});
    }
  }
  sink.end();
}

void declare(Options& o) {
  o.flag("marginals", "the mean of the metric along each parameter, over all others, instead")
      .value("metric", "NAME", "of this objective of the sweep (default: the first)");
  add_where(o);
  o.values("plugin-path", "DIR", "look for plugins here first; repeatable")
      .with_database()
      .with_format()
      .words({"SWEEP"}, 0);
}

int run(const Options& o) {
  Reader reader(o.database());
  SweepFacts facts = chosen_sweep(reader, o, o.word(0));
  if (o.has("metric")) facts = with_metric(facts, o.get("metric"));
  Registry registry = registry_of(o);
  const std::shared_ptr<const SearchSpace> space = space_of_sweep(reader, facts.sweep_id, registry);
  const SweepImportances found = sweep_importances(reader, facts, space.get());
  if (!facts.objectives.empty() && !o.has("metric"))
    message("of {} objectives, the first is explained, another by --metric", facts.objectives.size());
  if (o.has("marginals")) {
    message("{} {} of {} configs: its mean along each parameter, over all others (fANOVA)", facts.goal, facts.metric,
            found.configs);
    print_marginals(found.variance, found.order, *space, facts.goal == "maximize", *printer(o.format()));
    return 0;
  }
  message("{} {} of {} configs: shares of the variance (fANOVA), and of what sets the best tenth apart (PED-ANOVA)",
          facts.goal, facts.metric, found.configs);
  const auto sink = printer(o.format());
  sink->columns({"parameter", "variance", "variance_low", "variance_high", "best", "best_low", "best_high"});
  for (const std::size_t i : found.order) {
    const search::Importance &a = found.variance.importances[i], &b = found.best[i];
    sink->row({found.names[i], a.share, a.low, a.high, b.share, b.low, b.high});
  }
  sink->end();
  return 0;
}

}  // namespace

extern const Verb importance_verb = {
    .name = "importance",
    .synopsis = "[SWEEP]",
    .summary = "which parameters the results of a sweep depend on",
    .about =
        "For each swept parameter its share of the variance of the configs' means (a forest of regression trees), and\n"
        "its share of what sets the best tenth apart from all; each with the 95 % interval of its replicates. What a\n"
        "share says is where configs were: a sampler that learns has looked where it is good.\n"
        "--marginals: the mean of the metric at each value of a parameter, or at ten of them, over all values of the\n"
        "others, as the forest has it, with the interval of its trees. --metric: another of several objectives.",
    .example = "ubp importance rings --marginals",
    .declare = declare,
    .run = run};

}  // namespace ubp
