// SPDX-License-Identifier: MIT
// traversal: whether walking along one code changes one known factor of what is decoded.
//
//   for `walks` evaluated rows and each code j: the row's codes, but j goes from its 5 % to its 95 % quantile in
//   `steps` steps; the decoded rows are read by a regression of the factors on inputs
//   change[j, k] = mean over the rows of the largest distance between two readings of factor k on the way, in standard
//     deviations of the factor
//   traversal_share = sum over codes of max_k change[j, k] / sum over codes and factors of change[j, k]
//
// | parameter | type  | range      | default | meaning |
// |-----------|-------|------------|---------|---------|
// | walks     | int   | [1, 10000] | 32      | Evaluated rows from which each code is walked. |
// | steps     | int   | [2, 100]   | 7       | Of a walk, ends included. |
// | rows      | int   | [0, 20000] | 2000    | Fit the regression on a sample of so many training rows; 0: on all. |
// | width     | float | (0, 1000]  | 0.5     | Of the kernel, in mean squared distances of two rows. |
// | ridge     | float | (0, 1000]  | 0.001   | Of the regression. |
// | fit       | float | [0, 1]     | 0.9     | A factor whose R^2 on evaluated rows is below may not judge. |
//
// The regression: kernel ridge, exp(-|x - x'|^2 / (width x mean squared distance)), fitted on training rows and judged
// on evaluated ones, inputs as they are. A quantity is one number; a class is one indicator for each class, distances
// are Euclidean, R^2 and deviation those of all indicators together. Factors that may not judge are named in a note;
// fewer than two that may: no score. One code that changes all of K factors alike: 1 / K.
// Codes count by how much they change, so that a code which changes nothing does not count.
// Limits: of what the regression cannot read, nothing is said: compare runs with equal traversal_factors. Time and
// memory grow with the square of `rows`, and more. Decoded rows unlike any training row read as the mean.
// Source: ours; quantiles as numpy.quantile.
//
//   [[metric]]
//   use   = "traversal"
//   walks = 64
#include <ubp/sdk.hpp>

#include "distances.hpp"
#include "factors.hpp"
#include "kernel_ridge.hpp"

namespace {
using namespace ubp;
using metrics::Column, metrics::Matrix;

class Traversal : public Metric {
 public:
  static void describe(Describe<Traversal>& d) {
    d.id("traversal")
        .title("One code, one factor")
        .cite("ours")
        .tag("factors")
        .doc("Whether walking along one code changes one known factor of what is decoded, as a regression reads it.")
        .needs({"embedding", "factors", "input", "decoder"})
        .uses_train()
        .emits("traversal_share", UBP_HIGHER_IS_BETTER,
               "Share of all changes that each code makes to its first factor.")
        .emits("traversal_factors", UBP_HIGHER_IS_BETTER, "Factors that could be read well enough to judge.")
        .param(&Traversal::walks_, "walks", 32, {1, 10000}, 0, "Evaluated rows from which each code is walked.")
        .param(&Traversal::steps_, "steps", 7, {2, 100}, 0, "Of a walk, ends included.")
        .param(&Traversal::limit_, "rows", 2000, {0, 20000}, 0,
               "Fit the regression on a sample of so many training rows; 0: on all.")
        .param(&Traversal::width_, "width", 0.5, {0, 1000}, open_min,
               "Of the kernel, in mean squared distances of two rows.")
        .param(&Traversal::ridge_, "ridge", 1e-3, {0, 1000}, open_min, "Of the regression.")
        .param(&Traversal::fit_, "fit", 0.9, {0, 1}, 0, "A factor whose R^2 on evaluated rows is below may not judge.");
  }
  void begin() override {
    train_.start(limit_), judged_.start();
    train_x_.start(limit_), judged_x_.start();
    decoder_ = RowDecoder(nullptr);
  }
  void update(const MetricBatch& b) override {
    (b.is_train() ? train_ : judged_).add(kId, b);
    (b.is_train() ? train_x_ : judged_x_).add(kId, metrics::needed(b.input(), kId, "inputs"), {});
    decoder_ = b.decoder();
  }

  void finish(const Emit& emit) override {
    train_.require(kId, 2, 1, 2), judged_.require(kId, 2, 1, 2), metrics::require_alike(kId, train_, judged_);
    if (!decoder_) throw Error("traversal: there is no way back from these codes");
    if (decoder_.width() != static_cast<std::int64_t>(judged_.codes()))
      throw Error("traversal: the decoder takes codes of " + std::to_string(decoder_.width()) +
                      " numbers, the embedding has " + std::to_string(judged_.codes()),
                  UBP_E_SHAPE);
    if (decoder_.row_size() != static_cast<std::int64_t>(judged_x_.x.shape(1)))
      throw Error("traversal: decoded rows have " + std::to_string(decoder_.row_size()) + " numbers, the input has " +
                      std::to_string(judged_x_.x.shape(1)),
                  UBP_E_SHAPE);
    name_columns();
    const metrics::KernelRidge regression(train_x_.x, targets(train_), width_, ridge_, kId);
    choose_judges(regression.read(judged_x_.x));
    const Matrix change = changes(regression);
    double first = 0, all = 0;
    for (std::size_t j = 0; j < change.shape(0); ++j) {
      const double* own = &change(j, 0);
      first += *std::max_element(own, own + change.shape(1)), all += std::accumulate(own, own + change.shape(1), 0.0);
    }
    if (!(all > 0)) throw Error("traversal: no code changes what is decoded");
    emit("traversal_share", first / all);
    emit("traversal_factors", static_cast<double>(judges_.size()));
    begin();
  }

