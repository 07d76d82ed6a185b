// SPDX-License-Identifier: MIT
#include "search/pareto.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace ubp::search {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool is_below(const std::vector<double>& point, const std::vector<double>& reference) {
  return std::equal(point.begin(), point.end(), reference.begin(), std::less<>());
}

Front not_dominated(const Front& points) {
  const std::vector<std::size_t> rank = domination_ranks(points);
  Front best;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (rank[i] == 0) best.push_back(points[i]);
  return best;
}

/// Two objectives, `points` in ascending order of the first.
double area(const Front& points, const std::vector<double>& reference) {
  double sum = 0, top = reference[1];
  for (const std::vector<double>& p : points) {
    sum += (reference[0] - p[0]) * std::max(top - p[1], 0.0);
    top = std::min(top, p[1]);
  }
  return sum;
}

/// Three or more, likewise in order: the sum of what each point dominates and none before it does. As those before are
/// better in the first objective, that is a prism over a volume of one objective less.
double volume(const Front& points, const std::vector<double>& reference) {
  const std::vector<double> base(reference.begin() + 1, reference.end());
  double sum = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::vector<double> own(points[i].begin() + 1, points[i].end());
    Front shared;
    for (std::size_t j = 0; j < i; ++j) {
      shared.push_back(own);
      for (std::size_t m = 0; m < own.size(); ++m) shared[j][m] = std::max(own[m], points[j][m + 1]);
    }
    sum += (reference[0] - points[i][0]) * (hypervolume({own}, base) - hypervolume(shared, base));
  }
  return sum;
}

}  // namespace

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  return a != b && std::equal(a.begin(), a.end(), b.begin(), std::less_equal<>());
}

std::vector<std::size_t> domination_ranks(const Front& points) {
  std::vector<std::size_t> order(points.size()), rank(points.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return points[a] < points[b]; });
  std::vector<std::vector<std::size_t>> fronts;
  for (const std::size_t i : order) {  // nobody behind i dominates it: its front is the first that has no one who does
    const auto has_better = [&](const std::vector<std::size_t>& front) {
      return std::any_of(front.rbegin(), front.rend(), [&](std::size_t j) { return dominates(points[j], points[i]); });
    };
    const auto front = std::partition_point(fronts.begin(), fronts.end(), has_better);
    rank[i] = static_cast<std::size_t>(front - fronts.begin());
    if (front == fronts.end())
      fronts.push_back({i});
    else
      front->push_back(i);
  }
  return rank;
}

std::vector<double> crowding_distances(const Front& points) {
  std::vector<double> distance(points.size(), 0);
  std::vector<std::size_t> order(points.size());
  for (std::size_t m = 0; !points.empty() && m < points[0].size(); ++m) {
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return points[a][m] < points[b][m]; });
    const double width = points[order.back()][m] - points[order.front()][m];
    if (width == 0) continue;
    distance[order.front()] = distance[order.back()] = kInfinity;
    for (std::size_t k = 1; k + 1 < order.size(); ++k)
      distance[order[k]] += (points[order[k + 1]][m] - points[order[k - 1]][m]) / width;
  }
  return distance;
}

double hypervolume(const Front& points, const std::vector<double>& reference) {
  Front inside;
  std::copy_if(points.begin(), points.end(), std::back_inserter(inside),
               [&](const std::vector<double>& p) { return is_below(p, reference); });
  std::sort(inside.begin(), inside.end());
  if (inside.empty()) return 0;
  if (reference.size() == 1) return reference[0] - inside[0][0];
  return reference.size() == 2 ? area(inside, reference) : volume(not_dominated(inside), reference);
}

std::vector<std::size_t> largest_subset(const Front& points, const std::vector<double>& reference, std::size_t count) {
  Front chosen;
  std::vector<std::size_t> indices;
  std::vector<std::size_t> left(points.size());
  std::iota(left.begin(), left.end(), 0);
  // What a point adds shrinks with every other that is chosen: a gain from before bounds the one of now.
  std::vector<double> gain(points.size(), kInfinity);
  double total = 0;
  while (indices.size() < count) {
    std::stable_sort(left.begin(), left.end(), [&](std::size_t a, std::size_t b) { return gain[a] > gain[b]; });
    std::size_t best = left.front();
    double most = -1;
    for (const std::size_t i : left) {
      if (gain[i] < most) break;
      chosen.push_back(points[i]);
      gain[i] = hypervolume(chosen, reference) - total;
      chosen.pop_back();
      if (gain[i] > most || (gain[i] == most && i < best)) best = i, most = gain[i];
    }
    indices.push_back(best);
    chosen.push_back(points[best]);
    total += most;
    left.erase(std::find(left.begin(), left.end(), best));
  }
  return indices;
}

}  // namespace ubp::search
