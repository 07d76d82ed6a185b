// SPDX-License-Identifier: MIT
// dci: disentanglement, completeness and informativeness, by boosted trees that predict factors from codes.
//
//   R[j, k] >= 0: how much code j matters for predicting factor k, of each factor 1 in all;
//   p = R[j, k] / sum of its row, q = R[j, k] / sum of its column, over L codes and K factors
//   disentanglement = sum over codes j of (sum_k R[j, k] / sum R) (1 + sum_k p log p / log K)
//   completeness    = mean over factors k of 1 + sum_j q log q / log L
//   informativeness = mean over factors of the share of evaluated rows that are predicted right (a class), or
//                     1 - root of (mean squared error / variance), of evaluated rows (a quantity): 0 is the mean itself
//   R: by how much the splits by a code lessened the squared error
//
// | parameter | type  | range      | default | meaning |
// |-----------|-------|------------|---------|---------|
// | rows      | int   | [0, 1e+09] | 2000    | Train on a sample of so many rows; 0: on all. |
// | trees     | int   | [1, 10000] | 100     | For each quantity, and for each class of more than two. |
// | depth     | int   | [1, 16]    | 3       | Of a tree. |
// | rate      | float | (0, 1]     | 0.1     | By which a tree is counted. |
//
// The learner is part of the score: gradient-boosted trees, least squares for quantities and log loss for classes, all
// rows and codes for every split; equals scikit-learn's GradientBoosting with these parameters, but for the order in
// which equal splits are tried: here the first code wins. A factor that does not vary on the training rows or on the
// evaluated ones is left out, with a note; a code that matters for nothing counts nothing in disentanglement, a factor
// of which no code knows 0 in completeness.
// Limits: trees go on to fit what is left, so that even perfect codes of quantities score a little below 1. Time grows
// with rows x codes x trees x depth, a second for 2000 rows and 100 trees of 200 codes and one quantity.
// Source: Eastwood, Williams, ICLR 2018 (openreview By-7dz-AZ); learner as in disentanglement_lib.
//
//   [[metric]]
//   use  = "dci"
//   rows = 5000
#include <ubp/sdk.hpp>

#include "boosted_trees.hpp"

namespace {
using namespace ubp;
using metrics::Column;

class Dci : public Metric {
 public:
  static void describe(Describe<Dci>& d) {
    d.id("dci")
        .title("Disentanglement, completeness, informativeness")
        .cite("Eastwood, Williams, ICLR 2018")
        .tag("factors")
        .doc(
            "Whether each code matters for one known factor, each factor for one code, and how well codes predict "
            "factors, by boosted trees.")
        .needs({"embedding", "factors"})
        .uses_train()
        .emits("dci_disentanglement", UBP_HIGHER_IS_BETTER, "1: each code matters for one factor.")
        .emits("dci_completeness", UBP_HIGHER_IS_BETTER, "1: each factor is predicted from one code.")
        .emits("dci_informativeness", UBP_HIGHER_IS_BETTER,
               "Mean over factors of the accuracy, or of 1 - RMSE in deviations.")
        .param(&Dci::limit_, "rows", 2000, {0, 1e9}, 0, "Train on a sample of so many rows; 0: on all.")
        .param(&Dci::trees_, "trees", 100, {1, 10000}, 0, "For each quantity, and for each class of more than two.")
        .param(&Dci::depth_, "depth", 3, {1, 16}, 0, "Of a tree.")
        .param(&Dci::rate_, "rate", 0.1, {0, 1}, open_min, "By which a tree is counted.");
  }
  void begin() override { train_.start(limit_), judged_.start(); }
  void update(const MetricBatch& b) override { (b.is_train() ? train_ : judged_).add(kId, b); }

  void finish(const Emit& emit) override {
    train_.require(kId, 2, 2, 2), judged_.require(kId, 2, 2, 2), metrics::require_alike(kId, train_, judged_);
    metrics::BoostedTrees trees(train_.z.x, judged_.z.x, {trees_, depth_, rate_});
    std::vector<Column> importance;  // of each factor
    std::vector<std::string> constant;
    double informativeness = 0;
    for (std::size_t k = 0; k < train_.factor_count(); ++k) {
      const Column v = metrics::column_of(train_.v.x, k), w = metrics::column_of(judged_.v.x, k);
      if (metrics::is_constant(v) || metrics::is_constant(w)) {
        constant.push_back(train_.factors[k].name);
        continue;
      }
      double right = 0;
      if (train_.factors[k].is_discrete) {
        const Column values = metrics::different(v);
        const auto fit = trees.classes(metrics::places(v, values), static_cast<std::int64_t>(values.size()));
        for (std::size_t i = 0; i < w.size(); ++i) right += values[static_cast<std::size_t>(fit.predicted[i])] == w[i];
        right /= static_cast<double>(w.size());
        importance.push_back(fit.importance);
      } else {
        const auto fit = trees.quantities(v);
        double errors = 0;
        for (std::size_t i = 0; i < w.size(); ++i) errors += (fit.predicted[i] - w[i]) * (fit.predicted[i] - w[i]);
        right = 1 - std::sqrt(errors / static_cast<double>(w.size()) / metrics::moments(w).variance);
        importance.push_back(fit.importance);
      }
      informativeness += right;
    }
    metrics::leave_out(kId, constant, importance.size(), 2, "does not vary");
    emit("dci_disentanglement", disentanglement(importance));
    emit("dci_completeness", completeness(importance));
    emit("dci_informativeness", informativeness / static_cast<double>(importance.size()));
    begin();
  }

 private:
  static constexpr const char* kId = "dci";

  /// 1 - the entropy of shares of a sum, in units of its largest. REQUIRES: sum > 0.
  static double concentration(const Column& parts, double sum) {
    double negative = 0;
    for (const double part : parts)
      if (part > 0) negative += part / sum * std::log(part / sum);
    return 1 + negative / std::log(static_cast<double>(parts.size()));
  }
  static double sum_of(const Column& parts) { return std::accumulate(parts.begin(), parts.end(), 0.0); }

  static double disentanglement(const std::vector<Column>& importance) {
    double score = 0, all = 0;
    for (std::size_t j = 0; j < importance[0].size(); ++j) {
      Column row;
      for (const Column& of_factor : importance) row.push_back(of_factor[j]);
      const double sum = sum_of(row);
      if (sum > 0) score += sum * concentration(row, sum), all += sum;
    }
    return all > 0 ? score / all : 0;
  }
  static double completeness(const std::vector<Column>& importance) {
    double score = 0;
    for (const Column& of_factor : importance)
      if (const double sum = sum_of(of_factor); sum > 0) score += concentration(of_factor, sum);
    return score / static_cast<double>(importance.size());
  }

  std::int64_t limit_ = 0, trees_ = 0, depth_ = 0;
  double rate_ = 0;
  metrics::Factored train_, judged_;
};

}  // namespace

UBP_EXPORT_PLUGIN("dci", "1.0.0", "MIT", Dci);
