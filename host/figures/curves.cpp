// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/statistics/estimates.hpp"
#include "figures/configs.hpp"
#include "figures/kinds.hpp"

namespace ubp::figures {
namespace {

constexpr std::size_t kConfigs = 5;

Chart of_trial(Reader& reader, const ChartRequest& request) {
  const TrialPlace place = place_of_trial(reader, *request.trial);
  Chart chart;
  chart.columns = {"metric", "step", "value"};
  std::vector<std::string> told;
  auto all = drawn_series(reader, place.trial_id);
  const bool any_curve =
      std::any_of(all.begin(), all.end(), [](const auto& one) { return one.second.step.size() > 1; });
  for (auto& [name, series] : all) {
    told.push_back(name);
    if (!request.metric.empty() && request.metric != name) continue;
    if (request.metric.empty() && any_curve && series.step.size() < 2) continue;  // a number, and no curve
    for (std::size_t i = 0; i < series.step.size(); ++i)
      chart.rows.push_back({name, static_cast<std::int64_t>(series.step[i]), cell(series.value[i])});
    const Subject subject{fmt::format("{}: {}", place.name, name), std::to_string(place.config), place.name};
    Curve curve{"", std::move(series.step), std::move(series.value), {}, {}, subject};
    chart.figure.panels.push_back({name, {"step"}, {"", AxisScale::automatic}, {std::move(curve)}, ""});
  }
  if (told.empty()) fail(Exit::nothing, "{}: has told no metric yet", place.name);
  if (chart.rows.empty())
    fail(Exit::usage, "--metric: {} tells no '{}'{}", place.name, request.metric, suggestion(request.metric, told));
  return chart;
}

/// The mean over seeds at every step that any of them has.
Curve over_seeds(Reader& reader, const DrawnConfig& config, const std::string& label, const DrawnMetric& metric,
                 std::vector<Row>& rows) {
  std::map<double, std::vector<double>> by_step;
  for (const DrawnTrial& trial : config.trials) {
    const DrawnSeries series = drawn_series(reader, trial.trial_id, metric.name);
    for (std::size_t i = 0; i < series.step.size(); ++i)
      if (!std::isnan(series.value[i])) by_step[series.step[i]].push_back(series.value[i]);
  }
  Curve curve{label, {}, {}, {}, {}, subject_of(config, metric)};
  for (const auto& [step, values] : by_step) {
    const statistics::Estimate e = statistics::estimate(values);
    curve.x.push_back(step), curve.y.push_back(e.mean);
    curve.low.push_back(e.low()), curve.high.push_back(e.high());
    rows.push_back({config.number, static_cast<std::int64_t>(step), static_cast<std::int64_t>(values.size()),
                    cell(e.mean), cell(e.low()), cell(e.high())});
  }
  return curve;
}

/// What the lines themselves reach, and their bands as far as that leaves the lines apart.
Extent readable(const std::vector<Layer>& layers, AxisScale scale) {
  std::vector<double> lines, all;
  for (const Layer& layer : layers) {
    const Curve& curve = std::get<Curve>(layer);
    lines.insert(lines.end(), curve.y.begin(), curve.y.end());
    for (const auto* some : {&curve.y, &curve.low, &curve.high}) all.insert(all.end(), some->begin(), some->end());
  }
  const Extent own = Extent::of(lines, scale);
  if (own.logarithmic) return own;
  const Extent whole = Extent::of(all, AxisScale::linear);
  const double room = 0.5 * (own.high - own.low);
  return {std::max(whole.low, own.low - room), std::min(whole.high, own.high + room)};
}

}  // namespace

Chart curves(Reader& reader, const ChartRequest& request) {
  if (request.trial) return of_trial(reader, request);
  const DrawnMetric metric = metric_of(request);
  const std::vector<DrawnConfig> all = configs_of(reader, request, metric);
  const std::vector<DrawnConfig> best = best_of(all, request, kConfigs);
  const ConfigLabels labels = labels_of(best);
  Chart chart;
  chart.columns = {"config", "step", "n", "mean", "low", "high"};
  Panel panel{fmt::format("{}: the best {} of {} configs", metric.name, best.size(), all.size()),
              {"step"},
              {metric.name, AxisScale::automatic},
              {},
              labels.of};
  for (std::size_t i = 0; i < best.size(); ++i)
    panel.layers.emplace_back(over_seeds(reader, best[i], labels.labels[i], metric, chart.rows));
  panel.y.extent = readable(panel.layers, panel.y.scale);
  chart.figure = {{std::move(panel)}, 1, 500, 0.55};
  chart.notes.push_back(
      "lines: means over seeds; bands: their 95 % intervals (Student's t), none where a step has one seed");
  return chart;
}

}  // namespace ubp::figures
