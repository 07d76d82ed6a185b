// SPDX-License-Identifier: MIT
#include "draw/principal.hpp"

#include <algorithm>
#include <cmath>

#include <xtensor-blas/xlinalg.hpp>
#include <xtensor/xadapt.hpp>
#include <xtensor/xsort.hpp>

namespace ubp {
namespace {

using Matrix = xt::xtensor<double, 2>;

struct Axes {
  std::vector<xt::xtensor<double, 1>> axes;
  std::vector<double> variances;
};

/// Of centred rows.
Axes axes_of(const Matrix& x, std::size_t most) {
  const Matrix turned = xt::transpose(x);
  const bool is_wide = x.shape(1) > x.shape(0);  // then the axes are those of x' x, found through the smaller x x'
  const auto [variances, vectors] = xt::linalg::eigh(is_wide ? xt::linalg::dot(x, turned) : xt::linalg::dot(turned, x));
  const std::size_t last = variances.size() - 1;
  Axes found;
  for (std::size_t k = 0; k < std::min(most, last + 1); ++k) {
    if (!(variances(last - k) > 1e-15 * static_cast<double>(last + 1) * variances(last))) break;  // only rounding
    xt::xtensor<double, 1> axis = xt::col(vectors, static_cast<std::ptrdiff_t>(last - k));
    if (is_wide) axis = xt::linalg::dot(turned, axis);
    axis /= std::copysign(xt::linalg::norm(axis, 2), axis(xt::argmax(xt::abs(axis))()));
    found.axes.push_back(axis);
    found.variances.push_back(variances(last - k));
  }
  return found;
}

}  // namespace

PrincipalAxes principal_axes(const std::vector<double>& values, std::size_t width, std::size_t most) {
  Matrix x = xt::adapt(values, std::array<std::size_t, 2>{values.size() / width, width});
  PrincipalAxes all{std::vector<double>(width), {}, {}};
  if (x.shape(0) == 0) return all;
  const double unit = xt::amax(xt::abs(x))();
  if (unit == 0) return all;
  x /= unit;  // no square overflows
  const xt::xtensor<double, 1> mean = xt::mean(x, {0});
  x -= mean;
  const Axes found = axes_of(x, most);
  xt::adapt(all.mean) = mean * unit;
  for (const xt::xtensor<double, 1>& axis : found.axes) all.axes.insert(all.axes.end(), axis.begin(), axis.end());
  for (const double variance : found.variances) all.variances.push_back(variance * unit * unit);
  return all;
}

Plane principal_plane(const std::vector<double>& values, std::size_t width) {
  const std::size_t rows = values.size() / width;
  Plane plane{{std::vector<double>(rows), std::vector<double>(rows)}, {}};
  Matrix x = xt::adapt(values, std::array<std::size_t, 2>{rows, width});
  const double unit = rows > 1 ? xt::amax(xt::abs(x))() : 0;
  if (unit == 0) return plane;
  x /= unit;  // no square overflows
  const xt::xtensor<double, 1> mean = xt::mean(x, {0});
  x -= mean;
  const double whole = xt::sum(xt::square(x))();
  const Axes found = axes_of(x, 2);
  for (std::size_t k = 0; k < found.axes.size(); ++k) {
    const xt::xtensor<double, 1> at = xt::linalg::dot(x, found.axes[k]);
    plane.share[k] = xt::sum(xt::square(at))() / whole;
    xt::adapt(plane.at[k]) = at * unit;
  }
  return plane;
}

}  // namespace ubp
