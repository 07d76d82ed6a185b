// SPDX-License-Identifier: MIT
// What is known of an op, in one place.
//
// A file of ops/ defines its ops whole: a signature, a sentence, what runs, cases to test. From these definitions come
// the names and codes of ubp.math, what every call is checked for, the gradient tests, the names in profiles and the
// list of ops in the guide. A new op is a definition in a file of ops/; CMake finds the file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"

namespace ubp::ops {

/// How an op is called and what its tensors look like, read at compile time from a text such as
///   "linear(x [n,i], w [i,o], b? [o]; activation = none) -> [n,o]"
///
///   signature = name "(" input {"," input} [";" attribute {"," attribute}] ")" "->" results
///   input     = name ["?" | "*"] ["i64" | "any"] [shape]   ?: may be missing; *: one or more, the last input only
///   shape     = "[" dim {"," dim} "]"                      without: any shape
///   dim       = letter | "..."                             the same extent, or extents, wherever it stands
///   attribute = name ("=" default | ["int"])               without a default it must be given
///   default   = integer | number | "[]" | word {"|" word}  its type is the attribute's; "[]": a list of integers
///
/// Inputs of no dtype are f32 or f64, all of one op alike. `results` is for people; its parts are the tensors given.
struct Signature {
  struct Input {
    std::string_view name;
    enum Kind { real, i64, any } kind = real;
    bool optional = false, repeated = false, any_shape = true;
    int nd = 0;
    char dim[8] = {};  ///< a letter, or '.' for "..."
  };
  struct Attribute {
    std::string_view name, words;
    enum Kind { integer, number, list, word } kind = integer;
    bool required = true;
    double otherwise = 0;
  };

  static constexpr int kMost = 6;  ///< inputs, attributes

  std::string_view text, name, results;
  Input in[kMost];
  int n_in = 0, n_required = 0;
  Attribute attribute[kMost];
  int n_attributes = 0, n_out = 1;

  consteval Signature(const char* text);
};

class Call;
using Results = std::vector<Tensor>;

/// The functions of ubp.math that take a code, by the numbers that `supports` knows.
enum class Family : int { none, unary, binary, reduce, shape };

struct Op {
  Signature signature;
  const char* says;  ///< one sentence for the guide; null: for derivatives only, no plugin can call it
  Results (*run)(Engine&, Call&);
  /// One a line: the shape of each input, how it is drawn, and attributes: "[3,4] in 0.1..0.6, [2] < 3; axis = 1".
  ///   [shape] in lo..hi   uniform (without: -1..1)          [shape] off lo..hi   of that size, either sign
  ///   [shape] grid lo..hi all distinct, shuffled            [shape] < k          integers below k
  ///   [shape] is 1 0 2    these integers                    [shape] spd          symmetric, positive definite
  ///   -                   missing
  /// The tests also set each extent of a case to 0 and to 1, as far as the op accepts that.
  const char* cases = "";
  Family family = Family::none;
  int code = 0;
  bool differentiable = true;  ///< false: its results are constant, or integers
};

using Ops = std::vector<const Op*>;

/// Every op, in the order of files and definitions.
std::span<const Op* const> all();
/// The op of that name. Throws EngineError (NOT_FOUND), which names the nearest, and all there are.
const Op& find(std::string_view name);
const Op* find(Family, int code);  ///< null: there is none

/// One call by name: inputs and attributes, checked against the signature.
class Call {
 public:
  Call(const Op&, std::span<const Tensor> in, std::span<const ubp_attr* const> attrs);

  const Op& op() const { return op_; }
  Tensor in(std::size_t i) const { return i < in_.size() ? in_[i] : Tensor{}; }
  std::span<const Tensor> inputs() const { return in_; }

  // Attributes by their place in the signature.
  double number(int k) const { return value_[k].number; }
  i64 integer(int k) const { return static_cast<i64>(value_[k].number); }
  bool flag(int k) const { return value_[k].number != 0; }
  int word(int k) const { return static_cast<int>(value_[k].number); }  ///< its index among the words
  std::span<const i64> list(int k) const { return value_[k].list; }

 private:
  struct Value {
    double number = 0;
    std::span<const i64> list;
  };
  void take(int k, const ubp_attr&);

