// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <set>

#include "draw/principal.hpp"
#include "figures/configs.hpp"
#include "figures/files.hpp"
#include "figures/kinds.hpp"

namespace ubp::figures {
namespace {

/// [rows], or none: nobody wrote them, or of other rows.
std::vector<std::int64_t> labels_of(Reader& reader, const DrawnArtifact& embedding, std::size_t rows) {
  for (const DrawnArtifact& file : drawn_artifacts(reader, embedding.trial_id)) {
    if (file.kind != "labels" || file.step != embedding.step) continue;
    const DrawnArray array = array_of(file);
    std::vector<std::int64_t> labels;
    for (const double label : array.values) labels.push_back(std::llround(label));
    if (labels.size() == rows) return labels;
  }
  return {};
}

}  // namespace

Chart embedding(Reader& reader, const ChartRequest& request) {
  const DrawnArtifact file = files_of(reader, request, "embedding", "embedding = true").back();
  const DrawnArray array = array_of(file);
  if (!std::all_of(array.values.begin(), array.values.end(), [](double v) { return std::isfinite(v); }))
    fail(Exit::nothing, "{}: has numbers that are not finite", file.file.string());
  Panel panel{fmt::format("{}, step {}: embedding of {} rows", file.trial, file.step, array.rows), {}, {}, {}, "label"};
  Points points;
  if (array.width > 2) {
    Plane plane = principal_plane(array.values, array.width);
    points.x = std::move(plane.at[0]), points.y = std::move(plane.at[1]);
    panel.x.name = fmt::format("principal component 1 of {}: {:.1f} % of variance", array.width, 100 * plane.share[0]);
    panel.y.name = fmt::format("principal component 2: {:.1f} % of variance", 100 * plane.share[1]);
  } else {
    panel.x.name = "column 1", panel.y.name = array.width == 2 ? "column 2" : "row";
    for (std::size_t i = 0; i < array.rows; ++i) {
      points.x.push_back(array.values[i * array.width]);
      points.y.push_back(array.width == 2 ? array.values[i * 2 + 1] : static_cast<double>(i));
    }
  }
  const std::vector<std::int64_t> labels = labels_of(reader, file, array.rows);
  const std::set<std::int64_t> distinct(labels.begin(), labels.end());
  for (const std::int64_t label : distinct) points.groups.push_back(std::to_string(label));
  Chart chart;
  chart.columns = {"row", "x", "y", "label"};
  for (std::size_t i = 0; i < array.rows; ++i) {
    const Value label = labels.empty() ? Value() : Value(labels[i]);
    if (!labels.empty())
      points.group.push_back(static_cast<std::size_t>(std::distance(distinct.begin(), distinct.find(labels[i]))));
    points.subjects.push_back(
        {fmt::format("row {}{}", i, labels.empty() ? "" : fmt::format(", label {}", labels[i])), {}, {}});
    chart.rows.push_back({static_cast<std::int64_t>(i), points.x[i], points.y[i], label});
  }
  panel.layers = {std::move(points)};
  chart.figure = {{std::move(panel)}, 1, 400};
  return chart;
}

}  // namespace ubp::figures
