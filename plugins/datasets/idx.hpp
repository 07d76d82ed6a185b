// SPDX-License-Identifier: MIT
// IDX, the format of MNIST: two zero bytes, the type (8: bytes), the number of axes, the axes as big-endian 32-bit
// counts, then the bytes. (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".)
#pragma once

#include <array>
#include <memory>

#include <ubp/components.hpp>

#include "files.hpp"

namespace datasets {

/// The header of an open IDX file of bytes.
inline std::vector<std::int64_t> read_idx_header(ByteFile& file) {
  std::uint8_t magic[4];
  file.read(magic, 4);
  if (magic[0] || magic[1] || magic[2] != 8 || magic[3] < 1 || magic[3] > 7) file.fail("is no IDX file of bytes");
  std::vector<std::int64_t> shape;
  for (int axis = 0; axis < magic[3]; ++axis) {
    std::uint8_t b[4];
    file.read(b, 4);
    shape.push_back(std::int64_t{b[0]} << 24 | std::int64_t{b[1]} << 16 | std::int64_t{b[2]} << 8 | std::int64_t{b[3]});
  }
  return shape;
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

  void open(const std::string& data_dir) override {
    const std::vector<std::string> paths = files(data_dir);
    for (int s = 0; s < 2; ++s) {
      Split& split = splits_[s];
      split = {paths[2 * s], paths[2 * s + 1], 0, {}, {}};
      ByteFile images(split.image_path), labels(split.label_path);
      const std::vector<std::int64_t> shape = read_idx_header(images), label_shape = read_idx_header(labels);
      if (shape.size() != 3) images.fail("has " + std::to_string(shape.size()) + " axes, expected 3: images");
      if (label_shape.size() != 1)
        labels.fail("has " + std::to_string(label_shape.size()) + " axes, expected 1: labels");
      if (shape[0] != label_shape[0])
        labels.fail("has " + std::to_string(label_shape[0]) + " labels for " + std::to_string(shape[0]) + " images");
      if (s == 1 && (shape[1] != height_ || shape[2] != width_))
        images.fail("has images of another size than the training split");
      split.rows = shape[0], height_ = shape[1], width_ = shape[2];
    }
  }

  std::vector<ubp_field> fields() override {
    return {
        ubp::field("image", {1, height_, width_}, UBP_FIELD_INPUT | UBP_FIELD_IMAGE_CHW | UBP_FIELD_UNIT_BYTES, UBP_U8),
        ubp::field("label", {}, UBP_FIELD_LABEL, UBP_I64)};
  }

  std::int64_t count(const std::string& split) override {
    if (pooled) return split == "train" ? splits_[0].rows + splits_[1].rows : 0;
    return split == "train" ? splits_[0].rows : split == "test" ? splits_[1].rows : 0;
  }

  void read(const std::string& split, const std::int64_t* rows, std::uint32_t n,
            const std::vector<ubp::FieldOut>& out) override {
    const std::size_t pixels = static_cast<std::size_t>(height_ * width_);
    const std::int64_t all = count(split);
    for (std::uint32_t i = 0; i < n; ++i) {
      if (rows[i] < 0 || rows[i] >= all)
        throw ubp::Error(id() + ": row " + std::to_string(rows[i]) + " is outside 0.." + std::to_string(all - 1));
      const bool is_test = pooled ? rows[i] >= splits_[0].rows : split == "test";
      const auto r = static_cast<std::size_t>(pooled && is_test ? rows[i] - splits_[0].rows : rows[i]);
      Split &s = splits_[is_test], &other = splits_[!is_test];
      if (s.labels.empty()) fill(s), other.images = {}, other.labels = {};  // the host reads in order: hold one
      std::memcpy(out[0].bytes(i), s.images.data() + r * pixels, pixels);
      *out[1].view().row<std::int64_t>(i) = s.labels[r];
    }
  }

 private:
  struct Split {
    std::string image_path, label_path;
    std::int64_t rows = 0;
    std::vector<std::uint8_t> images, labels;
  };

  void fill(Split& s) const {
    ByteFile images(s.image_path), labels(s.label_path);
    read_idx_header(images), read_idx_header(labels);
    s.images.resize(static_cast<std::size_t>(s.rows * height_ * width_));
    s.labels.resize(static_cast<std::size_t>(s.rows));
    images.read(s.images.data(), static_cast<std::int64_t>(s.images.size()));
    labels.read(s.labels.data(), s.rows);
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
};

}  // namespace datasets
