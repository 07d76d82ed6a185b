// SPDX-License-Identifier: MIT
#include "engine/op.hpp"

#include <cmath>
#include <unordered_map>

#include "base/error.hpp"
#include "engine/op_support.hpp"

namespace ubp::ops {

Ops op_table();  // CMake writes it: the ops of every file in ops/

namespace {

using Input = Signature::Input;
using Attribute = Signature::Attribute;

std::string pattern(const Input& in) {
  std::string s;
  for (int k = 0; k < in.nd; ++k) s += (k ? ", " : "") + (in.dim[k] == '.' ? "..." : std::string(1, in.dim[k]));
  return "[" + s + "]";
}

/// The extents that the letters of a signature stand for, as far as they are known.
struct Extents {
  i64 of[26];
  std::uint32_t known = 0;    ///< a bit a letter
  const i64* rest = nullptr;  ///< of "..."
  int n_rest = -1;

  bool holds(char letter, i64 extent) {
    const int k = letter - 'a';
    if (known >> k & 1) return of[k] == extent;
    known |= 1u << k;
    of[k] = extent;
    return true;
  }
  bool holds_rest(const i64* dims, int n) {
    if (n_rest >= 0) return n == n_rest && std::equal(dims, dims + n, rest);
    rest = dims;
    n_rest = n;
    return true;
  }
};

bool fits(const Input& in, const Shape& s, Extents& extents) {
  int at = 0;
  for (int k = 0; k < in.nd; ++k) {
    if (in.dim[k] != '.') {
      if (at >= s.nd || !extents.holds(in.dim[k], s.dim[at++])) return false;
      continue;
    }
    const int n = s.nd - at - (in.nd - k - 1);
    if (n < 0 || !extents.holds_rest(s.dim + at, n)) return false;
    at += n;
  }
  return at == s.nd;
}

const Input& input(const Signature& s, std::size_t i) {
  return s.in[std::min(i, static_cast<std::size_t>(s.n_in - 1))];
}

/// "gamma has shape [3], expected [c] where c = 4": of input i, the first that does not fit.
[[noreturn]] void refuse_shape(Engine& e, const Signature& s, std::span<const Tensor> in, std::size_t i) {
  Extents before;
  for (std::size_t k = 0; k < i; ++k)
    if (in[k] && !input(s, k).any_shape) fits(input(s, k), e.shape(in[k]), before);
  const Input& p = input(s, i);
  std::string where;
  const auto say = [&](const std::string& what) { where += (where.empty() ? " where " : " and ") + what; };
  for (int k = 0; k < p.nd; ++k) {
    if (p.dim[k] == '.' && before.n_rest >= 0) say("... is " + Shape(before.rest, before.n_rest).text());
    if (p.dim[k] != '.' && before.known >> (p.dim[k] - 'a') & 1)
      say(fmt::format("{} is {}", p.dim[k], before.of[p.dim[k] - 'a']));
  }
  refuse(UBP_E_SHAPE, "{}: {} has shape {}, expected {}{}", s.name, p.name, e.shape(in[i]).text(), pattern(p), where);
}

void check_count(const Signature& s, std::size_t n) {
  const bool many = s.in[s.n_in - 1].repeated;
  if (n >= static_cast<std::size_t>(s.n_required) && (many || n <= static_cast<std::size_t>(s.n_in))) return;
  refuse(UBP_E_INVALID_ARG, "{}: {} inputs, expected {}", s.name, n, s.text);
}

void check(Engine& e, const Op& op, std::span<const Tensor> in) {
  const Signature& s = op.signature;
  check_count(s, in.size());
  Extents extents;
  const Slot* first = nullptr;  // of those that are f32 or f64
  std::string_view name;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const Input& p = input(s, i);
    if (!in[i] && p.optional) continue;
    const Slot& t = e.impl().at(in[i]);
    if (p.kind == Input::i64 && t.dtype != DType::i64)
      refuse(UBP_E_DTYPE, "{}: {} is {}, expected i64", s.name, p.name, name_of(t.dtype));
    if (p.kind == Input::real) {
      if (!is_real(t.dtype)) refuse(UBP_E_DTYPE, "{}: {} is {}, expected f32 or f64", s.name, p.name, name_of(t.dtype));
      if (first && first->dtype != t.dtype)
        refuse(UBP_E_DTYPE, "{}: {} is {}, expected {} as {} is", s.name, p.name, name_of(t.dtype),
               name_of(first->dtype), name);
      first = &t;
      name = p.name;
    }
    if (!p.any_shape && !fits(p, t.shape, extents)) refuse_shape(e, s, in, i);
  }
}

struct Table {
  Ops ops;
  std::unordered_map<std::string_view, const Op*> by_name;
  std::unordered_map<int, const Op*> by_code;

  static int key(Family family, int code) { return static_cast<int>(family) * 4096 + code; }

