// SPDX-License-Identifier: MIT
// my_metric: what it measures, in one sentence.
//
//   mean over rows of max_j |y_j - x_j|
//
// No parameters.
//
// Limits: none known. Source: paper, equation.
//
//   [[metric]]
//   use = "my_metric"
#include <algorithm>

#include <ubp/sdk.hpp>
using namespace ubp;

struct MyMetric : Metric {
  double sum = 0;
  std::int64_t rows = 0;

  static void describe(Describe<MyMetric>& d) {
    d.id("my_metric")
        .title("My metric")
        .doc("What it measures, in one sentence.")
        .cite("paper")
        .needs({"input", "reconstruction"})
        .emits("worst_error", UBP_SMALLER_IS_BETTER, "Mean over rows of the worst cell.");
  }

  void begin() override { sum = 0, rows = 0; }

  void update(const MetricBatch& b) override {
    for (std::int64_t i = 0; i < b.size(); ++i, ++rows) {
      const double *x = b.input().row<double>(i), *y = b.reconstruction().row<double>(i);
      double worst = 0;
      for (std::int64_t j = 0; j < b.input().row_count(); ++j) worst = std::max(worst, std::abs(y[j] - x[j]));
      sum += worst;
    }
  }

  void finish(const Emit& emit) override {
    if (rows == 0) throw Error("my_metric: no rows");
    emit("worst_error", sum / static_cast<double>(rows));
  }
};

UBP_EXPORT_PLUGIN("my_metric", "1.0.0", "MIT", MyMetric);
