// SPDX-License-Identifier: MIT
// anomaly_auc: how well the anomaly score (higher = more anomalous) separates anomalies from normal rows.
//
//   roc_auc = (R - p (p + 1) / 2) / (p q),   p anomalies, q normal rows, R the sum of the anomalies' ranks among all
//                                            scores; ties share their mean rank
//   average_precision = sum_t (recall_t - recall_t-1) precision_t over the distinct scores t, from high to low
//
// | parameter | type   | range               | default  | meaning |
// |-----------|--------|---------------------|----------|---------|
// | class     | int    | [0, 1e+06]          | 1        | The class that `mode` speaks of. |
// | mode      | choice | held_out, one_class | held_out | The class is the anomaly, or the only normal one. |
//
// Limits: both kinds of rows must be present. Average precision depends on the share of anomalies: compare it only on
// the same rows.
// Source: Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006. Equals scikit-learn's
// roc_auc_score and average_precision_score.
//
//   [[metric]]
//   use   = "anomaly_auc"
//   class = 4
//   mode  = "one_class"
#include <ubp/sdk.hpp>

#include <algorithm>

#include "needed.hpp"

namespace {
using namespace ubp;

class AnomalyAuc : public Metric {
 public:
  static void describe(Describe<AnomalyAuc>& d) {
    d.id("anomaly_auc")
        .title("Anomaly detection")
        .cite("Fawcett, Pattern Recognition Letters 27, 2006")
        .tag("anomaly")
        .doc(
            "How well the anomaly score separates anomalies from normal rows: area under the ROC curve, average "
            "precision.")
        .needs({"score", "label"})
        .emits("roc_auc", UBP_HIGHER_IS_BETTER, "Chance that an anomaly scores higher than a normal row.")
        .emits("average_precision", UBP_HIGHER_IS_BETTER, "Mean precision over the recall steps.")
        .param(&AnomalyAuc::class_, "class", 1, {0, 1e6}, 0, "The class that `mode` speaks of.")
        .choice(&AnomalyAuc::mode_, "mode", {"held_out", "one_class"}, "held_out", 0,
                "The class is the anomaly, or the only normal one.");
  }
  void expect(const RowFacts&, const RowFacts& judged) override {
    std::int64_t of_class = 0;
    if (const auto found = judged.classes.find(class_); found != judged.classes.end()) of_class = found->second;
    check_kinds(judged.rows, mode_ == "held_out" ? of_class : judged.rows - of_class);
  }
  void begin() override { rows_.clear(); }

  void update(const MetricBatch& b) override {
    const View score = metrics::needed(b.score(), "anomaly_auc", "scores"),
               label = metrics::needed_index(b.label(), "anomaly_auc", "labels");
    for (std::int64_t i = 0; i < label.rows(); ++i) {
      const double s = score.data<double>()[i];
      if (!std::isfinite(s)) throw Error("anomaly_auc: a score is not finite", UBP_E_NUMERIC);
      rows_.push_back({s, (label.data<std::int64_t>()[i] == class_) == (mode_ == "held_out")});
    }
  }

  void finish(const Emit& emit) override {
    double anomalies = 0;
    for (const Row& r : rows_) anomalies += r.is_anomaly;
    const double normal = static_cast<double>(rows_.size()) - anomalies;
    check_kinds(static_cast<std::int64_t>(rows_.size()), static_cast<std::int64_t>(anomalies));
    std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.score > b.score; });
    double above = 0, above_normal = 0, pairs = 0, precision_sum = 0;  // of the scores higher than this one
    for (std::size_t i = 0; i < rows_.size();) {
      double tied = 0, tied_normal = 0;
      const double score = rows_[i].score;
      for (; i < rows_.size() && rows_[i].score == score; ++i) (rows_[i].is_anomaly ? tied : tied_normal) += 1;
      pairs += tied * (normal - above_normal - tied_normal / 2);  // normal rows below, half of those level
      above += tied, above_normal += tied_normal;
      precision_sum += tied * above / (above + above_normal);
    }
    emit("roc_auc", pairs / (anomalies * normal));
    emit("average_precision", precision_sum / anomalies);
  }

 private:
  void check_kinds(std::int64_t rows, std::int64_t anomalies) const {
    if (anomalies > 0 && anomalies < rows) return;
    throw Error("anomaly_auc: " + std::to_string(rows) + " rows hold " +
                (anomalies > 0 ? "no normal one" : "no anomaly") + ": class = " + std::to_string(class_) +
                ", mode = " + mode_);
  }

  struct Row {
    double score;
    bool is_anomaly;
  };
  std::int64_t class_ = 0;
  std::string mode_;
  std::vector<Row> rows_;
};

}  // namespace

UBP_EXPORT_PLUGIN("anomaly_auc", "1.0.0", "MIT", AnomalyAuc);
