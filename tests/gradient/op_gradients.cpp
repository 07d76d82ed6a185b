// SPDX-License-Identifier: MIT
// Is the derivative the derivative? First and second order against central differences, in f64.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "cases.hpp"
#include "engine/random.hpp"

namespace ubp::test {
namespace {

using Numbers = std::vector<std::vector<double>>;

double largest(const std::vector<double>& v) {
  double m = 0;
  for (double x : v) m = std::max(m, std::abs(x));
  return m;
}

/// The floor lets directions in which a function is flat pass: there both sides are rounding noise.
void check_close(const std::vector<double>& expected, const std::vector<double>& found, double tolerance) {
  REQUIRE(expected.size() == found.size());
  const double floor = 1e-3 * std::max({largest(expected), largest(found), 1e-3});
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double error = std::abs(expected[i] - found[i]) / (std::abs(expected[i]) + std::abs(found[i]) + floor);
    CAPTURE(i, expected[i], found[i]);
    CHECK(error <= tolerance);
  }
}

/// A case on an engine, as a number: sum(weights * f(x)).
class Problem {
 public:
  Problem(const Case& c, Engine& e, Numbers x) : c_(c), e_(e), x_(std::move(x)) {
    for (std::size_t k = 0; k < x_.size(); ++k)
      leaves_.push_back(e_.adopt(DType::f64, c.inputs[k].shape, x_[k].data(), true));
  }

  Numbers& x() { return x_; }
  std::span<const Tensor> leaves() const { return leaves_; }

  Tensor loss() {
    const Tensor y = c_.f(e_, leaves_);
    std::vector<double> w(static_cast<std::size_t>(e_.shape(y).count()));
    Random(7, "weights").uniform(w, 0.5, 1.5);
    return ops::reduce(e_, UBP_R_SUM, ops::binary(e_, UBP_B_MUL, y, e_.copy_from(DType::f64, e_.shape(y), w.data())), 0,
                       false);
  }

  double value() {
    const Scope scope(e_);
    const Recording off(e_, false);
    return e_.item(loss());
  }

  /// By backward(), the training path.
  Numbers trained_gradient() {
    const Scope scope(e_);
    Numbers g;
    for (const auto& v : x_) g.emplace_back(v.size(), 1e30);  // must be overwritten
    std::vector<GradTarget> targets;
    for (std::size_t k = 0; k < g.size(); ++k) targets.push_back({leaves_[k], g[k].data(), nullptr});
    e_.backward(loss(), targets);
    return g;
  }

  Numbers gradient(bool create_graph) {
    const Scope scope(e_);
    const Tensor y = loss();
    return numbers(e_.grad({&y, 1}, {}, leaves_, create_graph));
  }

  /// sum over inputs of v . gradient, differentiable
  Tensor directional(const Numbers& v) {
    const Tensor y = loss();
    const std::vector<Tensor> g = e_.grad({&y, 1}, {}, leaves_, true);
    Tensor sum = e_.full(DType::f64, {}, 0);
    for (std::size_t k = 0; k < g.size(); ++k) {
      const Tensor along = ops::binary(e_, UBP_B_MUL, g[k], e_.copy_from(DType::f64, e_.shape(g[k]), v[k].data()));
      sum = ops::binary(e_, UBP_B_ADD, sum, ops::reduce(e_, UBP_R_SUM, along, 0, false));
    }
    return sum;
  }

  Numbers numbers(const std::vector<Tensor>& ts) {
    Numbers r;
    for (Tensor t : ts) r.emplace_back(e_.data<double>(t), e_.data<double>(t) + e_.shape(t).count());
    return r;
  }

