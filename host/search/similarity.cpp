// SPDX-License-Identifier: MIT
#include "search/similarity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include <xtensor-blas/xlinalg.hpp>

#include "engine/blas.hpp"

namespace ubp::search {
namespace {

using Matrix = xt::xtensor<double, 2>;
using Reals = std::vector<double>;

constexpr double kRounding = 1e-12;  // of a column's largest number: what varies by less is constant
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr i64 kTile = 8;  // products of whole tiles: BLAS sums the edge of one in another order

/// Column by column minus its mean; what is left of a constant one is 0.
void centre(Reals& x, i64 rows, i64 width) {
  for (i64 j = 0; j < width; ++j) {
    double sum = 0, largest = 0, left = 0;
    for (i64 i = 0; i < rows; ++i) sum += x[i * width + j], largest = std::max(largest, std::abs(x[i * width + j]));
    const double mean = sum / static_cast<double>(rows);
    for (i64 i = 0; i < rows; ++i) left = std::max(left, std::abs(x[i * width + j] -= mean));
    if (left > kRounding * largest) continue;
    for (i64 i = 0; i < rows; ++i) x[i * width + j] = 0;
  }
}

double norm_of(const Reals& x) { return std::sqrt(std::inner_product(x.begin(), x.end(), x.begin(), 0.0)); }

/// a [rows, width] a': every product of two rows, equal ones to the last bit where the rows are equal.
Reals products_of(const Reals& a, i64 rows, i64 width) {
  const i64 whole = (rows + kTile - 1) / kTile * kTile;
  Reals padded = a, all(static_cast<std::size_t>(whole * whole));
  padded.resize(static_cast<std::size_t>(whole * width));
  blas::gemm(false, true, whole, whole, width, padded.data(), padded.data(), 0.0, all.data());
  Reals own(static_cast<std::size_t>(rows * rows));
  for (i64 i = 0; i < rows; ++i) std::copy_n(all.begin() + i * whole, rows, own.begin() + i * rows);
  return own;
}

/// Each row's k nearest by cosine, ascending by number.
std::vector<i64> nearest_by_cosine(Reals x, i64 rows, i64 width, i64 k) {
  for (i64 i = 0; i < rows; ++i) {
    double* row = &x[i * width];
    const double largest =
        std::abs(*std::max_element(row, row + width, [](double a, double b) { return std::abs(a) < std::abs(b); }));
    if (largest == 0) continue;
    for (i64 j = 0; j < width; ++j) row[j] /= largest;  // no square overflows
    const double norm = std::sqrt(std::inner_product(row, row + width, row, 0.0));
    for (i64 j = 0; j < width; ++j) row[j] /= norm;
  }
  Reals cosines = products_of(x, rows, width);
  for (double& c : cosines) c = std::nearbyint(c / kRounding);
  std::vector<i64> nearest(static_cast<std::size_t>(rows * k)), order;
  for (i64 i = 0; i < rows; ++i) {
    const double* c = &cosines[i * rows];
    order.resize(static_cast<std::size_t>(rows));
    std::iota(order.begin(), order.end(), i64{0});
    order.erase(order.begin() + i);
    std::partial_sort(order.begin(), order.begin() + k, order.end(),
                      [c](i64 a, i64 b) { return c[a] != c[b] ? c[a] > c[b] : a < b; });
    std::sort(order.begin(), order.begin() + k);
    std::copy_n(order.begin(), k, nearest.begin() + i * k);
  }
  return nearest;
}

/// Of two symmetric matrices [n, n], diagonals left out: n (n - 3) times the estimate (Song et al. 2012, equation 5).
double unbiased_hsic(const Reals& a, const Reals& b, i64 n) {
  double trace = 0, sum_a = 0, sum_b = 0, cross = 0;
  for (i64 i = 0; i < n; ++i) {
    double row_a = 0, row_b = 0;
    for (i64 j = 0; j < n; ++j) {
      if (i == j) continue;
      const double x = a[i * n + j], y = b[i * n + j];
      trace += x * y, row_a += x, row_b += y;
    }
    sum_a += row_a, sum_b += row_b, cross += row_a * row_b;
  }
  const auto m = static_cast<double>(n);
  return trace + sum_a * sum_b / ((m - 1) * (m - 2)) - 2 * cross / (m - 2);
}

double biased_hsic(const Reals& a, const Reals& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

void require_same_rows(const Representation& a, const Representation& b) {
  if (a.rows() != b.rows()) throw std::invalid_argument("representations of different rows are compared");
}

}  // namespace

Representation::Representation(const std::vector<double>& values, std::int64_t rows, std::int64_t width)
    : rows_(rows), width_(width) {
  blas::set_up();
  if (rows <= kNeighbours || width < 1 || static_cast<i64>(values.size()) != rows * width)
    throw std::invalid_argument("a representation has more rows than neighbours, and a column or more");
  if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
    throw std::invalid_argument("a representation has numbers that are not finite");
  near_ = nearest_by_cosine(values, rows, width, kNeighbours);
  Reals x = values;
  const double unit =
      std::abs(*std::max_element(x.begin(), x.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }));
  if (unit > 0)
    for (double& v : x) v /= unit;  // no square overflows
  centre(x, rows, width);
  const double norm = norm_of(x);
  constant_ = norm == 0;
  if (constant_) return;
  for (double& v : x) v /= norm;
  products_ = products_of(x, rows, width);
  rank_ = std::min(rows, width);
  if (width <= rows) {
    turned_ = std::move(x);
    return;
  }
  // x = r' q': of the same products of rows, and no wider than high.
  Matrix upright = Matrix::from_shape({static_cast<std::size_t>(width), static_cast<std::size_t>(rows)});
  for (i64 i = 0; i < rows; ++i)
    for (i64 j = 0; j < width; ++j)
      upright(static_cast<std::size_t>(j), static_cast<std::size_t>(i)) = x[i * width + j];
  const Matrix r = std::get<1>(xt::linalg::qr(upright, xt::linalg::qrmode::r));
  turned_.assign(static_cast<std::size_t>(rows * rank_), 0);
  for (i64 i = 0; i < rows; ++i)
    for (i64 k = 0; k <= i; ++k) turned_[i * rank_ + k] = r(static_cast<std::size_t>(k), static_cast<std::size_t>(i));
}

double linear_cka(const Representation& a, const Representation& b, Cka estimate) {
  require_same_rows(a, b);
  if (a.constant_ || b.constant_) return kNone;
  const auto hsic = [&](const Representation& x, const Representation& y) {
    return estimate == Cka::biased ? biased_hsic(x.products_, y.products_)
                                   : unbiased_hsic(x.products_, y.products_, x.rows_);
  };
  const double own = hsic(a, a), other = hsic(b, b);
  if (!(own > 0) || !(other > 0)) return kNone;
  return std::min(1.0, hsic(a, b) / std::sqrt(own * other));
}

double procrustes(const Representation& a, const Representation& b) {
  require_same_rows(a, b);
  if (a.constant_ || b.constant_) return kNone;
  Matrix cross = Matrix::from_shape({static_cast<std::size_t>(a.rank_), static_cast<std::size_t>(b.rank_)});
  blas::gemm(true, false, a.rank_, b.rank_, a.rows_, a.turned_.data(), b.turned_.data(), 0.0, cross.data());
  const auto singular = std::get<1>(xt::linalg::svd(cross, false, false));
  double sum = 0;
  for (const double value : singular) sum += value;
  return std::min(1.0, sum);
}

double neighbour_overlap(const Representation& a, const Representation& b) {
  require_same_rows(a, b);
  constexpr i64 k = Representation::kNeighbours;
  double sum = 0;
  for (i64 i = 0; i < a.rows_; ++i) {
    const i64 *x = &a.near_[i * k], *y = &b.near_[i * k];
    i64 both = 0;
    for (i64 p = 0, q = 0; p < k && q < k;) {
      both += x[p] == y[q];
      const bool lower = x[p] <= y[q], higher = y[q] <= x[p];
      p += lower, q += higher;
    }
    sum += static_cast<double>(both) / static_cast<double>(2 * k - both);
  }
  return sum / static_cast<double>(a.rows_);
}

Cka estimate_for(std::int64_t rows, std::int64_t widest) { return 10 * widest > rows ? Cka::unbiased : Cka::biased; }

}  // namespace ubp::search
