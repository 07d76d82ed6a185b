// SPDX-License-Identifier: MIT
// linear_probe: how much of the label a linear classifier reads from the frozen embedding.
//
//   on the training rows:  minimise over W, b   sum -log softmax(W z + b)_y + |W|^2 / (2 c)
//   on the evaluated rows: probe_accuracy = mean [argmax (W z + b) = y]
//                          probe_log_loss = mean -log softmax(W z + b)_y
//
// | parameter      | type  | range       | default | meaning |
// |----------------|-------|-------------|---------|---------|
// | c              | float | (0, 1e+06]  | 1       | Inverse of the weight penalty. |
// | standardise    | bool  | true, false | false   | First give every column mean 0 and deviation 1. |
// | rows           | int   | [0, 1e+09]  | 0       | Train on a sample of so many rows; 0: on all. |
// | per_class      | int   | [0, 1e+09]  | 0       | Train on the first so many rows of every class; 0: on all. |
// | max_iterations | int   | [1, 1e+06]  | 2000    | Most steps of L-BFGS. |
// | tolerance      | float | (0, 1]      | 1e-06   | Stop when the loss of a row can hardly fall by more. |
//
// L-BFGS, preconditioned by Boehning's bound of the Hessian, 1/2 sum [z;1][z;1]^T + 1/c: how the embedding is scaled or
// correlated then hardly changes the number of steps. A constant column is left out by `standardise`.
// Limits: the training embedding is held in memory, 8 bytes a number. A class that the training rows lack is never
// predicted, and its log loss is cut off at 36.04 (a probability of 2.2e-16).
// Source: Alain, Bengio, arXiv:1610.01644; Boehning, Ann. Inst. Stat. Math. 44, 1992. Defaults equal scikit-learn's
// LogisticRegression(max_iter=2000).
//
//   [[metric]]
//   use         = "linear_probe"
//   standardise = true
#include <ubp/sdk.hpp>

#include <deque>
#include <map>

#include "rows.hpp"

namespace {
using namespace ubp;
using metrics::Matrix;

/// Multinomial logistic regression. Weights are one row per class: [classes, columns + 1], the bias last.
class Logistic {
 public:
  Logistic(const metrics::Rows& train, double c)
      : x_(train.x), y_(train.label), penalty_(1 / c), columns_(train.x.cols) {
    classes_ = y_;
    std::sort(classes_.begin(), classes_.end());
    classes_.erase(std::unique(classes_.begin(), classes_.end()), classes_.end());
    for (std::int64_t& y : y_) y = std::lower_bound(classes_.begin(), classes_.end(), y) - classes_.begin();
    weights_ = Matrix(count(), columns_ + 1);
  }
  std::int64_t count() const { return static_cast<std::int64_t>(classes_.size()); }
  std::int64_t class_at(std::int64_t k) const { return classes_[k]; }

  void fit(std::int64_t max_iterations, double tolerance) {
    precondition();
    Matrix gradient(count(), columns_ + 1), trial_gradient = gradient;
    double loss = loss_and_gradient(weights_, gradient);
    for (std::int64_t it = 0; it < max_iterations; ++it) {
      Matrix step = direction(gradient);
      const double slope = metrics::dot(gradient.values.data(), step.values.data(), size(step));
      if (-slope / 2 <= tolerance * static_cast<double>(x_.rows())) return;
      Matrix trial = weights_;
      double length = 1, trial_loss = 0;
      for (;; length /= 2) {
        for (std::size_t i = 0; i < trial.values.size(); ++i)
          trial.values[i] = weights_.values[i] + length * step.values[i];
        trial_loss = loss_and_gradient(trial, trial_gradient);
        if (trial_loss <= loss + 1e-4 * length * slope) break;
        if (length < 1e-10) return;  // rounding: the loss can fall no further
      }
      remember(trial, trial_gradient, gradient);
      std::swap(weights_, trial), std::swap(gradient, trial_gradient), loss = trial_loss;
    }
  }

  /// Of rows [first, first + n): the log-probabilities, [classes, n].
  void log_probabilities(const Matrix& x, std::int64_t first, std::int64_t n, double* out) const {
    log_probabilities(weights_, x, first, n, out);
  }

  static constexpr std::int64_t kBlock = 512;  ///< rows at a time

 private:
  struct Pair {
    Matrix s, y;
    double rho;
  };
  static std::int64_t size(const Matrix& m) { return static_cast<std::int64_t>(m.values.size()); }

  void log_probabilities(const Matrix& w, const Matrix& x, std::int64_t first, std::int64_t n, double* out) const {
    for (std::int64_t k = 0; k < count(); ++k) std::fill_n(out + k * n, n, w(k, columns_));
    metrics::add_product(count(), n, columns_, {w.row(0), w.cols, 1}, {x.row(first), 1, columns_}, out, n);
    std::vector<double> top(out, out + n), sum(static_cast<std::size_t>(n), 0.0);
    for (std::int64_t k = 1; k < count(); ++k)
      for (std::int64_t i = 0; i < n; ++i) top[i] = std::max(top[i], out[k * n + i]);
    for (std::int64_t k = 0; k < count(); ++k)
      for (std::int64_t i = 0; i < n; ++i) sum[i] += std::exp(out[k * n + i] - top[i]);
    for (std::int64_t i = 0; i < n; ++i) top[i] += std::log(sum[i]);
    for (std::int64_t k = 0; k < count(); ++k)
      for (std::int64_t i = 0; i < n; ++i) out[k * n + i] -= top[i];
  }

