// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "base/json.hpp"
#include "figures/configs.hpp"
#include "figures/kinds.hpp"
#include "query/board.hpp"
#include "query/seeds.hpp"

namespace ubp::figures {
namespace {

constexpr std::size_t kConfigs = 20;

struct Ranked {
  std::vector<std::int64_t> configs;
  nlohmann::json params;
  double rank, mean;
};

struct Ranking {
  std::vector<Ranked> ranked;  ///< by mean rank
  std::size_t blocks = 0;
  double p = 0, critical_difference = 0;
  std::string of;  ///< "seeds"
  std::string note;
};

Ranking over_blocks(Reader& reader, const SweepFacts& sweep) {
  const BlockRanking found =
      rank_over_blocks(seeded_results(reader, sweep.sweep_id), sweep.goal == "minimize", sweep.blocks);
  Ranking ranking{{}, found.blocks.size(), found.friedman.p, found.critical_difference, "blocks", ""};
  for (const RankedConfigs& each : found.ranked) {
    const nlohmann::json params = reader.parsed(each.params);
    ranking.ranked.push_back({each.configs, params, each.mean_rank, each.mean});
  }
  if (found.left_out > 0)
    ranking.note = fmt::format("{} configs without an equal in every block are not ranked", found.left_out);
  return ranking;
}

/// Over the seeds that the best config has; configs that lack one of them are left out.
Ranking over_seeds(Reader& reader, const ChartRequest& request, const DrawnMetric& metric) {
  const std::vector<DrawnConfig> configs = configs_of(reader, request, metric);
  const auto by_seed = [](const DrawnConfig& config) {
    std::map<std::int64_t, double> values;
    for (const DrawnTrial& trial : config.trials) values[trial.seed] = trial.value;
    return values;
  };
  const auto seeds = by_seed(configs.front());
  Ranking ranking{{}, seeds.size(), 0, 0, "seeds", ""};
  std::vector<std::vector<double>> blocks(seeds.size());
  std::size_t left_out = 0;
  for (const DrawnConfig& config : configs) {
    const auto own = by_seed(config);
    const bool has_all = std::all_of(seeds.begin(), seeds.end(), [&](const auto& s) { return own.contains(s.first); });
    left_out += !has_all;
    if (!has_all) continue;
    std::size_t b = 0;
    for (const auto& [seed, value] : seeds) blocks[b++].push_back(metric.better(own.at(seed)));
    ranking.ranked.push_back({{config.number}, config.params, 0, config.mean()});
  }
  const statistics::FriedmanTest friedman = statistics::friedman(blocks);
  ranking.p = friedman.p;
  ranking.critical_difference = statistics::nemenyi_critical_difference(ranking.ranked.size(), blocks.size());
  for (std::size_t i = 0; i < ranking.ranked.size(); ++i) ranking.ranked[i].rank = friedman.mean_ranks[i];
  std::stable_sort(ranking.ranked.begin(), ranking.ranked.end(),
                   [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; });
  if (left_out > 0) ranking.note = fmt::format("{} configs without all seeds of the best are not ranked", left_out);
  return ranking;
}

}  // namespace

Chart ranks(Reader& reader, const ChartRequest& request) {
  const SweepFacts& sweep = request.sweep;
  const DrawnMetric metric = metric_of(request);
  if (metric.goal.empty())
    fail(Exit::usage, "sweep {} '{}': ranks need to know which way is better, and nothing says it of {}",
         sweep.sweep_id, sweep.name, metric.name);
  trials_of(reader, request, metric);  // or says that there are none
  const bool own = metric.name == sweep.metric;
  const Ranking all = own && !sweep.blocks.empty() ? over_blocks(reader, sweep) : over_seeds(reader, request, metric);
  if (all.ranked.size() < 2 || all.blocks < 2)
    fail(Exit::nothing, "sweep {} '{}': ranks take two configs with results in two {}: found {} configs in {}",
         sweep.sweep_id, sweep.name, all.of, all.ranked.size(), all.blocks);

  const double first = all.ranked.front().rank, reach = first + all.critical_difference;
  const std::size_t shown = std::min(all.ranked.size(), request.top > 0 ? request.top : kConfigs);
  Chart chart;
  chart.columns = {"config", all.of, "mean_rank", "mean", "worse", "params"};
  Panel panel{fmt::format("mean ranks of {} configs over {} {}", all.ranked.size(), all.blocks, all.of),
              {"mean rank; 1: the best everywhere"},
              {""},
              {},
              ""};
  std::vector<std::string> numbers;
  std::vector<nlohmann::json> params;
  for (std::size_t i = 0; i < shown; ++i) {
    numbers.push_back(all.of == "seeds" ? std::to_string(all.ranked[i].configs.front()) : "");
    params.push_back(all.ranked[i].params);
  }
  const ConfigLabels labels = labels_of(numbers, params);
  panel.y.labels = labels.labels;
  panel.y.name = labels.of;
  Points points{{}, {}, {}, {}};
  for (std::size_t i = 0; i < shown; ++i) {
    const Ranked& ranked = all.ranked[i];
    const bool worse = all.p <= 0.05 && ranked.rank > reach;
    points.x.push_back(ranked.rank), points.y.push_back(static_cast<double>(i));
    points.subjects.push_back(subject_of_config(
        ranked.configs.front(), fmt::format("{}: mean rank {:.4g}, mean {} {:.6g}, {}", text_of_params(ranked.params),
                                            ranked.rank, metric.name, ranked.mean,
                                            i == 0  ? "the best"
                                            : worse ? "worse than the best"
                                                    : "not told apart from the best")));
    chart.rows.push_back({ranked.configs.front(), static_cast<std::int64_t>(all.blocks), ranked.rank, ranked.mean,
                          std::int64_t{worse}, json_text(ranked.params)});
  }
  const bool told = all.p <= 0.05;
  panel.layers = {Guide{Guide::Of::x, first, told ? reach : static_cast<double>(all.ranked.size()),
                        told ? "critical difference" : "none is told apart"},
                  std::move(points)};
  chart.figure = {{std::move(panel)}, 1, 500};
  chart.figure.aspect = aspect_of_lines(shown, chart.figure.width);
  chart.notes.push_back(fmt::format(
      "Friedman p = {:.2g} (Iman and Davenport's F); critical difference of mean ranks (Nemenyi) {:.3g}: what lies "
      "within it of the best is not told apart from it",
      all.p, all.critical_difference));
  if (!all.note.empty()) chart.notes.push_back(all.note);
  return chart;
}

}  // namespace ubp::figures
