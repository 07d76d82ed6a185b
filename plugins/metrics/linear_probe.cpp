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

#include <xtensor-blas/xlinalg.hpp>

#include "needed.hpp"
#include "rows.hpp"

namespace {
using namespace ubp;
using metrics::Matrix, metrics::Vector;

/// sum_ij a_ij b_ij
double inner(const Matrix& a, const Matrix& b) { return xt::sum(a * b)(); }

/// Multinomial logistic regression. Weights are one column per class: [columns + 1, classes], the bias in the last row.
class Logistic {
 public:
  Logistic(const metrics::Rows& train, double c)
      : x_(train.x), y_(train.label), penalty_(1 / c), columns_(x_.shape(1)) {
    classes_ = y_;
    std::sort(classes_.begin(), classes_.end());
    classes_.erase(std::unique(classes_.begin(), classes_.end()), classes_.end());
    for (std::int64_t& y : y_) y = index_of(y);
    weights_ = xt::zeros<double>({columns_ + 1, classes_.size()});
  }
  /// -1 if the training rows lack the label.
  std::int64_t index_of(std::int64_t label) const {
    const auto found = std::lower_bound(classes_.begin(), classes_.end(), label);
    return found != classes_.end() && *found == label ? found - classes_.begin() : -1;
  }

  void fit(std::int64_t max_iterations, double tolerance) {
    precondition();
    Matrix gradient, trial_gradient;
    double loss = loss_and_gradient(weights_, gradient);
    for (std::int64_t it = 0; it < max_iterations; ++it) {
      const Matrix step = direction(gradient);
      const double slope = inner(gradient, step);
      if (-slope / 2 <= tolerance * static_cast<double>(y_.size())) return;
      Matrix trial;
      double length = 1, trial_loss = 0;
      for (;; length /= 2) {
        trial = weights_ + length * step;
        trial_loss = loss_and_gradient(trial, trial_gradient);
        if (trial_loss <= loss + 1e-4 * length * slope) break;
        if (length < 1e-10) return;  // rounding: the loss can fall no further
      }
      remember(trial - weights_, trial_gradient - gradient);
      std::swap(weights_, trial), std::swap(gradient, trial_gradient), loss = trial_loss;
    }
  }

  /// z W + b of rows [first, first + n), [n, classes].
  void scores(const Matrix& x, std::int64_t first, std::int64_t n, Matrix& out) const {
    scores(weights_, x, first, n, out);
  }
  /// Makes probabilities of a row's scores. Returns log sum exp of the scores.
  double softmax(double* score) const {
    const auto end = score + classes_.size();
    const double top = *std::max_element(score, end);
    double sum = 0;
    for (double* s = score; s < end; ++s) *s = std::exp(*s - top), sum += *s;
    for (double* s = score; s < end; ++s) *s /= sum;
    return top + std::log(sum);
  }

  static constexpr std::int64_t kBlock = 512;  ///< rows at a time

 private:
  struct Pair {
    Matrix s, y;
    double rho;
  };

  void scores(const Matrix& w, const Matrix& x, std::int64_t first, std::int64_t n, Matrix& out) const {
    out.resize({static_cast<std::size_t>(n), classes_.size()});
    for (std::int64_t i = 0; i < n; ++i) std::copy_n(&w(columns_, 0), classes_.size(), &out(i, 0));
    xt::blas::gemm(metrics::rows_of(x, first, n), metrics::rows_of(w, 0, columns_), out, false, false, 1.0, 1.0);
  }

  double loss_and_gradient(const Matrix& w, Matrix& gradient) const {
    double loss = penalty_ / 2 * xt::sum(xt::square(metrics::rows_of(w, 0, columns_)))();
    gradient = penalty_ * w;
    auto of_weights = metrics::rows_of(gradient, 0, columns_);
    auto of_bias = xt::row(gradient, columns_);
    of_bias.fill(0);
    Matrix p;
    for (std::int64_t first = 0; first < size(); first += kBlock) {
      const std::int64_t n = std::min(kBlock, size() - first);
      scores(w, x_, first, n, p);
      for (std::int64_t i = 0; i < n; ++i) {
        double& own = p(i, y_[first + i]);
        loss -= own;
        loss += softmax(&p(i, 0));
        own -= 1;
      }
      xt::blas::gemm(metrics::rows_of(x_, first, n), p, of_weights, true, false, 1.0, 1.0);
      xt::noalias(of_bias) += xt::sum(p, {0});
    }
    return loss;
  }

