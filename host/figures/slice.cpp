// SPDX-License-Identifier: MIT
#include <algorithm>

#include "figures/configs.hpp"
#include "figures/kinds.hpp"

namespace ubp::figures {
namespace {

/// Of places with names: so that the seeds of one config do not hide each other.
double beside(std::size_t i, std::size_t n) {
  constexpr double kWidth = 0.4;
  return n < 2 ? 0 : kWidth * (static_cast<double>(i) / static_cast<double>(n - 1) - 0.5);
}

}  // namespace

Chart slice(Reader& reader, const ChartRequest& request) {
  const DrawnMetric metric = metric_of(request);
  const std::vector<DrawnConfig> configs = configs_of(reader, request, metric);
  Chart chart;
  chart.columns = {"parameter", "setting", "trial", "config", "replicate", "value"};
  for (const std::string& param : params_of(request, configs)) {
    const ParamAxis axis = axis_of(param, configs, request.sweep);
    Points points{{}, {}, {}, {}};
    for (const DrawnConfig& config : configs) {
      const auto setting = config.params.find(param);
      if (setting == config.params.end()) continue;
      for (std::size_t i = 0; i < config.trials.size(); ++i) {
        const DrawnTrial& trial = config.trials[i];
        const double aside = axis.ruler.labels.empty() ? 0 : beside(i, config.trials.size());
        points.x.push_back(axis.of(config.number) + aside), points.y.push_back(trial.value);
        points.subjects.push_back(subject_of(trial, metric, text_of_params(config.params)));
        chart.rows.push_back(
            {param, setting->is_number_float() ? Value(setting->get<double>()) : Value(text_of_param(*setting)),
             trial.name, trial.config, trial.replicate, trial.value});
      }
    }
    chart.figure.panels.push_back({param, axis.ruler, {metric.name, AxisScale::automatic}, {std::move(points)}, ""});
    chart.figure.panels.back().x.name = "";
  }
  // One scale for all: a difference is as large as it looks.
  std::vector<double> all;
  for (const DrawnConfig& config : configs)
    for (const DrawnTrial& trial : config.trials) all.push_back(trial.value);
  for (Panel& panel : chart.figure.panels) panel.y.extent = Extent::of(all, panel.y.scale);
  chart.figure.across = std::min<std::size_t>(3, chart.figure.panels.size());
  if (chart.figure.panels.size() == 4) chart.figure.across = 2;
  if (chart.figure.across == 1) chart.figure.aspect = 0.5;
  return chart;
}

}  // namespace ubp::figures
