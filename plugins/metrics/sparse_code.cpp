// SPDX-License-Identifier: MIT
// sparse_code: how many units of a code are active, which are dead or dense, and what the code still explains.
//
//   l0                 = mean over rows of the number of units with |z_j| > threshold: those that are active
//   dead               = share of units that are active in no row
//   dense              = share of units that are active in more than half of the rows
//   explained_variance = 1 - sum |x - y|^2 / sum |x - mean x|^2,   y the reconstruction
//
// | parameter | type  | range      | default | meaning |
// |-----------|-------|------------|---------|---------|
// | threshold | float | [0, 1e+06] | 0       | What counts as active. |
//
// Limits: with the threshold 0 only codes that are exactly 0 are silent: those of a rectifier, or of `top_k`. No number
// here says whether units mean something: random dictionaries explain well, too.
// Source: Bricken et al., "Towards monosemanticity", Transformer Circuits, 2023; Gao et al., arXiv:2406.04093.
//
//   [[metric]]
//   use = "sparse_code"
#include <ubp/sdk.hpp>

#include "needed.hpp"

namespace {
using namespace ubp;

class SparseCode : public Metric {
 public:
  static void describe(Describe<SparseCode>& d) {
    d.id("sparse_code")
        .title("Activity of a sparse code")
        .cite("arXiv:2406.04093")
        .tag("embedding")
        .doc("How many units of a code are active, which are dead or dense, and what the code still explains.")
        .needs({"input", "embedding", "reconstruction"})
        .emits("l0", UBP_SMALLER_IS_BETTER, "Mean number of active units of a row.")
        .emits("dead", UBP_SMALLER_IS_BETTER, "Share of the units that are active in no row.")
        .emits("dense", UBP_SMALLER_IS_BETTER, "Share of the units that are active in more than half of the rows.")
        .emits("explained_variance", UBP_HIGHER_IS_BETTER, "Share of the inputs' variance that the code rebuilds.")
        .param(&SparseCode::threshold_, "threshold", 0, {0, 1e6}, 0, "What counts as active.");
  }
  void begin() override { active_.clear(), mean_.clear(), rows_ = 0, spread_ = 0, missed_ = 0; }

  void update(const MetricBatch& b) override {
    const View z = metrics::needed(b.embedding(), kId, "embeddings"), x = metrics::needed(b.input(), kId, "inputs"),
               y = metrics::needed(b.reconstruction(), kId, "reconstructions");
    if (y.row_count() != x.row_count())
      throw Error("sparse_code: reconstructions of " + std::to_string(y.row_count()) + " numbers of rows of " +
                      std::to_string(x.row_count()),
                  UBP_E_SHAPE);
    active_.resize(static_cast<std::size_t>(z.row_count()));
    mean_.resize(static_cast<std::size_t>(x.row_count()));
    for (std::int64_t i = 0; i < x.rows(); ++i) {
      count(z.row<double>(i));
      compare(x.row<double>(i), y.row<double>(i));
    }
  }

  void finish(const Emit& emit) override {
    if (rows_ == 0) throw Error("sparse_code: no rows");
    if (spread_ == 0) throw Error("sparse_code: all inputs are alike: there is no variance to explain");
    double all = 0, dead = 0, dense = 0;
    for (std::int64_t n : active_) all += static_cast<double>(n), dead += n == 0, dense += 2 * n > rows_;
    const auto units = static_cast<double>(active_.size());
    emit("l0", all / static_cast<double>(rows_));
    emit("dead", dead / units);
    emit("dense", dense / units);
    emit("explained_variance", 1 - missed_ / spread_);
  }

 private:
  static constexpr const char* kId = "sparse_code";

  void count(const double* z) {
    for (std::size_t j = 0; j < active_.size(); ++j) {
      if (!std::isfinite(z[j])) throw Error("sparse_code: a code holds a number that is not finite", UBP_E_NUMERIC);
      active_[j] += std::abs(z[j]) > threshold_;
    }
  }

  /// Sums of squares about the running mean (Welford), so that a far-off centre costs no digits.
  void compare(const double* x, const double* y) {
    ++rows_;
    for (std::size_t j = 0; j < mean_.size(); ++j) {
      const double off = x[j] - mean_[j];
      mean_[j] += off / static_cast<double>(rows_);
      spread_ += off * (x[j] - mean_[j]);
      missed_ += (x[j] - y[j]) * (x[j] - y[j]);
    }
    if (!std::isfinite(spread_) || !std::isfinite(missed_))
      throw Error("sparse_code: a row or its reconstruction holds a number that is not finite", UBP_E_NUMERIC);
  }

  double threshold_ = 0, spread_ = 0, missed_ = 0;
  std::vector<std::int64_t> active_;  // rows, by unit
  std::vector<double> mean_;
  std::int64_t rows_ = 0;
};

}  // namespace

UBP_EXPORT_PLUGIN("sparse_code", "1.0.0", "MIT", SparseCode);
