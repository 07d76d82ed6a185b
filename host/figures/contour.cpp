// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <set>

#include "base/statistics/estimates.hpp"
#include "figures/configs.hpp"
#include "figures/importance.hpp"
#include "figures/kinds.hpp"

namespace ubp::figures {
namespace {

constexpr std::size_t kMostPlaces = 12, kParts = 8;

/// One side: places, each a value of its own, or equal parts of a range.
struct Side {
  Ruler ruler;
  std::vector<double> edges;                 ///< of n parts: n + 1; of places: -0.5, 0.5, ...
  std::vector<Value> middles;                ///< of each part; of places their values
  std::map<std::int64_t, std::size_t> part;  ///< by config
};

Side side_of(const ParamAxis& axis) {
  Side side{axis.ruler, {}, {}, {}};
  std::set<double> values;
  for (const auto& [config, value] : axis.at) values.insert(value);
  const bool named = !axis.ruler.labels.empty();
  if (named || values.size() <= kMostPlaces) {
    if (!named)
      for (const double value : values) side.ruler.labels.push_back(fmt::format("{:.4g}", value));
    for (std::size_t i = 0; i < side.ruler.labels.size(); ++i)
      side.middles.push_back(named ? Value(side.ruler.labels[i])
                                   : Value(*std::next(values.begin(), static_cast<std::ptrdiff_t>(i))));
    for (std::size_t i = 0; i <= side.ruler.labels.size(); ++i) side.edges.push_back(static_cast<double>(i) - 0.5);
    for (const auto& [config, value] : axis.at)
      side.part[config] = named ? static_cast<std::size_t>(value)
                                : static_cast<std::size_t>(std::distance(values.begin(), values.find(value)));
    return side;
  }
  const double low = *values.begin(), high = *values.rbegin();
  const bool logarithmic = axis.ruler.scale == AxisScale::logarithmic || (low > 0 && high / low >= 100);
  const auto scaled = [&](double value) { return logarithmic ? std::log10(value) : value; };
  const auto back = [&](double value) { return logarithmic ? std::pow(10, value) : value; };
  const double step = (scaled(high) - scaled(low)) / kParts;
  for (std::size_t i = 0; i <= kParts; ++i) side.edges.push_back(back(scaled(low) + step * static_cast<double>(i)));
  for (std::size_t i = 0; i < kParts; ++i)
    side.middles.emplace_back(back(scaled(low) + step * (static_cast<double>(i) + 0.5)));
  for (const auto& [config, value] : axis.at)
    side.part[config] = std::min(kParts - 1, static_cast<std::size_t>((scaled(value) - scaled(low)) / step));
  side.ruler.extent = Extent{side.edges.front(), side.edges.back(), logarithmic};
  return side;
}

/// Two: those that were named, else the only two, else the two that most depends on.
std::vector<std::string> two_of(Reader& reader, const ChartRequest& request, const std::vector<DrawnConfig>& configs) {
  const SweepFacts& sweep = request.sweep;
  std::vector<std::string> names = params_of(request, configs);
  if (names.size() < 2 || (!request.params.empty() && names.size() > 2))
    fail(Exit::usage, "sweep {} '{}': contour needs two parameters, --params A,B: found {}", sweep.sweep_id, sweep.name,
         fmt::join(names, ", "));
  if (names.size() > 2) names = by_importance(reader, request, names);
  names.resize(2);
  if (names[0] == names[1])
    fail(Exit::usage, "sweep {} '{}': contour needs two parameters, --params A,B: found {} twice", sweep.sweep_id,
         sweep.name, names[0]);
  return names;
}

}  // namespace

Chart contour(Reader& reader, const ChartRequest& request) {
  const DrawnMetric metric = metric_of(request);
  const std::vector<DrawnConfig> configs = configs_of(reader, request, metric);
  const std::vector<std::string> names = two_of(reader, request, configs);
  const Side x = side_of(axis_of(names[0], configs, request.sweep)),
             y = side_of(axis_of(names[1], configs, request.sweep));
  std::map<std::pair<std::size_t, std::size_t>, std::vector<double>> values;
  for (const DrawnConfig& config : configs) {
    const auto right = x.part.find(config.number), up = y.part.find(config.number);
    if (right == x.part.end() || up == y.part.end()) continue;  // one of them is not active
    for (const DrawnTrial& trial : config.trials) values[{right->second, up->second}].push_back(trial.value);
  }
  Chart chart;
  chart.columns = {names[0], names[1], "n", "mean"};
  Cells cells;
  for (const auto& [place, own] : values) {
    const auto [i, k] = place;
    const double mean = statistics::mean(own);
    cells.left.push_back(x.edges[i]), cells.right.push_back(x.edges[i + 1]);
    cells.low.push_back(y.edges[k]), cells.high.push_back(y.edges[k + 1]);
    cells.value.push_back(mean);
    cells.subjects.push_back({fmt::format("{} {}, {} {}: mean {} {:.6g} of {} trials", names[0], human(x.middles[i]),
                                          names[1], human(y.middles[k]), metric.name, mean, own.size())});
    chart.rows.push_back({x.middles[i], y.middles[k], static_cast<std::int64_t>(own.size()), mean});
  }
  Panel panel{fmt::format("mean {}", metric.name), x.ruler, y.ruler, {}, ""};
  if (!panel.y.labels.empty())  // numbers rise
    panel.y.extent = Extent{-0.5, static_cast<double>(panel.y.labels.size()) - 0.5};
  panel.colour = Ruler{metric.name, AxisScale::automatic, toned(cells.value, metric)};
  panel.layers.emplace_back(std::move(cells));
  chart.figure = {{std::move(panel)}, 1, 360, 0.75};
  return chart;
}

}  // namespace ubp::figures
