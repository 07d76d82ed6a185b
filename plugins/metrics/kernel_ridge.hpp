// SPDX-License-Identifier: MIT
// Kernel ridge regression with a Gaussian kernel: y(x) = mean + sum_i a_i exp(-|x - x_i|^2 / w),
// (K + ridge I) a = y - mean.
#pragma once

#include <xtensor-blas/xlapack.hpp>
#include <xtensor-blas/xlinalg.hpp>

#include "distances.hpp"

namespace metrics {

class KernelRidge {
 public:
  /// x [n, d], y [n, m], n >= 2. w = width x the mean of |x_i - x_j|^2 over all i and j. Throws Error if all rows of x
  /// are equal.
  KernelRidge(Matrix x, const Matrix& y, double width, double ridge, const char* who) : centre_(xt::mean(x, {0})) {
    move(x);
    const double spread = 2 * xt::sum(squared_norms(x))() / static_cast<double>(x.shape(0));
    if (!(spread > 0)) throw ubp::Error(std::string(who) + ": all training rows are equal");
    rate_ = 1 / (width * spread);
    points_.emplace_back(std::move(x));
    const std::size_t n = y.shape(0), m = y.shape(1);
    mean_ = xt::mean(y, {0});
    coefficients_ = y - mean_;
    xt::xtensor<double, 2, xt::layout_type::column_major> factor({n, n});
    for_each_distances(points_[0], [&](std::int64_t i, const double* d) {
      for (std::size_t j = 0; j < n; ++j) factor(j, i) = std::exp(-rate_ * d[j]);  // a column: they are symmetric
      factor(i, i) = 1 + ridge;
    });
    if (xt::lapack::potr(factor, 'L') != 0)
      throw ubp::Error(std::string(who) + ": rows are too alike for a ridge of " + std::to_string(ridge),
                       UBP_E_NUMERIC);
    const auto rows = static_cast<xt::blas_index_t>(n), columns = static_cast<xt::blas_index_t>(m);
    for (const auto side : {cxxblas::Trans, cxxblas::NoTrans})  // seen by rows, the factor is an upper triangle
      cxxblas::trsm<xt::blas_index_t>(cxxblas::RowMajor, cxxblas::Left, cxxblas::Upper, side, cxxblas::NonUnit, rows,
                                      columns, 1.0, factor.data(), rows, coefficients_.data(), columns);
  }

  /// x [n, d] -> [n, m]
  Matrix read(Matrix x) const {
    move(x);
    const Points rows(std::move(x));
    const std::size_t n = coefficients_.shape(0);
    Matrix out({static_cast<std::size_t>(rows.count()), coefficients_.shape(1)}), d;
    for (std::int64_t first = 0; first < rows.count(); first += kBlock) {
      const std::int64_t m = std::min(kBlock, rows.count() - first);
      rows.squared_distances(first, m, points_[0], 0, points_[0].count(), d);
      Matrix kernel({static_cast<std::size_t>(m), n});
      for (std::size_t i = 0; i < kernel.shape(0); ++i)
        for (std::size_t j = 0; j < n; ++j) kernel(i, j) = std::exp(-rate_ * d(i, j));
      auto part = rows_of(out, first, m);
      for (std::int64_t i = 0; i < m; ++i) std::copy_n(mean_.data(), mean_.size(), &part(i, 0));
      xt::blas::gemm(kernel, coefficients_, part, false, false, 1.0, 1.0);
    }
    return out;
  }

 private:
  static constexpr std::int64_t kBlock = 64;

  void move(Matrix& x) const {
    for (std::size_t i = 0; i < x.shape(0); ++i) xt::noalias(xt::row(x, i)) -= centre_;
  }

  Vector centre_, mean_;
  double rate_ = 0;
  std::vector<Points> points_;  // one
  Matrix coefficients_;         // [n, m]
};

}  // namespace metrics
