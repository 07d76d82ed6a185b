// SPDX-License-Identifier: MIT
#include "draw/extent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ubp {
namespace {

constexpr double kMost = 1e280, kLeast = 1e-280;  // beyond these, differences and quotients overflow; drawn at the edge
constexpr double kRounding = 1e-7;                // of a value: what lies nearer together is one number
constexpr double kResolved = 1e-12;               // of the larger end: no ticks can be told apart in less

// The distance of ticks: 1, 2 or 5 times a power of ten, so that about `most` fit.
double round_step(double length, int most) {
  const double power = std::pow(10, std::floor(std::log10(length / most)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (length / (power * factor) <= most) return power * factor;
  return power * 10;
}

std::vector<double> even_ticks(double low, double high, int most) {
  const double length = high - low;
  if (!(length > kLeast) || length < kResolved * std::max(std::abs(low), std::abs(high))) return {low + length / 2};
  constexpr double kHair = 1e-9;  // of a step: a tick at the very end is one, however it was rounded
  const double step = round_step(length, most), first = std::ceil(low / step - kHair);
  const int count = static_cast<int>(std::floor(high / step + kHair) - first) + 1;
  std::vector<double> all;
  for (int i = 0; i < count; ++i) all.push_back((first + i) * step + 0.0);  // + 0.0: no negative zero
  return all;
}

// Powers of ten; 1, 2 and 5 times them where there are only one or two.
std::vector<double> log_ticks(double low, double high, int most) {
  const int first = static_cast<int>(std::ceil(std::log10(low))), last = static_cast<int>(std::floor(std::log10(high)));
  std::vector<double> all;
  const int stride = std::max(0, last - first) / most + 1;
  for (int power = first; power <= last; power += stride) all.push_back(std::pow(10, power));
  if (all.size() > 2) return all;
  std::vector<double> finer;
  for (int power = first - 1; power <= last; ++power)
    for (const double factor : {1.0, 2.0, 5.0})
      if (const double tick = factor * std::pow(10, power); tick >= low && tick <= high) finer.push_back(tick);
  if (finer.size() > static_cast<std::size_t>(most) + 2) return all;
  return finer.size() > 1 ? finer : even_ticks(low, high, most);
}

std::string raised(int number) {
  static const char* const kDigits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = number < 0 ? "⁻" : "";
  for (const char digit : std::to_string(std::abs(number))) text += kDigits[digit - '0'];
  return text;
}

std::string with_minus(const std::string& text) { return text[0] == '-' ? "−" + text.substr(1) : text; }

int power_of(double value) { return static_cast<int>(std::floor(std::log10(value) + 1e-6)); }

}  // namespace

Extent Extent::of(std::span<const double> values, AxisScale scale) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double v : values) {
    if (!std::isfinite(v) || (scale == AxisScale::logarithmic && v <= 0)) continue;
    low = std::min(low, std::clamp(v, -kMost, kMost)), high = std::max(high, std::clamp(v, -kMost, kMost));
  }
  const bool logarithmic =
      scale == AxisScale::logarithmic || (scale == AxisScale::automatic && low > 0 && high / 100 >= low);
  if (low > high) return logarithmic ? Extent{1, 10, true} : Extent{};
  if (logarithmic) {
    const double from = std::log10(std::max(low, kLeast)), to = std::log10(std::max(high, kLeast));
    const double room = to - from > kRounding ? 0.04 * (to - from) : 0.5;
    return {std::pow(10, from - room), std::pow(10, to + room), true};
  }
  const double size = std::max(std::abs(low), std::abs(high)), length = high - low;
  if (length > kLeast && length > kRounding * size) return {low - 0.04 * length, high + 0.04 * length};
  const double room = size > kLeast ? 0.1 * size : 1;
  return {low - room, high + room};
}

double Extent::share(double value) const {
  if (!std::isfinite(value) || (logarithmic && value <= 0)) return std::numeric_limits<double>::quiet_NaN();
  if (logarithmic) return (std::log10(value) - std::log10(low)) / (std::log10(high) - std::log10(low));
  return (value / 2 - low / 2) / (high / 2 - low / 2);  // halves: a difference may be beyond the largest double
}

std::vector<double> Extent::ticks(int most) const {
  if (!std::isfinite(low) || !std::isfinite(high) || low > high || (logarithmic && low <= 0)) return {};
  return logarithmic ? log_ticks(low, high, most)
                     : even_ticks(std::clamp(low, -kMost, kMost), std::clamp(high, -kMost, kMost), most);
}

std::vector<std::string> texts_of(const std::vector<double>& ticks, bool logarithmic) {
  if (ticks.empty()) return {};
  double largest = 0, step = 0;
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    largest = std::max(largest, std::abs(ticks[i]));
    if (i > 0 && (i == 1 || ticks[i] - ticks[i - 1] < step)) step = ticks[i] - ticks[i - 1];
  }
  const double ratio = logarithmic && ticks.size() > 1 ? ticks[1] / ticks[0] : 1;
  const bool powers = ratio > 9, uneven = ratio > 1.5;  // else as on a linear extent, all with the same decimals
  const double least = uneven ? ticks[0] : largest;
  const bool plain = largest == 0 || (powers ? largest <= 1e4 && least >= 1e-3 : largest < 1e6 && least >= 1e-4);
  const int power = plain ? 0 : power_of(largest);
  const int decimals = step > 0 ? std::clamp(power - power_of(step), 0, 12) : 0;
  std::vector<std::string> texts;
  for (const double tick : ticks) {
    if (tick == 0)
      texts.push_back("0");
    else if (uneven && plain)
      texts.push_back(fmt::format("{:.6g}", tick));
    else if (powers)
      texts.push_back("10" + raised(power_of(tick)));
    else if (uneven)
      texts.push_back(fmt::format("{:.0f}×10{}", tick / std::pow(10, power_of(tick)), raised(power_of(tick))));
    else
      texts.push_back(with_minus((step > 0 ? fmt::format("{:.{}f}", tick / std::pow(10, power), decimals)
                                           : fmt::format("{:.6g}", tick / std::pow(10, power))) +
                                 (plain ? "" : "×10" + raised(power))));
  }
  return texts;
}

}  // namespace ubp
