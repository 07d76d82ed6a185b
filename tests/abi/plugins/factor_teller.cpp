// SPDX-License-Identifier: MIT
// factor_teller: tells the factors that it is given, and what comes back when their codes are decoded.
#include <ubp/sdk.hpp>
using namespace ubp;

struct FactorTeller : Metric {
  double size = 0, kind = 0, rows = 0, worst = 0;
  std::string names;
  RowDecoder decoder{nullptr};
  std::vector<double> codes, decoded;

  static void describe(Describe<FactorTeller>& d) {
    d.id("factor_teller")
        .doc("What it is told of factors.")
        .needs({"embedding", "reconstruction", "factors", "decoder"})
        .emits("size_sum", UBP_HIGHER_IS_BETTER, "Of all rows.")
        .emits("kind_sum", UBP_HIGHER_IS_BETTER, "Of all rows.")
        .emits("decoded_gap", UBP_SMALLER_IS_BETTER, "Between decoded codes and reconstructions.");
  }
  void begin() override { size = kind = rows = worst = 0, codes.clear(), decoded.clear(); }
  void update(const MetricBatch& b) override {
    if (b.factor_count() != 2 || std::string(b.factor_name(0)) != "size" || b.factor_is_discrete(0) ||
        std::string(b.factor_name(1)) != "kind" || !b.factor_is_discrete(1))
      throw Error("factor_teller: other factors than made_rows has");
    decoder = b.decoder();
    for (std::int64_t i = 0; i < b.size(); ++i) {
      size += b.factors().row<double>(i)[0], kind += b.factors().row<double>(i)[1];
      const double *z = b.embedding().row<double>(i), *y = b.reconstruction().row<double>(i);
      codes.insert(codes.end(), z, z + b.embedding().row_count());
      decoded.insert(decoded.end(), y, y + b.reconstruction().row_count());
    }
  }
  void finish(const Emit& emit) override {  // the decoder lives until here
    const std::int64_t n = static_cast<std::int64_t>(codes.size()) / decoder.width();
    std::vector<double> again(static_cast<std::size_t>(n * decoder.row_size()));
    decoder.decode(codes.data(), n, again.data());
    for (std::size_t i = 0; i < again.size(); ++i) worst = std::max(worst, std::abs(again[i] - decoded[i]));
    emit("size_sum", size), emit("kind_sum", kind), emit("decoded_gap", worst);
  }
};

UBP_EXPORT_PLUGIN("factor_teller", "1.0.0", "MIT", FactorTeller);
