// SPDX-License-Identifier: MIT
// A dimension as the interval [0, 1].
#pragma once

#include "search/space.hpp"

namespace ubp::search {

/// The value at `u`: discrete values have equal shares of the interval, under a log by their logarithm.
double value_at(const Dimension&, double u);

/// Where `value` lies: a discrete one in the middle of its share. It may lie between two discrete ones: half-way is
/// where their shares meet.
double unit_of(const Dimension&, double value);

}  // namespace ubp::search
