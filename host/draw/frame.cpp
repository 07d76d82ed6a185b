// SPDX-License-Identifier: MIT
#include "draw/frame.hpp"

#include <algorithm>

namespace ubp {
namespace {

constexpr double kFarAway = 1e3;  // frames; a writer cannot hold any number

double within(double share) { return std::clamp(share, -kFarAway, kFarAway); }  // NaN stays

}  // namespace

double Frame::right_of(double x_value) const { return box.left + within(x.share(x_value)) * box.width; }
double Frame::down_of(double y_value) const { return box.top + (1 - within(y.share(y_value))) * box.height; }

}  // namespace ubp
