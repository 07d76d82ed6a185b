// SPDX-License-Identifier: MIT
#include <algorithm>

#include "draw/png.hpp"
#include "figures/configs.hpp"
#include "figures/files.hpp"
#include "figures/kinds.hpp"

namespace ubp::figures {
namespace {

constexpr std::size_t kMost = 12;

/// So many of them, evenly over the steps, the first and the last among them.
std::vector<DrawnArtifact> thinned(const std::vector<DrawnArtifact>& all) {
  if (all.size() <= kMost) return all;
  std::vector<DrawnArtifact> some;
  for (std::size_t i = 0; i < kMost; ++i) some.push_back(all[i * (all.size() - 1) / (kMost - 1)]);
  return some;
}

}  // namespace

Chart images(Reader& reader, const ChartRequest& request) {
  std::vector<DrawnArtifact> all = files_of(reader, request, "image", "images = N");
  // Plots of a trial are figures of their own; what its model makes is shown, if there is any.
  const auto is_plot = [](const DrawnArtifact& a) {
    return a.name.ends_with("curves.png") || a.name.ends_with("scatter.png");
  };
  if (!std::all_of(all.begin(), all.end(), is_plot)) std::erase_if(all, is_plot);
  Chart chart;
  chart.columns = {"trial", "artifact", "step", "file"};
  for (const DrawnArtifact& each : all) chart.rows.push_back({each.trial, each.name, each.step, each.file.string()});
  double tallest = 0;
  for (const DrawnArtifact& each : thinned(all)) {
    const std::string title = fmt::format("{}, step {}", each.name, each.step);
    Panel panel{title, {}, {}, {Image{bytes_of(each), {fmt::format("{}: {}", each.trial, title), {}, each.trial}}}, ""};
    const auto [across, down] = png_size(std::get<Image>(panel.layers[0]).png);
    if (across > 0) tallest = std::max(tallest, down / across);
    panel.x.hidden = panel.y.hidden = true;
    chart.figure.panels.push_back(std::move(panel));
  }
  chart.figure.across = std::min<std::size_t>(chart.figure.panels.size(), 3);
  constexpr double kAround = 34;  // points: title and edges
  const double width = chart.figure.width / static_cast<double>(chart.figure.across);
  chart.figure.aspect = tallest + kAround / width;
  chart.notes.push_back(
      fmt::format("{}: {} of its {} images", all.front().trial, chart.figure.panels.size(), all.size()));
  return chart;
}

}  // namespace ubp::figures