 private:
  /// Columns [first, first + n) of the targets are a factor's.
  struct Target {
    std::size_t factor, first, n;
    Column values;        ///< of a class: the different ones
    double variance = 0;  ///< summed over its columns, of the training rows
  };
  static constexpr const char* kId = "traversal";

  void name_columns() {
    targets_.clear();
    std::size_t first = 0;
    for (std::size_t k = 0; k < train_.factor_count(); ++k) {
      Target t{k, first, 1, {}};
      if (train_.factors[k].is_discrete)
        t.values = metrics::different(metrics::column_of(train_.v.x, k)), t.n = t.values.size();
      first += t.n;
      targets_.push_back(std::move(t));
    }
    width_of_targets_ = first;
  }
  Matrix targets(const metrics::Factored& rows) const {
    Matrix y = xt::zeros<double>({static_cast<std::size_t>(rows.rows()), width_of_targets_});
    for (const Target& t : targets_)
      for (std::size_t i = 0; i < y.shape(0); ++i) {
        const double v = rows.v.x(i, t.factor);
        if (!rows.factors[t.factor].is_discrete)
          y(i, t.first) = v;
        else
          for (std::size_t c = 0; c < t.n; ++c) y(i, t.first + c) = v == t.values[c];
      }
    return y;
  }
  /// Those whose R^2 on the evaluated rows is high enough.
  void choose_judges(const Matrix& read) {
    judges_.clear();
    std::vector<std::string> left_out;
    const Matrix truth = targets(judged_), train = targets(train_);
    for (Target t : targets_) {
      double errors = 0, squares = 0;
      for (std::size_t c = t.first; c < t.first + t.n; ++c) {
        const Column own = metrics::column_of(truth, c);
        squares += metrics::moments(own).variance * static_cast<double>(own.size());
        for (std::size_t i = 0; i < own.size(); ++i) errors += (read(i, c) - own[i]) * (read(i, c) - own[i]);
        t.variance += metrics::moments(metrics::column_of(train, c)).variance;
      }
      if (squares > 0 && t.variance > 0 && 1 - errors / squares >= fit_)
        judges_.push_back(t);
      else
        left_out.push_back(train_.factors[t.factor].name);
    }
    metrics::leave_out(kId, left_out, judges_.size(), 2,
                       "cannot be read from evaluated rows with an R^2 of " + std::to_string(fit_).substr(0, 4));
  }

  /// change [codes, judges], summed over the walks.
  Matrix changes(const metrics::KernelRidge& regression) const {
    const std::size_t codes = judged_.codes(), steps = static_cast<std::size_t>(steps_);
    const std::size_t walks = static_cast<std::size_t>(std::min(walks_, judged_.rows()));
    Matrix change = xt::zeros<double>({codes, judges_.size()});
    for (std::size_t j = 0; j < codes; ++j) {
      Column sorted = metrics::column_of(judged_.z.x, j);
      std::sort(sorted.begin(), sorted.end());
      const double low = quantile(sorted, 0.05), high = quantile(sorted, 0.95);
      Matrix z({walks * steps, codes});
      for (std::size_t w = 0; w < walks; ++w)
        for (std::size_t s = 0; s < steps; ++s) {
          const std::size_t row = w * judged_.z.x.shape(0) / walks;
          std::copy_n(&judged_.z.x(row, 0), codes, &z(w * steps + s, 0));
          z(w * steps + s, j) = low + (high - low) * static_cast<double>(s) / static_cast<double>(steps - 1);
        }
      Matrix decoded({z.shape(0), judged_x_.x.shape(1)});
      decoder_.decode(&z(0, 0), static_cast<std::int64_t>(z.shape(0)), &decoded(0, 0));
      for (const double one : decoded)
        if (!std::isfinite(one))
          throw Error("traversal: a decoded row holds a number that is not finite", UBP_E_NUMERIC);
      const Matrix read = regression.read(decoded);
      for (std::size_t k = 0; k < judges_.size(); ++k)
        for (std::size_t w = 0; w < walks; ++w) change(j, k) += widest(read, w * steps, steps, judges_[k]);
    }
    return change;
  }
  /// The largest distance between two of `n` readings, in deviations.
  static double widest(const Matrix& read, std::size_t first, std::size_t n, const Target& t) {
    double largest = 0;
    for (std::size_t a = first; a < first + n; ++a)
      for (std::size_t b = first; b < a; ++b) {
        double square = 0;
        for (std::size_t c = t.first; c < t.first + t.n; ++c) square += std::pow(read(a, c) - read(b, c), 2);
        largest = std::max(largest, square);
      }
    return std::sqrt(largest / t.variance);
  }
  static double quantile(const Column& sorted, double q) {
    const double at = q * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const double above = below + 1 < sorted.size() ? sorted[below + 1] : sorted[below];
    return sorted[below] + (at - static_cast<double>(below)) * (above - sorted[below]);
  }

  std::int64_t walks_ = 0, steps_ = 0, limit_ = 0;
  double width_ = 0, ridge_ = 0, fit_ = 0;
  metrics::Factored train_, judged_;
  metrics::Rows train_x_, judged_x_;  // the same sample
  RowDecoder decoder_{nullptr};
  std::vector<Target> targets_, judges_;
  std::size_t width_of_targets_ = 0;
};

}  // namespace

UBP_EXPORT_PLUGIN("traversal", "1.0.0", "MIT", Traversal);
