// SPDX-License-Identifier: MIT
// accuracy: the share of rows whose assigned class is their label.
//
//   accuracy = mean [assignment = label]
//
// Without parameters. For objectives that are trained with labels: the supervised baseline. Clusters, whose numbers are
// arbitrary, are judged by `clustering`.
// Source: folklore; equals sklearn.metrics.accuracy_score.
//
//   [[metric]]
//   use = "accuracy"
#include <ubp/sdk.hpp>

#include "needed.hpp"

namespace {
using namespace ubp;

class Accuracy : public Metric {
 public:
  static void describe(Describe<Accuracy>& d) {
    d.id("accuracy")
        .title("Accuracy")
        .cite("sklearn.metrics.accuracy_score")
        .tag("supervised")
        .doc("The share of rows whose assigned class is their label: for the supervised baseline.")
        .needs({"assignment", "label"})
        .emits("accuracy", UBP_HIGHER_IS_BETTER, "Share of rows whose assigned class is their label.");
  }
  void begin() override { right_ = rows_ = 0; }

  void update(const MetricBatch& b) override {
    const View given = metrics::needed_index(b.assignment(), "accuracy", "assignments"),
               label = metrics::needed_index(b.label(), "accuracy", "labels");
    for (std::int64_t i = 0; i < label.rows(); ++i)
      right_ += given.data<std::int64_t>()[i] == label.data<std::int64_t>()[i];
    rows_ += label.rows();
  }

  void finish(const Emit& emit) override {
    if (rows_ == 0) throw Error("accuracy: no rows");
    emit("accuracy", static_cast<double>(right_) / static_cast<double>(rows_));
  }

 private:
  std::int64_t right_ = 0, rows_ = 0;
};

}  // namespace

UBP_EXPORT_PLUGIN("accuracy", "1.0.0", "MIT", Accuracy);
