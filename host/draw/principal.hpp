// SPDX-License-Identifier: MIT
// The plane in which rows vary most.
#pragma once

#include <array>
#include <vector>

namespace ubp {

/// Rows on their first two principal components.
struct Plane {
  std::array<std::vector<double>, 2> at;  ///< [rows] each, mean 0
  std::array<double, 2> share{};          ///< of the whole variance
};

/// `values` [rows, width], rows one after the other; width > 1. By orthogonal iteration, exact enough to draw: two
/// components of nearly equal variance may come out turned. The sign makes the component's largest entry positive.
Plane principal_plane(const std::vector<double>& values, std::size_t width);

}  // namespace ubp
