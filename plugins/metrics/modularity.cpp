// SPDX-License-Identifier: MIT
// modularity: whether each code knows of one known factor alone.
//
//   modularity = mean over codes of 1 - (sum of I(z, v)^2 over factors but the best) / (I(z, best)^2 (factors - 1))
//   I in nats, from counts, with bins as of mig; a code that knows nothing counts 0
//
// | parameter | type | range     | default | meaning |
// |-----------|------|-----------|---------|---------|
// | bins      | int  | [2, 1000] | 20      | Of a code, and of a quantity. |
//
// A factor that does not vary on the evaluated rows is left out, with a note. Several codes may know one factor: what
// mig blames, modularity does not.
// Limits: I from counts of few rows is not 0 for codes that know nothing, so that they count as codes of no factor in
// particular, not as 0.
// Source: Ridgeway, Mozer, arXiv:1802.05312; as in disentanglement_lib.
//
//   [[metric]]
//   use = "modularity"
#include <ubp/sdk.hpp>

#include "factors.hpp"

namespace {
using namespace ubp;
using metrics::Classes, metrics::Matrix;

class Modularity : public Metric {
 public:
  static void describe(Describe<Modularity>& d) {
    d.id("modularity")
        .title("Modularity")
        .cite("arXiv:1802.05312")
        .tag("factors")
        .doc("Whether each code of the embedding knows of one known factor alone.")
        .needs({"embedding", "factors"})
        .emits("modularity", UBP_HIGHER_IS_BETTER, "1: each code knows of one factor; 0: of all alike.")
        .param(&Modularity::bins_, "bins", 20, {2, 1000}, 0, "Of a code, and of a quantity.");
  }
  void begin() override { rows_.start(); }
  void update(const MetricBatch& b) override { rows_.add(kId, b); }

  void finish(const Emit& emit) override {
    rows_.require(kId, bins_, 1, 2);
    const std::vector<Classes> factors = metrics::varying(kId, rows_, bins_, 2);
    const Matrix known = metrics::information(rows_.z.x, factors, bins_);
    double sum = 0;
    for (std::size_t j = 0; j < known.shape(0); ++j) {
      double all = 0, best = 0;
      for (std::size_t k = 0; k < factors.size(); ++k) {
        const double square = known(j, k) * known(j, k);
        all += square, best = std::max(best, square);
      }
      if (best > 0) sum += 1 - (all - best) / (best * static_cast<double>(factors.size() - 1));
    }
    emit("modularity", sum / static_cast<double>(known.shape(0)));
    begin();
  }

 private:
  static constexpr const char* kId = "modularity";
  std::int64_t bins_ = 0;
  metrics::Factored rows_;
};

}  // namespace

UBP_EXPORT_PLUGIN("modularity", "1.0.0", "MIT", Modularity);
