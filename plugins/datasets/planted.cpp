// SPDX-License-Identifier: MIT
// planted: sparse features of known size in known directions, generated on demand.
//
//   x = s A + noise e,   rows of A: `features` random directions of length 1,   e_j ~ N(0, 1)
//   s_k = size if g_k > q, else 0;   size ~ U(1/2, 3/2);   q so that P(g_k > q) = active / features
//   g_k = sqrt(correlation) c_(group of k) + sqrt(1 - correlation) h_k,   c, h ~ N(0, 1)
//
// | parameter   | type  | range      | default | meaning |
// |-------------|-------|------------|---------|---------|
// | rows        | int   | [1, 1e+07] | 10000   | Rows of the training split. |
// | test_rows   | int   | [0, 1e+07] | 2000    | Rows of the test split. |
// | features    | int   | [2, 4096]  | 32      | How many. |
// | dims        | int   | [1, 4096]  | 16      | Columns; fewer than features is superposition. |
// | active      | float | (0, 4096)  | 2       | Features of a row that are not 0, on average. |
// | correlation | float | [0, 1)     | 0       | Of the hidden normals of features in one group. |
// | group       | int   | [2, 4096]  | 4       | Features in a row that are correlated. |
// | noise       | float | [0, 1000]  | 0.02    | Standard deviation of a column's noise. |
// | seed        | int   | [0, 1e+09] | 0       | Chooses the directions and the rows. |
//
// Row i is a pure function of (parameters, split, i): more rows leave the first ones as they were. Factors: s0, s1, ...
// Label: the largest feature of the row; the class `none` where all are 0.
// Limits: the correlation is that of g; that of being active is smaller. Every feature is active equally often.
// Source: the generative model of sparse coding, Olshausen and Field, Nature 381:607, 1996; planted for autoencoders:
// Sharkey, Braun, Millidge, "Taking features out of superposition with sparse autoencoders", 2022.
//
//   [dataset]
//   use      = "planted"
//   features = 64
//   dims     = 32
#include <ubp/sdk.hpp>

namespace {
using namespace ubp;

/// q with P(g > q) = p for g ~ N(0, 1), by halving: erfc is monotone.
double upper_quantile(double p) {
  double lo = -40, hi = 40;
  for (int i = 0; i < 100; ++i) {
    const double middle = (lo + hi) / 2;
    (std::erfc(middle / std::sqrt(2.0)) / 2 > p ? lo : hi) = middle;
  }
  return hi;
}

class Planted : public Dataset {
 public:
  static void describe(Describe<Planted>& d) {
    d.id("planted")
        .title("Planted sparse features")
        .cite("Olshausen and Field, Nature 381:607, 1996")
        .tag("synthetic")
        .tag("table")
        .tag("factors")
        .doc("Sparse features of known size in known directions, generated on demand: row i is a pure function.")
        .param(&Planted::rows_, "rows", 10000, {1, 1e7}, 0, "Rows of the training split.")
        .param(&Planted::test_rows_, "test_rows", 2000, {0, 1e7}, 0, "Rows of the test split.")
        .param(&Planted::features_, "features", 32, {2, 4096}, 0, "How many.")
        .param(&Planted::dims_, "dims", 16, {1, 4096}, 0, "Columns; fewer than features is superposition.")
        .param(&Planted::active_, "active", 2, {0, 4096}, open_min | open_max,
               "Features of a row that are not 0, on average.")
        .param(&Planted::correlation_, "correlation", 0, {0, 1}, open_max,
               "Of the hidden normals of features in one group.")
        .param(&Planted::group_, "group", 4, {2, 4096}, 0, "Features in a row that are correlated.")
        .param(&Planted::noise_, "noise", 0.02, {0, 1000}, 0, "Standard deviation of a column's noise.")
        .param(&Planted::seed_, "seed", 0, {0, 1e9}, 0, "Chooses the directions and the rows.");
  }
  void created() override {
    if (active_ >= static_cast<double>(features_))
      throw Error("planted: active = " + text(active_) + " of " + std::to_string(features_) +
                  " features: expected less than " + std::to_string(features_));
    threshold_ = upper_quantile(active_ / static_cast<double>(features_));
    for (std::int64_t k = 0; k < features_; ++k) names_.push_back("s" + std::to_string(k));
  }
  std::vector<ubp_field> fields() override {
    std::vector<ubp_field> all{field("x", {dims_}, UBP_FIELD_INPUT, UBP_F64),
                               field("label", {}, UBP_FIELD_LABEL, UBP_I64)};
    for (const std::string& name : names_) all.push_back(field(name.c_str(), {}, UBP_FIELD_FACTOR));
    return all;
  }
  std::vector<std::string> class_names() override {
    std::vector<std::string> names = names_;
    names.emplace_back("none");
    return names;
  }
  std::int64_t count(const std::string& split) override {
    return split == "train" ? rows_ : split == "test" ? test_rows_ : 0;
  }

  void open(const std::string&) override {
    directions_.resize(static_cast<std::size_t>(features_ * dims_));
    for (std::int64_t k = 0; k < features_; ++k) {
      Hash random(seed_, "direction", k);
      double square = 0;
      for (std::int64_t j = 0; j < dims_; ++j) {
        double& a = directions_[k * dims_ + j];
        a = random.normal(), square += a * a;
      }
      for (std::int64_t j = 0; j < dims_; ++j) directions_[k * dims_ + j] /= std::sqrt(square);
    }
  }

  void read(const std::string& split, const std::int64_t* rows, std::uint32_t n,
            const std::vector<FieldOut>& out) override {
    for (std::uint32_t i = 0; i < n; ++i) {
      if (rows[i] < 0 || rows[i] >= count(split))
        throw Error("planted: row " + std::to_string(rows[i]) + " does not exist");
      Hash random(seed_, split, rows[i]);
      double* x = out[0].view().row<double>(i);
      for (std::int64_t j = 0; j < dims_; ++j) x[j] = noise_ * random.normal();
      double shared = 0, largest = 0;
      std::int64_t label = features_;
      for (std::int64_t k = 0; k < features_; ++k) {
        if (k % group_ == 0) shared = random.normal();
        const double hidden = std::sqrt(correlation_) * shared + std::sqrt(1 - correlation_) * random.normal(),
                     size = random.uniform(0.5, 1.5), s = hidden > threshold_ ? size : 0;
        if (s > largest) largest = s, label = k;
        for (std::int64_t j = 0; s > 0 && j < dims_; ++j) x[j] += s * directions_[k * dims_ + j];
        *out[2 + static_cast<std::size_t>(k)].row(i) = static_cast<float>(s);
      }
      *out[1].view().row<std::int64_t>(i) = label;
    }
  }

 private:
  static std::string text(double v) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%g", v);
    return digits;
  }

  std::int64_t rows_ = 0, test_rows_ = 0, features_ = 0, dims_ = 0, group_ = 0, seed_ = 0;
  double active_ = 0, correlation_ = 0, noise_ = 0, threshold_ = 0;
  std::vector<std::string> names_;
  std::vector<double> directions_;  // [features, dims]
};

}  // namespace

UBP_EXPORT_PLUGIN("planted", "1.0.0", "MIT", Planted);
