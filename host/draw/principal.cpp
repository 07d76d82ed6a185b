// SPDX-License-Identifier: MIT
#include "draw/principal.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ubp {
namespace {

using Vector = std::vector<double>;

constexpr int kMostPasses = 200;
constexpr double kStill = 1e-7;  // squared change of a direction that ends the iteration

double dot(const double* a, const double* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

void add(Vector& to, double factor, const double* from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += factor * from[i];
}

// To length 1, at right angles to `first` if that is given. What is only rounding becomes 0: there is no such
// direction.
void normalise(Vector& v, const Vector* first) {
  const double before = std::sqrt(dot(v.data(), v.data(), v.size()));
  for (int twice = 0; first && twice < 2; ++twice) add(v, -dot(v.data(), first->data(), v.size()), first->data());
  const double length = std::sqrt(dot(v.data(), v.data(), v.size()));
  for (double& x : v) x = length > 1e-12 * before ? x / length : 0;
}

}  // namespace

Plane principal_plane(const std::vector<double>& values, std::size_t width) {
  const std::size_t rows = values.size() / width;
  Vector x = values, mean(width);
  for (std::size_t i = 0; i < rows; ++i) add(mean, 1 / static_cast<double>(rows), &values[i * width]);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] -= mean[i % width];

  std::array<Vector, 2> axis{Vector(width), Vector(width)};
  for (std::size_t j = 0; j < width; ++j)  // any start that is not at right angles to what is sought
    axis[0][j] = 1 + 0.5 * std::sin(static_cast<double>(j)),
    axis[1][j] = std::cos(1.7 * static_cast<double>(j) * static_cast<double>(j + 1));
  double change = 1;
  for (int pass = 0; pass < kMostPasses && change > kStill; ++pass) {
    std::array<Vector, 2> next{Vector(width), Vector(width)};
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t k = 0; k < 2; ++k) add(next[k], dot(&x[i * width], axis[k].data(), width), &x[i * width]);
    normalise(next[0], nullptr);
    normalise(next[1], &next[0]);
    change = 0;
    for (std::size_t k = 0; k < 2; ++k)
      for (std::size_t j = 0; j < width; ++j) change += std::pow(next[k][j] - axis[k][j], 2);
    axis = std::move(next);
  }

  Plane plane;
  const double whole = dot(x.data(), x.data(), x.size());
  for (std::size_t k = 0; k < 2; ++k) {
    const auto largest =
        std::max_element(axis[k].begin(), axis[k].end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
    const double sign = *largest < 0 ? -1 : 1;
    for (std::size_t i = 0; i < rows; ++i) plane.at[k].push_back(sign * dot(&x[i * width], axis[k].data(), width));
    plane.share[k] = whole > 0 ? dot(plane.at[k].data(), plane.at[k].data(), rows) / whole : 0;
  }
  return plane;
}

}  // namespace ubp
