// SPDX-License-Identifier: MIT
// One array as NumPy saves it: the header, a Python dictionary, and the numbers. (NumPy, numpy.lib.format.)
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <ubp/core.hpp>

namespace datasets {

/// Numbers in C order and the machine's byte order.
struct Array {
  std::string name;  ///< for messages
  char kind = 0;     ///< b, i, u, f
  std::size_t item = 0;
  std::vector<std::int64_t> shape;
  std::string bytes;

  [[noreturn]] void refuse(const std::string& what) const { throw ubp::Error(name + ": " + what, UBP_E_IO); }
  std::int64_t rows() const { return shape.empty() ? 0 : shape[0]; }
  std::int64_t row_count() const { return rows() ? static_cast<std::int64_t>(bytes.size() / item) / rows() : 0; }
  bool is_bytes() const { return kind == 'u' && item == 1; }

  template <class T>
  T raw(std::int64_t i) const {
    T v;
    std::memcpy(&v, bytes.data() + static_cast<std::size_t>(i) * sizeof(T), sizeof(T));
    return v;
  }
  bool is_huge(std::int64_t i) const { return kind == 'u' && item == 8 && raw<std::uint64_t>(i) > INT64_MAX; }
  /// Number `i` of an array of kind b, i or u, not a huge one.
  std::int64_t whole(std::int64_t i) const {
    if (kind == 'i')
      return item == 8   ? raw<std::int64_t>(i)
             : item == 4 ? raw<std::int32_t>(i)
             : item == 2 ? raw<std::int16_t>(i)
                         : raw<std::int8_t>(i);
    return item == 8   ? static_cast<std::int64_t>(raw<std::uint64_t>(i))
           : item == 4 ? raw<std::uint32_t>(i)
           : item == 2 ? raw<std::uint16_t>(i)
                       : raw<std::uint8_t>(i);
  }
  double number(std::int64_t i) const {
    if (is_huge(i)) return static_cast<double>(raw<std::uint64_t>(i));
    if (kind != 'f') return static_cast<double>(whole(i));
    return item == 8 ? raw<double>(i) : item == 4 ? static_cast<double>(raw<float>(i)) : half(raw<std::uint16_t>(i));
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

namespace detail {

/// Bytes of a file in a message: all but the characters of ASCII as question marks.
inline std::string printable(std::string_view bytes) {
  std::string text(bytes);
  for (char& ch : text)
    if (ch < ' ' || ch > '~') ch = '?';
  return text;
}

/// {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
class ArrayHeader {
 public:
  std::string descr;
  bool is_fortran = false;
  std::vector<std::int64_t> shape;

  ArrayHeader(const Array& array, std::string_view text) : array_(array), text_(text) {
    std::set<std::string> keys;
    for (take('{'); !is_next('}');) {
      const std::string key = quoted();
      take(':');
      if (!keys.insert(key).second) refuse();
      entry(key);
      if (!is_next('}')) take(',');
    }
    take('}');
    skip_blanks();
    took("\n");
    if (at_ < text_.size() || keys.size() != 3) refuse();
  }

 private:
  [[noreturn]] void refuse() const {
    array_.refuse("its header is damaged at character " + std::to_string(at_) + ": " + printable(text_.substr(0, 120)));
  }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool is_next(char ch) {
    skip_blanks();
    return at_ < text_.size() && text_[at_] == ch;
  }
  void take(char ch) {
    if (!is_next(ch)) refuse();
    ++at_;
  }
  bool took(std::string_view word) {
    skip_blanks();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  std::string quoted() {
    skip_blanks();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '\'' && quote != '"') refuse();
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == text_.npos) refuse();
    const std::string found(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return found;
  }

  void entry(const std::string& key) {
    if (key == "descr") {
      if (is_next('[')) array_.refuse("is a structured array: save its columns as arrays of numbers");
      descr = quoted();
    } else if (key == "fortran_order") {
      is_fortran = took("True");
      if (!is_fortran && !took("False")) refuse();
    } else if (key == "shape") {
      axes();
    } else {
      refuse();
    }
  }

  /// (), (3,), (3, 4); Python 2 wrote (3L, 4L).
  void axes() {
    for (take('('); !is_next(')');) {
      shape.push_back(axis());
      if (!is_next(')') || shape.size() == 1) take(',');
    }
    take(')');
  }
  std::int64_t axis() {
    skip_blanks();
    const std::size_t start = at_;
    std::int64_t n = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_)
      if (__builtin_mul_overflow(n, std::int64_t{10}, &n) || __builtin_add_overflow(n, text_[at_] - '0', &n)) refuse();
    if (at_ == start || (text_[start] == '0' && at_ > start + 1)) refuse();
    took("L");
    return n;
  }

  const Array& array_;
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Sets kind and item.
inline void read_type(Array& a, const std::string& descr) {
  if (descr.size() == 3) a.kind = descr[1], a.item = static_cast<std::size_t>(descr[2] - '0');
  const auto is_one_of = [&](std::size_t at, std::string_view all) { return all.find(descr[at]) != all.npos; };
  const bool is_ordered = descr.size() == 3 && (is_one_of(0, "<>") || (descr[0] == '|' && a.item == 1));
  const bool is_number = is_ordered && ((is_one_of(1, "iu") && is_one_of(2, "1248")) ||
                                        (a.kind == 'b' && a.item == 1) || (a.kind == 'f' && is_one_of(2, "248")));
  if (!is_number)
    a.refuse("holds values of type " + printable(descr) +
             ": expected booleans, integers, or floats of 16, 32 or 64 bits");
}

/// Little-endian from big-endian.
inline void swap_bytes(Array& a) {
  for (std::size_t at = 0; at < a.bytes.size(); at += a.item)
    std::reverse(a.bytes.begin() + static_cast<std::ptrdiff_t>(at),
                 a.bytes.begin() + static_cast<std::ptrdiff_t>(at + a.item));
}

/// From Fortran's order, first axis fastest, to C's.
inline void reorder(Array& a) {
  std::vector<std::size_t> at(a.shape.size(), 0), stride(a.shape.size(), a.item);
  for (std::size_t axis = 1; axis < a.shape.size(); ++axis)
    stride[axis] = stride[axis - 1] * static_cast<std::size_t>(a.shape[axis - 1]);
  std::string bytes;
  bytes.reserve(a.bytes.size());
  while (bytes.size() < a.bytes.size()) {
    std::size_t from = 0;
    for (std::size_t axis = 0; axis < at.size(); ++axis) from += at[axis] * stride[axis];
    bytes.append(a.bytes, from, a.item);
    for (std::size_t axis = at.size(); axis-- > 0 && ++at[axis] == static_cast<std::size_t>(a.shape[axis]);)
      at[axis] = 0;
  }
  a.bytes = std::move(bytes);
}

/// A byte that is neither would be another number in each program that reads it.
inline void require_booleans(const Array& a) {
  for (std::size_t at = 0; at < a.bytes.size() && a.kind == 'b'; ++at)
    if (static_cast<std::uint8_t>(a.bytes[at]) > 1)
      a.refuse("row " + std::to_string(static_cast<std::int64_t>(at) / a.row_count()) +
               " holds a boolean that is neither 0 nor 1");
}

}  // namespace detail

/// `file` holds an .npy. Throws Error (UBP_E_IO) that begins with `name`; memory is asked for only as much as is there.
inline Array parse_array(const std::string& name, std::string file) {
  Array a;
  a.name = name;
  if (file.size() < 12 || file.compare(0, 6, "\x93NUMPY") != 0) a.refuse("is no NumPy array");
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<std::uint8_t>(file[i])); };
  if (byte(6) < 1 || byte(6) > 3 || byte(7) != 0)
    a.refuse("is of version " + std::to_string(byte(6)) + "." + std::to_string(byte(7)) +
             " of the format, expected 1.0 to 3.0");
  const std::size_t start = byte(6) == 1 ? 10 : 12;
  const std::size_t length = byte(8) | byte(9) << 8 | (start == 10 ? 0 : byte(10) << 16 | byte(11) << 24);
  if (file.size() - start < length) a.refuse("ends in its header");
  const detail::ArrayHeader header(a, std::string_view(file).substr(start, length));
  detail::read_type(a, header.descr);
  a.shape = header.shape;
  if (a.shape.empty()) a.refuse("is a single number, expected rows");

  std::uint64_t claimed = a.item;
  for (const std::int64_t n : a.shape)
    if (__builtin_mul_overflow(claimed, static_cast<std::uint64_t>(n), &claimed))
      a.refuse("claims a shape that no memory holds");
  if (claimed == 0) a.refuse("holds no rows");
  const std::uint64_t found = file.size() - start - length;
  if (found != claimed)
    a.refuse((found < claimed ? "ends too early: its shape needs " : "goes on behind its numbers: its shape needs ") +
             std::to_string(claimed) + " bytes, " + std::to_string(found) + " are there");
  file.erase(0, start + length);
  a.bytes = std::move(file);
  if (header.descr[0] == '>') detail::swap_bytes(a);
  if (header.is_fortran) detail::reorder(a);
  detail::require_booleans(a);
  return a;
}

}  // namespace datasets
