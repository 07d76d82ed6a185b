// SPDX-License-Identifier: MIT
// npy: arrays that NumPy saved: an .npy of rows, or an .npz with training and test rows and their labels.
//
//   [rows] or [rows, d]              x [d]
//   [rows, h, w]                     image [1, h, w]
//   [rows, h, w, c], [rows, c, h, w] image [c, h, w], as `channels` says
//
// | parameter   | type   | range       | default  | meaning |
// |-------------|--------|-------------|----------|---------|
// | file        | string | any         | required | Path: absolute, or in UBP_DATA, or in the working folder. |
// | labels      | string | any         |          | An .npy of the labels of an .npy; empty: none. |
// | train       | string | any         | x_train  | Array of an .npz: the training rows. |
// | train_label | string | any         | y_train  | Array of an .npz: their labels, if it is there. |
// | test        | string | any         | x_test   | Array of an .npz: the test rows, if it is there. |
// | test_label  | string | any         | y_test   | Array of an .npz: their labels. |
// | channels    | choice | last, first | last     | Which axis of four holds the channels of images. |
// | unit_bytes  | bool   | true, false | true     | Whether bytes stand for value / 255. |
//
// Read are booleans, integers and floats of 16, 32 or 64 bits, of either byte order, in C's or Fortran's. NaN is a
// missing cell: 0, and 0 in the field `mask`. An integer that no double holds is refused. Labels are whole numbers; the
// classes are their sorted values, and are called so.
// Limits: all arrays are held in memory while they are read, each of at most UBP_MAX_DATA bytes. Arrays of texts,
// dates, complex numbers, records and objects are refused.
// Source: NumPy, numpy.lib.format. The defaults are the names of Keras' mnist.npz.
//
//   [dataset]
//   use  = "npy"
//   file = "data/kmnist.npz"
#include <ubp/sdk.hpp>

#include <array>

#include "archive.hpp"
#include "array.hpp"
#include "files.hpp"

namespace {
using namespace ubp;
using datasets::Array;

Array read_array(const std::string& path) { return datasets::parse_array(path, datasets::ByteFile(path).read_all()); }

/// A double holds every whole number up to 2^53, and only some beyond.
bool is_exact(const Array& a, std::int64_t i) {
  const double v = a.number(i);
  if (a.is_huge(i)) return v < 0x1p64 && static_cast<std::uint64_t>(v) == a.raw<std::uint64_t>(i);
  return v < 0x1p63 && static_cast<std::int64_t>(v) == a.whole(i);
}

class Npy : public Dataset {
 public:
  static void describe(Describe<Npy>& d) {
    d.id("npy")
        .title("NumPy arrays")
        .cite("NumPy, numpy.lib.format")
        .tag("table")
        .tag("images")
        .doc("Arrays that NumPy saved: an .npy of rows, or an .npz with training and test rows and their labels.")
        .param(&Npy::file_, "file", "", required, "Path: absolute, or in UBP_DATA, or in the working folder.")
        .param(&Npy::labels_, "labels", "", 0, "An .npy of the labels of an .npy; empty: none.")
        .param(&Npy::train_, "train", "x_train", 0, "Array of an .npz: the training rows.")
        .param(&Npy::train_label_, "train_label", "y_train", 0, "Array of an .npz: their labels, if it is there.")
        .param(&Npy::test_, "test", "x_test", 0, "Array of an .npz: the test rows, if it is there.")
        .param(&Npy::test_label_, "test_label", "y_test", 0, "Array of an .npz: their labels.")
        .choice(&Npy::channels_, "channels", {"last", "first"}, "last", 0,
                "Which axis of four holds the channels of images.")
        .param(&Npy::unit_bytes_, "unit_bytes", true, 0, "Whether bytes stand for value / 255.");
  }
  std::vector<std::string> files(const std::string& data_dir) override {
    std::vector<std::string> all{datasets::locate("npy", file_, data_dir)};
    if (!labels_.empty()) all.push_back(datasets::locate("npy", labels_, data_dir));
    return all;
  }

