// SPDX-License-Identifier: MIT
// breast_cancer: 569 breast tumours: thirty measurements of cell nuclei in an image.
//
//   x [30], in the file's units        label 0..1: malignant, benign
//
// | parameter | type   | range | default | meaning |
// |-----------|--------|-------|---------|---------|
// | folder    | string | any   |         | Folder of the file; empty: looked for as described. |
//
// Without `folder`: breast_cancer.csv in UBP_DATA, then where the Debian package python3-sklearn puts it.
// Limits: one split, `train`: the run splits off its test rows. The columns differ in scale: set `scale` in [dataset].
// Source: Street, Wolberg, Mangasarian, SPIE 1905, 1993 (UCI WDBC); scikit-learn's load_breast_cancer().
//
//   [dataset]
//   use        = "breast_cancer"
//   scale      = "standard"
//   test_share = 0.2
#include <ubp/sdk.hpp>

#include "sklearn.hpp"

namespace {
using namespace ubp;

class BreastCancer : public datasets::SklearnTable {
 public:
  static void describe(Describe<BreastCancer>& d) {
    d.id("breast_cancer")
        .title("Breast cancer Wisconsin")
        .cite("Street, Wolberg, Mangasarian, SPIE 1905, 1993 (UCI WDBC)")
        .from("UCI Machine Learning Repository, as scikit-learn has it: Debian package python3-sklearn", "CC-BY-4.0")
        .tag("table")
        .doc("569 breast tumours: thirty measurements of cell nuclei in an image.")
        .param(&BreastCancer::folder_, "folder", "", 0, "Folder of the file; empty: looked for as described.");
  }
  std::string id() const override { return "breast_cancer"; }
  std::string file_name() const override { return "breast_cancer.csv"; }
  std::string folder() const override { return folder_; }
  std::vector<std::string> column_names() override {
    return {
        "mean radius",       "mean texture",    "mean perimeter",       "mean area",      "mean smoothness",
        "mean compactness",  "mean concavity",  "mean concave points",  "mean symmetry",  "mean fractal dimension",
        "radius error",      "texture error",   "perimeter error",      "area error",     "smoothness error",
        "compactness error", "concavity error", "concave points error", "symmetry error", "fractal dimension error",
        "worst radius",      "worst texture",   "worst perimeter",      "worst area",     "worst smoothness",
        "worst compactness", "worst concavity", "worst concave points", "worst symmetry", "worst fractal dimension"};
  }

 private:
  std::string folder_;
};

}  // namespace

UBP_EXPORT_PLUGIN("breast_cancer", "1.0.0", "MIT", BreastCancer);
