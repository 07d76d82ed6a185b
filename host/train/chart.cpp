// SPDX-License-Identifier: MIT
#include "train/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "train/axes.hpp"
#include "train/font.hpp"

namespace ubp {
namespace {

using Rgb = std::array<double, 3>;

constexpr std::int64_t kScatterWidth = 760, kScatterHeight = 640, kPanelWidth = 420, kPanelHeight = 280, kAcross = 3;
constexpr std::size_t kLegend = 30;  // labels that find room in it

void dot(Picture& canvas, std::int64_t x, std::int64_t y, std::int64_t radius, Rgb rgb) {
  for (std::int64_t dy = -radius; dy <= radius; ++dy)
    for (std::int64_t dx = -radius; dx <= radius; ++dx)
      if (dx * dx + dy * dy <= radius * radius + 1) canvas.set(x + dx, y + dy, rgb);
}

void line(Picture& canvas, std::int64_t x0, std::int64_t y0, std::int64_t x1, std::int64_t y1, Rgb rgb) {
  const std::int64_t steps = std::max<std::int64_t>(1, std::max(std::abs(x1 - x0), std::abs(y1 - y0)));
  for (std::int64_t i = 0; i <= steps; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(steps);
    const auto x = x0 + std::llround(share * static_cast<double>(x1 - x0)),
               y = y0 + std::llround(share * static_cast<double>(y1 - y0));
    for (const std::int64_t k : {0, 1}) canvas.set(x, y + k, rgb), canvas.set(x + 1, y + k, rgb);
  }
}

void legend(Picture& canvas, std::int64_t x, std::int64_t y, const std::vector<std::int64_t>& labels) {
  draw_text(canvas, x, y, "label");
  for (std::size_t i = 0; i < std::min(labels.size(), kLegend); ++i) {
    y += kGlyphHeight + 4;
    dot(canvas, x + 6, y + 6, 5, label_colour(i));
    draw_text(canvas, x + 20, y, std::to_string(labels[i]));
  }
  if (labels.size() > kLegend)
    draw_text(canvas, x, y + kGlyphHeight + 4, fmt::format("and {} more", labels.size() - kLegend));
}

}  // namespace

std::array<double, 3> label_colour(std::size_t n) {
  static constexpr Rgb kColours[] = {{0.12, 0.47, 0.71}, {1.00, 0.50, 0.05}, {0.17, 0.63, 0.17}, {0.84, 0.15, 0.16},
                                     {0.58, 0.40, 0.74}, {0.55, 0.34, 0.29}, {0.89, 0.47, 0.76}, {0.35, 0.35, 0.35},
                                     {0.74, 0.74, 0.13}, {0.09, 0.75, 0.81}};
  return kColours[n % std::size(kColours)];
}

Picture draw(const Scatter& s) {
  std::vector<std::int64_t> labels = s.labels;
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  const std::int64_t room = labels.empty() ? 0 : 12 + 12 * kGlyphWidth;
  Picture canvas(Axes::kLeft + kScatterWidth + Axes::kRight + room, Axes::kTop + kScatterHeight + Axes::kBottom);
  const Axes axes(Axes::kLeft, Axes::kTop, kScatterWidth, kScatterHeight, Extent::of(s.x), Extent::of(s.y));
  axes.draw(canvas, s.title, s.x_name, s.y_name);
  const std::int64_t radius = s.x.size() > 2000 ? 1 : 3;
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    const auto label = s.labels.empty() ? labels.begin() : std::lower_bound(labels.begin(), labels.end(), s.labels[i]);
    dot(canvas, axes.right_of(s.x[i]), axes.down_of(s.y[i]), radius,
        label_colour(static_cast<std::size_t>(label - labels.begin())));
  }
  if (!labels.empty()) legend(canvas, Axes::kLeft + kScatterWidth + Axes::kRight, Axes::kTop, labels);
  return canvas;
}

Picture draw(const std::vector<std::pair<std::string, Curve>>& curves) {
  constexpr std::int64_t kWidth = Axes::kLeft + kPanelWidth + Axes::kRight,
                         kHeight = Axes::kTop + kPanelHeight + Axes::kBottom;
  const auto n = static_cast<std::int64_t>(curves.size()), across = std::min(n, kAcross);
  Picture canvas(across * kWidth, (n + across - 1) / across * kHeight);
  for (std::int64_t i = 0; i < n; ++i) {
    const auto& [name, curve] = curves[static_cast<std::size_t>(i)];
    const Axes axes(i % across * kWidth + Axes::kLeft, i / across * kHeight + Axes::kTop, kPanelWidth, kPanelHeight,
                    Extent::of(curve.step), Extent::of_curve(curve.value));
    axes.draw(canvas, fmt::format("{}, last {:.4g}", name, curve.value.back()), "step", "");
    const bool sparse = curve.step.size() <= 40;
    for (std::size_t k = 0; k < curve.step.size(); ++k) {
      const std::int64_t x = axes.right_of(curve.step[k]), y = axes.down_of(curve.value[k]);
      if (k > 0)
        line(canvas, axes.right_of(curve.step[k - 1]), axes.down_of(curve.value[k - 1]), x, y, label_colour(0));
      if (sparse) dot(canvas, x, y, 4, label_colour(0));
    }
  }
  return canvas;
}

}  // namespace ubp
