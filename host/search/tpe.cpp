// SPDX-License-Identifier: MIT
#include "search/tpe.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "search/pareto.hpp"

namespace ubp::search {
namespace {

bool is_judged(const Told& told) { return told.state == Told::State::complete || told.state == Told::State::pruned; }

bool has_several_objectives(const History& history) {
  return std::any_of(history.begin(), history.end(), [](const Told& told) { return told.values.size() > 1; });
}

/// The best `count` of `complete`: whole ranks while they fit, of the next those that dominate most together.
std::vector<std::size_t> best_by_rank(const History& history, const std::vector<std::size_t>& complete,
                                      std::size_t count) {
  Front points;
  for (const std::size_t i : complete) points.push_back(history[i].values);
  const std::vector<std::size_t> rank = domination_ranks(points);
  std::vector<std::size_t> best;
  for (std::size_t r = 0; best.size() < count; ++r) {
    std::vector<std::size_t> members;
    Front front;
    for (std::size_t i = 0; i < rank.size(); ++i)
      if (rank[i] == r) members.push_back(complete[i]), front.push_back(points[i]);
    if (best.size() + members.size() <= count) {
      best.insert(best.end(), members.begin(), members.end());
      continue;
    }
    std::vector<double> reference = front[0];  // a little worse than the worst
    for (const std::vector<double>& p : front)
      for (std::size_t m = 0; m < p.size(); ++m) reference[m] = std::max(reference[m], p[m]);
    for (double& each : reference) each = each == 0 ? 1e-12 : std::max(1.1 * each, 0.9 * each);
    for (const std::size_t i : largest_subset(front, reference, count - best.size())) best.push_back(members[i]);
  }
  return best;
}

/// Dimensions with equal activity in all points of `numbers` are a group: by dimension, the first of its group.
std::vector<std::size_t> groups(const History& history, std::size_t dimensions) {
  std::vector<std::size_t> first(dimensions);
  for (std::size_t i = 0; i < dimensions; ++i)
    for (std::size_t j = 0; j <= i; ++j)
      if (std::all_of(history.begin(), history.end(),
                      [&](const Told& told) { return is_active(told.point[i]) == is_active(told.point[j]); })) {
        first[i] = j;
        break;
      }
  return first;
}

}  // namespace

std::size_t tpe_below(std::size_t n, bool several_objectives) {
  const std::size_t tenth = (n + 9) / 10;
  return several_objectives ? tenth : std::min<std::size_t>(tenth, 25);
}

std::vector<double> tpe_weights(std::size_t n) {
  std::vector<double> weights(n, 1);
  const std::size_t ramp = n > 25 ? n - 25 : 0;  // from 1/n to 1
  const double least = 1 / static_cast<double>(n), steps = static_cast<double>(ramp) - 1;
  for (std::size_t i = 0; i < ramp; ++i)
    weights[i] = ramp == 1 ? least : least + static_cast<double>(i) * (1 - least) / steps;
  return weights;
}

TpeSplit tpe_split(const History& history) {
  const bool several = has_several_objectives(history);
  std::vector<std::size_t> complete, pruned;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (history[i].state == Told::State::complete) complete.push_back(i);
    if (history[i].state == Told::State::pruned) pruned.push_back(i);
  }
  std::size_t n = tpe_below(complete.size() + pruned.size(), several);
  const auto take_first = [&](std::vector<std::size_t>& from, auto&& key) {
    const auto end = from.begin() + static_cast<std::ptrdiff_t>(std::min(n, from.size()));
    std::partial_sort(from.begin(), end, from.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    n -= static_cast<std::size_t>(end - from.begin());
    return std::vector<std::size_t>(from.begin(), end);
  };
  TpeSplit split;
  if (several)
    split.below = best_by_rank(history, complete, std::min(n, complete.size())), n -= split.below.size();
  else
    split.below = take_first(complete, [&](std::size_t i) { return std::tuple(history[i].values[0], i); });
  const std::vector<std::size_t> stopped = take_first(pruned, [&](std::size_t i) {
    const Told& told = history[i];
    const double value = std::isnan(told.last_value) ? std::numeric_limits<double>::infinity() : told.last_value;
    return std::tuple(-told.last_step, value, i);
  });
  split.below.insert(split.below.end(), stopped.begin(), stopped.end());
  std::sort(split.below.begin(), split.below.end());
  for (std::size_t i = 0; i < history.size(); ++i)
    if (!std::binary_search(split.below.begin(), split.below.end(), i)) split.above.push_back(i);
  return split;
}

Point TpeSampler::propose(const Question& question) {
  const auto& [space, history, seed, number, attempt] = question;
  const auto judged = static_cast<std::size_t>(std::count_if(history.begin(), history.end(), is_judged));
  const std::size_t candidates = attempt < 8 ? std::max<std::size_t>(options_.candidates >> attempt, 1) : 0;
  if (judged < options_.startup || candidates == 0) return uniform_point(question);

  const TpeSplit split = tpe_split(history);
  const bool several = has_several_objectives(history);
  const std::vector<std::size_t> group = groups(history, space.size());
  Random random = question.stream("tpe");

  const auto estimate = [&](const std::vector<std::size_t>& members, const std::vector<std::size_t>& numbers,
                            bool uniform) {
    std::vector<const Dimension*> dimensions;
    Parzen::Columns observations;
    for (const std::size_t i : members) {
      dimensions.push_back(&space.dimensions[i]);
      observations.emplace_back();
      for (const std::size_t k : numbers)
        if (is_active(history[k].point[i])) observations.back().push_back(history[k].point[i]);
    }
    const std::size_t n = observations[0].size();
    return Parzen(dimensions, observations, uniform ? std::vector<double>(n, 1) : tpe_weights(n), options_.rule);
  };

  Point point(space.size(), kInactive);
  Point drawn = point;
  for (std::size_t i = 0; i < space.size(); ++i) {
    if (!space.is_active_at(i, point)) continue;
    if (space.dimensions[i].low == space.dimensions[i].high) {
      point[i] = space.dimensions[i].low;
      continue;
    }
    if (!is_active(drawn[i])) {
      std::vector<std::size_t> members;
      for (std::size_t j = i; j < space.size(); ++j) {
        const bool together = j == i || (!options_.independent && !several && group[j] == group[i]);
        if (together && !is_active(drawn[j]) && space.dimensions[j].low < space.dimensions[j].high)
          members.push_back(j);
      }
      const Parzen below = estimate(members, split.below, several), above = estimate(members, split.above, false);
      const Parzen::Columns points = below.sample(random, candidates);
      std::vector<double> ratio = below.log_density(points);
      const std::vector<double> others = above.log_density(points);
      for (std::size_t c = 0; c < candidates; ++c) ratio[c] -= others[c];
      const auto best = std::max_element(ratio.begin(), ratio.end()) - ratio.begin();
      for (std::size_t m = 0; m < members.size(); ++m) drawn[members[m]] = points[m][static_cast<std::size_t>(best)];
    }
    point[i] = drawn[i];
  }
  return point;
}

}  // namespace ubp::search
