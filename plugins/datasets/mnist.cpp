// SPDX-License-Identifier: MIT
// mnist: 60 000 grey pictures of handwritten digits to train, 10 000 to test; 28 x 28 pixels, in [0, 1].
//
//   image [1, 28, 28] = byte / 255        label 0..9: the digit
//
// | parameter | type   | range       | default | meaning |
// |-----------|--------|-------------|---------|---------|
// | folder    | string | any         |         | Folder of the four IDX files; empty: UBP_DATA/mnist, UBP_DATA. |
// | pooled    | bool   | true, false | false   | Train on all 70 000 rows and keep none to test: for clustering. |
//
// Files: {train,t10k}-{images-idx3,labels-idx1}-ubyte, plain or .gz. Any data set in these files will do (KMNIST, an
// EMNIST split renamed); the size of its images is read from them.
// Limits: all images are held in memory while they are read (55 MB), at most UBP_MAX_DATA bytes.
// Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE 86(11),
// 1998. The training pixels have mean 0.13066 and standard deviation 0.30811.
//
//   [dataset]
//   use    = "mnist"
//   folder = "data/mnist"
#include <ubp/sdk.hpp>

#include "idx.hpp"

namespace {
using namespace ubp;

class Mnist : public datasets::IdxDataset {
 public:
  static void describe(Describe<Mnist>& d) {
    d.id("mnist")
        .title("MNIST")
        .cite("LeCun et al., Proc. IEEE 86(11), 1998")
        .from("yann.lecun.com/exdb/mnist", "not stated there")
        .tag("images")
        .doc("70 000 grey pictures of handwritten digits, 28 x 28 pixels, from the four IDX files.")
        .param(&Mnist::folder_, "folder", "", 0, "Folder of the four IDX files; empty: UBP_DATA/mnist, UBP_DATA.");
    describe_pooled(d);
  }
  std::string id() const override { return "mnist"; }
  std::string advice() const override {
    return "put the four IDX files of MNIST, plain or gzipped, into a folder and name it in `folder`, or set UBP_DATA";
  }
  std::vector<std::string> folders(const std::string& data_dir) const override {
    if (!folder_.empty()) return {folder_};
    if (data_dir.empty()) return {};
    return {datasets::join(data_dir, "mnist"), data_dir};
  }

 private:
  std::string folder_;
};

}  // namespace

UBP_EXPORT_PLUGIN("mnist", "1.0.0", "MIT", Mnist);
