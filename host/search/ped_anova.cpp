// SPDX-License-Identifier: MIT
// PED-ANOVA: the Pearson divergence between the densities of the best and of all, each on a grid. Constants and
// rounding are those of Optuna 5's PedAnovaImportanceEvaluator, and so are the shares.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/statistics.hpp"
#include "engine/random.hpp"
#include "search/importance.hpp"

namespace ubp::search {
namespace {

constexpr double kBest = 0.1;
constexpr std::int64_t kGrid = 50;
constexpr double kPrior = 1;
constexpr double kLeastWidth = 0.5 / 1.64;  // nine tenths of a kernel lie within a cell
constexpr std::size_t kReplicates = 200;

using Counts = std::vector<double>;

/// How many cells a dimension has.
std::size_t cells_of(const Dimension& d) {
  if (d.kind == Dimension::Kind::categorical) return static_cast<std::size_t>(d.count());
  if (d.kind == Dimension::Kind::integer && d.log)
    return static_cast<std::size_t>(
        std::min(static_cast<std::int64_t>(std::ceil(std::log(d.high - d.low + 1) / std::log(2.0))) + 1, kGrid));
  return static_cast<std::size_t>(d.discrete() ? std::min(d.count(), kGrid) : kGrid);
}

/// The cell of a value: the nearest of the grid from low to high, the lower one of two.
std::size_t cell_of(const Dimension& d, double value) {
  if (d.kind == Dimension::Kind::categorical) return static_cast<std::size_t>(value);
  const double last = static_cast<double>(cells_of(d)) - 1;
  const double low = d.log ? std::log(d.low) : d.low, high = d.log ? std::log(d.high) : d.high;
  const double at = ((d.log ? std::log(value) : value) - low) / ((high - low) / last);
  return static_cast<std::size_t>(std::clamp(std::ceil(at - 0.5), 0.0, last));
}

/// The mass that a Parzen estimator with Scott's width gives each cell.
std::vector<double> density(const Counts& counts, bool categorical) {
  const auto cells = static_cast<double>(counts.size());
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0), all = total + kPrior;
  std::vector<double> out(counts.size());
  if (categorical) {
    const auto kernels = static_cast<double>(counts.size() - std::count(counts.begin(), counts.end(), 0.0) + 1);
    const double flat = kPrior / kernels, sum = cells * flat + 1;  // of one observed class
    for (std::size_t c = 0; c < out.size(); ++c)
      out[c] = (counts[c] * (flat + 1) + (total - counts[c]) * flat) / sum / all + kPrior / cells / all;
    return out;
  }
  double mean = 0, square = 0;
  for (std::size_t c = 0; c < counts.size(); ++c) mean += static_cast<double>(c) * counts[c] / total;
  for (std::size_t c = 0; c < counts.size(); ++c) square += std::pow(static_cast<double>(c) - mean, 2) * counts[c];
  // quartiles among the cells that hold something, by whole counts
  std::vector<double> held, below;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] == 0) continue;
    held.push_back(static_cast<double>(c));
    below.push_back(counts[c] + (below.empty() ? 0 : below.back()));
  }
  const auto first = std::lower_bound(below.begin(), below.end(), std::floor(total / 4)) - below.begin();
  const auto third = std::upper_bound(below.begin(), below.end(), std::floor(total * 3 / 4)) - below.begin();
  const double apart = held[std::min(held.size() - 1, static_cast<std::size_t>(third))] - held[first];
  const double deviation = std::sqrt(square / std::max(1.0, total - 1));
  const double width = std::max(1.059 * std::min(apart / 1.34, deviation) * std::pow(total, -0.2), kLeastWidth);

  // all kernels of one width are one, moved by whole cells; each is cut to the grid
  const auto add = [&](double sigma, double first_middle, auto weight_of) {
    std::vector<double> below_edge;  // by the distance of an edge from the middle, which is negative at first
    const auto n = static_cast<std::ptrdiff_t>(counts.size());
    for (std::ptrdiff_t k = 1 - n; k <= n; ++k)
      below_edge.push_back(statistics::normal_cdf((static_cast<double>(k) - 0.5 - first_middle) / sigma));
    for (std::ptrdiff_t m = 0; m < n; ++m) {
      const double* edges = below_edge.data() + n - 1 - m;
      const double weight = weight_of(static_cast<std::size_t>(m)) / all / (edges[n] - edges[0]);
      for (std::ptrdiff_t c = 0; weight > 0 && c < n; ++c)
        out[static_cast<std::size_t>(c)] += weight * (edges[c + 1] - edges[c]);
    }
  };
  add(width, 0, [&](std::size_t m) { return counts[m]; });
  add(cells, (cells - 1) / 2, [](std::size_t m) { return m == 0 ? kPrior : 0.0; });
  return out;
}

