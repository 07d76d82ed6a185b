// SPDX-License-Identifier: MIT
// Lloyd's k-means with greedy k-means++ starts: as scikit-learn's KMeans, with random numbers of its own.
#pragma once

#include <limits>

#include "linalg.hpp"

namespace metrics {

struct Clustering {
  std::vector<std::int64_t> assignment;
  double inertia = std::numeric_limits<double>::infinity();  ///< sum of squared distances to the own centre
};

namespace detail {

class KMeans {
 public:
  KMeans(const Matrix& x, std::int64_t k) : x_(x), k_(k), norms_(squared_norms(x)), nearest_(norms_.size()) {
    double variance = 0;  // x is centred
    for (double n : norms_) variance += n / static_cast<double>(x.values.size());
    tolerance_ = 1e-4 * variance;
  }

  Clustering run(ubp::Hash& random) {
    start(random);
    Clustering c;
    c.assignment.assign(norms_.size(), -1);
    for (int it = 0; it < 300; ++it) {
      const bool is_settled = !assign(c);
      if (move_centres(c) <= tolerance_ || is_settled) break;
    }
    assign(c);
    c.inertia = 0;
    for (double d : nearest_) c.inertia += d;
    return c;
  }

 private:
  static constexpr std::int64_t kBlock = 512;

  /// Of several candidates, drawn by their squared distance to the centres, takes the one that helps most.
  void start(ubp::Hash& random) {
    centres_ = Matrix(0, x_.cols);
    centres_.cols = x_.cols;
    add_centre(random.below(x_.rows()));
    std::vector<double> distance = to_row(centres_.row(0));
    const int trials = 2 + static_cast<int>(std::log(static_cast<double>(k_)));
    for (std::int64_t c = 1; c < k_; ++c) {
      double total = 0, best_total = std::numeric_limits<double>::infinity();
      for (double d : distance) total += d;
      std::vector<double> best;
      std::int64_t chosen = 0;
      for (int t = 0; t < trials; ++t) {
        double left = random.uniform() * total;
        std::int64_t candidate = 0;
        while (candidate + 1 < x_.rows() && (left -= distance[candidate]) >= 0) ++candidate;
        std::vector<double> now = to_row(x_.row(candidate));
        double now_total = 0;
        for (std::size_t i = 0; i < now.size(); ++i) now_total += now[i] = std::min(now[i], distance[i]);
        if (now_total < best_total) best_total = now_total, best = std::move(now), chosen = candidate;
      }
      add_centre(chosen);
      distance = std::move(best);
    }
  }
  void add_centre(std::int64_t row) {
    centres_.values.insert(centres_.values.end(), x_.row(row), x_.row(row) + x_.cols);
  }
  std::vector<double> to_row(const double* r) const {
    std::vector<double> d(norms_.size());
    const double norm = dot(r, r, x_.cols);
    squared_distances(r, &norm, 1, x_.row(0), norms_.data(), x_.rows(), x_.cols, d.data());
    return d;
  }

  /// Whether any row changed its cluster.
  bool assign(Clustering& c) {
    const std::vector<double> centre_norms = squared_norms(centres_);
    std::vector<double> d(static_cast<std::size_t>(kBlock * k_));
    bool is_changed = false;
    for (std::int64_t first = 0; first < x_.rows(); first += kBlock) {
      const std::int64_t n = std::min(kBlock, x_.rows() - first);
      squared_distances(x_.row(first), &norms_[first], n, centres_.row(0), centre_norms.data(), k_, x_.cols, d.data());
      for (std::int64_t i = 0; i < n; ++i) {
        const std::int64_t best = std::min_element(&d[i * k_], &d[i * k_] + k_) - &d[i * k_];
        is_changed = is_changed || c.assignment[first + i] != best;
        c.assignment[first + i] = best, nearest_[first + i] = d[i * k_ + best];
      }
    }
    return is_changed;
  }

  /// The sum of squared moves. An empty cluster gets the row that lies farthest from its centre.
  double move_centres(Clustering& c) {
    Matrix sums(k_, x_.cols);
    std::vector<double> sizes(static_cast<std::size_t>(k_), 0.0);
    for (std::int64_t i = 0; i < x_.rows(); ++i) {
      const std::int64_t own = c.assignment[i];
      sizes[own] += 1;
      for (std::int64_t j = 0; j < x_.cols; ++j) sums(own, j) += x_(i, j);
    }
    for (std::int64_t k = 0; k < k_; ++k) {
      if (sizes[k] > 0) continue;
      const std::int64_t far = std::max_element(nearest_.begin(), nearest_.end()) - nearest_.begin(),
                         old = c.assignment[far];
      sizes[k] = 1, sizes[old] -= 1, nearest_[far] = 0, c.assignment[far] = k;
      for (std::int64_t j = 0; j < x_.cols; ++j) sums(k, j) = x_(far, j), sums(old, j) -= x_(far, j);
    }
    double moved = 0;
    for (std::int64_t k = 0; k < k_; ++k)
      for (std::int64_t j = 0; j < x_.cols && sizes[k] > 0; ++j) {
        const double to = sums(k, j) / sizes[k];
        moved += (to - centres_(k, j)) * (to - centres_(k, j));
        centres_(k, j) = to;
      }
    return moved;
  }

  const Matrix& x_;
  std::int64_t k_;
  std::vector<double> norms_, nearest_;
  double tolerance_ = 0;
  Matrix centres_;
};

}  // namespace detail

/// The best of `starts` runs by inertia. REQUIRES: x is centred, 1 <= k <= its rows.
inline Clustering kmeans(const Matrix& x, std::int64_t k, std::int64_t starts, std::int64_t seed) {
  detail::KMeans solver(x, k);
  Clustering best;
  for (std::int64_t s = 0; s < starts; ++s) {
    ubp::Hash random("k-means", seed, s);
    if (Clustering c = solver.run(random); c.inertia < best.inertia) best = std::move(c);
  }
  return best;
}

}  // namespace metrics
