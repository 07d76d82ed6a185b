// SPDX-License-Identifier: MIT
// IDX, the format of MNIST: two zero bytes, the type (8: bytes), the number of axes, the axes as big-endian 32-bit
// counts, then the bytes. (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".)
#pragma once

#include <array>
#include <memory>

#include <ubp/components.hpp>

#include "files.hpp"

namespace datasets {

/// The axes and the bytes of an IDX file.
struct Idx {
  std::vector<std::int64_t> shape;
  std::string file;  ///< whole, the header included

  std::size_t header() const { return 4 + 4 * shape.size(); }
  const std::uint8_t* data() const { return reinterpret_cast<const std::uint8_t*>(file.data()) + header(); }
};

/// Reads a file of bytes with `axes` axes, none empty. Throws Error (UBP_E_IO) if its size is another one than its
/// header claims.
inline Idx read_idx(const std::string& path, std::size_t axes, const std::string& content) {
  ByteFile source(path);
  Idx idx{{}, source.read_all()};
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(idx.file[at]); };
  if (idx.file.size() < 4 || byte(0) || byte(1) || byte(3) < 1) source.fail("is no IDX file");
  if (byte(2) != 8) source.fail("holds numbers of type " + std::to_string(byte(2)) + ", expected 8: bytes");
  if (byte(3) != axes)
    source.fail("has " + std::to_string(byte(3)) + " axes, expected " + std::to_string(axes) + ": " + content);
  if (idx.file.size() < 4 + 4 * axes) source.fail("ends in its header");
  double claimed = 1;
  for (std::size_t at = 4; at < 4 + 4 * axes; at += 4) {
    idx.shape.push_back(std::int64_t{byte(at)} << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3));
    claimed *= static_cast<double>(idx.shape.back());
  }
  const double found = static_cast<double>(idx.file.size() - idx.header());
  if (claimed == 0) source.fail("holds no " + content);
  if (found != claimed)
    source.fail((found < claimed ? "ends too early: " : "goes on behind its last byte: ") + size_text(claimed) +
                " are claimed, " + size_text(found) + " are there");
  return idx;
}

/// Images and labels in the four files of MNIST and its successors.
class IdxDataset : public ubp::Dataset {
 public:
  bool pooled = false;  ///< the rows of both splits are training rows, and there is no test split

  /// The parameter that all of them declare.
  template <class Owner>
  static void describe_pooled(ubp::Describe<Owner>& d) {
    d.param(&Owner::pooled, "pooled", false, 0, "Train on all 70 000 rows and keep none to test: for clustering.");
  }

  /// Where to look, best first; and what to tell a user who has the files nowhere.
  virtual std::vector<std::string> folders(const std::string& data_dir) const = 0;
  virtual std::string id() const = 0;
  virtual std::string advice() const = 0;

  std::vector<std::string> files(const std::string& data_dir) override {
    for (const std::string& where : folders(data_dir)) {
      std::vector<std::string> found;
      for (const char* stem : {"train-images", "train-labels", "t10k-images", "t10k-labels"}) {
        const std::string path = in_folder(where, stem);
        if (!path.empty()) found.push_back(path);
      }
      if (found.size() == 4) return found;
    }
    throw ubp::Error(id() + ": " + missing(data_dir) + " is missing: " + advice(), UBP_E_IO);
  }

  /// What the classes are called, from class 0 on; empty: any byte is a class and its own name.
  virtual std::vector<std::string> known_classes() const { return {}; }
  std::vector<std::string> class_names() override {
    std::vector<std::string> names = known_classes();
    for (int c = 0; known_classes().empty() && c <= greatest_; ++c) names.push_back(std::to_string(c));
    return names;
  }

  void open(const std::string& data_dir) override {
    const std::vector<std::string> paths = files(data_dir);
    greatest_ = 0;
    for (std::size_t s = 0; s < 2; ++s) {
      Split& split = splits_[s];
      split = {read_idx(paths[2 * s], 3, "images"), read_idx(paths[2 * s + 1], 1, "labels")};
      const std::vector<std::int64_t>& shape = split.images.shape;
      if (shape[0] != split.labels.shape[0])
        refuse(paths[2 * s + 1],
               "has " + std::to_string(split.labels.shape[0]) + " labels for " + std::to_string(shape[0]) + " images");
      if (s == 1 && (shape[1] != height_ || shape[2] != width_))
        refuse(paths[2], "has images of another size than the training split");
      height_ = shape[1], width_ = shape[2];
      require_labels(paths[2 * s + 1], split.labels);
    }
  }

