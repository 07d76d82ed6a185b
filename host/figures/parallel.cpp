// SPDX-License-Identifier: MIT
#include <algorithm>

#include "figures/configs.hpp"
#include "figures/importance.hpp"
#include "figures/kinds.hpp"

namespace ubp::figures {

Chart parallel(Reader& reader, const ChartRequest& request) {
  const DrawnMetric metric = metric_of(request);
  const std::vector<DrawnConfig> all = configs_of(reader, request, metric);
  std::vector<std::string> names = params_of(request, all);
  if (request.params.empty()) names = by_importance(reader, request, std::move(names));
  const std::vector<DrawnConfig> configs = best_of(all, request, all.size());
  Chart chart;
  chart.columns = {"config"};
  chart.columns.insert(chart.columns.end(), names.begin(), names.end());
  chart.columns.insert(chart.columns.end(), {"n", "mean"});

  std::vector<ParamAxis> axes;
  for (const std::string& name : names) axes.push_back(axis_of(name, configs, request.sweep));
  Parallel lines;
  Panel panel{fmt::format("{} of {} configs", metric.name, configs.size()), {""}, {""}, {}, ""};
  panel.x.labels = names;
  panel.x.labels.push_back(metric.name);
  const auto n = static_cast<double>(panel.x.labels.size());
  panel.x.extent = Extent{-0.25, n - 0.6};  // numbers stand to the right of their axis
  panel.y.hidden = true;
  std::vector<double> means;
  for (const DrawnConfig& config : configs) {
    means.push_back(config.mean());
    std::vector<double>& line = lines.lines.emplace_back();
    Row row = {config.number};
    for (const ParamAxis& axis : axes) {
      line.push_back(axis.of(config.number));
      const auto setting = config.params.find(axis.name);
      row.push_back(setting == config.params.end() ? Value()
                    : setting->is_number()         ? Value(setting->get<double>())
                                                   : Value(text_of_param(*setting)));
    }
    line.push_back(means.back());
    row.insert(row.end(), {static_cast<std::int64_t>(config.trials.size()), means.back()});
    chart.rows.push_back(std::move(row));
  }
  for (const ParamAxis& axis : axes) lines.axes.push_back(axis.ruler);
  lines.axes.push_back({metric.name, AxisScale::automatic});
  panel.colour = Ruler{metric.name, AxisScale::automatic, toned(means, metric)};
  // The best lie above the others.
  for (std::size_t i = configs.size(); i-- > 0;) {
    lines.shade.push_back(means[i]);
    lines.subjects.push_back(subject_of(configs[i], metric));
  }
  std::reverse(lines.lines.begin(), lines.lines.end());
  panel.layers = {std::move(lines)};
  chart.figure = {{std::move(panel)}, 1, 500, 0.5};
  return chart;
}

}  // namespace ubp::figures
