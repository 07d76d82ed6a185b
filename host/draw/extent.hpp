// SPDX-License-Identifier: MIT
// The numbers along one side of a plot: where they begin and end, and the round ones among them.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace ubp {

/// How numbers are spaced. `automatic`: by powers of ten where all are positive and the largest is a hundred times the
/// smallest or more, else evenly.
enum class AxisScale { linear, logarithmic, automatic };

/// From `low` to `high`; a logarithmic extent has positive ends. Every function takes any ends, also equal or infinite
/// ones.
struct Extent {
  double low = 0, high = 1;
  bool logarithmic = false;

  /// All of `values`, with a little room at both ends. Values that have no place on the scale (not finite; not positive
  /// on a logarithmic one) are passed over. Values that differ only by rounding, and a single one, get room around
  /// them.
  static Extent of(std::span<const double> values, AxisScale = AxisScale::linear);

  /// 0 at the low end, 1 at the high end; NaN for a value that has no place on the scale.
  double share(double value) const;
  /// Round numbers within, in rising order: about `most` at the most, never more than two above; at least one if the
  /// ends are finite and in order.
  std::vector<double> ticks(int most = 6) const;
};

/// The numbers of ticks() as people write them, all in one form: "0.25", "−1.5×10⁶", "10⁻³". UTF-8.
std::vector<std::string> texts_of(const std::vector<double>& ticks, bool logarithmic);

}  // namespace ubp
