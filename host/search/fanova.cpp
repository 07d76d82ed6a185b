// SPDX-License-Identifier: MIT
// fANOVA: a forest of regression trees, and the exact variances of their functions over the space. A categorical
// dimension is split one class against the others, and measured by the share of its classes.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "base/statistics.hpp"
#include "engine/random.hpp"
#include "search/importance.hpp"
#include "search/unit.hpp"

namespace ubp::search {
namespace {

constexpr std::size_t kTrees = 64, kEffectPoints = 50;

/// A coordinate of the trees: the position in [0, 1], or the index of a class.
struct Coordinate {
  std::size_t dimension = 0;
  std::size_t classes = 0;  ///< 0: numeric
};

/// The points as the trees see them.
struct Table {
  std::vector<Coordinate> coordinates;
  std::vector<std::vector<double>> columns;  ///< [coordinate][point]
  std::vector<double> values;
};

/// Where a leaf lies: an interval of each numeric coordinate; of a categorical one, which classes.
struct Side {
  double low = 0, high = 1;
  std::vector<bool> classes;

  double size() const {
    if (classes.empty()) return high - low;
    return static_cast<double>(std::count(classes.begin(), classes.end(), true)) / static_cast<double>(classes.size());
  }
};

struct Leaf {
  std::vector<Side> sides;
  double value = 0, volume = 0;
};

/// Where a coordinate's sides end in a tree: piece k is from cut k to cut k + 1; of a class, the class.
struct Pieces {
  std::vector<double> cuts;  ///< empty: classes
  std::size_t classes = 0;

  std::size_t count() const { return cuts.empty() ? classes : cuts.size() - 1; }
  double size(std::size_t k) const { return cuts.empty() ? 1 / static_cast<double>(classes) : cuts[k + 1] - cuts[k]; }
  std::size_t at(double cut) const {
    return static_cast<std::size_t>(std::lower_bound(cuts.begin(), cuts.end(), cut) - cuts.begin());
  }
};

/// A tree down to single points, and its function's parts.
class Tree {
 public:
  Tree(const Table& table, Random& random) : table_(table), random_(random) {
    std::vector<Side> whole;
    for (const Coordinate& c : table.coordinates) whole.push_back({0, 1, std::vector<bool>(c.classes, true)});
    std::vector<std::size_t> drawn(table.values.size());
    for (std::size_t& each : drawn) each = random.below(table.values.size());
    grow(drawn, whole);
    for (const Leaf& leaf : leaves_) mean_ += leaf.volume * leaf.value;
    for (const Leaf& leaf : leaves_) variance_ += leaf.volume * std::pow(leaf.value - mean_, 2);
    for (std::size_t c = 0; c < table.coordinates.size(); ++c) {
      pieces_.push_back(pieces_of(c));
      marginals_.push_back(marginal_of(c));
    }
  }

  double variance() const { return variance_; }
  /// Of the function of one coordinate alone.
  double variance(std::size_t c) const {
    double sum = 0;
    for (std::size_t k = 0; k < marginals_[c].size(); ++k)
      sum += pieces_[c].size(k) * std::pow(marginals_[c][k] - mean_, 2);
    return sum;
  }
  /// Of what two coordinates do together and neither does alone.
  double variance(std::size_t a, std::size_t b) const;
  /// The mean over all other coordinates, at a position or class.
  double marginal(std::size_t c, double at) const {
    const Pieces& p = pieces_[c];
    const std::size_t k = p.cuts.empty() ? static_cast<std::size_t>(at) : std::max(p.at(at), std::size_t{1}) - 1;
    return marginals_[c][k];
  }

 private:
  struct Split {
    std::size_t coordinate = 0;
    double at = 0;  ///< positions up to it, or this class, go left
    double gain = 0;
  };
  void grow(std::vector<std::size_t> rows, std::vector<Side> sides);
  void look_at(std::size_t coordinate, const std::vector<std::size_t>& rows, Split& best);
  Pieces pieces_of(std::size_t c) const;
  std::vector<double> marginal_of(std::size_t c) const;

  /// The pieces of `c` that `leaf` has, as [from, to) runs.
  template <class Do>
  void for_runs(const Leaf& leaf, std::size_t c, Do&& act) const {
    const Side& side = leaf.sides[c];
    if (side.classes.empty()) return act(pieces_[c].at(side.low), pieces_[c].at(side.high));
    for (std::size_t k = 0; k < side.classes.size(); ++k)
      if (side.classes[k]) act(k, k + 1);
  }

