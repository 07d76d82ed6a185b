// SPDX-License-Identifier: MIT
// Gradient-boosted regression trees, as scikit-learn's GradientBoostingRegressor and GradientBoostingClassifier: least
// squares, or the log loss with Friedman's step of a leaf. Every row and every column is looked at for every split, so
// that nothing is drawn: of equal splits the one of the first column and the lowest threshold is taken.
#pragma once

#include <limits>

#include "factors.hpp"

namespace metrics {

struct BoostingRules {
  std::int64_t trees = 100, depth = 3;
  double rate = 0.1;
};

/// Fits targets on the rows of x, and predicts those of `judged` meanwhile.
class BoostedTrees {
 public:
  /// x [n, columns], judged [m, columns]; both outlive this.
  BoostedTrees(const Matrix& x, const Matrix& judged, BoostingRules rules)
      : x_(x), judged_(judged), rules_(rules), order_(x.shape(1)), sorted_(x.shape(1)) {
    for (std::size_t j = 0; j < order_.size(); ++j) {
      order_[j].resize(x.shape(0));
      std::iota(order_[j].begin(), order_[j].end(), 0);
      std::stable_sort(order_[j].begin(), order_[j].end(),
                       [&](std::uint32_t a, std::uint32_t b) { return x(a, j) < x(b, j); });
      for (const std::uint32_t i : order_[j]) sorted_[j].push_back(x(i, j));
    }
  }

  struct Fit {
    Column importance;  ///< [columns], by how much the splits of a column lessened the squares; sums to 1, or is all 0
    Column predicted;   ///< [m]: quantities, or classes by their index
  };

  /// y [n]: quantities, which are not all equal.
  Fit quantities(const Column& y) {
    importance_.assign(order_.size(), 0.0);
    const Moments m = moments(y);
    const double sd = std::sqrt(m.variance);
    Column residual(y.size()), of_judged(judged_.shape(0), 0.0);
    for (std::size_t i = 0; i < y.size(); ++i) residual[i] = (y[i] - m.mean) / sd;  // what rounding is has no unit
    for (std::int64_t t = 0; t < rules_.trees; ++t) {
      Tree tree = grow(residual);
      set_leaves(tree, [&](const Leaf& leaf) { return leaf.sum / leaf.rows; }, residual, {});
      for (std::size_t i = 0; i < y.size(); ++i) residual[i] -= rules_.rate * tree[leaf_[i]].step;
      add(tree, of_judged);
    }
    for (double& one : of_judged) one = m.mean + sd * one;
    return {shares(), of_judged};
  }

  /// y [n]: 0 .. classes - 1, each of which has a row; classes >= 2.
  Fit classes(const Classes& y, std::int64_t classes) {
    importance_.assign(order_.size(), 0.0);
    const auto n = y.size(), m = judged_.shape(0);
    const bool is_binary = classes == 2;
    const std::size_t scores = is_binary ? 1 : static_cast<std::size_t>(classes);
    const std::vector<double> count = counts_of(y);
    std::vector<Column> of_rows, of_judged;
    for (std::size_t k = 0; k < scores; ++k) {
      const double start = is_binary ? std::log(count[1] / count[0]) : std::log(count[k] / static_cast<double>(n));
      of_rows.emplace_back(n, start), of_judged.emplace_back(m, start);
    }
    const double share = is_binary ? 1 : static_cast<double>(classes - 1) / static_cast<double>(classes);
    std::vector<Column> residual(scores, Column(n));
    Column weight(n);
    for (std::int64_t t = 0; t < rules_.trees; ++t) {
      for (std::size_t i = 0; i < n; ++i) {
        double top = of_rows[0][i], sum = 0;
        for (const Column& s : of_rows) top = std::max(top, s[i]);
        for (const Column& s : of_rows) sum += std::exp(s[i] - top);
        for (std::size_t k = 0; k < scores; ++k) {
          const double p = is_binary ? 1 / (1 + std::exp(-of_rows[0][i])) : std::exp(of_rows[k][i] - top) / sum;
          residual[k][i] = (y[i] == static_cast<std::int64_t>(is_binary ? 1 : k)) - p;
        }
      }
      for (std::size_t k = 0; k < scores; ++k) {
        Tree tree = grow(residual[k]);
        for (std::size_t i = 0; i < n; ++i) {
          const double size = std::abs(residual[k][i]);  // p (1 - p): y is 0 or 1
          weight[i] = size * (1 - size);
        }
        const auto step = [share](const Leaf& l) { return std::abs(l.weight) < 1e-150 ? 0 : share * l.sum / l.weight; };
        set_leaves(tree, step, residual[k], weight);
        for (std::size_t i = 0; i < n; ++i) of_rows[k][i] += rules_.rate * tree[leaf_[i]].step;
        add(tree, of_judged[k]);
      }
    }
    Fit fit{shares(), Column(m, 0.0)};
    for (std::size_t i = 0; i < m; ++i) {
      std::size_t best = is_binary && of_judged[0][i] >= 0;
      for (std::size_t k = 1; k < scores; ++k)
        if (of_judged[k][i] > of_judged[best][i]) best = k;
      fit.predicted[i] = static_cast<double>(best);
    }
    return fit;
  }

