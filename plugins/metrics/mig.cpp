// SPDX-License-Identifier: MIT
// mig: the mutual information gap: whether each known factor is in one code, and in no second one.
//
//   mig = mean over factors v of (I(z_1, v) - I(z_2, v)) / H(v)     z_1, z_2: the codes that know most of v
//   I and H in nats, from counts: codes are cut into `bins` of equal width between their smallest and largest number;
//   factors are classes by their values, and quantities of more than `bins` values are cut as codes are
//
// | parameter | type | range     | default | meaning |
// |-----------|------|-----------|---------|---------|
// | bins      | int  | [2, 1000] | 20      | Of a code, and of a quantity. |
//
// A factor that does not vary on the evaluated rows is left out, with a note; a code that does not vary knows nothing.
// Limits: the score depends on the bins, and on the number of rows: counts overstate I by about (bins - 1)^2 / 2n, of
// both codes. 1 is reached by codes that fall into bins as the factor does, of rows in which factors are independent
// to the last count, as on a full grid; a drawn sample of n rows stays below by that much.
// Source: Chen, Li, Grosse, Duvenaud, arXiv:1802.04942; bins and logarithms as in disentanglement_lib.
//
//   [[metric]]
//   use  = "mig"
//   bins = 20
#include <ubp/sdk.hpp>

#include "factors.hpp"

namespace {
using namespace ubp;
using metrics::Classes, metrics::Matrix;

class Mig : public Metric {
 public:
  static void describe(Describe<Mig>& d) {
    d.id("mig")
        .title("Mutual information gap")
        .cite("arXiv:1802.04942")
        .tag("factors")
        .doc("Whether each known factor is in one code of the embedding, and in no second one.")
        .needs({"embedding", "factors"})
        .emits("mig", UBP_HIGHER_IS_BETTER, "Mean gap of the two codes that know most of a factor, as a share of it.")
        .param(&Mig::bins_, "bins", 20, {2, 1000}, 0, "Of a code, and of a quantity.");
  }
  void begin() override { rows_.start(); }
  void update(const MetricBatch& b) override { rows_.add(kId, b); }

  void finish(const Emit& emit) override {
    rows_.require(kId, bins_, 2);
    const std::vector<Classes> factors = metrics::varying(kId, rows_, bins_, 1);
    const Matrix known = metrics::information(rows_.z.x, factors, bins_);
    double gap = 0;
    for (std::size_t k = 0; k < factors.size(); ++k) {
      metrics::Column of_codes = metrics::column_of(known, k);
      std::partial_sort(of_codes.begin(), of_codes.begin() + 2, of_codes.end(), std::greater<>());
      gap += (of_codes[0] - of_codes[1]) / metrics::entropy(factors[k]);
    }
    emit("mig", gap / static_cast<double>(factors.size()));
    begin();
  }

 private:
  static constexpr const char* kId = "mig";
  std::int64_t bins_ = 0;
  metrics::Factored rows_;
};

}  // namespace

UBP_EXPORT_PLUGIN("mig", "1.0.0", "MIT", Mig);
