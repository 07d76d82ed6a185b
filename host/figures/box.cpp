// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "base/json.hpp"
#include "base/statistics/estimates.hpp"
#include "figures/configs.hpp"
#include "figures/kinds.hpp"
#include "query/noise.hpp"

namespace ubp::figures {
namespace {

constexpr std::size_t kConfigs = 20;

/// How far from the best mean a config is within the noise.
std::optional<Guide> noise_of(Reader& reader, const ChartRequest& request, const DrawnMetric& metric, double best,
                              std::vector<std::string>& notes) {
  if (metric.name != request.sweep.metric) return {};
  const NoiseFloor floor = noise_floor(reader, request.sweep);
  notes.push_back(sentence_of(floor));
  if (std::isnan(floor.sd)) return {};
  const double other = metric.goal == "maximize" ? best - floor.sd : best + floor.sd;
  return Guide{Guide::Of::x, std::min(best, other), std::max(best, other), "within the noise"};
}

}  // namespace

Chart box(Reader& reader, const ChartRequest& request) {
  const DrawnMetric metric = metric_of(request);
  const std::vector<DrawnConfig> all = configs_of(reader, request, metric);
  const std::vector<DrawnConfig> configs = best_of(all, request, kConfigs);
  Chart chart;
  chart.columns = {"config", "n", "least", "lower_quartile", "median", "upper_quartile", "largest", "mean", "params"};
  Panel panel{fmt::format("{}: seeds of the best {} of {} configs", metric.name, configs.size(), all.size()),
              {metric.name, AxisScale::automatic},
              {""},
              {},
              ""};
  const ConfigLabels labels = labels_of(configs);
  panel.y.labels = labels.labels;
  panel.y.name = labels.of;
  Boxes boxes;
  Points seeds{{}, {}, {}, {}};
  for (const DrawnConfig& config : configs) {
    const std::vector<double> values = config.values();
    const auto at = static_cast<double>(boxes.at.size());
    std::array<double, 5> five;
    for (std::size_t q = 0; q < five.size(); ++q) five[q] = statistics::quantile(values, 0.25 * static_cast<double>(q));
    Row row = {config.number, static_cast<std::int64_t>(values.size())};
    row.insert(row.end(), five.begin(), five.end());
    row.insert(row.end(), {config.mean(), json_text(config.params)});
    chart.rows.push_back(std::move(row));
    boxes.at.push_back(at), boxes.five.push_back(five), boxes.subjects.push_back(subject_of(config, metric));
    for (const DrawnTrial& trial : config.trials) {
      seeds.x.push_back(trial.value), seeds.y.push_back(at);
      seeds.subjects.push_back(subject_of(trial, metric, text_of_params(config.params)));
    }
  }
  if (const auto noise = noise_of(reader, request, metric, configs.front().mean(), chart.notes))
    panel.layers.emplace_back(*noise);
  panel.layers.emplace_back(std::move(boxes));
  panel.layers.emplace_back(std::move(seeds));
  chart.figure = {{std::move(panel)}, 1, 500};
  chart.figure.aspect = aspect_of_lines(configs.size(), chart.figure.width);
  return chart;
}

}  // namespace ubp::figures
