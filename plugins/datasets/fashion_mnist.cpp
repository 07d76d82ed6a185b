// SPDX-License-Identifier: MIT
// fashion_mnist: 60 000 grey pictures of ten kinds of clothing to train, 10 000 to test; 28 x 28 pixels, in [0, 1].
//
//   image [1, 28, 28] = byte / 255        label 0..9: T-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker,
//                                         bag, ankle boot
//
// | parameter | type   | range       | default | meaning |
// |-----------|--------|-------------|---------|---------|
// | folder    | string | any         |         | Folder of the four IDX files; empty: looked for as described. |
// | pooled    | bool   | true, false | false   | Train on all 70 000 rows and keep none to test: for clustering. |
//
// Without `folder`: UBP_DATA/fashion_mnist, then where the Debian package dataset-fashion-mnist puts it.
// Limits: all images are held in memory while they are read (55 MB).
// Source: Xiao, Rasul, Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
// arXiv:1708.07747.
//
//   [dataset]
//   use = "fashion_mnist"
#include <ubp/sdk.hpp>

#include "idx.hpp"

namespace {
using namespace ubp;

class FashionMnist : public datasets::IdxDataset {
 public:
  static void describe(Describe<FashionMnist>& d) {
    d.id("fashion_mnist")
        .title("Fashion-MNIST")
        .cite("arXiv:1708.07747")
        .from("github.com/zalandoresearch/fashion-mnist: Debian package dataset-fashion-mnist", "MIT")
        .tag("images")
        .doc("70 000 grey pictures of ten kinds of clothing, 28 x 28 pixels: a harder drop-in replacement for MNIST.")
        .param(&FashionMnist::folder_, "folder", "", 0,
               "Folder of the four IDX files; empty: looked for as described.");
    describe_pooled(d);
  }
  std::string id() const override { return "fashion_mnist"; }
  std::string advice() const override {
    return "install it with `apt-get install dataset-fashion-mnist`, or set `folder` to the four files of "
           "Fashion-MNIST";
  }
  std::vector<std::string> known_classes() const override {
    return {"T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"};
  }
  std::vector<std::string> folders(const std::string& data_dir) const override {
    if (!folder_.empty()) return {folder_};
    std::vector<std::string> where;
    if (!data_dir.empty())
      where = {datasets::join(data_dir, "fashion_mnist"), datasets::join(data_dir, "fashion-mnist")};
    where.emplace_back("/usr/share/datasets/fashion-mnist");
    return where;
  }

 private:
  std::string folder_;
};

}  // namespace

UBP_EXPORT_PLUGIN("fashion_mnist", "1.0.0", "MIT", FashionMnist);
