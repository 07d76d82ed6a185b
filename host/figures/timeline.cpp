// SPDX-License-Identifier: MIT
#include <algorithm>

#include "figures/configs.hpp"
#include "figures/kinds.hpp"

namespace ubp::figures {
namespace {

struct TimeUnit {
  double seconds;
  const char* name;
};
TimeUnit unit_of(double seconds) {
  if (seconds > 3 * 86400) return {86400, "days"};
  if (seconds > 3 * 3600) return {3600, "hours"};
  if (seconds > 180) return {60, "minutes"};
  return {1, "seconds"};
}

}  // namespace

Chart timeline(Reader& reader, const ChartRequest& request) {
  const SweepFacts& sweep = request.sweep;
  const std::vector<DrawnExecution> all = drawn_executions(reader, sweep.sweep_id);
  if (all.empty()) fail(Exit::nothing, "sweep {} '{}': no trial of it ran yet", sweep.sweep_id, sweep.name);
  double last = 0;
  for (const DrawnExecution& each : all) last = std::max(last, each.to);
  const TimeUnit unit = unit_of(last);

  Chart chart;
  chart.columns = {"trial", "attempt", "state", "from", "to", "line"};
  Spans spans;
  std::vector<double> free_from;  // by line
  for (const DrawnExecution& each : all) {
    auto line = std::find_if(free_from.begin(), free_from.end(), [&](double t) { return t <= each.from; });
    if (line == free_from.end()) line = free_from.insert(line, 0);
    *line = each.to;
    const auto at = line - free_from.begin();
    auto group = std::find(spans.groups.begin(), spans.groups.end(), each.state);
    if (group == spans.groups.end()) group = spans.groups.insert(group, each.state);
    spans.group.push_back(static_cast<std::size_t>(group - spans.groups.begin()));
    spans.at.push_back(static_cast<double>(at));
    spans.from.push_back(each.from / unit.seconds), spans.to.push_back(each.to / unit.seconds);
    spans.subjects.push_back({fmt::format("{} (attempt {}): {}, {:.3g} s from {:.4g} s", each.name, each.attempt,
                                          each.state, each.to - each.from, each.from),
                              std::to_string(each.config), each.name});
    chart.rows.push_back({each.name, each.attempt, each.state, each.from, each.to, std::int64_t{at} + 1});
  }
  Panel panel{fmt::format("{} executions, at most {} at once", all.size(), free_from.size()),
              {fmt::format("{} since the first began", unit.name)},
              {""},
              {std::move(spans)},
              "state"};
  for (std::size_t i = 0; i < free_from.size(); ++i) panel.y.labels.push_back(std::to_string(i + 1));
  chart.figure = {{std::move(panel)}, 1, 500};
  chart.figure.aspect = std::min(1.0, aspect_of_lines(free_from.size(), chart.figure.width));
  return chart;
}

}  // namespace ubp::figures
