// SPDX-License-Identifier: MIT
// reconstruction_error: how far reconstructions are from their inputs.
//
//   e = reconstruction - input over the known cells;   mse = mean e^2   mae = mean |e|   sse_per_row = sum e^2 / rows
//
// Without parameters. In the units of the run's inputs: bytes of images stand for 0..1, tables are as the run scales
// them.
// Cells that the data set misses or the run withholds do not count; `imputation` judges the withheld ones.
// Limits: none; one pass, constant memory.
// Source: Hinton, Salakhutdinov, Science 313:504, 2006, report sse_per_row.
//
//   [[metric]]
//   use = "reconstruction_error"
#include <ubp/sdk.hpp>

#include "needed.hpp"

namespace {
using namespace ubp;

class ReconstructionError : public Metric {
 public:
  static void describe(Describe<ReconstructionError>& d) {
    d.id("reconstruction_error")
        .title("Reconstruction error")
        .tag("reconstruction")
        .doc("How far reconstructions are from their inputs, over the known cells.")
        .cite("Hinton, Salakhutdinov, Science 313:504, 2006")
        .needs({"input", "reconstruction"})
        .emits("mse", UBP_SMALLER_IS_BETTER, "Mean squared error of a known cell.")
        .emits("sse_per_row", UBP_SMALLER_IS_BETTER, "Squared error of a row, summed over its known cells.")
        .emits("mae", UBP_SMALLER_IS_BETTER, "Mean absolute error of a known cell.");
  }
  void begin() override { squared_ = absolute_ = cells_ = rows_ = 0; }

  void update(const MetricBatch& b) override {
    const View x = metrics::needed(b.input(), kId, "inputs"),
               y = metrics::needed(b.reconstruction(), kId, "reconstructions"),
               mask = metrics::optional(b.mask(), kId, "masks");
    if (x.count() != y.count())
      throw Error("reconstruction_error: inputs of " + std::to_string(x.row_count()) + " numbers, reconstructions of " +
                      std::to_string(y.row_count()),
                  UBP_E_SHAPE);
    for (std::int64_t i = 0, n = x.row_count(); i < x.rows(); ++i) {
      const double *a = x.row<double>(i), *r = y.row<double>(i), *known = mask ? mask.row<double>(i) : nullptr;
      double squared = 0, absolute = 0, cells = 0;  // row by row: how the rows are cut into batches changes no bit
      for (std::int64_t j = 0; j < n; ++j) {
        if (known && known[j] == 0) continue;
        const double e = r[j] - a[j];
        squared += e * e, absolute += std::fabs(e), cells += 1;
      }
      squared_ += squared, absolute_ += absolute, cells_ += cells, rows_ += 1;
    }
  }

  void finish(const Emit& emit) override {
    if (cells_ == 0) throw Error("reconstruction_error: no known cell to compare");
    if (!std::isfinite(squared_)) throw Error("reconstruction_error: a reconstruction is not finite", UBP_E_NUMERIC);
    emit("mse", squared_ / cells_);
    emit("sse_per_row", squared_ / rows_);
    emit("mae", absolute_ / cells_);
  }

 private:
  static constexpr const char* kId = "reconstruction_error";
  double squared_ = 0, absolute_ = 0, cells_ = 0, rows_ = 0;
};

}  // namespace

UBP_EXPORT_PLUGIN("reconstruction_error", "1.0.0", "MIT", ReconstructionError);
