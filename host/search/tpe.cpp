// SPDX-License-Identifier: MIT
#include "search/tpe.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
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

std::vector<double> tpe_weights_by_improvement(const std::vector<double>& values, double bound) {
  // Halves, so that a difference of any two numbers is finite; as shares of the largest one, so that their sum is.
  std::vector<double> weights;
  for (const double value : values) weights.push_back(bound / 2 - value / 2);
  const double most = values.empty() ? 0 : *std::max_element(weights.begin(), weights.end());
  if (most == 0) return std::vector<double>(values.size(), 1);
  for (double& w : weights) w /= most;
  const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(values.size());
  for (double& w : weights) w /= mean;
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

namespace {

/// What the densities of one proposal are made of.
class Evidence {
 public:
  Evidence(const Space& space, const History& history, const TpeOptions& options)
      : space_(space), history_(history), options_(options), split_(tpe_split(history)) {
    if (has_several_objectives(history)) return;
    const auto is_complete = [&](std::size_t i) { return history[i].state == Told::State::complete; };
    if (!std::all_of(split_.below.begin(), split_.below.end(), is_complete)) return;
    for (const std::size_t i : split_.above)
      if (is_complete(i)) bound_ = std::min(bound_.value_or(history[i].values[0]), history[i].values[0]);
  }

  /// Values of `members`: of `candidates` from the better ones' density those where it is largest beside the others'.
  std::vector<double> best(const std::vector<std::size_t>& members, std::size_t candidates, Random& random) const {
    const Parzen below = density(members, split_.below, true), above = density(members, split_.above, false);
    const Parzen::Columns points = below.sample(random, candidates);
    std::vector<double> ratio = below.log_density(points);
    const std::vector<double> others = above.log_density(points);
    for (std::size_t c = 0; c < candidates; ++c) ratio[c] -= others[c];
    const auto best = std::max_element(ratio.begin(), ratio.end()) - ratio.begin();
    std::vector<double> values;
    for (const std::vector<double>& column : points) values.push_back(column[static_cast<std::size_t>(best)]);
    return values;
  }

 private:
  /// Of the configs that have `members`, which are active together.
  Parzen density(const std::vector<std::size_t>& members, const std::vector<std::size_t>& numbers, bool better) const {
    std::vector<std::size_t> having;
    for (const std::size_t k : numbers)
      if (is_active(history_[k].point[members[0]])) having.push_back(k);
    std::vector<const Dimension*> dimensions;
    Parzen::Columns observations;
    for (const std::size_t i : members) {
      dimensions.push_back(&space_.dimensions[i]);
      observations.emplace_back();
      for (const std::size_t k : having) observations.back().push_back(history_[k].point[i]);
    }
    return Parzen(dimensions, observations, better ? better_weights(having) : tpe_weights(having.size()),
                  options_.parzen);
  }

  std::vector<double> better_weights(const std::vector<std::size_t>& numbers) const {
    if (has_several_objectives(history_)) return std::vector<double>(numbers.size(), 1);
    if (!options_.by_improvement || !bound_) return tpe_weights(numbers.size());
    std::vector<double> values;
    for (const std::size_t k : numbers) values.push_back(history_[k].values[0]);
    return tpe_weights_by_improvement(values, *bound_);
  }

  const Space& space_;
  const History& history_;
  const TpeOptions& options_;
  TpeSplit split_;
  /// The best of the worse ones; none: they or the better ones were stopped early, or there are several objectives.
  std::optional<double> bound_;
};

}  // namespace

Point TpeSampler::propose(const Question& question) {
  const Space& space = question.space;
  const History& history = question.history;
  const auto judged = static_cast<std::size_t>(std::count_if(history.begin(), history.end(), is_judged));
  const std::size_t candidates =
      question.attempt < 8 ? std::max<std::size_t>(options_.candidates >> question.attempt, 1) : 0;
  if (judged < options_.startup || candidates == 0) return uniform_point(question);

  const Evidence evidence(space, history, options_);
  const bool jointly = !options_.independent && !has_several_objectives(history);
  const std::vector<std::size_t> group = groups(history, space.size());
  const auto has_one_value = [&](std::size_t i) { return space.dimensions[i].low == space.dimensions[i].high; };
  Random random = question.stream("tpe");
  Point point(space.size(), kInactive), drawn = point;
  for (std::size_t i = 0; i < space.size(); ++i) {
    if (!space.is_active_at(i, point)) continue;
    if (has_one_value(i)) drawn[i] = space.dimensions[i].low;
    if (!is_active(drawn[i])) {
      std::vector<std::size_t> members{i};
      for (std::size_t j = i + 1; jointly && j < space.size(); ++j)
        if (group[j] == group[i] && !has_one_value(j)) members.push_back(j);
      const std::vector<double> values = evidence.best(members, candidates, random);
      for (std::size_t m = 0; m < members.size(); ++m) drawn[members[m]] = values[m];
    }
    point[i] = drawn[i];
  }
  return point;
}

}  // namespace ubp::search
