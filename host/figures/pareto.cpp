// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/json.hpp"
#include "figures/configs.hpp"
#include "figures/kinds.hpp"
#include "query/front.hpp"

namespace ubp::figures {
namespace {

constexpr std::size_t kMostPanels = 6;

/// The stairs between what the front of two objectives dominates and what it does not.
Curve stairs(const SweepFront& front) {
  std::vector<std::pair<double, double>> corners;
  for (const StandingConfig& config : front.configs)
    if (config.rank == 1) corners.emplace_back(config.mean[0], config.mean[1]);
  const bool rising = front.objectives[0].goal == Goal::minimize;
  std::sort(corners.begin(), corners.end(), [&](auto a, auto b) { return rising ? a < b : a > b; });
  Curve curve{"", {}, {}, {}, {}, {}, false, true};
  for (std::size_t i = 0; i < corners.size(); ++i) {
    if (i > 0) curve.x.push_back(corners[i].first), curve.y.push_back(corners[i - 1].second);
    curve.x.push_back(corners[i].first), curve.y.push_back(corners[i].second);
  }
  return curve;
}

Panel panel_of(const SweepFront& front, std::size_t a, std::size_t b) {
  const std::vector<SweepObjective>& objectives = front.objectives;
  const auto name = [&](std::size_t i) {
    return fmt::format("{} ({})", objectives[i].metric, name_of(objectives[i].goal));
  };
  Points points{{}, {}, {}, {"on the front", "dominated"}};
  for (auto config = front.configs.rbegin(); config != front.configs.rend(); ++config) {  // the front above the others
    points.x.push_back(config->mean[a]), points.y.push_back(config->mean[b]);
    points.group.push_back(config->rank == 1 ? 0 : 1);
    std::string title = fmt::format("config {}: ", config->config);
    for (std::size_t i = 0; i < objectives.size(); ++i)
      title += fmt::format("{}{} {:.6g}", i > 0 ? ", " : "", objectives[i].metric, config->mean[i]);
    const std::string params = text_of_params(config->params);
    points.subjects.push_back(subject_of_config(config->config, title + (params.empty() ? "" : "; " + params)));
  }
  Panel panel{"", {name(a), AxisScale::automatic}, {name(b), AxisScale::automatic}, {}, ""};
  if (objectives.size() == 2) panel.layers.emplace_back(stairs(front));
  panel.layers.emplace_back(std::move(points));
  return panel;
}

}  // namespace

Chart pareto(Reader& reader, const ChartRequest& request) {
  const SweepFacts& sweep = request.sweep;
  if (sweep.objectives.size() < 2)
    fail(Exit::usage, "sweep {} '{}': a front takes several objectives, [[sweep.objective]]: found {}", sweep.sweep_id,
         sweep.name, sweep.metric.empty() ? std::string("none") : "one, " + sweep.metric);
  const SweepFront front = sweep_front(reader, sweep);
  if (front.configs.empty()) fail(Exit::nothing, "sweep {} '{}': no trial is complete yet", sweep.sweep_id, sweep.name);
  Chart chart;
  chart.columns = {"config", "rank", "n"};
  for (const SweepObjective& objective : sweep.objectives) chart.columns.push_back(objective.metric);
  chart.columns.emplace_back("params");
  for (const StandingConfig& config : front.configs) {
    Row row = {config.config, static_cast<std::int64_t>(config.rank), config.n};
    row.insert(row.end(), config.mean.begin(), config.mean.end());
    row.emplace_back(json_text(config.params));
    chart.rows.push_back(std::move(row));
  }
  for (std::size_t b = 1; b < sweep.objectives.size(); ++b)
    for (std::size_t a = 0; a < b && chart.figure.panels.size() < kMostPanels; ++a)
      chart.figure.panels.push_back(panel_of(front, a, b));
  chart.figure.panels.front().title =
      fmt::format("{} of {} configs on the front", front.standings.on_front, front.configs.size());
  chart.figure.across = chart.figure.panels.size() == 1 ? 1 : 2;
  if (chart.figure.across == 1) chart.figure.width = 400;
  chart.notes.push_back(sentence_of(front.standings, front.objectives));
  return chart;
}

}  // namespace ubp::figures
