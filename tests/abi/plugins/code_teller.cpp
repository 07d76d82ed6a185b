// SPDX-License-Identifier: MIT
// code_teller: tells of codes how wide they are, the sum of their squares, and how far from the input they decode.
#include <ubp/sdk.hpp>
using namespace ubp;

struct CodeTeller : Metric {
  double squares = 0;
  std::int64_t width = 0;
  std::vector<double> codes, rows;
  RowDecoder decoder{nullptr};

  static void describe(Describe<CodeTeller>& d) {
    d.id("code_teller")
        .doc("What it is told of codes.")
        .needs({"embedding", "input", "decoder"})
        .uses_train()
        .emits("width", UBP_HIGHER_IS_BETTER, "Of a code.")
        .emits("squares", UBP_SMALLER_IS_BETTER, "Their sum over both splits.")
        .emits("decoded_gap", UBP_SMALLER_IS_BETTER, "The largest, between decoded codes and the input.");
  }
  void begin() override { squares = 0, codes.clear(), rows.clear(); }
  void update(const MetricBatch& b) override {
    width = b.embedding().row_count(), decoder = b.decoder();
    for (std::int64_t i = 0; i < b.size(); ++i) {
      const double *z = b.embedding().row<double>(i), *x = b.input().row<double>(i);
      for (std::int64_t j = 0; j < width; ++j) squares += z[j] * z[j];
      codes.insert(codes.end(), z, z + width), rows.insert(rows.end(), x, x + b.input().row_count());
    }
  }
  void finish(const Emit& emit) override {
    emit("width", static_cast<double>(width)), emit("squares", squares);
    if (!decoder) return;
    std::vector<double> decoded(rows.size());
    decoder.decode(codes.data(), static_cast<std::int64_t>(codes.size()) / width, decoded.data());
    double gap = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) gap = std::max(gap, std::abs(decoded[i] - rows[i]));
    emit("decoded_gap", gap);
  }
};

UBP_EXPORT_PLUGIN("code_teller", "1.0.0", "MIT", CodeTeller);
