// SPDX-License-Identifier: MIT
// made_series: rows of different lengths, and rows in splits of names of their own. Row i has 1 + i mod 4 of 4 entries,
// entry t is (i + t + 1, -i - t - 1), "shifted" by 100; padding is 1000, which nobody should see.
#include <ubp/sdk.hpp>
using namespace ubp;

struct MadeSeries : Dataset {
  std::string lengths, names;

  static void describe(Describe<MadeSeries>& d) {
    d.id("made_series")
        .doc("Rows of different lengths.")
        .choice(&MadeSeries::lengths, "lengths", {"right", "long", "zero", "float", "two", "none"}, "right", 0,
                "What is declared of them.")
        .choice(&MadeSeries::names, "names", {"none", "one", "twice", "capital", "train"}, "none", 0,
                "The splits of its own.");
  }
  std::vector<std::string> splits() override {
    if (names == "twice") return {"shifted", "shifted"};
    if (names == "capital") return {"Shifted"};
    if (names == "train") return {"train"};
    return names == "one" ? std::vector<std::string>{"shifted"} : std::vector<std::string>{};
  }
  std::vector<ubp_field> fields() override {
    std::vector<ubp_field> all{field("x", {4, 2}, UBP_FIELD_INPUT)};
    if (lengths != "none")
      all.push_back(
          field("n", lengths == "two" ? Shape{2} : Shape{}, UBP_FIELD_LENGTH, lengths == "float" ? 0 : UBP_I64));
    return all;
  }
  std::int64_t count(const std::string& split) override {
    return split == "train" ? 10 : split == "test" ? 7 : split == "shifted" ? 5 : 0;
  }
  void read(const std::string& split, const std::int64_t* rows, std::uint32_t n,
            const std::vector<FieldOut>& out) override {
    for (std::uint32_t r = 0; r < n; ++r) {
      const std::int64_t length = 1 + rows[r] % 4;
      for (std::int64_t t = 0; t < 4; ++t) {
        const float x = static_cast<float>(rows[r] + t + 1 + (split == "shifted" ? 100 : 0));
        out[0].row(r)[2 * t] = lengths == "none" || t < length ? x : 1000;
        out[0].row(r)[2 * t + 1] = lengths == "none" || t < length ? -x : 1000;
      }
      if (out.size() > 1)
        out[1].view().row<std::int64_t>(r)[0] = lengths == "long" && rows[r] == 3 ? 5 : lengths == "zero" ? 0 : length;
    }
  }
};

UBP_EXPORT_PLUGIN("made_series", "1.0.0", "MIT", MadeSeries);
