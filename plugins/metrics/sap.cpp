// SPDX-License-Identifier: MIT
// sap: separated attribute predictability: how much better the best single code predicts a factor than the second one.
//
//   sap = mean over factors v of S(z_1, v) - S(z_2, v)      z_1, z_2: the codes whose S is largest
//   v a quantity: S = 1 - (sum of squared errors) / (sum of squares about the mean), at least 0, of the line through
//     the training rows, on the evaluated rows; 0 for a code whose variance is below 1e-12
//   v a class: S = share of evaluated rows that a linear classifier of the training rows gets right; a code whose
//     variance is below 1e-12 gives all rows the most frequent class
//   classifier: of each class against the rest, 1/2 (w^2 + b^2) + sum c_i max(0, 1 - y_i (w z + b))^2, the largest
//     w z + b wins; c_i = c rows / (classes x rows of the class) for rows of the class, c for the rest; of two classes
//     one classifier, and both have such weights
//
// | parameter | type  | range      | default | meaning |
// |-----------|-------|------------|---------|---------|
// | c         | float | (0, 1e+06] | 0.01    | Of the classifier: what errors cost. |
// | rows      | int   | [0, 1e+09] | 0       | Train on a sample of so many rows; 0: on all. |
//
// A factor that does not vary on the training rows or on the evaluated ones is left out, with a note.
// Limits: the classifier depends on the codes' units, as weights are penalised; with few classes even codes that know
// nothing are often right, so that the gap of a perfect code is at most 1 less the share of the most frequent class.
// Source: Kumar, Sattigeri, Balakrishnan, arXiv:1711.00848; classifier and c as in disentanglement_lib, scikit-learn's
// LinearSVC(C=0.01, class_weight="balanced"). There S of quantities is R^2 of the training rows; here, of other ones.
//
//   [[metric]]
//   use = "sap"
#include <ubp/sdk.hpp>

#include "factors.hpp"

namespace {
using namespace ubp;
using metrics::Classes, metrics::Column;

struct Line {
  double w = 0, b = 0;
};

/// Squared hinge loss of one code, by Newton's method. y: 1 or -1; c: what an error of each row costs.
Line squared_hinge(const Column& x, const Column& y, const Column& c) {
  const auto loss = [&](const Line& l) {
    double sum = (l.w * l.w + l.b * l.b) / 2;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double short_of = std::max(0.0, 1 - y[i] * (l.w * x[i] + l.b));
      sum += c[i] * short_of * short_of;
    }
    return sum;
  };
  Line at;
  double now = loss(at);
  for (int step = 0; step < 100; ++step) {
    double gw = at.w, gb = at.b, ww = 1, wb = 0, bb = 1;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double short_of = 1 - y[i] * (at.w * x[i] + at.b);
      if (short_of <= 0) continue;
      gw -= 2 * c[i] * y[i] * short_of * x[i], gb -= 2 * c[i] * y[i] * short_of;
      ww += 2 * c[i] * x[i] * x[i], wb += 2 * c[i] * x[i], bb += 2 * c[i];
    }
    const double det = ww * bb - wb * wb;
    const Line d{(wb * gb - bb * gw) / det, (wb * gw - ww * gb) / det};
    const double slope = gw * d.w + gb * d.b;
    if (!(-slope > 1e-18 * now)) break;
    double length = 1, next = 0;
    Line to;
    for (;; length /= 2) {
      to = {at.w + length * d.w, at.b + length * d.b}, next = loss(to);
      if (next <= now + 1e-4 * length * slope || length < 1e-10) break;
    }
    if (!(next < now)) break;
    at = to, now = next;
  }
  return at;
}

class Sap : public Metric {
 public:
  static void describe(Describe<Sap>& d) {
    d.id("sap")
        .title("Separated attribute predictability")
        .cite("arXiv:1711.00848")
        .tag("factors")
        .doc("How much better the best single code predicts each known factor than the second best one.")
        .needs({"embedding", "factors"})
        .uses_train()
        .emits("sap", UBP_HIGHER_IS_BETTER, "Mean gap of the two best predictors of one code: R^2, or accuracy.")
        .param(&Sap::c_, "c", 0.01, {0, 1e6}, log_scale | open_min, "Of the classifier: what errors cost.")
        .param(&Sap::limit_, "rows", 0, {0, 1e9}, 0, "Train on a sample of so many rows; 0: on all.");
  }
  void begin() override { train_.start(limit_), judged_.start(); }
  void update(const MetricBatch& b) override { (b.is_train() ? train_ : judged_).add(kId, b); }

