// SPDX-License-Identifier: MIT
// made_rows: rows that say what they were made from and how much they count; row i of 12:
//
//   x [2] = (i, -i)   second [3] = (i, i, 7)   count = i mod 3, or 1 / -1   size = i / 4   kind = i mod 4
#include <ubp/sdk.hpp>
using namespace ubp;

struct MadeRows : Dataset {
  std::string weights;
  bool wide_factor = false;

  static void describe(Describe<MadeRows>& d) {
    d.id("made_rows")
        .title("Made rows")
        .doc("Rows with factors, weights and a second input.")
        .from("made up here", "CC0-1.0")
        .choice(&MadeRows::weights, "weights", {"none", "some", "negative", "zero"}, "none", 0, "What rows count.")
        .param(&MadeRows::wide_factor, "wide_factor", false, 0, "Whether a factor is two numbers.");
  }
  std::vector<ubp_field> fields() override {
    std::vector<ubp_field> all{field("x", {2}, UBP_FIELD_INPUT), field("second", {3}, 0),
                               field("size", wide_factor ? Shape{2} : Shape{}, UBP_FIELD_FACTOR),
                               field("kind", {}, UBP_FIELD_FACTOR, UBP_I64)};
    if (weights != "none") all.push_back(field("count", {}, UBP_FIELD_WEIGHT));
    return all;
  }
  std::int64_t count(const std::string& split) override { return split == "train" || split == "test" ? 12 : 0; }
  void read(const std::string&, const std::int64_t* rows, std::uint32_t n, const std::vector<FieldOut>& out) override {
    for (std::uint32_t r = 0; r < n; ++r) {
      const auto i = static_cast<float>(rows[r]);
      out[0].row(r)[0] = i, out[0].row(r)[1] = -i;
      out[1].row(r)[0] = out[1].row(r)[1] = i, out[1].row(r)[2] = 7;
      out[2].row(r)[0] = i / 4;
      *out[3].view().row<std::int64_t>(r) = rows[r] % 4;
      if (weights == "none") continue;
      const float some = static_cast<float>(rows[r] % 3);
      *out[4].row(r) = weights == "some" ? some : weights == "zero" ? 0 : rows[r] == 5 ? -1 : 1;
    }
  }
};

UBP_EXPORT_PLUGIN("made_rows", "1.0.0", "MIT", MadeRows);
