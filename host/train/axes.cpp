// SPDX-License-Identifier: MIT
#include "train/axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "train/font.hpp"

namespace ubp {
namespace {

constexpr std::array<double, 3> kFrame{0, 0, 0}, kGrid{0.88, 0.88, 0.88};
constexpr std::int64_t kTick = 6;

void horizontal(Picture& canvas, std::int64_t x, std::int64_t y, std::int64_t length, std::array<double, 3> rgb) {
  for (std::int64_t i = 0; i < length; ++i) canvas.set(x + i, y, rgb);
}
void vertical(Picture& canvas, std::int64_t x, std::int64_t y, std::int64_t length, std::array<double, 3> rgb) {
  for (std::int64_t i = 0; i < length; ++i) canvas.set(x, y + i, rgb);
}

// The distance of ticks: 1, 2 or 5 times a power of ten, so that at most `most` fit.
double round_step(double length, double most) {
  const double power = std::pow(10, std::floor(std::log10(length / most)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (length / (power * factor) <= most) return power * factor;
  return power * 10;
}

}  // namespace

Extent Extent::of(std::span<const double> values) {
  if (values.empty()) return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double room = *high > *low ? 0.04 * (*high - *low) : std::max(0.5, 0.05 * std::abs(*low));
  return {*low - room, *high + room};
}

Extent Extent::of_curve(std::span<const double> values) {
  if (values.empty()) return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (*low <= 0 || *high < 100 * *low) return of(values);
  const double room = std::pow(*high / *low, 0.04);
  return {*low / room, *high * room, true};
}

double Extent::share(double value) const {
  if (logarithmic) return (std::log10(value) - std::log10(low)) / (std::log10(high) - std::log10(low));
  return (value - low) / (high - low);
}

std::vector<double> Extent::ticks() const {
  std::vector<double> all;
  if (logarithmic) {
    const double first = std::ceil(std::log10(low)), last = std::floor(std::log10(high)),
                 step = std::ceil((last - first + 1) / 8);
    for (double power = first; power <= last; power += step) all.push_back(std::pow(10, power));
    return all;
  }
  const double step = round_step(high - low, 6);
  for (double k = std::ceil(low / step); k * step <= high; ++k) all.push_back(k == 0 ? 0 : k * step);
  return all;
}

std::int64_t Axes::right_of(double x) const {
  return left_ + std::llround(x_.share(x) * static_cast<double>(width_ - 1));
}
std::int64_t Axes::down_of(double y) const {
  return top_ + std::llround((1 - y_.share(y)) * static_cast<double>(height_ - 1));
}

void Axes::draw(Picture& canvas, const std::string& title, const std::string& x_name, const std::string& y_name) const {
  const auto text = [](double tick) { return fmt::format("{:.6g}", tick); };
  for (const double tick : x_.ticks()) {
    const std::int64_t x = right_of(tick);
    vertical(canvas, x, top_, height_, kGrid);
    vertical(canvas, x, top_ + height_, kTick, kFrame);
    draw_text(canvas, x - text_width(text(tick)) / 2, top_ + height_ + kTick + 4, text(tick));
  }
  for (const double tick : y_.ticks()) {
    const std::int64_t y = down_of(tick);
    horizontal(canvas, left_, y, width_, kGrid);
    horizontal(canvas, left_ - kTick, y, kTick, kFrame);
    draw_text(canvas, left_ - kTick - 4 - text_width(text(tick)), y - kGlyphHeight / 2 + 1, text(tick));
  }
  for (const std::int64_t y : {top_, top_ + height_ - 1}) horizontal(canvas, left_, y, width_, kFrame);
  for (const std::int64_t x : {left_, left_ + width_ - 1}) vertical(canvas, x, top_, height_, kFrame);
  draw_text(canvas, left_ + (width_ - text_width(title)) / 2, top_ - kGlyphHeight - 8, title);
  draw_text(canvas, left_ + (width_ - text_width(x_name)) / 2, top_ + height_ + kTick + kGlyphHeight + 14, x_name);
  draw_text_upwards(canvas, left_ - kLeft + 6, top_ + (height_ + text_width(y_name)) / 2, y_name);
}

}  // namespace ubp