  void finish(const Emit& emit) override {
    train_.require(kId, 2, 2), judged_.require(kId, 2, 2), metrics::require_alike(kId, train_, judged_);
    std::vector<std::string> constant;
    double gap = 0;
    std::size_t judged = 0;
    for (std::size_t k = 0; k < train_.factor_count(); ++k) {
      const Column v = metrics::column_of(train_.v.x, k), w = metrics::column_of(judged_.v.x, k);
      if (metrics::is_constant(v) || metrics::is_constant(w)) {
        constant.push_back(train_.factors[k].name);
        continue;
      }
      std::vector<double> score;
      for (std::size_t j = 0; j < train_.codes(); ++j) {
        const Column x = metrics::column_of(train_.z.x, j), on = metrics::column_of(judged_.z.x, j);
        score.push_back(train_.factors[k].is_discrete ? accuracy(x, v, on, w) : explained(x, v, on, w));
      }
      std::partial_sort(score.begin(), score.begin() + 2, score.end(), std::greater<>());
      gap += score[0] - score[1], ++judged;
    }
    metrics::leave_out(kId, constant, judged, 1, "does not vary");
    emit("sap", gap / static_cast<double>(judged));
    begin();
  }

 private:
  static constexpr const char* kId = "sap";
  static constexpr double kNoVariance = 1e-12;

  static double explained(const Column& x, const Column& v, const Column& on, const Column& w) {
    const metrics::Moments mx = metrics::moments(x), mv = metrics::moments(v), mw = metrics::moments(w);
    if (mx.variance < kNoVariance) return 0;
    double both = 0;
    for (std::size_t i = 0; i < x.size(); ++i) both += (x[i] - mx.mean) * (v[i] - mv.mean);
    const double slope = both / static_cast<double>(x.size()) / mx.variance;
    double errors = 0;
    for (std::size_t i = 0; i < on.size(); ++i) {
      const double error = w[i] - mv.mean - slope * (on[i] - mx.mean);
      errors += error * error;
    }
    return std::max(0.0, 1 - errors / static_cast<double>(on.size()) / mw.variance);
  }

  double accuracy(const Column& x, const Column& v, const Column& on, const Column& w) const {
    const Column values = metrics::different(v);
    const Classes y = metrics::places(v, values);
    const std::vector<double> count = metrics::counts_of(y);
    const auto n = static_cast<double>(y.size()), classes = static_cast<double>(values.size());
    const auto cost = [&](std::size_t k) { return c_ * n / (classes * count[k]); };
    std::vector<Line> lines;
    if (metrics::moments(x).variance < kNoVariance) {
      for (const double rows : count) lines.push_back({0, rows});
    } else {
      for (std::size_t k = 0; k < values.size(); ++k) {
        if (values.size() == 2 && k == 1) {
          lines.push_back({-lines[0].w, -lines[0].b});
          break;
        }
        Column sign(y.size()), c(y.size());
        for (std::size_t i = 0; i < y.size(); ++i) {
          const bool own = y[i] == static_cast<std::int64_t>(k);
          sign[i] = own ? 1 : -1, c[i] = own ? cost(k) : values.size() == 2 ? cost(1) : c_;
        }
        lines.push_back(squared_hinge(x, sign, c));
      }
    }
    double right = 0;
    for (std::size_t i = 0; i < on.size(); ++i) {
      std::size_t best = 0;
      for (std::size_t k = 1; k < lines.size(); ++k)
        if (lines[k].w * on[i] + lines[k].b > lines[best].w * on[i] + lines[best].b) best = k;
      right += values[best] == w[i];
    }
    return right / static_cast<double>(on.size());
  }

  double c_ = 0;
  std::int64_t limit_ = 0;
  metrics::Factored train_, judged_;
};

}  // namespace

UBP_EXPORT_PLUGIN("sap", "1.0.0", "MIT", Sap);
