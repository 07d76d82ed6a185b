// SPDX-License-Identifier: MIT
// feature_recovery: whether the atoms of a decoder are the directions in which known features move the input.
//
//   planted direction of feature k   row k of B in x ~ a + s B (least squares over the rows; s the data set's factors)
//   atom of unit j                   decode(e_j) - decode(0),  e_j a code of zeros with a 1 at j
//   |cosine| of every direction with every atom; features and atoms are then paired one to one, the sum the largest
//   matched_cosine = mean |cosine| of the pairs
//   features_found = share of the features, atoms_used = share of the atoms, with a pair of |cosine| > threshold
//
// | parameter | type  | range      | default | meaning |
// |-----------|-------|------------|---------|---------|
// | threshold | float | [0, 1)     | 0.9     | What counts as found. |
// | random    | int   | [1, 1000]  | 10      | Random dictionaries that are averaged. |
// | seed      | int   | [0, 1e+09] | 0       | Of the random dictionaries. |
//
// random_cosine, random_found, random_used: the same of dictionaries of as many random directions, the mean of `random`
// of them. A number that is not far above them says nothing.
// Limits: continuous factors that move the input along one direction each, as those of `planted`. The cosine of a
// decoder that is not linear is that of its step from 0 to a unit code.
// Source: Sharkey, Braun, Millidge, "Taking features out of superposition with sparse autoencoders", 2022; pairs: Kuhn
// 1955. Equals numpy.linalg.lstsq and scipy.optimize.linear_sum_assignment.
//
//   [[metric]]
//   use = "feature_recovery"
#include <ubp/sdk.hpp>

#include <xtensor-blas/xlinalg.hpp>

#include "matching.hpp"
#include "needed.hpp"

namespace {
using namespace ubp;
using metrics::Matrix;

/// How well a dictionary's atoms match features.
struct Recovery {
  double cosine = 0, found = 0, used = 0;

  Recovery& operator+=(const Recovery& other) {
    cosine += other.cosine, found += other.found, used += other.used;
    return *this;
  }
};

class FeatureRecovery : public Metric {
 public:
  static void describe(Describe<FeatureRecovery>& d) {
    d.id("feature_recovery")
        .title("Recovery of planted features")
        .cite("Sharkey, Braun, Millidge 2022")
        .tag("factors")
        .doc("Whether the atoms of a decoder are the directions in which known features move the input.")
        .needs({"input", "factors", "decoder"})
        .emits("matched_cosine", UBP_HIGHER_IS_BETTER, "Mean |cosine| of the pairs of a feature and an atom.")
        .emits("features_found", UBP_HIGHER_IS_BETTER, "Share of the features whose atom is beyond the threshold.")
        .emits("atoms_used", UBP_HIGHER_IS_BETTER, "Share of the atoms whose feature is beyond the threshold.")
        .emits("random_cosine", UBP_SMALLER_IS_BETTER, "matched_cosine of random directions.")
        .emits("random_found", UBP_SMALLER_IS_BETTER, "features_found of random directions.")
        .emits("random_used", UBP_SMALLER_IS_BETTER, "atoms_used of random directions.")
        .param(&FeatureRecovery::threshold_, "threshold", 0.9, {0, 1}, open_max, "What counts as found.")
        .param(&FeatureRecovery::random_, "random", 10, {1, 1000}, 0, "Random dictionaries that are averaged.")
        .param(&FeatureRecovery::seed_, "seed", 0, {0, 1e9}, 0, "Of the random dictionaries.");
  }
  void begin() override { input_.start(), factors_.start(), decoder_ = RowDecoder(nullptr), names_.clear(); }

  void update(const MetricBatch& b) override {
    const View s = metrics::needed(b.factors(), kId, "factors");
    if (names_.empty())
      for (std::int64_t k = 0; k < b.factor_count(); ++k) {
        names_.emplace_back(b.factor_name(k));
        if (b.factor_is_discrete(k))
          throw Error("feature_recovery: factor '" + names_.back() +
                      "' is discrete: found a class, expected the size of a feature");
      }
    decoder_ = b.decoder();
    if (!decoder_) throw Error("feature_recovery: the host gave no decoder", UBP_E_STATE);
    input_.add(kId, metrics::needed(b.input(), kId, "inputs"), {});
    factors_.add(kId, s, {});
  }

