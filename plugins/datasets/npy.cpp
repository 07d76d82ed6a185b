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
// Read are little-endian booleans, integers and floats of any size, in C order. NaN is a missing cell: 0, and 0 in the
// field `mask`. Labels are whole numbers; the classes are their sorted values.
// Limits: all arrays are held in memory while they are read. Arrays of objects are refused: they need Python.
// Source: NumPy, numpy.lib.format. The defaults are the names of Keras' mnist.npz.
//
//   [dataset]
//   use  = "npy"
//   file = "data/kmnist.npz"
#include <ubp/sdk.hpp>

#include <array>

#include "table.hpp"
#include "zip.hpp"

namespace {
using namespace ubp;

/// One array as saved.
struct Array {
  std::string name;  // for messages
  char kind = 0;     // b, i, u, f
  std::size_t item = 0;
  std::vector<std::int64_t> shape;
  std::string bytes;

  [[noreturn]] void refuse(const std::string& what) const { throw Error(name + ": " + what, UBP_E_IO); }
  std::int64_t rows() const { return shape.empty() ? 0 : shape[0]; }
  std::int64_t row_count() const { return rows() ? static_cast<std::int64_t>(bytes.size() / item) / rows() : 0; }
  bool is_bytes() const { return kind == 'u' && item == 1; }

  template <class T>
  T raw(std::int64_t i) const {
    T v;
    std::memcpy(&v, bytes.data() + static_cast<std::size_t>(i) * sizeof(T), sizeof(T));
    return v;
  }
  double number(std::int64_t i) const {
    switch (kind) {
      case 'f':
        return item == 8   ? raw<double>(i)
               : item == 4 ? static_cast<double>(raw<float>(i))
                           : half(raw<std::uint16_t>(i));
      case 'i':
        return item == 8   ? static_cast<double>(raw<std::int64_t>(i))
               : item == 4 ? raw<std::int32_t>(i)
               : item == 2 ? raw<std::int16_t>(i)
                           : raw<std::int8_t>(i);
      default:
        return item == 8   ? static_cast<double>(raw<std::uint64_t>(i))
               : item == 4 ? raw<std::uint32_t>(i)
               : item == 2 ? raw<std::uint16_t>(i)
                           : raw<std::uint8_t>(i);
    }
  }

