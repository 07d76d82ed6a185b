// SPDX-License-Identifier: MIT
#include <cmath>

#include "figures/configs.hpp"
#include "figures/kinds.hpp"

namespace ubp::figures {

Chart history(Reader& reader, const ChartRequest& request) {
  const DrawnMetric metric = metric_of(request);
  const std::vector<DrawnTrial> trials = trials_of(reader, request, metric);
  const auto params = swept_params(reader, request.sweep.sweep_id);
  std::map<std::int64_t, std::string> values;  // by config
  Chart chart;
  chart.columns = {"order", "trial", "config", "replicate", "value", "best"};
  Points points{{}, {}, {}, {}};
  Curve best{"best so far", {}, {}, {}, {}, {}, false};
  double so_far = NAN;
  for (const DrawnTrial& trial : trials) {
    const auto order = static_cast<double>(points.x.size() + 1);
    points.x.push_back(order), points.y.push_back(trial.value);
    std::string& text = values[trial.config];
    if (text.empty()) text = text_of_params(params.at(trial.config));
    points.subjects.push_back(subject_of(trial, metric, text));
    const bool better = std::isnan(so_far) || metric.better(trial.value) < metric.better(so_far);
    if (!metric.goal.empty() && better) {
      if (!best.x.empty()) best.x.push_back(order), best.y.push_back(so_far);  // a stair
      so_far = trial.value;
      best.x.push_back(order), best.y.push_back(so_far);
    }
    chart.rows.push_back(
        {static_cast<std::int64_t>(order), trial.name, trial.config, trial.replicate, trial.value, cell(so_far)});
  }
  Panel panel{fmt::format("{} of {} trials", metric.name, trials.size()),
              {"trial, in order of their ends"},
              {metric.name, AxisScale::automatic},
              {std::move(points)},
              ""};
  if (!best.x.empty()) {
    best.x.push_back(static_cast<double>(trials.size())), best.y.push_back(so_far);
    panel.layers.emplace_back(std::move(best));
  }
  chart.figure = {{std::move(panel)}, 1, 500, 0.5};
  return chart;
}

}  // namespace ubp::figures