  const Table& table_;
  Random& random_;
  std::vector<Leaf> leaves_;
  std::vector<Pieces> pieces_;
  std::vector<std::vector<double>> marginals_;
  double mean_ = 0, variance_ = 0;
  std::vector<std::pair<double, double>> sorted_;  ///< scratch: (position, value)
};

void Tree::look_at(std::size_t c, const std::vector<std::size_t>& rows, Split& best) {
  const auto n = static_cast<double>(rows.size());
  double total = 0;
  for (const std::size_t row : rows) total += table_.values[row];
  const auto offer = [&](double left, double count, double at) {
    const double right = total - left;
    const double gain = left * left / count + right * right / (n - count) - total * total / n;
    if (gain > best.gain) best = {c, at, gain};
  };
  if (table_.coordinates[c].classes > 0) {
    std::vector<double> sum(table_.coordinates[c].classes), count(sum.size());
    for (const std::size_t row : rows) {
      const auto k = static_cast<std::size_t>(table_.columns[c][row]);
      sum[k] += table_.values[row], count[k] += 1;
    }
    for (std::size_t k = 0; k < sum.size(); ++k)
      if (count[k] > 0 && count[k] < n) offer(sum[k], count[k], static_cast<double>(k));
    return;
  }
  sorted_.clear();
  for (const std::size_t row : rows) sorted_.emplace_back(table_.columns[c][row], table_.values[row]);
  std::sort(sorted_.begin(), sorted_.end());
  double left = 0;
  for (std::size_t i = 0; i + 1 < sorted_.size(); ++i) {
    left += sorted_[i].second;
    if (sorted_[i].first < sorted_[i + 1].first)
      offer(left, static_cast<double>(i + 1), (sorted_[i].first + sorted_[i + 1].first) / 2);
  }
}

void Tree::grow(std::vector<std::size_t> rows, std::vector<Side> sides) {
  const auto [low, high] = std::minmax_element(
      rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return table_.values[a] < table_.values[b]; });
  Split best;
  if (table_.values[*low] < table_.values[*high])
    for (std::size_t c = 0; c < table_.coordinates.size(); ++c) look_at(c, rows, best);
  if (best.gain <= 0) {
    Leaf leaf{std::move(sides), 0, 1};
    for (const std::size_t row : rows) leaf.value += table_.values[row] / static_cast<double>(rows.size());
    for (const Side& side : leaf.sides) leaf.volume *= side.size();
    leaves_.push_back(std::move(leaf));
    return;
  }
  const bool is_class = table_.coordinates[best.coordinate].classes > 0;
  const std::vector<double>& column = table_.columns[best.coordinate];
  const auto middle = std::stable_partition(rows.begin(), rows.end(), [&](std::size_t row) {
    return is_class ? column[row] == best.at : column[row] <= best.at;
  });
  std::vector<Side> other = sides;
  Side &left = sides[best.coordinate], &right = other[best.coordinate];
  if (is_class) {
    const auto k = static_cast<std::size_t>(best.at);
    left.classes.assign(left.classes.size(), false);
    left.classes[k] = true, right.classes[k] = false;
  } else {
    left.high = right.low = best.at;
  }
  std::vector<std::size_t> rest(middle, rows.end());
  rows.erase(middle, rows.end());
  grow(std::move(rows), std::move(sides));
  grow(std::move(rest), std::move(other));
}

Pieces Tree::pieces_of(std::size_t c) const {
  if (table_.coordinates[c].classes > 0) return {{}, table_.coordinates[c].classes};
  std::vector<double> cuts{0, 1};
  for (const Leaf& leaf : leaves_) cuts.push_back(leaf.sides[c].low);
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return {std::move(cuts), 0};
}

std::vector<double> Tree::marginal_of(std::size_t c) const {
  std::vector<double> change(pieces_[c].count() + 1);  // of the sum, from one piece to the next
  for (const Leaf& leaf : leaves_) {
    const double part = leaf.value * leaf.volume / leaf.sides[c].size();
    for_runs(leaf, c, [&](std::size_t from, std::size_t to) { change[from] += part, change[to] -= part; });
  }
  std::partial_sum(change.begin(), change.end(), change.begin());
  change.pop_back();
  return change;
}

double Tree::variance(std::size_t a, std::size_t b) const {
  const std::size_t width = pieces_[b].count() + 1;
  std::vector<double> change((pieces_[a].count() + 1) * width);
  for (const Leaf& leaf : leaves_) {
    const double part = leaf.value * leaf.volume / leaf.sides[a].size() / leaf.sides[b].size();
    for_runs(leaf, a, [&](std::size_t top, std::size_t bottom) {
      for_runs(leaf, b, [&](std::size_t left, std::size_t right) {
        change[top * width + left] += part, change[top * width + right] -= part;
        change[bottom * width + left] -= part, change[bottom * width + right] += part;
      });
    });
  }
  double sum = 0;
  for (std::size_t i = 0; i < pieces_[a].count(); ++i) {
    double along = 0;
    for (std::size_t j = 0; j < pieces_[b].count(); ++j) {
      if (i > 0) change[i * width + j] += change[(i - 1) * width + j];
      along += change[i * width + j];
      const double together = along - marginals_[a][i] - marginals_[b][j] + mean_;
      sum += pieces_[a].size(i) * pieces_[b].size(j) * together * together;
    }
  }
  return sum;
}

Importance summary(const std::vector<double>& replicates) {
  return {statistics::mean(replicates), statistics::quantile(replicates, 0.025),
          statistics::quantile(replicates, 0.975)};
}

/// The points where every one of `dimensions` is active.
Table table_of(const Results& results, const std::vector<bool>& rows, const std::vector<std::size_t>& dimensions) {
  Table out;
  for (const std::size_t i : dimensions) {
    const Dimension& d = results.space.dimensions[i];
    const bool is_class = d.kind == Dimension::Kind::categorical;
    out.coordinates.push_back({i, is_class ? static_cast<std::size_t>(d.count()) : 0});
    out.columns.emplace_back();
    for (std::size_t k = 0; k < rows.size(); ++k)
      if (rows[k]) out.columns.back().push_back(is_class ? results.points[k][i] : unit_of(d, results.points[k][i]));
  }
  for (std::size_t k = 0; k < rows.size(); ++k)
    if (rows[k]) out.values.push_back(results.values[k]);
  return out;
}

Effect effect_of(const Dimension& d, const std::vector<Tree>& trees, std::size_t coordinate) {
  Effect out;
  const bool is_class = d.kind == Dimension::Kind::categorical;
  const std::size_t count =
      d.discrete() ? static_cast<std::size_t>(std::min<std::int64_t>(d.count(), kEffectPoints)) : kEffectPoints;
  for (std::size_t k = 0; k < count; ++k) {
    const double u = (static_cast<double>(k) + 0.5) / static_cast<double>(count);
    const double value = is_class ? static_cast<double>(k) : value_at(d, u);
    std::vector<double> all;
    for (const Tree& tree : trees) all.push_back(tree.marginal(coordinate, is_class ? value : unit_of(d, value)));
    const Importance over = summary(all);
    out.at.push_back(value), out.mean.push_back(over.share), out.low.push_back(over.low), out.high.push_back(over.high);
  }
  return out;
}

}  // namespace

