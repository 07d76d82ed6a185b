// SPDX-License-Identifier: MIT
// Lloyd's k-means with greedy k-means++ starts: as scikit-learn's KMeans, with random numbers of its own.
#pragma once

#include <limits>

#include "distances.hpp"

namespace metrics {

struct Clustering {
  std::vector<std::int64_t> assignment;
  double inertia = std::numeric_limits<double>::infinity();  ///< sum of squared distances to the own centre
};

namespace detail {

class KMeans {
 public:
  KMeans(const Points& x, std::int64_t k)
      : x_(x),
        k_(k),
        nearest_(static_cast<std::size_t>(x.count())),
        tolerance_(1e-4 * xt::sum(x.norms())() / static_cast<double>(x.count() * x.columns())) {}  // x is centred

  Clustering run(ubp::Hash& random) {
    start(random);
    Clustering c;
    c.assignment.assign(nearest_.size(), -1);
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
    centres_.resize({static_cast<std::size_t>(k_), static_cast<std::size_t>(x_.columns())});
    const std::int64_t first = random.below(x_.count());
    set_centre(0, first);
    std::vector<double> distance = to_row(first);
    const int trials = 2 + static_cast<int>(std::log(static_cast<double>(k_)));
    for (std::int64_t c = 1; c < k_; ++c) {
      double total = 0, best_total = std::numeric_limits<double>::infinity();
      for (double d : distance) total += d;
      std::vector<double> best;
      std::int64_t chosen = 0;
      for (int t = 0; t < trials; ++t) {
        double left = random.uniform() * total;
        std::int64_t candidate = 0;
        while (candidate + 1 < x_.count() && (left -= distance[candidate]) >= 0) ++candidate;
        std::vector<double> now = to_row(candidate);
        double now_total = 0;
        for (std::size_t i = 0; i < now.size(); ++i) now_total += now[i] = std::min(now[i], distance[i]);
        if (now_total < best_total) best_total = now_total, best = std::move(now), chosen = candidate;
      }
      set_centre(c, chosen);
      distance = std::move(best);
    }
  }
  void set_centre(std::int64_t c, std::int64_t row) { std::copy_n(x_.row(row), x_.columns(), &centres_(c, 0)); }
  std::vector<double> to_row(std::int64_t row) {
    Matrix one({1, static_cast<std::size_t>(x_.columns())});
    std::copy_n(x_.row(row), x_.columns(), one.begin());
    Points(std::move(one)).squared_distances(0, 1, x_, 0, x_.count(), distances_);
    return {distances_.begin(), distances_.begin() + x_.count()};
  }

  /// Whether any row changed its cluster.
  bool assign(Clustering& c) {
    const Points centres(centres_);
    bool is_changed = false;
    for (std::int64_t first = 0; first < x_.count(); first += kBlock) {
      const std::int64_t n = std::min(kBlock, x_.count() - first);
      x_.squared_distances(first, n, centres, 0, k_, distances_);
      for (std::int64_t i = 0; i < n; ++i) {
        const double* d = &distances_(i, 0);
        const std::int64_t best = std::min_element(d, d + k_) - d;
        is_changed = is_changed || c.assignment[first + i] != best;
        c.assignment[first + i] = best, nearest_[first + i] = d[best];
      }
    }
    return is_changed;
  }

  /// The sum of squared moves. An empty cluster gets the row that lies farthest from its centre.
  double move_centres(Clustering& c) {
    Matrix sums = xt::zeros_like(centres_);
    std::vector<double> sizes(static_cast<std::size_t>(k_), 0.0);
    const auto add = [&](std::int64_t to, std::int64_t row, double sign) {
      for (std::int64_t j = 0; j < x_.columns(); ++j) sums(to, j) += sign * x_.row(row)[j];
    };
    for (std::int64_t i = 0; i < x_.count(); ++i) sizes[c.assignment[i]] += 1, add(c.assignment[i], i, 1);
    for (std::int64_t k = 0; k < k_; ++k) {
      if (sizes[k] > 0) continue;
      const std::int64_t far = std::max_element(nearest_.begin(), nearest_.end()) - nearest_.begin(),
                         old = c.assignment[far];
      sizes[k] = 1, sizes[old] -= 1, nearest_[far] = 0, c.assignment[far] = k;
      add(k, far, 1), add(old, far, -1);
    }
    double moved = 0;
    for (std::int64_t k = 0; k < k_; ++k)
      for (std::int64_t j = 0; j < x_.columns() && sizes[k] > 0; ++j) {
        const double to = sums(k, j) / sizes[k];
        moved += (to - centres_(k, j)) * (to - centres_(k, j));
        centres_(k, j) = to;
      }
    return moved;
  }

  const Points& x_;
  std::int64_t k_;
  std::vector<double> nearest_;
  double tolerance_;
  Matrix centres_, distances_;
};

}  // namespace detail

/// The best of `starts` runs by inertia. REQUIRES: x is centred, 1 <= k <= its rows.
inline Clustering kmeans(const Points& x, std::int64_t k, std::int64_t starts, std::int64_t seed) {
  detail::KMeans solver(x, k);
  Clustering best;
  for (std::int64_t s = 0; s < starts; ++s) {
    ubp::Hash random("k-means", seed, s);
    if (Clustering c = solver.run(random); c.inertia < best.inertia) best = std::move(c);
  }
  return best;
}

}  // namespace metrics
