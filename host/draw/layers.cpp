// SPDX-License-Identifier: MIT
#include "draw/layers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace ubp {
namespace {

constexpr double kCurveWidth = 1.1, kBandOpacity = 0.2;
constexpr std::size_t kMarked = 40;  // a curve of so many points or fewer shows each of them

constexpr std::array<Rgb, 10> kColours{{{0x3f, 0x90, 0xda},
                                        {0xff, 0xa9, 0x0e},
                                        {0xbd, 0x1f, 0x01},
                                        {0x94, 0xa4, 0xa2},
                                        {0x83, 0x2d, 0xb6},
                                        {0xa9, 0x6b, 0x59},
                                        {0xe7, 0x63, 0x00},
                                        {0xb9, 0xac, 0x70},
                                        {0x71, 0x75, 0x81},
                                        {0x92, 0xda, 0xdd}}};

bool has_place(Place p) { return !std::isnan(p.x) && !std::isnan(p.y); }

// A dot, of another shape after each ten colours: disc, square, diamond, triangle.
Mark symbol(Place at, double radius, std::size_t colour, double opacity) {
  const std::size_t shape = colour / kColours.size() % 4;
  if (shape == 0) return DotMark{at, radius, colour_of(colour), opacity};
  const std::size_t corners = shape == 3 ? 3 : 4;
  const double r = radius * (shape == 3 ? 1.5 : 1.25), first = shape == 1 ? 0.25 : 0.5;  // in half turns
  AreaMark area{{}, colour_of(colour), opacity};
  for (std::size_t i = 0; i < corners; ++i) {
    const double angle = std::numbers::pi * (first + 2.0 * static_cast<double>(i) / static_cast<double>(corners));
    area.outline.push_back({at.x + r * std::cos(angle), at.y - r * std::sin(angle)});
  }
  return area;
}

// Of a run that has many points in each column of pixels, the first, lowest, highest and last of each column: the same
// line. Source: U. Jugel et al., "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB
// 2014.
std::vector<Place> thinned(const std::vector<Place>& run) {
  constexpr double kColumn = 0.36;  // a pixel at 200 dpi
  std::vector<Place> out;
  for (std::size_t first = 0, i = 1; i <= run.size(); ++i) {
    if (i < run.size() && std::floor(run[i].x / kColumn) == std::floor(run[first].x / kColumn)) continue;
    const auto begin = run.begin() + static_cast<std::ptrdiff_t>(first),
               end = run.begin() + static_cast<std::ptrdiff_t>(i);
    const auto [low, high] = std::minmax_element(begin, end, [](Place a, Place b) { return a.y < b.y; });
    std::array<std::ptrdiff_t, 4> kept{0, low - begin, high - begin, end - begin - 1};
    std::sort(kept.begin(), kept.end());
    for (std::size_t k = 0; k < kept.size(); ++k)
      if (k == 0 || kept[k] != kept[k - 1]) out.push_back(begin[kept[k]]);
    first = i;
  }
  return out;
}

void draw_band(const Curve& curve, Rgb colour, const Frame& frame, std::vector<Mark>& marks) {
  std::vector<Place> low, high;  // a run of points whose edges both have a place is one area
  for (std::size_t i = 0; i <= curve.low.size(); ++i) {
    const bool more = i < curve.low.size();
    const Place below = more ? frame.place_of(curve.x[i], curve.low[i]) : Place{NAN, NAN};
    const Place above = more ? frame.place_of(curve.x[i], curve.high[i]) : Place{NAN, NAN};
    if (has_place(below) && has_place(above)) {
      low.push_back(below), high.push_back(above);
      continue;
    }
    if (low.size() > 1) {
      AreaMark band{thinned(low), colour, kBandOpacity};
      const std::vector<Place> edge = thinned(high);
      band.outline.insert(band.outline.end(), edge.rbegin(), edge.rend());
      marks.push_back(std::move(band));
    }
    low.clear(), high.clear();
  }
}

void draw(const Curve& curve, std::size_t first_colour, const Frame& frame, std::vector<Mark>& marks) {
  const Rgb colour = colour_of(first_colour);
  const std::size_t n = curve.x.size();
  draw_band(curve, colour, frame, marks);
  std::vector<Place> run;
  for (std::size_t i = 0; i <= n; ++i) {
    const Place p = i < n ? frame.place_of(curve.x[i], curve.y[i]) : Place{NAN, NAN};
    if (has_place(p)) {
      run.push_back(p);
      if (n <= kMarked) marks.push_back(DotMark{p, 1.4 * kCurveWidth, colour, 1});
      continue;
    }
    if (run.size() > 1) marks.push_back(LineMark{thinned(run), colour, kCurveWidth});
    if (run.size() == 1 && n > kMarked) marks.push_back(DotMark{run[0], kCurveWidth / 2, colour, 1});
    run.clear();
  }
}

void draw(const Points& points, std::size_t first_colour, const Frame& frame, std::vector<Mark>& marks) {
  const std::size_t n = points.x.size();
  const double radius = n > 3000 ? 0.9 : n > 500 ? 1.3 : 1.8, opacity = n > 500 ? 0.7 : 1;
  for (std::size_t i = 0; i < n; ++i) {
    const Place p = frame.place_of(points.x[i], points.y[i]);
    if (has_place(p))
      marks.push_back(symbol(p, radius, first_colour + (points.group.empty() ? 0 : points.group[i]), opacity));
  }
}

void append(const std::vector<double>& some, std::vector<double>& values) {
  values.insert(values.end(), some.begin(), some.end());
}

void append_y_of(const Points& points, std::vector<double>& values) { append(points.y, values); }
void append_y_of(const Curve& curve, std::vector<double>& values) {
  for (const auto* some : {&curve.y, &curve.low, &curve.high}) append(*some, values);
}

std::size_t colours(const Curve&) { return 1; }
std::size_t colours(const Points& points) { return std::max<std::size_t>(1, points.groups.size()); }

std::vector<LegendEntry> legend(const Curve& curve, std::size_t first_colour) {
  if (curve.name.empty()) return {};
  return {{curve.name, first_colour, true}};
}
std::vector<LegendEntry> legend(const Points& points, std::size_t first_colour) {
  std::vector<LegendEntry> all;
  for (const std::string& name : points.groups) all.push_back({name, first_colour++, false});
  return all;
}

}  // namespace

Rgb colour_of(std::size_t n) { return kColours[n % kColours.size()]; }

void append_x(const Layer& layer, std::vector<double>& values) {
  std::visit([&](const auto& l) { append(l.x, values); }, layer);
}

void append_y(const Layer& layer, std::vector<double>& values) {
  std::visit([&](const auto& l) { append_y_of(l, values); }, layer);
}

std::size_t colours_of(const Layer& layer) {
  return std::visit([](const auto& l) { return colours(l); }, layer);
}

std::vector<LegendEntry> legend_of(const Layer& layer, std::size_t first_colour) {
  return std::visit([&](const auto& l) { return legend(l, first_colour); }, layer);
}

void draw_layer(const Layer& layer, std::size_t first_colour, const Frame& frame, std::vector<Mark>& marks) {
  std::visit([&](const auto& l) { draw(l, first_colour, frame, marks); }, layer);
}

Mark sample_of(const LegendEntry& entry, Place middle, double width) {
  if (!entry.is_line) return symbol(middle, 2.4, entry.colour, 1);
  const Place left{middle.x - width / 2, middle.y}, right{middle.x + width / 2, middle.y};
  return LineMark{{left, right}, colour_of(entry.colour), 1.5 * kCurveWidth};
}

}  // namespace ubp