Anova analyse_variance(const Results& results, std::uint64_t seed, bool interactions) {
  const std::size_t d = results.space.size(), n = results.points.size();
  Anova out{std::vector<Importance>(d), std::vector<Effect>(d), {}};
  std::map<std::vector<bool>, std::vector<std::size_t>> groups;  // dimensions by where they are active
  for (std::size_t i = 0; i < d; ++i) {
    std::vector<bool> active(n);
    for (std::size_t k = 0; k < n; ++k) active[k] = is_active(results.points[k][i]);
    groups[active].push_back(i);
  }
  for (const auto& [rows, own] : groups) {
    if (std::count(rows.begin(), rows.end(), true) < 2) continue;
    std::vector<std::size_t> dimensions = own;  // then those that are active at all of these points, and at more
    for (const auto& [others, theirs] : groups)
      if (others != rows &&
          std::equal(rows.begin(), rows.end(), others.begin(), [](bool a, bool b) { return !a || b; }))
        dimensions.insert(dimensions.end(), theirs.begin(), theirs.end());
    const Table table = table_of(results, rows, dimensions);
    std::vector<Tree> trees;
    Random random(seed, "importance/forest");
    for (std::size_t t = 0; t < kTrees; ++t) {
      Tree tree(table, random);
      if (tree.variance() > 0) trees.push_back(std::move(tree));
    }
    if (trees.empty()) continue;
    for (std::size_t c = 0; c < own.size(); ++c) {
      std::vector<double> replicates;
      for (const Tree& tree : trees) replicates.push_back(tree.variance(c) / tree.variance());
      out.importances[own[c]] = summary(replicates);
      out.effects[own[c]] = effect_of(results.space.dimensions[own[c]], trees, c);
    }
    for (std::size_t a = 0; interactions && a < own.size(); ++a)
      for (std::size_t b = a + 1; b < dimensions.size(); ++b) {
        std::vector<double> replicates;
        for (const Tree& tree : trees) replicates.push_back(tree.variance(a, b) / tree.variance());
        out.interactions.push_back(
            {std::min(own[a], dimensions[b]), std::max(own[a], dimensions[b]), summary(replicates)});
      }
  }
  std::sort(out.interactions.begin(), out.interactions.end(), [](const Interaction& a, const Interaction& b) {
    return std::pair(a.first, a.second) < std::pair(b.first, b.second);
  });
  return out;
}

}  // namespace ubp::search
