// SPDX-License-Identifier: MIT
// sparsity: how few numbers of a row's embedding speak.
//
//   active_share = share of all numbers z_ij with |z_ij| > threshold
//   hoyer        = mean over rows of (sqrt d - |z|_1 / |z|_2) / (sqrt d - 1);   1: one number speaks, 0: all alike
//   silent_units = share of columns that exceed the threshold in no row
//
// | parameter | type  | range      | default | meaning |
// |-----------|-------|------------|---------|---------|
// | threshold | float | [0, 1e+06] | 0.01    | What counts as speaking. |
//
// A row of zeros has hoyer 1. `hoyer` does not change when the embedding is scaled, the other two do.
// Limits: an embedding of one number has hoyer 1.
// Source: Hoyer, JMLR 5:1457, 2004, section 3.1.
//
//   [[metric]]
//   use       = "sparsity"
//   threshold = 0.1
#include <ubp/sdk.hpp>

#include <algorithm>

#include "needed.hpp"

namespace {
using namespace ubp;

class Sparsity : public Metric {
 public:
  static void describe(Describe<Sparsity>& d) {
    d.id("sparsity")
        .title("Sparsity of the embedding")
        .cite("Hoyer, JMLR 5:1457, 2004")
        .tag("embedding")
        .doc("How few numbers of a row's embedding speak.")
        .needs({"embedding"})
        .emits("active_share", UBP_SMALLER_IS_BETTER, "Share of the numbers above the threshold in size.")
        .emits("hoyer", UBP_HIGHER_IS_BETTER, "Mean over rows: 1 if one number speaks, 0 if all do alike.")
        .emits("silent_units", UBP_SMALLER_IS_BETTER, "Share of the columns that are above the threshold in no row.")
        .param(&Sparsity::threshold_, "threshold", 0.01, {0, 1e6}, 0, "What counts as speaking.");
  }
  void begin() override { spoke_.clear(), active_ = 0, hoyer_ = 0, rows_ = 0; }

  void update(const MetricBatch& b) override {
    const View z = metrics::needed(b.embedding(), "sparsity", "embeddings");
    const std::int64_t d = z.row_count();
    spoke_.resize(static_cast<std::size_t>(d));
    const double root = std::sqrt(static_cast<double>(d));
    for (std::int64_t i = 0; i < z.rows(); ++i) {
      const double* row = z.row<double>(i);
      double sum = 0, squares = 0;
      for (std::int64_t j = 0; j < d; ++j) {
        if (!std::isfinite(row[j])) throw Error("sparsity: a row holds a number that is not finite", UBP_E_NUMERIC);
        const bool speaks = std::abs(row[j]) > threshold_;
        active_ += speaks;
        spoke_[static_cast<std::size_t>(j)] |= speaks;
        sum += std::abs(row[j]), squares += row[j] * row[j];
      }
      hoyer_ += d > 1 && squares > 0 ? (root - sum / std::sqrt(squares)) / (root - 1) : 1;
    }
    rows_ += z.rows();
  }

  void finish(const Emit& emit) override {
    if (rows_ == 0) throw Error("sparsity: no rows");
    const auto n = static_cast<double>(rows_), d = static_cast<double>(spoke_.size());
    emit("active_share", static_cast<double>(active_) / (n * d));
    emit("hoyer", hoyer_ / n);
    emit("silent_units", static_cast<double>(std::count(spoke_.begin(), spoke_.end(), 0)) / d);
  }

 private:
  double threshold_ = 0.01, hoyer_ = 0;
  std::vector<unsigned char> spoke_;
  std::int64_t active_ = 0, rows_ = 0;
};

}  // namespace

UBP_EXPORT_PLUGIN("sparsity", "1.0.0", "MIT", Sparsity);
