// SPDX-License-Identifier: MIT
// two_moons: two interleaved half circles in the plane, one per class.
//
//   t ~ U(0, pi);   label 0: (cos t, sin t);   label 1: (1 - cos t, 1/2 - sin t);   each coordinate + noise * N(0, 1)
//
// | parameter | type  | range      | default | meaning |
// |-----------|-------|------------|---------|---------|
// | rows      | int   | [1, 1e+07] | 1000    | Rows of the training split. |
// | test_rows | int   | [0, 1e+07] | 1000    | Rows of the test split. |
// | noise     | float | [0, 10]    | 0.1     | Standard deviation of the noise. |
// | seed      | int   | [0, 1e+09] | 0       | Chooses the rows. |
//
// Row i is a pure function of (seed, split, i); even rows are of class 0, odd rows of class 1.
// Limits: sklearn's make_moons spaces t evenly, here t is drawn.
// Source: sklearn.datasets.make_moons.
//
//   [dataset]
//   use   = "two_moons"
//   noise = 0.05
#include <ubp/sdk.hpp>

namespace {
using namespace ubp;

class TwoMoons : public Dataset {
 public:
  static void describe(Describe<TwoMoons>& d) {
    d.id("two_moons")
        .title("Two moons")
        .tag("synthetic")
        .tag("table")
        .doc("Two interleaved half circles in the plane, one per class: clusters that are not convex.")
        .cite("sklearn.datasets.make_moons")
        .param(&TwoMoons::rows_, "rows", 1000, {1, 1e7}, 0, "Rows of the training split.")
        .param(&TwoMoons::test_rows_, "test_rows", 1000, {0, 1e7}, 0, "Rows of the test split.")
        .param(&TwoMoons::noise_, "noise", 0.1, {0, 10}, 0, "Standard deviation of the noise.")
        .param(&TwoMoons::seed_, "seed", 0, {0, 1e9}, 0, "Chooses the rows.");
  }
  std::vector<ubp_field> fields() override {
    return {field("x", {2}, UBP_FIELD_INPUT, UBP_F64), field("label", {}, UBP_FIELD_LABEL, UBP_I64)};
  }
  std::int64_t count(const std::string& split) override {
    return split == "train" ? rows_ : split == "test" ? test_rows_ : 0;
  }

  void read(const std::string& split, const std::int64_t* rows, std::uint32_t n,
            const std::vector<FieldOut>& out) override {
    for (std::uint32_t i = 0; i < n; ++i) {
      if (rows[i] < 0 || rows[i] >= count(split))
        throw Error("two_moons: row " + std::to_string(rows[i]) + " does not exist");
      Hash random(seed_, split, rows[i]);
      const std::int64_t y = rows[i] % 2;
      const double t = random.uniform(0, 3.141592653589793);
      double* x = out[0].view().row<double>(i);
      x[0] = (y ? 1 - std::cos(t) : std::cos(t)) + noise_ * random.normal();
      x[1] = (y ? 0.5 - std::sin(t) : std::sin(t)) + noise_ * random.normal();
      *out[1].view().row<std::int64_t>(i) = y;
    }
  }

 private:
  std::int64_t rows_ = 0, test_rows_ = 0, seed_ = 0;
  double noise_ = 0;
};

}  // namespace

UBP_EXPORT_PLUGIN("two_moons", "1.0.0", "MIT", TwoMoons);
