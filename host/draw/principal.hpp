// SPDX-License-Identifier: MIT
// The directions in which rows vary most.
#pragma once

#include <array>
#include <vector>

namespace ubp {

/// The first principal components of rows, at most as many as were asked for, in the order of their variance.
struct PrincipalAxes {
  std::vector<double> mean;       ///< [width]
  std::vector<double> axes;       ///< [components, width], of length 1, the largest entry of each positive
  std::vector<double> variances;  ///< [components], summed over rows: squares of what is centred, along the axis
};

/// `values` [rows, width], rows one after the other. By LAPACK, from the eigenvectors of the smaller of x' x and x x'.
/// Directions in which rows do not vary are left out, so that there may be fewer than `most`.
PrincipalAxes principal_axes(const std::vector<double>& values, std::size_t width, std::size_t most);

/// Rows on their first two principal components.
struct Plane {
  std::array<std::vector<double>, 2> at;  ///< [rows] each, mean 0
  std::array<double, 2> share{};          ///< of the whole variance
};

/// `values` [rows, width], rows one after the other; width > 1. A direction in which rows do not vary has the share 0.
Plane principal_plane(const std::vector<double>& values, std::size_t width);

}  // namespace ubp
