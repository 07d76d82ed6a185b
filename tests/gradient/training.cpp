// SPDX-License-Identifier: MIT
// Every op that methods bring along learns something: a small problem each, by Adam, through calls by name.
#include <cmath>
#include <functional>
#include <set>

#include <catch2/catch.hpp>

#include "engine/op.hpp"
#include "engine/ops.hpp"
#include "engine/random.hpp"
#include "named_call.hpp"

namespace ubp {
namespace {

using test::Attribute;
using test::call;

Tensor one(Engine& e, const char* op, std::initializer_list<Tensor> in,
           std::initializer_list<Attribute> attributes = {}) {
  return call(e, op, in, attributes)[0];
}

using Numbers = std::vector<double>;
using Loss = std::function<Tensor(Engine&, std::span<const Tensor>)>;

std::set<std::string>& used() {
  static std::set<std::string> all;
  return all;
}

/// Parameters under Adam (Kingma and Ba, 2015), in f64.
class Learner {
 public:
  Engine e{DType::f64};

  explicit Learner(std::initializer_list<Shape> of, double spread = 0.5) {
    const std::vector<Shape> shapes(of);
    for (std::size_t k = 0; k < shapes.size(); ++k) {
      Numbers& v = values_.emplace_back(static_cast<std::size_t>(shapes[k].count()));
      Random(1, "parameter " + std::to_string(k)).normal(v, 0, spread);
      grads_.push_back(v);
      first_.emplace_back(v.size(), 0.0);
      second_.emplace_back(v.size(), 0.0);
    }
    for (std::size_t k = 0; k < shapes.size(); ++k)
      parameters_.push_back(e.adopt(DType::f64, shapes[k], values_[k].data(), true));
  }

  Numbers& value(std::size_t k) { return values_[k]; }

  Tensor data(const char* name, const Shape& shape, double spread = 1) {
    Numbers v(static_cast<std::size_t>(shape.count()));
    Random(2, name).normal(v, 0, spread);
    return e.copy_from(DType::f64, shape, v.data());
  }
  Tensor given(const Shape& shape, const Numbers& v) { return e.copy_from(DType::f64, shape, v.data()); }

  double loss(const Loss& f) {
    const Scope scope(e);
    const Recording off(e, false);
    return e.item(f(e, parameters_));
  }

  /// The loss at the end divided by that of the beginning.
  double train(const Loss& f, int steps, double rate) {
    const double before = loss(f);
    e.set_profiling(true);
    for (int t = 1; t <= steps; ++t) step(f, t, rate);
    for (const OpTime& time : e.op_times()) used().insert(time.op);
    return loss(f) / before;
  }

 private:
  void step(const Loss& f, int t, double rate) {
    const Scope scope(e);
    std::vector<GradTarget> targets;
    for (std::size_t k = 0; k < values_.size(); ++k) targets.push_back({parameters_[k], grads_[k].data(), nullptr});
    e.backward(f(e, parameters_), targets);
    const double m = 1 - std::pow(0.9, t), s = 1 - std::pow(0.999, t);
    for (std::size_t k = 0; k < values_.size(); ++k)
      for (std::size_t i = 0; i < values_[k].size(); ++i) {
        const double g = grads_[k][i];
        first_[k][i] += 0.1 * (g - first_[k][i]);
        second_[k][i] += 0.001 * (g * g - second_[k][i]);
        values_[k][i] -= rate * first_[k][i] / m / (std::sqrt(second_[k][i] / s) + 1e-8);
      }
  }