  /// The factor of Boehning's bound, from enough evenly spaced rows to estimate it.
  void precondition() {
    const std::size_t n = y_.size(), rows = std::min(n, std::max<std::size_t>(2000, 4 * (columns_ + 1)));
    Matrix sample = xt::ones<double>({rows, columns_ + 1});
    for (std::size_t i = 0; i < rows; ++i) std::copy_n(&x_(i * n / rows, 0), columns_, &sample(i, 0));
    Matrix bound = xt::linalg::dot(xt::transpose(sample), sample);
    bound *= static_cast<double>(n) / static_cast<double>(rows) / 2;
    for (std::size_t j = 0; j <= columns_; ++j) bound(j, j) += penalty_ + 1e-9 * bound(j, j);
    factor_ = bound;
    if (xt::lapack::potr(factor_, 'L') != 0)
      throw Error("linear_probe: the numbers of the embedding are too large", UBP_E_NUMERIC);
  }

  /// H^-1 x, H the bound.
  Matrix solved(Matrix x) const {
    const auto rows = static_cast<xt::blas_index_t>(x.shape(0)), columns = static_cast<xt::blas_index_t>(x.shape(1));
    for (const auto side : {cxxblas::Trans, cxxblas::NoTrans})  // seen by rows, the factor is an upper triangle
      cxxblas::trsm<xt::blas_index_t>(cxxblas::RowMajor, cxxblas::Left, cxxblas::Upper, side, cxxblas::NonUnit, rows,
                                      columns, 1.0, factor_.data(), rows, x.data(), columns);
    return x;
  }

  /// The two loops of L-BFGS (Nocedal, Wright, algorithm 7.4).
  Matrix direction(const Matrix& gradient) const {
    Matrix d = -gradient;
    std::vector<double> alpha(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      alpha[i] = pairs_[i].rho * inner(pairs_[i].s, d);
      xt::noalias(d) -= alpha[i] * pairs_[i].y;
    }
    d = scale_ * solved(std::move(d));
    for (std::size_t i = 0; i < pairs_.size(); ++i)
      xt::noalias(d) += (alpha[i] - pairs_[i].rho * inner(pairs_[i].y, d)) * pairs_[i].s;
    return d;
  }

  void remember(Matrix s, Matrix y) {
    const double curvature = inner(s, y);
    if (curvature <= 0) return;  // rounding, near the minimum
    scale_ = curvature / inner(y, solved(y));
    pairs_.push_back({std::move(s), std::move(y), 1 / curvature});
    if (pairs_.size() > 10) pairs_.pop_front();
  }
  std::int64_t size() const { return static_cast<std::int64_t>(y_.size()); }

  const Matrix& x_;
  std::vector<std::int64_t> y_, classes_;  // y_ counts in classes_
  double penalty_;
  std::size_t columns_;
  Matrix weights_;
  xt::xtensor<double, 2, xt::layout_type::column_major> factor_;  // its lower triangle
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
        .needs({"embedding", "label"})
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
    if (train_.x.shape(1) != evaluated_.x.shape(1))
      throw Error("linear_probe: the splits have embeddings of different lengths", UBP_E_SHAPE);
    if (per_class_ > 0) keep_per_class();
    if (standardise_) standardise();
    Logistic model(train_, c_);
    model.fit(max_iterations_, tolerance_);

    const std::int64_t n = evaluated_.size();
    Matrix score;
    double right = 0, loss = 0;
    for (std::int64_t first = 0; first < n; first += model.kBlock) {
      const std::int64_t m = std::min(model.kBlock, n - first);
      model.scores(evaluated_.x, first, m, score);
      for (std::int64_t i = 0; i < m; ++i) {
        const auto s = xt::row(score, i);
        const std::int64_t k = model.index_of(evaluated_.label[first + i]);
        right += std::max_element(s.begin(), s.end()) - s.begin() == k;
        const double own = k >= 0 ? s(k) : -infinity;
        loss -= std::max(own - model.softmax(&score(i, 0)), std::log(std::numeric_limits<double>::epsilon()));
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
      if (taken[train_.label[i]]++ < per_class_) kept.add_row(&train_.x(i, 0), train_.x.shape(1), train_.label[i]);
    train_ = std::move(kept);
  }

  void standardise() {
    const Vector mean = xt::mean(train_.x, {0}), variance = xt::variance(train_.x, {0}),
                 scale = xt::where(variance > 1e-30 * xt::square(mean), 1 / xt::sqrt(variance), 0.0);
    for (Matrix* x : {&train_.x, &evaluated_.x}) xt::noalias(*x) = (*x - mean) * scale;
  }

  double c_ = 0, tolerance_ = 0;
  bool standardise_ = false;
  std::int64_t rows_ = 0, per_class_ = 0, max_iterations_ = 0;
  metrics::Rows train_, evaluated_;
};

}  // namespace

UBP_EXPORT_PLUGIN("linear_probe", "1.0.2", "MIT", LinearProbe);
