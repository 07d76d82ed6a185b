// SPDX-License-Identifier: MIT
// k_sparse_probe: how well a class can be told from the rest by the 1, 2 or 5 codes that say most about it.
//
//   for each class   the k codes with the largest |mean in the class - mean outside it| / deviation, on training rows
//                    logistic regression of "is in the class" on these k, standardised; both sides weigh the same:
//                    minimise over w, b   |w|^2 / 2 + c sum_i a_i log(1 + exp(-t_i (w z_i + b))),   t_i = +-1,
//                    a_i = n / (2 rows of i's side)
//   probe_k1, probe_k2, probe_k5 = mean over classes of the balanced accuracy on evaluated rows: 1/2 is chance
//
// | parameter | type  | range      | default | meaning |
// |-----------|-------|------------|---------|---------|
// | c         | float | (0, 1e+06] | 1       | Inverse of the weight penalty. |
// | rows      | int   | [0, 1e+09] | 0       | Train on a sample of so many rows; 0: on all. |
//
// A constant code is never chosen; where fewer than k are left, that k has no number. A class that one of the splits
// lacks is left out of the mean. Ties go to the first code.
// Limits: the training embedding is held in memory, 8 bytes a number. A code that tells few rows of a class for sure
// is passed over for one that shifts its mean.
// Source: Gurnee et al., arXiv:2305.01610, section 3.2 (codes by difference of means). Equals scikit-learn's
// LogisticRegression(class_weight="balanced") and balanced_accuracy_score.
//
//   [[metric]]
//   use = "k_sparse_probe"
#include <ubp/sdk.hpp>

#include <array>
#include <numeric>
#include <set>

#include <xtensor-blas/xlinalg.hpp>

#include "needed.hpp"
#include "rows.hpp"

namespace {
using namespace ubp;
using metrics::Matrix, metrics::Vector;

constexpr std::array<std::int64_t, 3> kSizes{1, 2, 5};
constexpr std::array<const char*, 3> kNames{"probe_k1", "probe_k2", "probe_k5"};

/// log(1 + exp(x))
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

/// Logistic regression of a few columns by Newton's method. x [n, k + 1], the last column ones; t: +-1; a: weights.
class FewColumns {
 public:
  FewColumns(const Matrix& x, const Vector& t, const Vector& a, double c) : x_(x), t_(t), a_(c * a) {
    w_ = xt::zeros<double>({x.shape(1)});
    double before = loss(w_);
    for (int step = 0; step < 100; ++step) {
      const Vector down = newton_step();
      double length = 1, after = 0;
      for (; length > 1e-10; length /= 2)
        if (after = loss(w_ + length * down); after <= before) break;
      if (length <= 1e-10) return;  // rounding: the loss can fall no further
      w_ += length * down;
      if (before - after <= 1e-14 * std::abs(before)) return;
      before = after;
    }
  }
  const Vector& weights() const { return w_; }

 private:
  double penalty(const Vector& w) const {
    double sum = 0;
    for (std::size_t j = 0; j + 1 < w.size(); ++j) sum += w(j) * w(j) / 2;
    return sum;
  }
  double loss(const Vector& w) const {
    const Vector score = xt::linalg::dot(x_, w);
    double sum = penalty(w);
    for (std::size_t i = 0; i < t_.size(); ++i) sum += a_(i) * softplus(-t_(i) * score(i));
    return sum;
  }
  Vector newton_step() const {
    const std::size_t k = w_.size();
    const Vector score = xt::linalg::dot(x_, w_);
    Vector gradient = w_;
    Matrix hessian = xt::eye<double>(k);
    gradient(k - 1) = 0, hessian(k - 1, k - 1) = 1e-12;  // the bias is free
    for (std::size_t i = 0; i < t_.size(); ++i) {
      const double p = 1 / (1 + std::exp(t_(i) * score(i))), curve = a_(i) * p * (1 - p);
      for (std::size_t j = 0; j < k; ++j) {
        gradient(j) -= a_(i) * t_(i) * p * x_(i, j);
        for (std::size_t l = 0; l < k; ++l) hessian(j, l) += curve * x_(i, j) * x_(i, l);
      }
    }
    return -xt::linalg::solve(hessian, gradient);
  }

  const Matrix& x_;
  const Vector& t_;
  Vector a_, w_;
};

class KSparseProbe : public Metric {
 public:
  static void describe(Describe<KSparseProbe>& d) {
    d.id("k_sparse_probe")
        .title("Probe of few codes")
        .cite("arXiv:2305.01610")
        .tag("probe")
        .doc("How well a class can be told from the rest by the 1, 2 or 5 codes that say most about it.")
        .needs({"embedding", "label"})
        .uses_train()
        .emits("probe_k1", UBP_HIGHER_IS_BETTER, "Balanced accuracy by one code, mean over classes.")
        .emits("probe_k2", UBP_HIGHER_IS_BETTER, "Balanced accuracy by two codes, mean over classes.")
        .emits("probe_k5", UBP_HIGHER_IS_BETTER, "Balanced accuracy by five codes, mean over classes.")
        .param(&KSparseProbe::c_, "c", 1, {0, 1e6}, log_scale | open_min, "Inverse of the weight penalty.")
        .sweep(1e-3, 1e3)
        .param(&KSparseProbe::rows_, "rows", 0, {0, 1e9}, 0, "Train on a sample of so many rows; 0: on all.");
  }
  void expect(const RowFacts& train, const RowFacts&) override {
    if (train.classes.size() == 1) refuse_one_class();
  }
  void begin() override { train_.start(rows_), evaluated_.start(); }

