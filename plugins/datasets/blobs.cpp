// SPDX-License-Identifier: MIT
// blobs: a mixture of Gaussians, one per class, generated on demand.
//
//   label y ~ U{0..classes-1};   x_j = separation * c_yj + spread * e_j,   c_yj, e_j ~ N(0, 1)
//
// | parameter  | type  | range      | default | meaning |
// |------------|-------|------------|---------|---------|
// | rows       | int   | [1, 1e+07] | 1000    | Rows of the training split. |
// | test_rows  | int   | [0, 1e+07] | 1000    | Rows of the test split. |
// | dims       | int   | [1, 4096]  | 2       | Columns. |
// | classes    | int   | [1, 1000]  | 4       | Gaussians. |
// | separation | float | [0, 1000]  | 3       | Standard deviation of the centres. |
// | spread     | float | [0, 1000]  | 1       | Standard deviation of a class in one column. |
// | seed       | int   | [0, 1e+09] | 0       | Chooses the centres and the rows. |
//
// Row i is a pure function of (seed, split, i): more rows leave the first ones as they were.
// Limits: centres may fall close together; raise `separation` or `dims` for clean clusters.
// Source: folklore; compare sklearn.datasets.make_blobs.
//
//   [dataset]
//   use     = "blobs"
//   dims    = 16
//   classes = 4
#include <ubp/sdk.hpp>

namespace {
using namespace ubp;

class Blobs : public Dataset {
 public:
  static void describe(Describe<Blobs>& d) {
    d.id("blobs")
        .title("Gaussian blobs")
        .cite("sklearn.datasets.make_blobs")
        .tag("synthetic")
        .tag("table")
        .doc("A mixture of Gaussians, one per class, generated on demand: row i is a pure function of the seed.")
        .param(&Blobs::rows_, "rows", 1000, {1, 1e7}, 0, "Rows of the training split.")
        .param(&Blobs::test_rows_, "test_rows", 1000, {0, 1e7}, 0, "Rows of the test split.")
        .param(&Blobs::dims_, "dims", 2, {1, 4096}, 0, "Columns.")
        .param(&Blobs::classes_, "classes", 4, {1, 1000}, 0, "Gaussians.")
        .param(&Blobs::separation_, "separation", 3, {0, 1000}, 0, "Standard deviation of the centres.")
        .param(&Blobs::spread_, "spread", 1, {0, 1000}, 0, "Standard deviation of a class in one column.")
        .param(&Blobs::seed_, "seed", 0, {0, 1e9}, 0, "Chooses the centres and the rows.");
  }
  std::vector<ubp_field> fields() override {
    return {field("x", {dims_}, UBP_FIELD_INPUT, UBP_F64), field("label", {}, UBP_FIELD_LABEL, UBP_I64)};
  }
  std::int64_t count(const std::string& split) override {
    return split == "train" ? rows_ : split == "test" ? test_rows_ : 0;
  }

  void open(const std::string&) override {
    centres_.resize(static_cast<std::size_t>(classes_ * dims_));
    for (std::int64_t y = 0; y < classes_; ++y) {
      Hash random(seed_, "centre", y);
      for (std::int64_t j = 0; j < dims_; ++j) centres_[y * dims_ + j] = separation_ * random.normal();
    }
  }

  void read(const std::string& split, const std::int64_t* rows, std::uint32_t n,
            const std::vector<FieldOut>& out) override {
    for (std::uint32_t i = 0; i < n; ++i) {
      if (rows[i] < 0 || rows[i] >= count(split))
        throw Error("blobs: row " + std::to_string(rows[i]) + " does not exist");
      Hash random(seed_, split, rows[i]);
      const std::int64_t y = random.below(classes_);
      double* x = out[0].view().row<double>(i);
      for (std::int64_t j = 0; j < dims_; ++j) x[j] = centres_[y * dims_ + j] + spread_ * random.normal();
      *out[1].view().row<std::int64_t>(i) = y;
    }
  }

 private:
  std::int64_t rows_ = 0, test_rows_ = 0, dims_ = 0, classes_ = 0, seed_ = 0;
  double separation_ = 0, spread_ = 0;
  std::vector<double> centres_;
};

}  // namespace

UBP_EXPORT_PLUGIN("blobs", "1.0.0", "MIT", Blobs);
