// SPDX-License-Identifier: MIT
// my_dataset: what a row is, in one sentence.
//
//   x ~ N(3 e_label, I),  label ~ U{0 .. columns-1}
//
// | parameter | type | range      | default | meaning |
// |-----------|------|------------|---------|---------|
// | rows      | int  | [1, 1e+09] | 1000    | Rows of each split. |
// | columns   | int  | [1, 4096]  | 4       | Numbers in a row. |
//
// Limits: none known. Source: where it comes from.
//
//   [dataset]
//   use = "my_dataset"
#include <ubp/sdk.hpp>
using namespace ubp;

struct MyDataset : Dataset {
  std::int64_t rows, columns;

  static void describe(Describe<MyDataset>& d) {
    d.id("my_dataset")
        .title("My data set")
        .doc("What a row is, in one sentence.")
        .param(&MyDataset::rows, "rows", 1000, {1, 1e9}, 0, "Rows of each split.")
        .param(&MyDataset::columns, "columns", 4, {1, 4096}, 0, "Numbers in a row.");
  }

  std::vector<ubp_field> fields() override {
    return {field("x", {columns}, UBP_FIELD_INPUT), field("label", {}, UBP_FIELD_LABEL)};
  }

  std::int64_t count(const std::string& split) override { return split == "train" || split == "test" ? rows : 0; }

  // Row i is a function of (split, i) alone, whatever is asked for before it.
  void read(const std::string& split, const std::int64_t* wanted, std::uint32_t n,
            const std::vector<FieldOut>& out) override {
    for (std::uint32_t i = 0; i < n; ++i) {
      Hash random(split, wanted[i]);
      const std::int64_t label = random.below(columns);
      for (std::int64_t j = 0; j < columns; ++j)
        out[0].row(i)[j] = static_cast<float>(3 * (j == label) + random.normal());
      out[1].row(i)[0] = static_cast<float>(label);
    }
  }
};

UBP_EXPORT_PLUGIN("my_dataset", "1.0.0", "MIT", MyDataset);