double divergence(const std::vector<double>& best, const std::vector<double>& all) {
  double sum = 0;
  for (std::size_t c = 0; c < all.size(); ++c) {
    const double among_best = best[c] + 1e-12, among_all = all[c] + 1e-12;
    sum += among_all * std::pow(among_best / among_all - 1, 2);
  }
  return sum;
}

/// Shares by dimension, when each result counts as often as `times` says.
std::vector<double> shares(const Results& results, const std::vector<std::vector<std::size_t>>& cells,
                           const std::vector<std::size_t>& order, const std::vector<std::size_t>& times) {
  const std::size_t total = std::accumulate(times.begin(), times.end(), std::size_t{0});
  const auto wanted = static_cast<std::size_t>(std::ceil(kBest * static_cast<double>(total)));
  double worst = 0;  // of the best
  std::size_t seen = 0;
  for (auto each = order.begin(); seen < wanted; ++each)
    if (times[*each] > 0) seen += times[*each], worst = results.values[*each];

  std::vector<double> out;
  for (std::size_t i = 0; i < results.space.size(); ++i) {
    const Dimension& d = results.space.dimensions[i];
    Counts best(cells_of(d)), all(best.size());
    double best_total = 0;
    for (std::size_t k = 0; k < times.size(); ++k) {
      const auto often = static_cast<double>(times[k]);
      const bool is_best = results.values[k] <= worst;
      if (is_best) best_total += often;
      if (!is_active(results.points[k][i])) continue;
      all[cells[i][k]] += often;
      if (is_best) best[cells[i][k]] += often;
    }
    const double active = std::accumulate(all.begin(), all.end(), 0.0);
    const double active_best = std::accumulate(best.begin(), best.end(), 0.0);
    double share = 0;
    if (best.size() > 1 && active >= 2 && active_best > 0) {
      const bool categorical = d.kind == Dimension::Kind::categorical;
      const double among_best = active_best / best_total, among_all = active / static_cast<double>(total);
      share = among_best * among_best / among_all * divergence(density(best, categorical), density(all, categorical));
    }
    out.push_back(share);
  }
  const double sum = std::accumulate(out.begin(), out.end(), 0.0);
  if (sum > 0)
    for (double& each : out) each /= sum;
  return out;
}

}  // namespace

std::vector<Importance> importance_for_the_best(const Results& results, std::uint64_t seed) {
  const std::size_t n = results.points.size(), d = results.space.size();
  std::vector<Importance> out(d);
  if (n < 2) return out;
  std::vector<std::vector<std::size_t>> cells(d, std::vector<std::size_t>(n));
  for (std::size_t i = 0; i < d; ++i)
    for (std::size_t k = 0; k < n; ++k)
      if (is_active(results.points[k][i])) cells[i][k] = cell_of(results.space.dimensions[i], results.points[k][i]);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return results.values[a] < results.values[b]; });

  const std::vector<double> all = shares(results, cells, order, std::vector<std::size_t>(n, 1));
  std::vector<std::vector<double>> replicates(d);
  Random random(seed, "importance/resampled");
  for (std::size_t r = 0; r < kReplicates; ++r) {
    std::vector<std::size_t> times(n);
    for (std::size_t k = 0; k < n; ++k) ++times[random.below(n)];
    const std::vector<double> again = shares(results, cells, order, times);
    for (std::size_t i = 0; i < d; ++i) replicates[i].push_back(again[i]);
  }
  for (std::size_t i = 0; i < d; ++i)
    out[i] = {all[i], statistics::quantile(replicates[i], 0.025), statistics::quantile(replicates[i], 0.975)};
  return out;
}

}  // namespace ubp::search