  void update(const MetricBatch& b) override {
    (b.is_train() ? train_ : evaluated_)
        .add(kId, metrics::needed(b.embedding(), kId, "embeddings"), metrics::needed_index(b.label(), kId, "labels"));
  }

  void finish(const Emit& emit) override {
    if (train_.size() == 0 || evaluated_.size() == 0) throw Error("k_sparse_probe: no rows to train or to evaluate on");
    if (train_.x.shape(1) != evaluated_.x.shape(1))
      throw Error("k_sparse_probe: the splits have embeddings of different lengths", UBP_E_SHAPE);
    if (train_.x.shape(1) < 2)
      throw Error("k_sparse_probe: codes of one number leave nothing to choose: expected at least 2", UBP_E_SHAPE);
    std::set<std::int64_t> classes(train_.label.begin(), train_.label.end());
    if (classes.size() < 2) refuse_one_class();
    const std::size_t usable = standardise();
    if (usable == 0) throw Error("k_sparse_probe: every code is constant on the training rows: nothing can be read");
    const std::set<std::int64_t> judged(evaluated_.label.begin(), evaluated_.label.end());
    std::array<double, kSizes.size()> sum{};
    double counted = 0;
    for (std::int64_t y : classes) {
      if (judged.count(y) == 0 || judged.size() < 2) continue;
      const std::vector<std::size_t> best = most_informative(y);
      for (std::size_t s = 0; s < kSizes.size(); ++s)
        if (static_cast<std::size_t>(kSizes[s]) <= usable)
          sum[s] += accuracy(y, {best.begin(), best.begin() + kSizes[s]});
      ++counted;
    }
    if (counted == 0)
      throw Error(
          "k_sparse_probe: the evaluated rows have no class of the training rows that can be told from another");
    for (std::size_t s = 0; s < kSizes.size(); ++s)
      if (static_cast<std::size_t>(kSizes[s]) <= usable) emit(kNames[s], sum[s] / counted);
    begin();  // the rows are large, the instance may live on
  }

 private:
  static constexpr const char* kId = "k_sparse_probe";
  [[noreturn]] static void refuse_one_class() {
    throw Error("k_sparse_probe: the training rows are of one class: expected at least 2 to tell apart");
  }

  /// Every code to mean 0 and deviation 1 on the training rows; constant ones to 0. Returns how many are not constant.
  std::size_t standardise() {
    const Vector mean = xt::mean(train_.x, {0}), variance = xt::variance(train_.x, {0}),
                 scale = xt::where(variance > 1e-30 * xt::square(mean), 1 / xt::sqrt(variance), 0.0);
    for (Matrix* x : {&train_.x, &evaluated_.x}) xt::noalias(*x) = (*x - mean) * scale;
    return static_cast<std::size_t>(std::count_if(scale.begin(), scale.end(), [](double v) { return v > 0; }));
  }

  /// The codes, those first whose means differ most.
  std::vector<std::size_t> most_informative(std::int64_t y) const {
    const std::size_t n = train_.x.shape(0), width = train_.x.shape(1);
    Vector inside = xt::zeros<double>({width}), outside = xt::zeros<double>({width});
    double members = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const bool is_member = train_.label[i] == y;
      members += is_member;
      xt::noalias(is_member ? inside : outside) += xt::row(train_.x, static_cast<std::ptrdiff_t>(i));
    }
    const Vector apart = xt::abs(inside / members - outside / (static_cast<double>(n) - members));
    std::vector<std::size_t> order(width);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return apart(a) > apart(b); });
    return order;
  }

  /// The chosen columns and one of ones.
  static Matrix columns(const Matrix& x, const std::vector<std::size_t>& chosen) {
    Matrix out = xt::ones<double>({x.shape(0), chosen.size() + 1});
    for (std::size_t i = 0; i < x.shape(0); ++i)
      for (std::size_t j = 0; j < chosen.size(); ++j) out(i, j) = x(i, chosen[j]);
    return out;
  }

  /// Balanced accuracy of "is of class y" on the evaluated rows.
  double accuracy(std::int64_t y, const std::vector<std::size_t>& chosen) const {
    const auto n = static_cast<double>(train_.size());
    const auto members = static_cast<double>(std::count(train_.label.begin(), train_.label.end(), y));
    Vector side = xt::zeros<double>({train_.label.size()}), weight = side;
    for (std::size_t i = 0; i < train_.label.size(); ++i) {
      const bool is_member = train_.label[i] == y;
      side(i) = is_member ? 1 : -1, weight(i) = n / (2 * (is_member ? members : n - members));
    }
    const Matrix x = columns(train_.x, chosen);
    const FewColumns model(x, side, weight, c_);
    const Vector score = xt::linalg::dot(columns(evaluated_.x, chosen), model.weights());
    std::array<double, 2> right{}, all{};
    for (std::size_t i = 0; i < evaluated_.label.size(); ++i) {
      const bool is_member = evaluated_.label[i] == y;
      all[is_member] += 1, right[is_member] += (score(i) > 0) == is_member;
    }
    return (right[0] / all[0] + right[1] / all[1]) / 2;
  }

  double c_ = 0;
  std::int64_t rows_ = 0;
  metrics::Rows train_, evaluated_;
};

}  // namespace

UBP_EXPORT_PLUGIN("k_sparse_probe", "1.0.0", "MIT", KSparseProbe);
