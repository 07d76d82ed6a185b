// SPDX-License-Identifier: MIT
#include "cases.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>

#include "engine/random.hpp"

namespace ubp::test {
namespace {

using ops::Activation;
using ops::Op;
using Xs = std::span<const Tensor>;

/// One line of Op::cases, read.
struct Line {
  struct Part {
    Shape shape;
    enum { real, integers, missing } kind = real;
    Input input;
    std::vector<i64> numbers;  ///< of integers, in turns
  };
  struct Attribute {
    std::string name, word;
    std::vector<i64> list;
    double number = 0;
    bool is_list = false;
  };
  std::vector<Part> parts;
  std::vector<Attribute> attributes;
};

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> all;
  int depth = 0;
  std::string now;
  for (const char c : text) {
    depth += (c == '[') - (c == ']');
    if (c == by && depth == 0)
      all.push_back(std::exchange(now, ""));
    else
      now += c;
  }
  if (!now.empty()) all.push_back(now);
  return all;
}

std::vector<i64> integers(const std::string& text) {
  std::istringstream in(text);
  std::vector<i64> all;
  for (i64 v; in >> v;) all.push_back(v);
  return all;
}

Line::Part part_of(const std::string& text) {
  Line::Part part;
  const std::size_t open = text.find('['), close = text.find(']');
  if (open == std::string::npos) {
    part.kind = Line::Part::missing;
    return part;
  }
  std::string dims = text.substr(open + 1, close - open - 1);
  std::replace(dims.begin(), dims.end(), ',', ' ');
  const std::vector<i64> extents = integers(dims);
  part.shape = Shape(extents.data(), static_cast<i64>(extents.size()));
  std::istringstream rest(text.substr(close + 1));
  std::string how, range;
  rest >> how;
  if (how == "<" || how == "is") {
    std::string numbers;
    std::getline(rest, numbers);
    part.kind = Line::Part::integers;
    part.numbers = integers(numbers);
    if (how == "is") return part;
    const i64 limit = part.numbers.at(0);
    part.numbers.clear();
    for (i64 k = 0; k < part.shape.count(); ++k) part.numbers.push_back((k * 5 + 1) % limit);
    return part;
  }
  part.input.shape = part.shape;
  if (how.empty()) return part;
  part.input.draw = how == "off"    ? Draw::off_zero
                    : how == "grid" ? Draw::distinct
                    : how == "spd"  ? Draw::definite
                                    : Draw::plain;
  if (how == "spd") return part;
  rest >> range;
  const std::size_t dots = range.find("..");
  if (dots == std::string::npos) throw std::runtime_error("a case is malformed: " + text);
  part.input.lo = std::stod(range.substr(0, dots));
  part.input.hi = std::stod(range.substr(dots + 2));
  return part;
}

Line line_of(const std::string& text) {
  Line line;
  const std::vector<std::string> halves = split(text, ';');
  for (const std::string& part : split(halves.at(0), ',')) line.parts.push_back(part_of(part));
  for (const std::string& one : halves.size() > 1 ? split(halves[1], ',') : std::vector<std::string>{}) {
    Line::Attribute a;
    std::istringstream in(one);
    std::string equals, value;
    in >> a.name >> equals;
    std::getline(in >> std::ws, value);
    a.word = value;
    a.list = integers(value);
    std::istringstream(value) >> a.number;
    line.attributes.push_back(a);
  }
  return line;
}

const ops::Signature::Attribute& attribute(const Op& op, const std::string& name) {
  for (int k = 0; k < op.signature.n_attributes; ++k)
    if (op.signature.attribute[k].name == name) return op.signature.attribute[k];
  throw std::runtime_error("a case of " + std::string(op.signature.name) + " has the unknown attribute " + name);
}

Tensor run(const Op& op, const Line& line, std::size_t result, Engine& e, Xs leaves) {
  std::vector<Tensor> in;
  std::size_t next = 0;
  for (const Line::Part& p : line.parts) {
    if (p.kind == Line::Part::real) in.push_back(leaves[next++]);
    if (p.kind == Line::Part::missing) in.emplace_back();
    if (p.kind != Line::Part::integers) continue;
    std::vector<i64> v;
    for (i64 k = 0; k < p.shape.count(); ++k) v.push_back(p.numbers[static_cast<std::size_t>(k) % p.numbers.size()]);
    in.push_back(e.copy_from(DType::i64, p.shape, v.data()));
  }
  std::vector<ubp_attr> attrs;
  for (const Line::Attribute& a : line.attributes) {
    ubp_attr t{sizeof(ubp_attr), a.name.c_str(), UBP_P_FLOAT, a.number, 0, nullptr, nullptr, 0};
    const auto kind = attribute(op, a.name).kind;
    if (kind == ops::Signature::Attribute::word) {
      t.type = UBP_P_STRING;
      t.s = a.word.c_str();
    }
    if (kind == ops::Signature::Attribute::list) {
      t.type = UBP_P_INT_LIST;
      t.il = a.list.data();
      t.n = a.list.size();
    }
    attrs.push_back(t);
  }
  std::vector<const ubp_attr*> pointers;
  for (const ubp_attr& a : attrs) pointers.push_back(&a);
  ops::Call c(op, in, pointers);
  return op.run(e, c).at(result);
}

Case case_of(const Op& op, const Line& line, const std::string& text, std::size_t result) {
  Case c;
  c.name = std::string(op.signature.name) + " of " + text;
  if (op.signature.n_out > 1) c.name += ", result " + std::to_string(result);
  for (const Line::Part& p : line.parts)
    if (p.kind == Line::Part::real) c.inputs.push_back(p.input);
  c.op = &op;
  c.f = [&op, line, result](Engine& e, Xs x) { return run(op, line, result, e, x); };
  return c;
}

std::set<i64> extents_of(const Line& line) {
  std::set<i64> all;
  for (const Line::Part& p : line.parts)
    for (int k = 0; k < p.shape.nd; ++k)
      if (p.shape.dim[k] > 1) all.insert(p.shape.dim[k]);
  return all;
}

Line with(Line line, i64 extent, i64 becomes) {
  for (Line::Part& p : line.parts) {
    for (int k = 0; k < p.shape.nd; ++k)
      if (p.shape.dim[k] == extent) p.shape.dim[k] = becomes;
    p.input.shape = p.shape;
  }
  return line;
}

struct All {
  std::vector<Case> cases;
  std::vector<Edge> edges;