 private:
  const Case& c_;
  Engine& e_;
  Numbers x_;
  std::vector<Tensor> leaves_;
};

/// Central differences of f() by every number of x.
template <class F>
Numbers differences(Numbers& x, F&& f) {
  Numbers d = x;
  for (std::size_t k = 0; k < x.size(); ++k)
    for (std::size_t i = 0; i < x[k].size(); ++i) {
      const double at = x[k][i], h = 1e-5 * std::max(1.0, std::abs(at));
      x[k][i] = at + h;
      const double up = f();
      x[k][i] = at - h;
      const double down = f();
      x[k][i] = at;
      d[k][i] = (up - down) / (2 * h);
    }
  return d;
}

TEST_CASE("every op agrees with central differences", "[grad]") {
  const unsigned seed = GENERATE(1u, 2u);
  for (const Case& c : cases()) {
    CAPTURE(c.name, seed);
    Engine e(DType::f64);
    Problem p(c, e, draw(c, seed));
    const Numbers expected = differences(p.x(), [&] { return p.value(); });
    const Numbers trained = p.trained_gradient(), plain = p.gradient(false), graph = p.gradient(true);
    for (std::size_t k = 0; k < expected.size(); ++k) {
      CAPTURE(k);
      check_close(expected[k], trained[k], 1e-6);
      check_close(expected[k], plain[k], 1e-6);
      check_close(expected[k], graph[k], 1e-6);
    }
  }
}

TEST_CASE("empty and single extents have their derivatives, or one sentence", "[grad]") {
  std::map<std::string_view, std::set<i64>> checked;
  for (const Case& c : cases())
    if (c.op && !c.inputs.empty() && c.inputs[0].shape.count() == 0) checked[c.op->signature.name].insert(0);
  for (const Edge& edge : edges()) {
    const Case& c = edge.c;
    CAPTURE(c.name);
    Engine e(DType::f64);
    Problem p(c, e, draw(c, 1));
    try {
      p.value();
    } catch (const EngineError& refused) {
      CHECK_THAT(refused.what(), Catch::StartsWith(std::string(c.op->signature.name) + ": "));
      if (std::string_view(refused.what()).find("nothing to average") != std::string_view::npos)
        checked[c.op->signature.name].insert(0);
      continue;
    }
    const Numbers expected = differences(p.x(), [&] { return p.value(); });
    const Numbers trained = p.trained_gradient(), graph = p.gradient(true);
    for (std::size_t k = 0; k < expected.size(); ++k) {
      check_close(expected[k], trained[k], 1e-6);
      check_close(expected[k], graph[k], 1e-6);
    }
    checked[c.op->signature.name].insert(edge.extent);
  }
  for (const ops::Op* op : ops::all()) {
    CAPTURE(op->signature.name);
    if (op->differentiable) CHECK(checked[op->signature.name] == std::set<i64>{0, 1});
  }
}

TEST_CASE("every op has a case", "[grad]") {
  for (const ops::Op* op : ops::all()) {
    CAPTURE(op->signature.text);
    CHECK(*op->cases != 0);
  }
}

TEST_CASE("every op's derivative can be differentiated again", "[grad]") {
  const unsigned seed = 3;
  for (const Case& c : cases()) {
    CAPTURE(c.name, seed);
    Engine e(DType::f64);
    Problem p(c, e, draw(c, seed));
    Numbers v = p.x();
    Random direction(seed, "direction");
    for (auto& part : v) direction.uniform(part, 0.5, 1.5);
    const Numbers expected = differences(p.x(), [&] {
      const Numbers g = p.gradient(false);
      double along = 0;
      for (std::size_t k = 0; k < g.size(); ++k)
        for (std::size_t i = 0; i < g[k].size(); ++i) along += v[k][i] * g[k][i];
      return along;
    });
    const Scope scope(e);
    const Tensor y = p.directional(v);
    const Numbers found = p.numbers(e.grad({&y, 1}, {}, p.leaves(), false));
    for (std::size_t k = 0; k < expected.size(); ++k) {
      CAPTURE(k);
      check_close(expected[k], found[k], 1e-6);
    }
  }
}

TEST_CASE("f32 gives what f64 gives", "[grad]") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    const Numbers x = draw(c, 4);
    const auto run = [&](DType dtype) {
      Engine e(dtype);
      std::vector<Tensor> in;
      for (std::size_t k = 0; k < x.size(); ++k)
        in.push_back(ops::cast(e, e.copy_from(DType::f64, c.inputs[k].shape, x[k].data()), dtype));
      const Tensor y = ops::cast(e, c.f(e, in), DType::f64);
      return std::vector<double>(e.data<double>(y), e.data<double>(y) + e.shape(y).count());
    };
    const std::vector<double> wide = run(DType::f64), narrow = run(DType::f32);
    for (std::size_t i = 0; i < wide.size(); ++i) CHECK(narrow[i] == Approx(wide[i]).epsilon(1e-5).margin(1e-5));
  }
}

TEST_CASE("a third derivative is a derivative too", "[grad]") {
  Engine e(DType::f64);
  double at = 0.7;
  const Tensor x = e.adopt(DType::f64, {}, &at, true);
  Tensor y = ops::unary(e, UBP_U_TANH, x);
  for (int order = 0; order < 3; ++order) y = e.grad({&y, 1}, {}, {&x, 1}, true)[0];
  const double t = std::tanh(at), s = 1 - t * t;
  CHECK(e.item(y) == Approx(s * (6 * t * t - 2)).epsilon(1e-12));
}

}  // namespace
}  // namespace ubp::test
