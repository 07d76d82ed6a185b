// SPDX-License-Identifier: MIT
// wine: 178 Italian wines of three growers: thirteen chemical measurements.
//
//   x [13], in the file's units        label 0..2: the grower
//
// | parameter | type   | range | default | meaning |
// |-----------|--------|-------|---------|---------|
// | folder    | string | any   |         | Folder of the file; empty: looked for as described. |
//
// Without `folder`: wine_data.csv in UBP_DATA, then where the Debian package python3-sklearn puts it.
// Limits: one split, `train`: the run splits off its test rows. The columns differ in scale: set `scale` in [dataset].
// Source: Forina et al., PARVUS, 1988 (UCI Wine); scikit-learn's load_wine().
//
//   [dataset]
//   use        = "wine"
//   scale      = "standard"
//   test_share = 0.2
#include <ubp/sdk.hpp>

#include "sklearn.hpp"

namespace {
using namespace ubp;

class Wine : public datasets::SklearnTable {
 public:
  static void describe(Describe<Wine>& d) {
    d.id("wine")
        .title("Wine")
        .cite("Forina et al., PARVUS, 1988 (UCI Wine)")
        .from("UCI Machine Learning Repository, as scikit-learn has it: Debian package python3-sklearn", "CC-BY-4.0")
        .tag("table")
        .doc("178 Italian wines of three growers: thirteen chemical measurements.")
        .param(&Wine::folder_, "folder", "", 0, "Folder of the file; empty: looked for as described.");
  }
  std::string id() const override { return "wine"; }
  std::string file_name() const override { return "wine_data.csv"; }
  std::string folder() const override { return folder_; }
  std::vector<std::string> column_names() override {
    return {"alcohol",         "malic_acid",      "ash",        "alcalinity_of_ash",
            "magnesium",       "total_phenols",   "flavanoids", "nonflavanoid_phenols",
            "proanthocyanins", "color_intensity", "hue",        "od280/od315_of_diluted_wines",
            "proline"};
  }

 private:
  std::string folder_;
};

}  // namespace

UBP_EXPORT_PLUGIN("wine", "1.0.0", "MIT", Wine);
