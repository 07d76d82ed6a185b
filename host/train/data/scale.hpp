// SPDX-License-Identifier: MIT
// How [dataset] scale turns the columns of the input into numbers for a network, and back.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "plan/options.hpp"

namespace ubp {

/// One column, scaled in double. Numbers are counted in a power of two near the column's largest, so that neither a
/// square overflows nor a small unit counts as nothing.
struct ColumnScale {
  double unit = 1;  ///< a power of two
  double shift = 0, factor = 1;
  double noise = 0;  ///< a column that is constant up to rounding: what is no farther from `shift` is 0

  double scaled(double raw) const {
    const double off = raw * unit - shift;
    return std::abs(off) <= noise ? 0 : off * factor;
  }
  double raw(double scaled) const { return (scaled / factor + shift) / unit; }
};

/// Of the known training cells of a column; `each` hands them, in order, to the function it is given, and is called
/// more than once. Of no cells: the identity. As StandardScaler and MinMaxScaler of scikit-learn, in any unit: a column
/// that is constant up to rounding is only shifted.
ColumnScale fit_scale(Scale, const std::function<void(const std::function<void(double)>&)>& each);

}  // namespace ubp
