// SPDX-License-Identifier: MIT
#include "draw/principal.hpp"

#include <algorithm>
#include <cmath>

#include <xtensor-blas/xlinalg.hpp>
#include <xtensor/xadapt.hpp>
#include <xtensor/xsort.hpp>

namespace ubp {

Plane principal_plane(const std::vector<double>& values, std::size_t width) {
  using Matrix = xt::xtensor<double, 2>;
  const std::size_t rows = values.size() / width;
  Plane plane{{std::vector<double>(rows), std::vector<double>(rows)}, {}};
  Matrix x = xt::adapt(values, std::array<std::size_t, 2>{rows, width});
  const double unit = rows > 1 ? xt::amax(xt::abs(x))() : 0;
  if (unit == 0) return plane;
  x /= unit;  // no square overflows
  const xt::xtensor<double, 1> mean = xt::mean(x, {0});
  x -= mean;

  const Matrix turned = xt::transpose(x);
  const bool is_wide = width > rows;  // then the axes are those of x' x, found through the smaller x x'
  const auto [variances, vectors] = xt::linalg::eigh(is_wide ? xt::linalg::dot(x, turned) : xt::linalg::dot(turned, x));
  const double whole = xt::sum(xt::square(x))();
  const std::size_t last = variances.size() - 1;
  for (std::size_t k = 0; k < 2; ++k) {
    if (!(variances(last - k) > 1e-15 * static_cast<double>(last + 1) * variances(last))) break;  // only rounding
    xt::xtensor<double, 1> axis = xt::col(vectors, last - k);
    if (is_wide) axis = xt::linalg::dot(turned, axis);
    axis /= std::copysign(xt::linalg::norm(axis, 2), axis(xt::argmax(xt::abs(axis))()));
    const xt::xtensor<double, 1> at = xt::linalg::dot(x, axis);
    plane.share[k] = xt::sum(xt::square(at))() / whole;
    xt::adapt(plane.at[k]) = at * unit;
  }
  return plane;
}

}  // namespace ubp
