// SPDX-License-Identifier: MIT
// my_transform: how it changes a row, in one sentence.
//
//   out = s in,  s ~ U(1 - spread, 1 + spread), one per row
//
// | parameter | type  | range  | default | meaning |
// |-----------|-------|--------|---------|---------|
// | spread    | float | [0, 1] | 0.2     | Half the range of the factor. |
//
// Limits: none known. Source: paper, equation.
//
//   [[transform]]
//   use = "my_transform"
#include <ubp/sdk.hpp>
using namespace ubp;

struct MyTransform : Transform {
  double spread;

  static void describe(Describe<MyTransform>& d) {
    d.id("my_transform")
        .title("My transform")
        .doc("How it changes a row, in one sentence.")
        .cite("paper")
        .random_words(1)
        .param(&MyTransform::spread, "spread", 0.2, {0, 1}, tunable, "Half the range of the factor.")
        .sweep(0, 0.5);
  }

  void apply(const View& in, const View& out, const std::uint64_t* random) override {
    for (std::int64_t i = 0; i < in.rows(); ++i) {
      const auto s = static_cast<float>(Hash(random[i]).uniform(1 - spread, 1 + spread));
      for (std::int64_t j = 0; j < in.row_count(); ++j) out.row<float>(i)[j] = s * in.row<float>(i)[j];
    }
  }
};

UBP_EXPORT_PLUGIN("my_transform", "1.0.0", "MIT", MyTransform);