  const Op& op_;
  std::span<const Tensor> in_;
  Value value_[Signature::kMost];
};

/// While one lives, an op runs: its inputs were checked, what it records bears its name, and its time is the op's. Ops
/// that it runs inside, and those of a derivative, are not called by others: they do not count, nor are they checked.
class Running {
 public:
  Running(Engine&, const Op&, std::span<const Tensor> in);
  Running(Engine& e, const Op& op, std::initializer_list<Tensor> in)
      : Running(e, op, std::span(in.begin(), in.size())) {}
  ~Running();
  Running(const Running&) = delete;

 private:
  Engine& engine_;
  bool outermost_;
  i64 since_ = 0;
};

// --- reading signatures ----------------------------------------------------------------------------------------------

namespace detail {

/// The rest of a text, taken from the front.
struct Cursor {
  std::string_view rest;

  constexpr void skip_blanks() {
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  }
  constexpr bool take(std::string_view mark) {
    skip_blanks();
    if (rest.substr(0, mark.size()) != mark) return false;
    rest.remove_prefix(mark.size());
    return true;
  }
  constexpr void expect(std::string_view mark) {
    if (!take(mark)) throw "a signature is malformed";
  }
  constexpr std::string_view until(std::string_view ends) {
    skip_blanks();
    const std::size_t n = std::min(rest.find_first_of(ends), rest.size());
    const std::string_view found = rest.substr(0, n);
    rest.remove_prefix(n);
    return found;
  }
};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "-1", "0.25" or "1e-5"
constexpr double number_of(std::string_view s) {
  const bool negative = !s.empty() && s.front() == '-';
  if (negative) s.remove_prefix(1);
  double mantissa = 0, scale = 1;
  std::size_t k = 0;
  for (; k < s.size() && is_digit(s[k]); ++k) mantissa = mantissa * 10 + (s[k] - '0');
  if (k < s.size() && s[k] == '.')
    for (++k; k < s.size() && is_digit(s[k]); ++k, scale *= 10) mantissa = mantissa * 10 + (s[k] - '0');
  int exponent = 0;
  if (k + 1 < s.size() && s[k] == 'e' && s[k + 1] == '-')
    for (k += 2; k < s.size() && is_digit(s[k]); ++k) exponent = exponent * 10 + (s[k] - '0');
  if (k != s.size()) throw "a default is malformed";
  for (int i = 0; i < exponent; ++i) scale *= 10;
  return (negative ? -mantissa : mantissa) / scale;
}

constexpr Signature::Input input_of(Cursor& c) {
  Signature::Input in;
  in.name = c.until(" ?*,;)[");
  in.optional = c.take("?");
  in.repeated = c.take("*");
  if (c.take("i64"))
    in.kind = Signature::Input::i64;
  else if (c.take("any"))
    in.kind = Signature::Input::any;
  if (!c.take("[")) return in;
  in.any_shape = false;
  do {
    if (c.take("]")) return in;  // "[]": a scalar
    in.dim[in.nd++] = c.take("...") ? '.' : c.until(",]").front();
  } while (c.take(","));
  c.expect("]");
  return in;
}

constexpr Signature::Attribute attribute_of(Cursor& c) {
  Signature::Attribute a;
  a.name = c.until(" =,)");
  a.required = !c.take("=");
  if (a.required) {
    a.kind = c.take("int") ? Signature::Attribute::integer : Signature::Attribute::number;
    return a;
  }
  a.words = c.until(",)");
  if (a.words == "[]")
    a.kind = Signature::Attribute::list;
  else if (!is_digit(a.words.front()) && a.words.front() != '-')
    a.kind = Signature::Attribute::word;
  else {
    a.kind = a.words.find_first_of(".e") == std::string_view::npos ? Signature::Attribute::integer
                                                                   : Signature::Attribute::number;
    a.otherwise = number_of(a.words);
  }
  return a;
}

}  // namespace detail

consteval Signature::Signature(const char* written) : text(written) {
  detail::Cursor c{text};
  name = c.until("(");
  c.expect("(");
  do {
    in[n_in] = detail::input_of(c);
    n_required += !in[n_in].optional;
    ++n_in;
  } while (c.take(","));
  if (c.take(";")) do {
      attribute[n_attributes++] = detail::attribute_of(c);
    } while (c.take(","));
  c.expect(")");
  c.expect("->");
  results = c.rest;
  for (int depth = 0; const char letter : c.rest) {
    depth += (letter == '[') - (letter == ']');
    n_out += letter == ',' && depth == 0;
  }
}

}  // namespace ubp::ops