 private:
  static double half(std::uint16_t h) {
    const int exponent = h >> 10 & 31, fraction = h & 1023;
    const double size = exponent == 31 ? (fraction ? NAN : INFINITY)
                        : exponent     ? std::ldexp(1024 + fraction, exponent - 25)
                                       : std::ldexp(fraction, -24);
    return h >> 15 ? -size : size;
  }
};

/// The text after "'key':" in the header's dictionary.
std::string_view entry(const Array& a, std::string_view header, const std::string& key) {
  const std::size_t at = header.find("'" + key + "':");
  if (at == header.npos) a.refuse("its header has no " + key);
  header.remove_prefix(at + key.size() + 3);
  return datasets::trim(header);
}

Array parse(const std::string& name, std::string file) {
  Array a;
  a.name = name;
  if (file.size() < 12 || file.compare(0, 6, "\x93NUMPY") != 0) a.refuse("is no NumPy array");
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<std::uint8_t>(file[i])); };
  const bool is_first = file[6] == 1;
  const std::size_t start = is_first ? 10 : 12;
  const std::size_t length = byte(8) | byte(9) << 8 | (is_first ? 0 : byte(10) << 16 | byte(11) << 24);
  if (file.size() < start + length) a.refuse("ends too early");
  const std::string header = file.substr(start, length);

  const std::string_view type = entry(a, header, "descr");
  const bool is_quoted = !type.empty() && type[0] == '\'';  // else a list: a structured array
  const std::string descr(is_quoted ? type.substr(1, type.find('\'', 1) - 1) : "");
  if (descr.size() >= 3) a.kind = descr[1], a.item = static_cast<std::size_t>(descr[2] - '0');
  const bool is_known = descr.size() == 3 && (descr[0] == '<' || descr[0] == '|') &&
                        (((a.kind == 'i' || a.kind == 'u') && std::strchr("1248", descr[2])) ||
                         (a.kind == 'b' && a.item == 1) || (a.kind == 'f' && std::strchr("248", descr[2])));
  if (!is_known)
    a.refuse("holds numbers of type " + (is_quoted ? descr : "[...]") +
             ": expected little-endian booleans, integers or floats");
  if (entry(a, header, "fortran_order").substr(0, 5) != "False")
    a.refuse("is in Fortran order: save numpy.ascontiguousarray(x)");

  std::string_view shape = entry(a, header, "shape");
  shape = shape.substr(1, shape.find(')') - 1);
  std::int64_t count = 1;
  for (const std::string& axis : datasets::split_list(std::string(shape))) {
    const auto n = datasets::to_number(axis);
    if (!n || *n < 0) a.refuse("has no shape");
    a.shape.push_back(static_cast<std::int64_t>(*n));
    count *= a.shape.back();
  }
  if (a.shape.empty() || count == 0) a.refuse("holds no rows");
  file.erase(0, start + length);
  if (static_cast<double>(file.size()) < static_cast<double>(count) * static_cast<double>(a.item))
    a.refuse("ends too early");
  file.resize(static_cast<std::size_t>(count) * a.item);
  a.bytes = std::move(file);
  return a;
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
    const bool is_archive = paths[0].size() > 4 && paths[0].compare(paths[0].size() - 4, 4, ".npz") == 0;
    if (is_archive)
      open_archive(paths[0]);
    else
      splits_[0] = {parse(paths[0], datasets::ByteFile(paths[0]).read_all()), {}};
    if (is_archive && !labels_.empty())
      throw Error("npy: labels is for an .npy; the labels of an .npz are its arrays train_label, test_label");
    if (!labels_.empty()) splits_[0].y = parse(paths[1], datasets::ByteFile(paths[1]).read_all());
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
    datasets::ZipFile archive(path);
    const auto load = [&](const std::string& name, bool may_lack) {
      if (archive.has(name + ".npy")) return parse(path + ": " + name, archive.read(name + ".npy"));
      if (may_lack) return Array{};
      std::string all;
      for (const std::string& member : archive.names())
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
    std::vector<std::int64_t> values;
    has_mask_ = false;
    for (const Split& split : splits_) {
      const std::int64_t n = split.x.rows() * split.x.row_count();
      for (std::int64_t i = 0; split.x.kind == 'f' && i < n; ++i) {
        const double v = split.x.number(i);
        if (std::isinf(v))
          split.x.refuse("row " + std::to_string(i / split.x.row_count()) + " holds a number that is not finite");
        has_mask_ = has_mask_ || std::isnan(v);
      }
      if (split.y.rows() == 0) continue;
      if (split.y.rows() != split.x.rows() || split.y.row_count() != 1)
        split.y.refuse("has " + std::to_string(split.y.rows()) + " rows of " + std::to_string(split.y.row_count()) +
                       ": expected a label for each of " + std::to_string(split.x.rows()) + " rows");
      for (std::int64_t i = 0; i < split.y.rows(); ++i) {
        const double v = split.y.number(i);
        if (v != std::floor(v) || std::fabs(v) > 9e15)
          split.y.refuse("label " + std::to_string(v) + " is no whole number");
        values.push_back(static_cast<std::int64_t>(v));
      }
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    classes_ = std::move(values);
  }

  std::int64_t class_of(const Array& y, std::int64_t row) const {
    return std::lower_bound(classes_.begin(), classes_.end(), static_cast<std::int64_t>(y.number(row))) -
           classes_.begin();
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

UBP_EXPORT_PLUGIN("npy", "1.0.0", "MIT", Npy);