  void open(const std::string& data_dir) override {
    const std::vector<std::string> paths = files(data_dir);
    splits_ = {};
    const bool is_archive = paths[0].size() > 4 && paths[0].compare(paths[0].size() - 4, 4, ".npz") == 0;
    if (is_archive)
      open_archive(paths[0]);
    else
      splits_[0] = {read_array(paths[0]), {}};
    if (is_archive && !labels_.empty())
      throw Error("npy: labels is for an .npy; the labels of an .npz are its arrays train_label, test_label");
    if (!labels_.empty()) splits_[0].y = read_array(paths[1]);
    check();
  }

  std::vector<ubp_field> fields() override {
    const Array& x = splits_[0].x;
    std::uint32_t flags = UBP_FIELD_INPUT;
    if (row_.nd == 3) flags |= UBP_FIELD_IMAGE_CHW;
    if (x.is_bytes() && unit_bytes_) flags |= UBP_FIELD_UNIT_BYTES;
    std::vector<ubp_field> all{field(row_.nd == 3 ? "image" : "x", row_, flags, dtype_)};
    if (has_mask_) all.push_back(field("mask", row_, UBP_FIELD_MASK, UBP_U8));
    if (!classes_.empty()) all.push_back(field("label", {}, UBP_FIELD_LABEL, UBP_I64));
    return all;
  }
  std::vector<std::string> class_names() override {
    std::vector<std::string> names;
    for (const std::int64_t value : classes_) names.push_back(std::to_string(value));
    return names;
  }
  std::int64_t count(const std::string& split) override {
    return split == "train" ? splits_[0].x.rows() : split == "test" ? splits_[1].x.rows() : 0;
  }

  void read(const std::string& split, const std::int64_t* rows, std::uint32_t n,
            const std::vector<FieldOut>& out) override {
    const Split& s = splits_[split == "test"];
    for (std::uint32_t i = 0; i < n; ++i) {
      if (rows[i] < 0 || rows[i] >= s.x.rows()) throw Error("npy: row " + std::to_string(rows[i]) + " does not exist");
      switch (dtype_) {
        case UBP_U8:
          copy_row(s.x, rows[i], out[0].bytes(i));
          break;
        case UBP_F32:
          copy_row(s.x, rows[i], out[0].row(i));
          break;
        default:
          copy_row(s.x, rows[i], out[0].view().row<double>(i));
      }
      std::size_t next = 1;
      if (has_mask_)
        for (std::int64_t j = 0; j < row_.count(); ++j)
          out[next].bytes(i)[j] = !std::isnan(s.x.number(rows[i] * row_.count() + source(j)));
      next += has_mask_;
      if (!classes_.empty()) *out[next].view().row<std::int64_t>(i) = class_of(s.y, rows[i]);
    }
  }

 private:
  struct Split {
    Array x, y;
  };

  void open_archive(const std::string& path) {
    const datasets::Archive archive(path);
    const auto load = [&](const std::string& name, bool may_lack) {
      if (archive.members().count(name + ".npy"))
        return datasets::parse_array(path + ": " + name, archive.read(name + ".npy"));
      if (may_lack) return Array{};
      std::string all;
      for (const auto& [member, index] : archive.members())
        all += (all.empty() ? "" : ", ") + member.substr(0, member.rfind(".npy"));
      throw Error(path + ": there is no array '" + name + "': there are " + all, UBP_E_NOT_FOUND);
    };
    splits_[0].x = load(train_, false);
    splits_[0].y = load(train_label_, train_label_ == "y_train" || train_label_.empty());
    splits_[1].x = load(test_, test_ == "x_test" || test_.empty());
    if (splits_[1].x.rows() > 0 && splits_[0].y.rows() > 0) splits_[1].y = load(test_label_, false);
  }