  double loss_and_gradient(const Matrix& w, Matrix& gradient) const {
    double loss = 0;
    for (std::int64_t k = 0; k < count(); ++k) {
      for (std::int64_t j = 0; j < columns_; ++j) gradient(k, j) = penalty_ * w(k, j);
      gradient(k, columns_) = 0;
      loss += penalty_ / 2 * metrics::dot(w.row(k), w.row(k), columns_);
    }
    std::vector<double> p(static_cast<std::size_t>(count() * kBlock));
    for (std::int64_t first = 0; first < x_.rows(); first += kBlock) {
      const std::int64_t n = std::min(kBlock, x_.rows() - first);
      log_probabilities(w, x_, first, n, p.data());
      for (std::int64_t i = 0; i < n; ++i) loss -= p[y_[first + i] * n + i];
      for (std::int64_t i = 0; i < count() * n; ++i) p[i] = std::exp(p[i]);
      for (std::int64_t i = 0; i < n; ++i) p[y_[first + i] * n + i] -= 1;
      metrics::add_product(count(), columns_, n, {p.data(), n, 1}, {x_.row(first), columns_, 1}, gradient.row(0),
                           gradient.cols);
      for (std::int64_t k = 0; k < count(); ++k)
        for (std::int64_t i = 0; i < n; ++i) gradient(k, columns_) += p[k * n + i];
    }
    return loss;
  }

  /// The factor of Boehning's bound, from enough evenly spaced rows to estimate it.
  void precondition() {
    const std::int64_t size = columns_ + 1, rows = std::min(x_.rows(), std::max<std::int64_t>(2000, 4 * size));
    Matrix sample(rows, size);
    for (std::int64_t i = 0; i < rows; ++i) {
      std::copy_n(x_.row(i * x_.rows() / rows), columns_, sample.row(i));
      sample(i, columns_) = 1;
    }
    factor_ = Matrix(size, size);
    metrics::add_product(size, size, rows, {sample.row(0), 1, size}, {sample.row(0), size, 1}, factor_.row(0), size);
    const double scale = static_cast<double>(x_.rows()) / static_cast<double>(rows) / 2;
    for (double& v : factor_.values) v *= scale;
    for (std::int64_t j = 0; j < size; ++j) factor_(j, j) += penalty_ + 1e-9 * factor_(j, j);
    metrics::cholesky(factor_);
  }

  /// The two loops of L-BFGS (Nocedal, Wright, algorithm 7.4).
  Matrix direction(const Matrix& gradient) const {
    Matrix d = gradient;
    std::vector<double> alpha(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      alpha[i] = pairs_[i].rho * metrics::dot(pairs_[i].s.row(0), d.row(0), size(d));
      for (std::size_t j = 0; j < d.values.size(); ++j) d.values[j] -= alpha[i] * pairs_[i].y.values[j];
    }
    for (std::int64_t k = 0; k < count(); ++k) metrics::cholesky_solve(factor_, d.row(k));
    for (double& v : d.values) v *= scale_;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const double beta = pairs_[i].rho * metrics::dot(pairs_[i].y.row(0), d.row(0), size(d));
      for (std::size_t j = 0; j < d.values.size(); ++j) d.values[j] += (alpha[i] - beta) * pairs_[i].s.values[j];
    }
    for (double& v : d.values) v = -v;
    return d;
  }

  void remember(const Matrix& trial, const Matrix& trial_gradient, const Matrix& gradient) {
    Pair p{trial, trial_gradient, 0};
    for (std::size_t i = 0; i < p.s.values.size(); ++i) {
      p.s.values[i] -= weights_.values[i];
      p.y.values[i] -= gradient.values[i];
    }
    const double curvature = metrics::dot(p.s.row(0), p.y.row(0), size(p.s));
    if (curvature <= 0) return;  // rounding, near the minimum
    Matrix solved = p.y;
    for (std::int64_t k = 0; k < count(); ++k) metrics::cholesky_solve(factor_, solved.row(k));
    scale_ = curvature / metrics::dot(p.y.row(0), solved.row(0), size(solved));
    p.rho = 1 / curvature;
    pairs_.push_back(std::move(p));
    if (pairs_.size() > 10) pairs_.pop_front();
  }

  const Matrix& x_;
  std::vector<std::int64_t> y_, classes_;  // y_ counts in classes_
  double penalty_;
  std::int64_t columns_;
  Matrix weights_, factor_;
  std::deque<Pair> pairs_;
  double scale_ = 1;
};