  std::vector<ubp_field> fields() override {
    return {
        ubp::field("image", {1, height_, width_}, UBP_FIELD_INPUT | UBP_FIELD_IMAGE_CHW | UBP_FIELD_UNIT_BYTES, UBP_U8),
        ubp::field("label", {}, UBP_FIELD_LABEL, UBP_I64)};
  }

  std::int64_t count(const std::string& split) override {
    if (pooled) return split == "train" ? splits_[0].rows() + splits_[1].rows() : 0;
    return split == "train" ? splits_[0].rows() : split == "test" ? splits_[1].rows() : 0;
  }

  void read(const std::string& split, const std::int64_t* rows, std::uint32_t n,
            const std::vector<ubp::FieldOut>& out) override {
    const std::size_t pixels = static_cast<std::size_t>(height_ * width_);
    const std::int64_t all = count(split);
    for (std::uint32_t i = 0; i < n; ++i) {
      if (rows[i] < 0 || rows[i] >= all)
        throw ubp::Error(id() + ": row " + std::to_string(rows[i]) + " is outside 0.." + std::to_string(all - 1));
      const bool is_test = pooled ? rows[i] >= splits_[0].rows() : split == "test";
      const auto r = static_cast<std::size_t>(pooled && is_test ? rows[i] - splits_[0].rows() : rows[i]);
      const Split& s = splits_[is_test];
      std::memcpy(out[0].bytes(i), s.images.data() + r * pixels, pixels);
      *out[1].view().row<std::int64_t>(i) = s.labels.data()[r];
    }
  }

 private:
  struct Split {
    Idx images, labels;
    std::int64_t rows() const { return images.shape.empty() ? 0 : images.shape[0]; }
  };

  [[noreturn]] static void refuse(const std::string& path, const std::string& what) {
    throw ubp::Error(path + ": " + what, UBP_E_IO);
  }
  void require_labels(const std::string& path, const Idx& labels) {
    const std::size_t known = known_classes().size();
    for (std::int64_t row = 0; row < labels.shape[0]; ++row) {
      const int label = labels.data()[row];
      if (known > 0 && static_cast<std::size_t>(label) >= known)
        refuse(path, "label " + std::to_string(label) + " of row " + std::to_string(row) + " is none of 0 to " +
                         std::to_string(known - 1));
      greatest_ = std::max(greatest_, label);
    }
  }

  /// "train-images" -> the path of train-images-idx3-ubyte[.gz] or train-images.idx3-ubyte[.gz]; "" if there is none.
  static std::string in_folder(const std::string& folder, const std::string& stem) {
    const std::string axes = stem.find("images") != std::string::npos ? "idx3-ubyte" : "idx1-ubyte";
    for (const char* joint : {"-", "."})
      for (const char* end : {"", ".gz"})
        if (const std::string path = join(folder, stem + joint + axes + end); is_file(path)) return path;
    return {};
  }

  /// The first file that the best existing folder lacks.
  std::string missing(const std::string& data_dir) const {
    const std::vector<std::string> where = folders(data_dir);
    std::string best = where.empty() ? "" : where.front();
    for (auto folder = where.rbegin(); folder != where.rend(); ++folder)
      if (!in_folder(*folder, "train-images").empty()) best = *folder;
    for (const char* stem : {"train-images", "train-labels", "t10k-images", "t10k-labels"})
      if (in_folder(best, stem).empty())
        return join(best, stem + std::string(std::string(stem).find("images") != std::string::npos ? "-idx3-ubyte.gz"
                                                                                                   : "-idx1-ubyte.gz"));
    return best;
  }

  std::array<Split, 2> splits_;
  std::int64_t height_ = 0, width_ = 0;
  int greatest_ = 0;  // label
};

}  // namespace datasets