  Table() : ops(op_table()) {
    for (const Op* op : ops) {
      if (op->says) by_name.emplace(op->signature.name, op);
      if (op->code) by_code.emplace(key(op->family, op->code), op);
    }
  }
};

const Table& table() {
  static const Table table;
  return table;
}

/// The index of `found` among "mean|sum|batch", -1 if it is none of them.
int index_among(std::string_view words, std::string_view found) {
  for (int k = 0;; ++k) {
    const std::size_t end = words.find('|');
    if (words.substr(0, end) == found) return k;
    if (end == std::string_view::npos) return -1;
    words.remove_prefix(end + 1);
  }
}

}  // namespace

std::span<const Op* const> all() { return table().ops; }

const Op& find(std::string_view name) {
  if (const auto at = table().by_name.find(name); at != table().by_name.end()) return *at->second;
  std::vector<std::string> names;
  for (const Op* op : table().ops)
    if (op->says) names.emplace_back(op->signature.name);
  const std::string meant = nearest(name, names);
  refuse(UBP_E_NOT_FOUND, "there is no op '{}'{}; there are: {}", name,
         meant.empty() ? "" : fmt::format(" (did you mean '{}'?)", meant), fmt::join(names, ", "));
}

const Op* find(Family family, int code) {
  const auto at = table().by_code.find(Table::key(family, code));
  return at == table().by_code.end() ? nullptr : at->second;
}

std::vector<Tensor> call(Engine& e, std::string_view name, std::span<const Tensor> in,
                         std::span<const ubp_attr* const> attrs) {
  const Op& op = find(name);
  check_count(op.signature, in.size());
  Call c(op, in, attrs);
  return op.run(e, c);
}

// --- Call ------------------------------------------------------------------------------------------------------------

Call::Call(const Op& op, std::span<const Tensor> in, std::span<const ubp_attr* const> attrs) : op_(op), in_(in) {
  const Signature& s = op.signature;
  bool given[Signature::kMost] = {};
  for (int k = 0; k < s.n_attributes; ++k) value_[k].number = s.attribute[k].otherwise;
  for (const ubp_attr* a : attrs) {
    int k = 0;
    while (k < s.n_attributes && s.attribute[k].name != a->name) ++k;
    if (k == s.n_attributes)
      refuse(UBP_E_INVALID_ARG, "{}: there is no attribute '{}', expected {}", s.name, a->name, s.text);
    take(k, *a);
    given[k] = true;
  }
  for (int k = 0; k < s.n_attributes; ++k)
    if (s.attribute[k].required && !given[k])
      refuse(UBP_E_INVALID_ARG, "{}: attribute '{}' is missing, expected {}", s.name, s.attribute[k].name, s.text);
}

void Call::take(int k, const ubp_attr& a) {
  const Attribute& wanted = op_.signature.attribute[k];
  const auto refused = [&](std::string_view found, std::string_view expected) {
    refuse(UBP_E_INVALID_ARG, "{}: attribute '{}' is {}, it must be {}", op_.signature.name, wanted.name, found,
           expected);
  };
  if (wanted.kind == Attribute::list) {
    if (a.type != UBP_P_INT_LIST || (a.n > 0 && !a.il)) refused("no list", "a list of integers");
    value_[k].list = std::span(a.il, a.n);
    return;
  }
  if (wanted.kind == Attribute::word) {
    const bool is_text = (a.type == UBP_P_STRING || a.type == UBP_P_ENUM) && a.s;
    const int at = is_text ? index_among(wanted.words, a.s) : -1;
    if (at < 0) {
      std::string choices(wanted.words);
      for (std::size_t bar; (bar = choices.find('|')) != std::string::npos;) choices.replace(bar, 1, ", ");
      refused(is_text ? fmt::format("'{}'", a.s) : "no text", "one of " + choices);
    }
    value_[k].number = at;
    return;
  }
  if (a.type != UBP_P_FLOAT && a.type != UBP_P_INT && a.type != UBP_P_BOOL) refused("no number", "a number");
  const double v = a.type == UBP_P_FLOAT ? a.f : static_cast<double>(a.i);
  if (wanted.kind == Attribute::integer && (v != std::floor(v) || std::abs(v) > 1e15))
    refused(fmt::format("{}", v), "an integer");
  value_[k].number = v;
}

// --- Running ---------------------------------------------------------------------------------------------------------

Running::Running(Engine& e, const Op& op, std::span<const Tensor> in) : engine_(e), outermost_(!e.impl().op) {
  if (!outermost_) return;
  check(e, op, in);
  e.impl().op = &op;
  if (e.impl().profiling) since_ = clock_ns();
}

Running::~Running() {
  if (!outermost_) return;
  Engine::Impl& m = engine_.impl();
  if (m.profiling && since_) m.profile.add(m.op, false, clock_ns() - since_);
  m.op = nullptr;
}

}  // namespace ubp::ops
