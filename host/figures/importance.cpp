// SPDX-License-Identifier: MIT
#include "figures/importance.hpp"

#include <algorithm>

#include "figures/configs.hpp"
#include "figures/kinds.hpp"
#include "plan/planner.hpp"

namespace ubp::figures {

SweepImportances importances_of(Reader& reader, const ChartRequest& request) {
  Registry found;
  Registry& registry = request.registry ? *request.registry : found;
  return sweep_importances(reader, request.sweep, space_of_sweep(reader, request.sweep.sweep_id, registry).get());
}

std::vector<std::string> by_importance(Reader& reader, const ChartRequest& request, std::vector<std::string> names) {
  try {
    const SweepImportances all = importances_of(reader, request);
    const auto place = [&](const std::string& name) {
      return std::find_if(all.order.begin(), all.order.end(), [&](std::size_t i) { return all.names[i] == name; });
    };
    std::stable_sort(names.begin(), names.end(),
                     [&](const std::string& a, const std::string& b) { return place(a) < place(b); });
  } catch (const Error&) {
  }
  return names;
}

Chart importance(Reader& reader, const ChartRequest& request) {
  const SweepFacts& sweep = request.sweep;
  if (sweep.metric.empty() || (!request.metric.empty() && request.metric != sweep.metric))
    fail(Exit::usage, "sweep {} '{}': importances are of the metric that it optimises{}", sweep.sweep_id, sweep.name,
         sweep.metric.empty() ? std::string(", and it optimises none") : ", " + sweep.metric);
  const SweepImportances all = importances_of(reader, request);
  Chart chart;
  chart.columns = {"parameter", "variance", "variance_low", "variance_high", "best", "best_low", "best_high"};
  constexpr double kThickness = 0.36;
  Bars variance{"of the variance", {}, {}, {}, {}, {}, kThickness};
  Bars best{"of the best tenth", {}, {}, {}, {}, {}, kThickness};
  Panel panel{fmt::format("what {} depends on, by {} configs", sweep.metric, all.configs), {"share"}, {""}, {}, ""};
  for (const std::size_t i : all.order) {
    const auto add = [&](Bars& bars, double aside, const search::Importance& share, const char* what) {
      bars.at.push_back(static_cast<double>(panel.y.labels.size()) + aside);
      bars.value.push_back(share.share), bars.low.push_back(share.low), bars.high.push_back(share.high);
      bars.subjects.push_back(
          {fmt::format("{}: {:.3f} {} ({:.3f} to {:.3f})", all.names[i], share.share, what, share.low, share.high)});
    };
    add(variance, -kThickness / 2, all.variance.importances[i], "of the variance");
    add(best, kThickness / 2, all.best[i], "of what sets the best tenth apart");
    panel.y.labels.push_back(all.names[i]);
    const search::Importance &a = all.variance.importances[i], &b = all.best[i];
    chart.rows.push_back({all.names[i], a.share, a.low, a.high, b.share, b.low, b.high});
  }
  panel.layers = {std::move(variance), std::move(best)};
  panel.x.extent = Extent{0, 1.02};
  chart.figure = {{std::move(panel)}, 1, 460};
  chart.figure.aspect = aspect_of_lines(2 * all.order.size(), chart.figure.width);
  chart.notes.push_back(
      "shares of the variance of the configs' means (fANOVA), and of what sets the best tenth apart (PED-ANOVA), with "
      "the 95 % intervals of their replicates");
  if (!sweep.objectives.empty())
    chart.notes.push_back(fmt::format("of {} objectives, the first is explained", sweep.objectives.size()));
  return chart;
}

}  // namespace ubp::figures