  std::vector<Numbers> values_, grads_, first_, second_;
  std::vector<Tensor> parameters_;
};

using Ps = std::span<const Tensor>;

Tensor mse(Engine& e, Tensor a, Tensor b) { return ops::mse(e, a, b, ops::Reduction::mean); }

TEST_CASE("attention learns to reverse a sequence; with a mask, to look past what is hidden", "[training]") {
  for (const bool masked : {false, true}) {
    Learner l({{6, 8}, {8, 8}, {8, 8}});
    const Tensor x = l.data("x", {10, 6, 3});
    const i64 order[] = {5, 4, 3, 2, 1, 0};
    const i64 swap[] = {1, 0, 2};
    const Tensor steps = ops::permute(l.e, x, swap);
    const Tensor reversed =
        ops::permute(l.e, ops::gather_rows(l.e, steps, l.e.copy_from(DType::i64, {6}, order)), swap);
    Numbers look(36, 1.0);
    if (masked)
      for (std::size_t i = 0; i < 6; ++i) look[i * 6 + i] = 0;  // nobody needs its own place
    const Tensor mask = l.given({6, 6}, look);
    const double left = l.train(
        [&](Engine& e, Ps p) {
          const Tensor q = ops::expand(e, ops::matmul(e, p[0], p[1]), {10, 6, 8});
          const Tensor k = ops::expand(e, ops::matmul(e, p[0], p[2]), {10, 6, 8});
          return mse(e, one(e, "attention", {q, k, x, mask}), reversed);
        },
        300, 0.03);
    CHECK(left < 0.02);
  }
}

TEST_CASE("causal attention learns from the past alone", "[training]") {
  Learner l({{6, 8}, {8, 8}});
  const Tensor x = l.data("x", {10, 6, 3});
  const Tensor before = ops::pad(l.e, ops::slice(l.e, x, 1, 0, 5), 1, 1, 0);  // what stood one place earlier
  const Loss f = [&](Engine& e, Ps p) {
    const Tensor q = ops::expand(e, ops::matmul(e, p[0], p[1]), {10, 6, 8});
    const Tensor k = ops::expand(e, p[0], {10, 6, 8});
    const Tensor y = one(e, "attention", {q, k, x}, {{"causal", 1.0}});
    return mse(e, ops::slice(e, y, 1, 1, 6), ops::slice(e, before, 1, 1, 6));
  };
  CHECK(l.train(f, 400, 0.03) < 0.02);
}

TEST_CASE("a stack of matrices is learned, each from its own rows", "[training]") {
  Learner l({{2, 3, 4, 4}, {4, 2}});
  const Tensor x = l.data("x", {2, 3, 20, 4}), w = l.data("w", {2, 3, 4, 4}), v = l.data("v", {4, 2});
  const Tensor y = ops::matmul(l.e, ops::matmul(l.e, x, w), v);
  CHECK(l.train([&](Engine& e, Ps p) { return mse(e, ops::matmul(e, ops::matmul(e, x, p[0]), p[1]), y); }, 600, 0.03) <
        0.02);
}

TEST_CASE("erf finds the slope of a step", "[training]") {
  Learner l({Shape{1}, Shape{1}});
  const Tensor x = l.data("x", {40});
  const Tensor y = one(l.e, "erf", {ops::unary(l.e, UBP_U_AFFINE, x, 1.5, -0.4)});
  const Loss f = [&](Engine& e, Ps p) {
    const Tensor z = ops::binary(e, UBP_B_ADD, ops::binary(e, UBP_B_MUL, x, p[0]), p[1]);
    return mse(e, one(e, "erf", {z}), y);
  };
  CHECK(l.train(f, 400, 0.05) < 1e-3);
  CHECK(l.value(0)[0] == Approx(1.5).margin(0.05));
}

TEST_CASE("cumulative sums of positive steps fit a rising curve", "[training]") {
  Learner l({Shape{12}});
  Numbers rising;
  for (int i = 0; i < 12; ++i) rising.push_back(std::sqrt(i + 1.0));
  const Tensor y = l.given({12}, rising);
  const Loss f = [&](Engine& e, Ps p) { return mse(e, one(e, "cumsum", {ops::unary(e, UBP_U_EXP, p[0])}), y); };
  CHECK(l.train(f, 400, 0.05) < 1e-3);
}

TEST_CASE("a reverse scan finds the discount behind returns", "[training]") {
  Learner l({Shape{}});
  const Tensor reward = l.data("reward", {10, 4});
  const auto returns = [&](Engine& e, Tensor discount) {
    return one(e, "scan", {reward, ops::expand(e, discount, {10, 4})}, {{"reverse", 1.0}});
  };
  const Tensor y = returns(l.e, l.e.full(DType::f64, {}, 0.9));
  const Loss f = [&](Engine& e, Ps p) { return mse(e, returns(e, ops::unary(e, UBP_U_SIGMOID, p[0])), y); };
  CHECK(l.train(f, 300, 0.05) < 1e-3);
  CHECK(1 / (1 + std::exp(-l.value(0)[0])) == Approx(0.9).margin(0.01));
}

TEST_CASE("a sparse autoencoder learns through its k largest features", "[training]") {
  Learner l({{8, 16}, {16, 8}});
  const Tensor x = ops::matmul(l.e, l.data("codes", {60, 3}), l.data("basis", {3, 8}));
  const Loss f = [&](Engine& e, Ps p) {
    const Tensor z = ops::matmul(e, x, p[0]);
    const std::vector<Tensor> top = call(e, "top_k", {z}, {{"k", 4.0}});
    const Tensor places = one(e, "one_hot", {top[1]}, {{"classes", 16.0}});  // [60, 4, 16]
    const Tensor code =
        ops::reduce(e, UBP_R_SUM, ops::binary(e, UBP_B_MUL, ops::reshape(e, top[0], {60, 4, 1}), places), 2, false);
    return mse(e, ops::matmul(e, code, p[1]), x);
  };
  CHECK(l.train(f, 500, 0.02) < 0.1);
}

TEST_CASE("log-probabilities at labels train a classifier", "[training]") {
  Learner l({{4, 3}});
  const Tensor x = l.data("x", {50, 4});
  const Tensor label =
      ops::reshape(l.e, ops::reduce(l.e, UBP_R_ARGMAX, ops::matmul(l.e, x, l.data("w", {4, 3})), 2, false), {50, 1});
  const Loss f = [&](Engine& e, Ps p) {
    const Tensor picked = one(e, "take_along", {ops::softmax(e, ops::matmul(e, x, p[0]), 1, true), label});
    return ops::unary(e, UBP_U_NEG, ops::reduce(e, UBP_R_MEAN, picked, 0, false));
  };
  CHECK(l.train(f, 400, 0.05) < 0.15);
}

TEST_CASE("comparisons and casts gate what is learned", "[training]") {
  Learner l({Shape{4}});
  const Tensor x = l.data("x", {40, 4}), zero = l.e.full(DType::f64, {}, 0);
  const auto signed_sum = [&](Engine& e, Tensor w) {
    const Tensor up = one(e, "greater", {x, zero}), down = one(e, "less_equal", {x, zero});
    const Tensor some = one(e, "not_equal", {up, down}), all = one(e, "greater_equal", {some, zero});
    const Tensor gate = ops::binary(e, UBP_B_MUL, ops::binary(e, UBP_B_SUB, up, down), all);
    return ops::binary(e, UBP_B_MUL, one(e, "cast", {one(e, "cast", {gate}, {{"to", "i64"}})}, {{"to", "f64"}}), w);
  };
  const Tensor y = signed_sum(l.e, l.data("w", {4}));
  CHECK(l.train([&](Engine& e, Ps p) { return mse(e, signed_sum(e, p[0]), y); }, 300, 0.05) < 1e-3);
}

TEST_CASE("conv1d finds a filter", "[training]") {
  Learner l({{2, 1, 5}, {2}});
  const Tensor x = l.data("x", {8, 1, 30}), k = l.data("k", {2, 1, 5}), b = l.data("b", {2});
  const auto filtered = [&](Engine& e, Tensor kernel, Tensor bias) {
    return one(e, "conv1d", {x, kernel, bias}, {{"stride", 2.0}, {"pad", 2.0}});
  };
  const Tensor y = filtered(l.e, k, b);
  CHECK(l.train([&](Engine& e, Ps p) { return mse(e, filtered(e, p[0], p[1]), y); }, 400, 0.05) < 1e-3);
}

TEST_CASE("a network with group normalisation learns", "[training]") {
  Learner l({{4, 1, 3}, {4}, {4}, {4}, {1, 4, 1}});
  const Tensor x = l.data("x", {8, 1, 20});
  const Tensor y = ops::unary(l.e, UBP_U_SIN, one(l.e, "conv1d", {x, l.data("k", {1, 1, 3})}, {{"pad", 1.0}}));
  const Loss f = [&](Engine& e, Ps p) {
    const Tensor h = one(e, "conv1d", {x, p[0], p[1]}, {{"pad", 1.0}});
    const Tensor n = one(e, "group_norm", {h, p[2], p[3]}, {{"groups", 2.0}});
    return mse(e, one(e, "conv1d", {ops::unary(e, UBP_U_TANH, n), p[4]}), y);
  };
  CHECK(l.train(f, 500, 0.03) < 0.3);
}

TEST_CASE("the small image behind a large one is found", "[training]") {
  for (const char* mode : {"nearest", "bilinear"}) {
    Learner l({{1, 1, 4, 4}});
    const auto large = [&](Engine& e, Tensor small) { return one(e, "upsample", {small}, {{"mode", mode}}); };
    const Tensor y = large(l.e, l.data("small", {1, 1, 4, 4}));
    CHECK(l.train([&](Engine& e, Ps p) { return mse(e, large(e, p[0]), y); }, 400, 0.05) < 1e-3);
  }
}

/// The negative log-likelihood of normal rows, once by Cholesky, once by inverse and determinant.
TEST_CASE("a covariance is fitted by its likelihood", "[training]") {
  for (const bool by_cholesky : {true, false}) {
    Learner l({{3, 3}});
    const Tensor x = ops::matmul(l.e, l.data("x", {200, 3}), l.data("mix", {3, 3}));
    const Tensor empirical = ops::unary(l.e, UBP_U_AFFINE, ops::matmul(l.e, x, x, true, false), 1.0 / 200, 0);
    const i64 turn[] = {1, 0};
    const auto nll = [&](Engine& e, Tensor s) {
      Tensor distance;
      if (by_cholesky) {
        const Tensor white = one(e, "triangular_solve", {one(e, "cholesky", {s}), ops::permute(e, x, turn)});
        distance = ops::reduce(e, UBP_R_SUM, ops::unary(e, UBP_U_SQUARE, white), 0, false);
      } else {
        distance = ops::reduce(e, UBP_R_SUM, ops::binary(e, UBP_B_MUL, ops::matmul(e, x, one(e, "inverse", {s})), x), 0,
                               false);
      }
      return ops::binary(e, UBP_B_ADD, one(e, "logdet", {s}), ops::unary(e, UBP_U_AFFINE, distance, 1.0 / 200, 0));
    };
    const double best = l.e.item(nll(l.e, empirical));
    const Loss f = [&](Engine& e, Ps p) {
      const Tensor ridge = ops::unary(e, UBP_U_AFFINE, l.given({3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1}), 1e-4, 0);
      return nll(e, ops::binary(e, UBP_B_ADD, ops::matmul(e, p[0], p[0], false, true), ridge));
    };
    l.train(f, 1500, 0.03);
    CHECK(l.loss(f) == Approx(best).margin(0.01));
  }
}

TEST_CASE("a matrix with a given spectrum and leading axis is found", "[training]") {
  Learner l({{4, 4}}, 1);
  const Tensor spectrum = l.given({4}, {-1, 0, 2, 5}), axis = l.given({4}, {0.5, 0.5, 0.5, 0.5});
  const Loss f = [&](Engine& e, Ps p) {
    const std::vector<Tensor> both = call(e, "eigh", {p[0]});
    const Tensor leading = ops::reshape(e, ops::slice(e, both[1], 1, 3, 4), {4});
    return ops::binary(e, UBP_B_ADD, mse(e, both[0], spectrum), mse(e, leading, axis));
  };
  CHECK(l.train(f, 800, 0.03) < 1e-3);
}

TEST_CASE("a codebook moves to the rows that are nearest to it", "[training]") {
  Learner l({{3, 2}}, 0.1);
  Numbers points;
  Random noise(3, "clusters");
  for (int i = 0; i < 90; ++i)
    for (const double centre : {i % 3 == 0 ? 2.0 : -1.0, i % 3 == 1 ? 2.0 : -1.0})
      points.push_back(centre + 0.1 * (noise.next_uniform() - 0.5));
  const Tensor x = l.given({90, 2}, points);
  const Loss f = [&](Engine& e, Ps p) {
    const std::vector<Tensor> near = call(e, "nearest", {x, p[0]}, {{"k", 1.0}});
    return ops::binary(e, UBP_B_ADD, ops::reduce(e, UBP_R_MEAN, near[0], 0, false),
                       mse(e, ops::gather_rows(e, p[0], ops::reshape(e, near[1], {90})), x));
  };
  CHECK(l.train(f, 400, 0.05) < 0.02);
}

// Catch2 runs the cases of a file in their order.
TEST_CASE("no op that methods bring along was left out", "[training]") {
  for (const char* name : {"attention", "matmul",     "erf",        "cumsum",   "scan",          "top_k",
                           "one_hot",   "take_along", "cast",       "greater",  "greater_equal", "less_equal",
                           "not_equal", "conv1d",     "group_norm", "upsample", "cholesky",      "triangular_solve",
                           "inverse",   "logdet",     "eigh",       "nearest"}) {
    CAPTURE(name);
    CHECK(used().count(name) == 1);
  }
}

}  // namespace
}  // namespace ubp