class LinearProbe : public Metric {
 public:
  static void describe(Describe<LinearProbe>& d) {
    d.id("linear_probe")
        .title("Linear probe")
        .cite("arXiv:1610.01644")
        .tag("probe")
        .doc(
            "How much of the label a linear classifier reads from the frozen embedding: multinomial logistic "
            "regression on "
            "the training rows, judged on the evaluated ones.")
        .needs(UBP_NEED_EMBEDDING | UBP_NEED_LABEL)
        .uses_train()
        .emits("probe_accuracy", UBP_HIGHER_IS_BETTER, "Share of evaluated rows that the classifier gets right.")
        .emits("probe_log_loss", UBP_SMALLER_IS_BETTER, "Mean negative log-probability of the label, in nats.")
        .param(&LinearProbe::c_, "c", 1, {0, 1e6}, log_scale | open_min, "Inverse of the weight penalty.")
        .sweep(1e-3, 1e3)
        .param(&LinearProbe::standardise_, "standardise", false, 0, "First give every column mean 0 and deviation 1.")
        .param(&LinearProbe::rows_, "rows", 0, {0, 1e9}, 0, "Train on a sample of so many rows; 0: on all.")
        .param(&LinearProbe::per_class_, "per_class", 0, {0, 1e9}, 0,
               "Train on the first so many rows of every class; 0: on all.")
        .param(&LinearProbe::max_iterations_, "max_iterations", 2000, {1, 1e6}, advanced, "Most steps of L-BFGS.")
        .param(&LinearProbe::tolerance_, "tolerance", 1e-6, {0, 1}, advanced | open_min,
               "Stop when the loss of a row can hardly fall by more.");
  }
  void begin() override { train_.start(rows_), evaluated_.start(); }

  void update(const MetricBatch& b) override {
    (b.is_train() ? train_ : evaluated_)
        .add(kId, metrics::needed(b.embedding(), kId, "embeddings"), metrics::needed_index(b.label(), kId, "labels"));
  }

  void finish(const Emit& emit) override {
    if (train_.size() == 0 || evaluated_.size() == 0) throw Error("linear_probe: no rows to train or to evaluate on");
    if (train_.x.cols != evaluated_.x.cols)
      throw Error("linear_probe: the splits have embeddings of different lengths", UBP_E_SHAPE);
    if (per_class_ > 0) keep_per_class();
    if (standardise_) standardise();
    Logistic model(train_, c_);
    model.fit(max_iterations_, tolerance_);

    const std::int64_t n = evaluated_.size();
    std::vector<double> p(static_cast<std::size_t>(model.count() * model.kBlock));
    double right = 0, loss = 0;
    for (std::int64_t first = 0; first < n; first += model.kBlock) {
      const std::int64_t m = std::min(model.kBlock, n - first);
      model.log_probabilities(evaluated_.x, first, m, p.data());
      for (std::int64_t i = 0; i < m; ++i) {
        const std::int64_t label = evaluated_.label[first + i];
        std::int64_t best = 0;
        double own = -infinity;
        for (std::int64_t k = 0; k < model.count(); ++k) {
          if (p[k * m + i] > p[best * m + i]) best = k;
          if (model.class_at(k) == label) own = p[k * m + i];
        }
        right += model.class_at(best) == label;
        loss -= std::max(own, std::log(std::numeric_limits<double>::epsilon()));
      }
    }
    emit("probe_accuracy", right / static_cast<double>(n));
    emit("probe_log_loss", loss / static_cast<double>(n));
    begin();  // the rows are large, the instance may live on
  }

 private:
  static constexpr const char* kId = "linear_probe";

  void keep_per_class() {
    metrics::Rows kept;
    std::map<std::int64_t, std::int64_t> taken;
    for (std::int64_t i = 0; i < train_.size(); ++i)
      if (taken[train_.label[i]]++ < per_class_) kept.add_row(train_.x.row(i), train_.x.cols, train_.label[i]);
    train_ = std::move(kept);
  }

  void standardise() {
    Matrix& x = train_.x;
    const auto n = static_cast<double>(x.rows());
    for (std::int64_t j = 0; j < x.cols; ++j) {
      double mean = 0, variance = 0;
      for (std::int64_t i = 0; i < x.rows(); ++i) mean += x(i, j) / n;
      for (std::int64_t i = 0; i < x.rows(); ++i) variance += (x(i, j) - mean) * (x(i, j) - mean) / n;
      const double scale = variance > 1e-30 * mean * mean ? 1 / std::sqrt(variance) : 0;
      for (std::int64_t i = 0; i < x.rows(); ++i) x(i, j) = (x(i, j) - mean) * scale;
      for (std::int64_t i = 0; i < evaluated_.x.rows(); ++i) evaluated_.x(i, j) = (evaluated_.x(i, j) - mean) * scale;
    }
  }

  double c_ = 0, tolerance_ = 0;
  bool standardise_ = false;
  std::int64_t rows_ = 0, per_class_ = 0, max_iterations_ = 0;
  metrics::Rows train_, evaluated_;
};

}  // namespace

UBP_EXPORT_PLUGIN("linear_probe", "1.0.1", "MIT", LinearProbe);