  void finish(const Emit& emit) override {
    if (input_.size() == 0) throw Error("feature_recovery: no rows");
    const std::size_t width = input_.x.shape(1);
    if (width < 2)
      throw Error("feature_recovery: rows of one number have one direction: expected at least 2 numbers", UBP_E_SHAPE);
    if (decoder_.row_size() != static_cast<std::int64_t>(width))
      throw Error("feature_recovery: the decoder gives rows of " + std::to_string(decoder_.row_size()) +
                      " numbers, the input has " + std::to_string(width),
                  UBP_E_SHAPE);
    const Matrix planted = directions(), learnt = atoms();
    const Recovery of_decoder = recovery(planted, learnt);
    Recovery chance;
    for (std::int64_t i = 0; i < random_; ++i) {
      Matrix random = xt::zeros<double>(learnt.shape());
      Hash numbers(seed_, "random dictionary", i);
      for (double& v : random) v = numbers.normal();
      metrics::normalise(random);
      chance += recovery(planted, random);
    }
    const auto n = static_cast<double>(random_);
    emit("matched_cosine", of_decoder.cosine);
    emit("features_found", of_decoder.found);
    emit("atoms_used", of_decoder.used);
    emit("random_cosine", chance.cosine / n);
    emit("random_found", chance.found / n);
    emit("random_used", chance.used / n);
    begin();  // the rows are large, the instance may live on
  }

 private:
  static constexpr const char* kId = "feature_recovery";

  /// Slopes of the input on the factors, [features, width], of length 1.
  Matrix directions() {
    Matrix &s = factors_.x, &x = input_.x;
    const metrics::Vector raw = xt::sum(xt::square(s), {0});
    metrics::centre(s), metrics::centre(x);
    xt::xtensor<double, 2, xt::layout_type::column_major> gram = xt::linalg::dot(xt::transpose(s), s);
    const xt::xtensor<double, 1> size = xt::diagonal(gram);
    xt::xtensor<double, 2, xt::layout_type::column_major> slopes = xt::linalg::dot(xt::transpose(s), x);
    const std::size_t features = size.size();
    for (std::size_t k = 0; k < features; ++k)
      if (size(k) <= 1e-24 * raw(k))
        throw Error("feature_recovery: factor '" + names_[k] + "' is constant on these rows: it has no direction");
    const bool is_whole = xt::lapack::potr(gram, 'L') == 0;
    for (std::size_t k = 0; k < features; ++k)
      if (!is_whole || gram(k, k) * gram(k, k) < 1e-10 * size(k))
        throw Error("feature_recovery: the factors depend on each other on these " + std::to_string(input_.size()) +
                    " rows: a feature has no direction of its own");
    const auto n = static_cast<xt::blas_index_t>(features), w = static_cast<xt::blas_index_t>(x.shape(1));
    for (const auto side : {cxxblas::NoTrans, cxxblas::Trans})
      cxxblas::trsm<xt::blas_index_t>(cxxblas::ColMajor, cxxblas::Left, cxxblas::Lower, side, cxxblas::NonUnit, n, w,
                                      1.0, gram.data(), n, slopes.data(), n);
    Matrix found = slopes;
    metrics::normalise(found);
    return found;
  }

  /// [units, width], of length 1, or 0 where the decoder ignores the unit.
  Matrix atoms() const {
    const auto units = static_cast<std::size_t>(decoder_.width());
    Matrix codes = xt::zeros<double>({units + 1, units});
    for (std::size_t j = 0; j < units; ++j) codes(j, j) = 1;
    Matrix rows = xt::zeros<double>({units + 1, static_cast<std::size_t>(decoder_.row_size())});
    decoder_.decode(codes.data(), static_cast<std::int64_t>(units) + 1, rows.data());
    for (double v : rows)
      if (!std::isfinite(v))
        throw Error("feature_recovery: the decoder gives a number that is not finite", UBP_E_NUMERIC);
    Matrix found = xt::view(rows, xt::range(0, units)) - xt::view(rows, xt::range(units, units + 1));
    metrics::normalise(found);
    return found;
  }

  Recovery recovery(const Matrix& planted, const Matrix& dictionary) const {
    const Matrix cosine = xt::abs(xt::linalg::dot(planted, xt::transpose(dictionary)));
    const std::vector<std::int64_t> partner = metrics::best_matching(cosine);
    const auto features = static_cast<double>(planted.shape(0)), units = static_cast<double>(dictionary.shape(0));
    Recovery r;
    for (std::size_t k = 0; k < partner.size(); ++k)
      if (partner[k] >= 0) r.cosine += cosine(k, partner[k]), r.found += cosine(k, partner[k]) > threshold_;
    r.cosine /= std::min(features, units);
    r.used = r.found / units;
    r.found /= features;
    return r;
  }

  double threshold_ = 0;
  std::int64_t random_ = 0, seed_ = 0;
  metrics::Rows input_, factors_;
  RowDecoder decoder_{nullptr};
  std::vector<std::string> names_;
};

}  // namespace

UBP_EXPORT_PLUGIN("feature_recovery", "1.0.0", "MIT", FeatureRecovery);
