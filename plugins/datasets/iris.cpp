// SPDX-License-Identifier: MIT
// iris: 150 flowers of three species of iris: length and width of sepal and petal, in cm.
//
//   x [4], in the file's units        label 0..2: setosa, versicolor, virginica
//
// | parameter | type   | range | default | meaning |
// |-----------|--------|-------|---------|---------|
// | folder    | string | any   |         | Folder of the file; empty: looked for as described. |
//
// Without `folder`: iris.csv in UBP_DATA, then where the Debian package python3-sklearn puts it.
// Limits: one split, `train`: the run splits off its test rows. The columns differ in scale: set `scale` in [dataset].
// Source: Fisher, Annals of Eugenics 7, 1936; scikit-learn's load_iris().
//
//   [dataset]
//   use        = "iris"
//   scale      = "standard"
//   test_share = 0.2
#include <ubp/sdk.hpp>

#include "sklearn.hpp"

namespace {
using namespace ubp;

class Iris : public datasets::SklearnTable {
 public:
  static void describe(Describe<Iris>& d) {
    d.id("iris")
        .title("Iris")
        .cite("Fisher, Annals of Eugenics 7, 1936")
        .from("UCI Machine Learning Repository, as scikit-learn has it: Debian package python3-sklearn", "CC-BY-4.0")
        .tag("table")
        .doc("150 flowers of three species of iris: length and width of sepal and petal, in cm.")
        .param(&Iris::folder_, "folder", "", 0, "Folder of the file; empty: looked for as described.");
  }
  std::string id() const override { return "iris"; }
  std::string file_name() const override { return "iris.csv"; }
  std::string folder() const override { return folder_; }
  std::vector<std::string> column_names() override {
    return {"sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"};
  }

 private:
  std::string folder_;
};

}  // namespace

UBP_EXPORT_PLUGIN("iris", "1.0.0", "MIT", Iris);