  All() {
    for (const Op* op : ops::all())
      for (const std::string& text : split(op->cases, '\n')) add(*op, text);
  }

  void add(const Op& op, const std::string& text) {
    const Line line = line_of(text);
    if (!op.differentiable) return;
    const std::vector<std::string> results = split(std::string(op.signature.results), ',');
    for (std::size_t k = 0; k < results.size(); ++k)  // integers have no derivative
      if (results[k].find("i64") == std::string::npos) cases.push_back(case_of(op, line, text, k));
    for (const i64 extent : extents_of(line))
      for (const i64 becomes : {0, 1}) {
        const std::string name = text + ", " + std::to_string(extent) + " as " + std::to_string(becomes);
        edges.push_back({case_of(op, with(line, extent, becomes), name, 0), becomes});
      }
  }
};

const All& all() {
  static const All all;
  return all;
}

/// m m^T + 2 of each matrix, whose eigenvalues lie apart.
std::vector<double> definite(const Shape& s, const std::vector<double>& m) {
  const i64 n = s[-1];
  std::vector<double> a(m.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    const auto cell = static_cast<i64>(k), i = cell / n % n, j = cell % n, matrix = cell / (n * n) * n * n;
    for (i64 t = 0; t < n; ++t)
      a[k] += m[static_cast<std::size_t>(matrix + i * n + t)] * m[static_cast<std::size_t>(matrix + j * n + t)];
    if (i == j) a[k] += 2 + static_cast<double>(i);
  }
  return a;
}

std::vector<Case> of_several() {
  std::vector<Case> list;
  list.push_back({"prod with zeros", {{{2, 4}}}, [](Engine& e, Xs x) {
                    std::vector<double> v{0, 1, 2, 3, 4, 5, 6, 7};  // one zero in the first row
                    const Tensor hole = ops::cast(e, e.copy_from(DType::f64, {2, 4}, v.data()), e.real());
                    return ops::reduce(e, UBP_R_PROD, ops::binary(e, UBP_B_MUL, x[0], hole), 2, false);
                  }});
  list.push_back({"cast there and back", {{{5}}}, [](Engine& e, Xs in) {
                    return ops::cast(e, ops::cast(e, in[0], DType::f64), e.real());
                  }});
  list.push_back({"one weight used twice", {{{3, 4}}, {{4, 4}}, {{4}}}, [](Engine& e, Xs in) {
                    const Tensor h = ops::linear(e, in[0], in[1], in[2], Activation::tanh);
                    return ops::linear(e, h, in[1], in[2], Activation::sigmoid);
                  }});
  list.push_back({"a matrix times itself", {{{3, 3}}}, [](Engine& e, Xs in) { return ops::matmul(e, in[0], in[0]); }});
  list.push_back({"one kernel used twice", {{{2, 2, 4, 4}}, {{2, 2, 3, 3}}, {{2}}}, [](Engine& e, Xs in) {
                    const Tensor h = ops::conv2d(e, in[0], in[1], in[2], 2, 1, Activation::tanh);
                    return ops::conv_transpose2d(e, h, in[1], in[2], 2, 1, Activation::sigmoid);
                  }});
  return list;
}

}  // namespace

Case case_of(const Op& op, const std::string& text) { return case_of(op, line_of(text), text, 0); }

const std::vector<Case>& cases() {
  static const std::vector<Case> list = [] {
    std::vector<Case> both = all().cases;
    for (Case& c : of_several()) both.push_back(std::move(c));
    return both;
  }();
  return list;
}

const std::vector<Edge>& edges() { return all().edges; }

std::vector<std::vector<double>> draw(const Case& c, unsigned seed) {
  std::vector<std::vector<double>> all;
  for (std::size_t k = 0; k < c.inputs.size(); ++k) {
    const Input& in = c.inputs[k];
    Random random(seed, c.name + "/" + std::to_string(k));
    std::vector<double> v(static_cast<std::size_t>(in.shape.count()));
    random.uniform(v, in.lo, in.hi);
    if (in.draw == Draw::off_zero)
      for (double& x : v) x = random.next_uniform() < 0.5 ? -x : x;
    if (in.draw == Draw::distinct) {
      std::vector<i64> order(v.size());
      random.permutation(order);
      for (std::size_t i = 0; i < v.size(); ++i)
        v[i] = in.lo + (in.hi - in.lo) * (static_cast<double>(order[i]) + 0.5) / static_cast<double>(v.size());
    }
    if (in.draw == Draw::definite) v = definite(in.shape, v);
    all.push_back(std::move(v));
  }
  return all;
}

}  // namespace ubp::test