 private:
  struct Node {
    std::size_t column = 0;
    double threshold = 0;
    std::size_t left = 0, right = 0;  ///< 0: a leaf
    double step = 0;                  ///< of a leaf
  };
  using Tree = std::vector<Node>;
  struct Leaf {
    double sum = 0, weight = 0, rows = 0;
  };
  struct Growing {
    std::size_t node;
    double rows = 0, sum = 0, squares = 0;
    // the scan of a column, and the best split so far
    double left_rows = 0, left_sum = 0, last = 0;
    double best = -1, threshold = 0;
    std::size_t column = 0;
  };

  /// Also fills leaf_, the leaf of each row.
  Tree grow(const Column& y) {
    Tree tree(1);
    const std::size_t n = y.size();
    leaf_.assign(n, 0);
    place_.assign(n, 0);
    std::vector<Growing> level(1, Growing{0});
    for (std::int64_t depth = 0; depth < rules_.depth && !level.empty(); ++depth) {
      for (std::size_t i = 0; i < n; ++i) {
        if (place_[i] < 0) continue;
        Growing& g = level[place_[i]];
        g.rows += 1, g.sum += y[i], g.squares += y[i] * y[i];
      }
      for (Growing& g : level) {
        const double mean = g.sum / g.rows;
        if (g.rows < 2 || g.squares / g.rows - mean * mean <= std::numeric_limits<double>::epsilon())
          g.rows = 0;  // has nothing left to split
      }
      for (std::size_t j = 0; j < order_.size(); ++j) scan(j, y, level);
      std::vector<Growing> next;
      std::vector<std::int32_t> first(level.size(), -1);  // of the two parts in `next`
      for (std::size_t at = 0; at < level.size(); ++at) {
        const Growing& g = level[at];
        if (g.best < 0) continue;
        importance_[g.column] += g.best / g.rows;
        const std::size_t left = tree.size();
        tree.resize(left + 2);
        tree[g.node].column = g.column, tree[g.node].threshold = g.threshold;
        tree[g.node].left = left, tree[g.node].right = left + 1;
        first[at] = static_cast<std::int32_t>(next.size());
        next.push_back({left}), next.push_back({left + 1});
      }
      for (std::size_t i = 0; i < n; ++i) {
        if (place_[i] < 0) continue;
        const Growing& g = level[place_[i]];
        const std::int32_t part = first[place_[i]];
        if (part < 0) {
          place_[i] = -1;
          continue;
        }
        place_[i] = part + (x_(i, g.column) > g.threshold);
        leaf_[i] = next[place_[i]].node;
      }
      level = std::move(next);
    }
    return tree;
  }

  /// Friedman's improvement, (n_r s_l - n_l s_r)^2 / (n_l n_r), of every threshold of a column, in every node.
  void scan(std::size_t j, const Column& y, std::vector<Growing>& level) {
    if (!(sorted_[j].front() < sorted_[j].back())) return;
    for (Growing& g : level) g.left_rows = g.left_sum = 0;
    for (std::size_t at = 0; at < y.size(); ++at) {
      const std::uint32_t i = order_[j][at];
      const std::int32_t place = place_[i];
      if (place < 0 || level[place].rows == 0) continue;
      Growing& g = level[place];
      const double x = sorted_[j][at];
      if (g.left_rows > 0 && x > g.last) {
        const double right_rows = g.rows - g.left_rows, right_sum = g.sum - g.left_sum;
        const double gap = right_rows * g.left_sum - g.left_rows * right_sum;
        // Equal but for the order of a sum is equal: columns that part the same rows differ by rounding.
        if (const double gain = gap * gap / (g.left_rows * right_rows); gain > g.best * (1 + 1e-9)) {
          const double middle = g.last / 2 + x / 2;
          g.best = gain, g.column = j, g.threshold = middle < x ? middle : g.last;
        }
      }
      g.left_rows += 1, g.left_sum += y[i], g.last = x;
    }
  }

  template <class F>
  void set_leaves(Tree& tree, F step, const Column& residual, const Column& weight) {
    std::vector<Leaf> leaves(tree.size());
    for (std::size_t i = 0; i < residual.size(); ++i) {
      Leaf& l = leaves[leaf_[i]];
      l.rows += 1, l.sum += residual[i], l.weight += weight.empty() ? 0 : weight[i];
    }
    for (std::size_t at = 0; at < tree.size(); ++at)
      if (tree[at].left == 0) tree[at].step = step(leaves[at]);
  }

  void add(const Tree& tree, Column& to) const {
    for (std::size_t i = 0; i < to.size(); ++i) {
      std::size_t at = 0;
      while (tree[at].left) at = judged_(i, tree[at].column) > tree[at].threshold ? tree[at].right : tree[at].left;
      to[i] += rules_.rate * tree[at].step;
    }
  }

  Column shares() const {
    Column out = importance_;
    const double sum = std::accumulate(out.begin(), out.end(), 0.0);
    for (double& one : out) one = sum > 0 ? one / sum : 0;
    return out;
  }

  const Matrix &x_, &judged_;
  BoostingRules rules_;
  std::vector<std::vector<std::uint32_t>> order_;  // the rows of each column, by its numbers
  std::vector<Column> sorted_;
  Column importance_;
  std::vector<std::size_t> leaf_;
  std::vector<std::int32_t> place_;  // of each row in the level that grows; -1: in a leaf
};

}  // namespace metrics
