// SPDX-License-Identifier: MIT
// digits: 1797 grey pictures of handwritten digits, 8 x 8 pixels, in [0, 1].
//
//   image [1, 8, 8] = count of ink pixels in a 4 x 4 block / 16        label 0..9: the digit
//
// | parameter | type   | range | default | meaning |
// |-----------|--------|-------|---------|---------|
// | folder    | string | any   |         | Folder of the file; empty: looked for as described. |
//
// Without `folder`: digits.csv.gz in UBP_DATA, then where the Debian package python3-sklearn puts it.
// Limits: one split, `train`: the run splits off its test rows. It is the test half of UCI's set: the first rows and
// the last ones come from different writers.
// Source: Alpaydin, Kaynak, Kybernetika 34, 1998 (UCI Optical Recognition of Handwritten Digits); scikit-learn's
// load_digits().
//
//   [dataset]
//   use        = "digits"
//   test_share = 0.2
#include <ubp/sdk.hpp>

#include "sklearn.hpp"

namespace {
using namespace ubp;

class Digits : public datasets::SklearnTable {
 public:
  static void describe(Describe<Digits>& d) {
    d.id("digits")
        .title("Digits, 8 x 8")
        .cite("Alpaydin, Kaynak, Kybernetika 34, 1998")
        .from("UCI Machine Learning Repository, as scikit-learn has it: Debian package python3-sklearn", "CC-BY-4.0")
        .tag("images")
        .doc("1797 grey pictures of handwritten digits, 8 x 8 pixels: small enough for a trial in a second.")
        .param(&Digits::folder_, "folder", "", 0, "Folder of the file; empty: looked for as described.");
  }
  std::string id() const override { return "digits"; }
  std::string file_name() const override { return "digits.csv.gz"; }
  std::string folder() const override { return folder_; }
  bool has_header() const override { return false; }
  double scale() const override { return 1.0 / 16; }
  std::vector<std::string> known_classes() const override { return {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}; }

  std::vector<ubp_field> fields() override {
    std::vector<ubp_field> all = TableDataset::fields();
    all[0] = field("image", {1, 8, 8}, UBP_FIELD_INPUT | UBP_FIELD_IMAGE_CHW, UBP_F64);
    return all;
  }
  void open(const std::string& data_dir) override {
    SklearnTable::open(data_dir);
    if (const std::int64_t pixels = TableDataset::fields()[0].shape.dim[0]; pixels != 64)
      throw Error("digits: " + files(data_dir).front() + ": " + std::to_string(pixels) +
                      " numbers before the label, expected 64",
                  UBP_E_IO);
  }

 private:
  std::string folder_;
};

}  // namespace

UBP_EXPORT_PLUGIN("digits", "1.0.0", "MIT", Digits);
