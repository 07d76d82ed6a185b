// SPDX-License-Identifier: MIT
#include "draw/layers.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace ubp {
namespace {

using Sample = LegendEntry::Sample;
using Numbers = std::vector<double>;

constexpr std::array<Rgb, kColourCount> kColours{{{0x3f, 0x90, 0xda},
                                                  {0xff, 0xa9, 0x0e},
                                                  {0xbd, 0x1f, 0x01},
                                                  {0x94, 0xa4, 0xa2},
                                                  {0x83, 0x2d, 0xb6},
                                                  {0xa9, 0x6b, 0x59},
                                                  {0xe7, 0x63, 0x00},
                                                  {0xb9, 0xac, 0x70},
                                                  {0x71, 0x75, 0x81},
                                                  {0x92, 0xda, 0xdd}}};
constexpr Rgb kUnknown{0xcc, 0xcc, 0xcc};
constexpr std::array<Rgb, 9> kShades{{{0x44, 0x01, 0x54},
                                      {0x47, 0x2c, 0x7a},
                                      {0x3b, 0x51, 0x8b},
                                      {0x2c, 0x71, 0x8e},
                                      {0x21, 0x90, 0x8d},
                                      {0x27, 0xad, 0x81},
                                      {0x5c, 0xc8, 0x63},
                                      {0xaa, 0xdc, 0x32},
                                      {0xfd, 0xe7, 0x25}}};

void add(Numbers& values, std::initializer_list<const Numbers*> some) {
  for (const Numbers* numbers : some) values.insert(values.end(), numbers->begin(), numbers->end());
}

// ---- what an axis has to reach ----

void x_of(const Curve& curve, Numbers& values) { add(values, {&curve.x}); }
void x_of(const Points& points, Numbers& values) { add(values, {&points.x}); }
void x_of(const Bars& bars, Numbers& values) {
  add(values, {&bars.value, &bars.low, &bars.high});
  if (!bars.value.empty()) values.push_back(0);
}
void x_of(const Boxes& boxes, Numbers& values) {
  for (const auto& five : boxes.five) values.insert(values.end(), five.begin(), five.end());
}
void x_of(const Cells& cells, Numbers& values) { add(values, {&cells.left, &cells.right}); }
void x_of(const Spans& spans, Numbers& values) { add(values, {&spans.from, &spans.to}); }
void x_of(const Guide& guide, Numbers& values) {
  if (guide.of == Guide::Of::x) values.insert(values.end(), {guide.low, guide.high});
}
void x_of(const Parallel&, Numbers&) {}
void x_of(const Image&, Numbers&) {}

void y_of(const Curve& curve, Numbers& values) { add(values, {&curve.y, &curve.low, &curve.high}); }
void y_of(const Points& points, Numbers& values) { add(values, {&points.y}); }
void y_of(const Bars& bars, Numbers& values) { add(values, {&bars.at}); }
void y_of(const Boxes& boxes, Numbers& values) { add(values, {&boxes.at}); }
void y_of(const Cells& cells, Numbers& values) { add(values, {&cells.low, &cells.high}); }
void y_of(const Spans& spans, Numbers& values) { add(values, {&spans.at}); }
void y_of(const Guide& guide, Numbers& values) {
  if (guide.of == Guide::Of::y) values.insert(values.end(), {guide.low, guide.high});
}
void y_of(const Parallel&, Numbers&) {}
void y_of(const Image&, Numbers&) {}

template <class Any>
void colour_of_numbers(const Any&, Numbers&) {}
void colour_of_numbers(const Cells& cells, Numbers& values) { add(values, {&cells.value}); }
void colour_of_numbers(const Parallel& parallel, Numbers& values) { add(values, {&parallel.shade}); }

// ---- colours and the legend ----

std::size_t colours(const Curve& curve) { return curve.grey ? 0 : 1; }
std::size_t colours(const Points& points) { return std::max<std::size_t>(1, points.groups.size()); }
std::size_t colours(const Bars&) { return 1; }
std::size_t colours(const Boxes&) { return 1; }
std::size_t colours(const Cells&) { return 0; }
std::size_t colours(const Spans& spans) { return std::max<std::size_t>(1, spans.groups.size()); }
std::size_t colours(const Guide&) { return 0; }
std::size_t colours(const Parallel&) { return 0; }
std::size_t colours(const Image&) { return 0; }

std::vector<LegendEntry> one_entry(const std::string& name, std::size_t colour, Sample sample) {
  if (name.empty()) return {};
  return {{name, colour, sample}};
}
std::vector<LegendEntry> groups_of(const std::vector<std::string>& names, std::size_t first_colour, Sample sample) {
  std::vector<LegendEntry> all;
  for (const std::string& name : names) all.push_back({name, first_colour++, sample});
  return all;
}

template <class Any>
std::vector<LegendEntry> legend(const Any&, std::size_t) {
  return {};
}
std::vector<LegendEntry> legend(const Curve& curve, std::size_t colour) {
  return one_entry(curve.name, colour, Sample::line);
}
std::vector<LegendEntry> legend(const Points& points, std::size_t first_colour) {
  return groups_of(points.groups, first_colour, Sample::symbol);
}
std::vector<LegendEntry> legend(const Bars& bars, std::size_t colour) {
  return one_entry(bars.name, colour, Sample::area);
}
std::vector<LegendEntry> legend(const Spans& spans, std::size_t first_colour) {
  return groups_of(spans.groups, first_colour, Sample::area);
}
std::vector<LegendEntry> legend(const Guide& guide, std::size_t) {
  return one_entry(guide.name, 0, guide.low == guide.high ? Sample::guide : Sample::band);
}

}  // namespace

Rgb colour_of(std::size_t n) { return kColours[n % kColours.size()]; }

Rgb shade_of(double share) {
  if (std::isnan(share)) return kUnknown;
  const double at = std::clamp(share, 0.0, 1.0) * (kShades.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(at), kShades.size() - 2);
  const double part = at - static_cast<double>(below);
  const auto mixed = [&](std::uint8_t Rgb::*channel) {
    return static_cast<std::uint8_t>(
        std::lround(kShades[below].*channel * (1 - part) + kShades[below + 1].*channel * part));
  };
  return {mixed(&Rgb::red), mixed(&Rgb::green), mixed(&Rgb::blue)};
}

void append_x(const Layer& layer, std::vector<double>& values) {
  std::visit([&](const auto& l) { x_of(l, values); }, layer);
}

void append_y(const Layer& layer, std::vector<double>& values) {
  std::visit([&](const auto& l) { y_of(l, values); }, layer);
}

void append_colour(const Layer& layer, std::vector<double>& values) {
  std::visit([&](const auto& l) { colour_of_numbers(l, values); }, layer);
}

Extent extent_of(const Panel& panel, const Ruler& ruler, void append(const Layer&, std::vector<double>&),
                 bool falling) {
  if (ruler.extent) return *ruler.extent;
  if (const auto n = static_cast<double>(ruler.labels.size()); n > 0)
    return falling ? Extent{n - 0.5, -0.5} : Extent{-0.5, n - 0.5};
  std::vector<double> all;
  for (const Layer& layer : panel.layers) append(layer, all);
  return Extent::of(all, ruler.scale);
}

std::size_t colours_of(const Layer& layer) {
  return std::visit([](const auto& l) { return colours(l); }, layer);
}

std::vector<LegendEntry> legend_of(const Layer& layer, std::size_t first_colour) {
  return std::visit([&](const auto& l) { return legend(l, first_colour); }, layer);
}

}  // namespace ubp