  void check() {
    const Array &x = splits_[0].x, &t = splits_[1].x;
    if (x.shape.size() > 4) x.refuse("has " + std::to_string(x.shape.size()) + " axes, expected 1 to 4");
    if (t.rows() &&
        (t.kind != x.kind || t.item != x.item ||
         std::vector(t.shape.begin() + 1, t.shape.end()) != std::vector(x.shape.begin() + 1, x.shape.end())))
      t.refuse("has rows of another shape or type than the training rows");
    const std::vector<std::int64_t>& s = x.shape;
    row_ = s.size() == 1   ? Shape{1}
           : s.size() == 2 ? Shape{s[1]}
           : s.size() == 3 ? Shape{1, s[1], s[2]}
           : is_last()     ? Shape{s[3], s[1], s[2]}
                           : Shape{s[1], s[2], s[3]};
    dtype_ = x.is_bytes() || x.kind == 'b' ? UBP_U8 : x.kind == 'f' && x.item == 4 ? UBP_F32 : UBP_F64;
    has_mask_ = false;
    classes_.clear();
    for (const Split& split : splits_) {
      require_numbers(split.x);
      if (split.y.rows() > 0) add_classes(split);
    }
    std::sort(classes_.begin(), classes_.end());
    classes_.erase(std::unique(classes_.begin(), classes_.end()), classes_.end());
  }

  void require_numbers(const Array& x) {
    const std::int64_t n = x.rows() * x.row_count();
    for (std::int64_t i = 0; x.kind == 'f' && i < n; ++i) {
      if (std::isinf(x.number(i)))
        x.refuse("row " + std::to_string(i / x.row_count()) + " holds a number that is not finite");
      has_mask_ = has_mask_ || std::isnan(x.number(i));
    }
    for (std::int64_t i = 0; x.kind != 'f' && x.item == 8 && i < n; ++i)
      if (!is_exact(x, i))
        x.refuse("row " + std::to_string(i / x.row_count()) + " holds an integer that no double holds: save floats");
  }

  void add_classes(const Split& split) {
    const Array& y = split.y;
    if (y.rows() != split.x.rows() || y.row_count() != 1)
      y.refuse("has " + std::to_string(y.rows()) + " rows of " + std::to_string(y.row_count()) +
               ": expected a label for each of " + std::to_string(split.x.rows()) + " rows");
    for (std::int64_t row = 0; row < y.rows(); ++row) classes_.push_back(label(y, row));
  }

  static std::int64_t label(const Array& y, std::int64_t row) {
    if (y.is_huge(row)) y.refuse("the label of row " + std::to_string(row) + " is larger than any signed integer");
    if (y.kind != 'f') return y.whole(row);
    const double v = y.number(row);
    if (v != std::floor(v) || std::fabs(v) >= 0x1p53)
      y.refuse("label " + std::to_string(v) + " of row " + std::to_string(row) + " is no whole number");
    return static_cast<std::int64_t>(v);
  }

  std::int64_t class_of(const Array& y, std::int64_t row) const {
    return std::lower_bound(classes_.begin(), classes_.end(), label(y, row)) - classes_.begin();
  }

  bool is_last() const { return channels_ == "last"; }
  /// Where number j of a row stands in the file: channels come first here, there perhaps last.
  std::int64_t source(std::int64_t j) const {
    if (splits_[0].x.shape.size() != 4 || !is_last()) return j;
    const std::int64_t pixels = row_[1] * row_[2];
    return j % pixels * row_[0] + j / pixels;
  }
  template <class T>
  void copy_row(const Array& x, std::int64_t row, T* out) const {
    const std::int64_t n = row_.count();
    for (std::int64_t j = 0; j < n; ++j) {
      const double v = x.number(row * n + source(j));
      out[j] = std::isnan(v) ? T{0} : static_cast<T>(v);
    }
  }

  std::string file_, labels_, train_, train_label_, test_, test_label_, channels_;
  bool unit_bytes_ = true, has_mask_ = false;
  std::int32_t dtype_ = UBP_F64;
  Shape row_;
  std::array<Split, 2> splits_;
  std::vector<std::int64_t> classes_;
};

}  // namespace

UBP_EXPORT_PLUGIN("npy", "1.1.0", "MIT", Npy);
