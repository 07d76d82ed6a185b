// SPDX-License-Identifier: MIT
#include "train/parts/kmeans.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "engine/ops.hpp"

namespace ubp {
namespace {

constexpr int kMaxRounds = 300;
constexpr double kTolerance = 1e-6;  // relative movement of the centers' squared norm
constexpr i64 kBlock = 4096;

// Squared distances of a block of rows to all centers, as one product: |x|^2 - 2 x c + |c|^2.
struct Nearest {
  Engine& e;
  const double* x;
  i64 n, d;

  double assign(const std::vector<double>& centers, i64 k, std::vector<i64>& label,
                std::vector<double>& distance) const {
    double inertia = 0;
    for (i64 at = 0; at < n; at += kBlock) {
      const Scope scope(e);
      const i64 m = std::min(kBlock, n - at);
      const Tensor block = e.copy_from(DType::f64, Shape{m, d}, x + at * d);
      const Tensor c = e.copy_from(DType::f64, Shape{k, d}, centers.data());
      const double* dist = e.data<double>(ops::pairwise_sqdist(e, block, c));
      for (i64 i = 0; i < m; ++i, dist += k) {
        const i64 best = std::min_element(dist, dist + k) - dist;
        label[static_cast<std::size_t>(at + i)] = best;
        distance[static_cast<std::size_t>(at + i)] = std::max(0.0, dist[best]);
        inertia += std::max(0.0, dist[best]);
      }
    }
    return inertia;
  }
};

std::vector<double> plus_plus(const Nearest& rows, i64 k, Random& random) {
  std::vector<double> centers, least(static_cast<std::size_t>(rows.n), std::numeric_limits<double>::infinity());
  i64 chosen = static_cast<i64>(random.below(static_cast<std::uint64_t>(rows.n)));
  for (i64 c = 0; c < k; ++c) {
    const double* center = rows.x + chosen * rows.d;
    centers.insert(centers.end(), center, center + rows.d);
    double total = 0;
    for (i64 i = 0; i < rows.n; ++i) {
      double dist = 0;
      for (i64 j = 0; j < rows.d; ++j)
        dist += (rows.x[i * rows.d + j] - center[j]) * (rows.x[i * rows.d + j] - center[j]);
      double& l = least[static_cast<std::size_t>(i)];
      l = std::min(l, dist);
      total += l;
    }
    double left = random.next_uniform() * total;
    for (chosen = 0; chosen + 1 < rows.n && (left -= least[static_cast<std::size_t>(chosen)]) >= 0;) ++chosen;
  }
  return centers;
}

// An empty cluster takes the row that is farthest from its center.
void update(const Nearest& rows, i64 k, std::vector<i64>& label, std::vector<double>& distance,
            std::vector<double>& centers) {
  std::vector<double> sum(centers.size(), 0), count(static_cast<std::size_t>(k), 0);
  for (i64 i = 0; i < rows.n; ++i) {
    const i64 c = label[static_cast<std::size_t>(i)];
    ++count[static_cast<std::size_t>(c)];
    for (i64 j = 0; j < rows.d; ++j) sum[static_cast<std::size_t>(c * rows.d + j)] += rows.x[i * rows.d + j];
  }
  for (i64 c = 0; c < k; ++c) {
    if (count[static_cast<std::size_t>(c)] == 0) {
      const auto far = std::max_element(distance.begin(), distance.end());
      *far = 0;
      std::copy_n(rows.x + (far - distance.begin()) * rows.d, rows.d, centers.begin() + c * rows.d);
      continue;
    }
    for (i64 j = 0; j < rows.d; ++j)
      centers[static_cast<std::size_t>(c * rows.d + j)] =
          sum[static_cast<std::size_t>(c * rows.d + j)] / count[static_cast<std::size_t>(c)];
  }
}

}  // namespace

void kmeans_of(Engine& e, Tensor x, i64 k, i64 restarts, Random& random, Tensor& centers_out, Tensor& assignment) {
  const Recording off(e, false);
  const Shape s = e.shape(x);
  if (s.nd != 2 || s[0] < k || k < 1)
    throw EngineError(UBP_E_SHAPE, fmt::format("kmeans: {} centers of rows {}", k, s.text()));
  const i64 n = s[0], d = s[1];
  std::vector<double> best_centers;
  std::vector<i64> best_label;
  {
    const Scope scope(e);
    const Tensor rows64 = e.dtype(x) == DType::f64 ? x : ops::cast(e, e.detach(x), DType::f64);
    const Nearest rows{e, e.data<double>(rows64), n, d};
    double best = std::numeric_limits<double>::infinity();
    std::vector<i64> label(static_cast<std::size_t>(n));
    std::vector<double> distance(static_cast<std::size_t>(n));
    for (i64 restart = 0; restart < std::max<i64>(1, restarts); ++restart) {
      std::vector<double> centers = plus_plus(rows, k, random);
      double inertia = rows.assign(centers, k, label, distance), before = std::numeric_limits<double>::infinity();
      for (int round = 0; round < kMaxRounds && before - inertia > kTolerance * inertia; ++round) {
        update(rows, k, label, distance, centers);
        before = inertia;
        inertia = rows.assign(centers, k, label, distance);
      }
      if (inertia < best) best = inertia, best_centers = centers, best_label = label;
    }
  }
  const Tensor centers64 = e.copy_from(DType::f64, Shape{k, d}, best_centers.data());
  centers_out = e.real() == DType::f64 ? centers64 : ops::cast(e, centers64, e.real());
  assignment = e.copy_from(DType::i64, Shape{n}, best_label.data());
}

}  // namespace ubp
