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

/// `values` [rows, width], rows one after the other; width > 1. By LAPACK, from the eigenvectors of the
/// smaller of x' x and x x'. The sign makes the largest entry of a component
/// positive. A direction in which rows do not vary has the share 0.
Plane principal_plane(const std::vector<double>& values, std::size_t width);

}  // namespace ubp
