// SPDX-License-Identifier: MIT
// The training path: where gradients go, what is skipped, what it costs.
#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "engine/ops.hpp"
#include "engine/product.hpp"
#include "engine/random.hpp"

namespace ubp {
namespace {

using ops::Activation;

/// A two-layer network with its parameters and gradients.
struct Net {
  explicit Net(Engine& engine, i64 in = 20, i64 hidden = 9) : e(engine) {
    for (const Shape& s : {Shape{in, hidden}, Shape{hidden}, Shape{hidden, in}, Shape{in}}) {
      values.emplace_back(static_cast<std::size_t>(s.count()));
      Random(1, "w" + std::to_string(values.size())).normal(values.back(), 0, 0.3);
      grads.emplace_back(values.back().size(), 1e30f);
    }
    const Shape shapes[] = {{in, hidden}, {hidden}, {hidden, in}, {in}};
    for (std::size_t k = 0; k < 4; ++k) {
      p.push_back(e.adopt(DType::f32, shapes[k], values[k].data(), true));
      targets.push_back({p[k], grads[k].data(), nullptr});
    }
  }
  Tensor loss(Tensor x) {
    const Tensor h = ops::linear(e, x, p[0], p[1], Activation::relu);
    return ops::mse(e, ops::linear(e, h, p[2], p[3], Activation::sigmoid), x, ops::Reduction::mean);
  }
  Tensor batch(i64 n) {
    std::vector<float> v(static_cast<std::size_t>(n * e.shape(p[0])[0]));
    Random(2, "x").uniform(v, 0, 1);
    return e.copy_from(DType::f32, {n, e.shape(p[0])[0]}, v.data());
  }

  Engine& e;
  std::vector<std::vector<float>> values, grads;
  std::vector<Tensor> p;
  std::vector<GradTarget> targets;
};

TEST_CASE("a training step takes nothing from the system once it is warm", "[engine]") {
  Engine e;
  Net net(e);
  Engine::Memory warm{};
  for (int step = 0; step < 20; ++step) {
    const Scope scope(e);
    const Tensor loss = net.loss(net.batch(16));
    e.backward(loss, net.targets);
    const Tensor y = e.grad({&loss, 1}, {}, {&net.p[0], 1}, true)[0];
    const Tensor penalty = ops::reduce(e, UBP_R_SUM, ops::unary(e, UBP_U_SQUARE, y), 0, false);
    e.backward(penalty, net.targets);
    if (step == 2) warm = e.memory();
    if (step > 2) {
      REQUIRE(e.memory().blocks == warm.blocks);
      REQUIRE(e.memory().bytes == warm.bytes);
    }
  }
}

TEST_CASE("backward overwrites, equals grad(), and repeats bit for bit", "[engine]") {
  Engine e;
  Net net(e);
  const Scope scope(e);
  const Tensor loss = net.loss(net.batch(33));
  const auto reached = e.backward(loss, net.targets);
  CHECK(reached == std::vector<bool>(4, true));
  const auto first = net.grads;
  e.backward(loss, net.targets);
  CHECK(first == net.grads);
  const auto same = e.grad({&loss, 1}, {}, net.p, false);
  for (std::size_t k = 0; k < 4; ++k)
    for (std::size_t i = 0; i < first[k].size(); ++i)
      REQUIRE(e.data<float>(same[k])[i] == Approx(first[k][i]).epsilon(1e-5).margin(1e-7));
}

TEST_CASE("targets the loss does not reach are zeroed and reported", "[engine]") {
  Engine e;
  Net net(e);
  e.set_requires_grad(net.p[1], false);
  const Scope scope(e);
  const auto reached =
      e.backward(ops::reduce(e, UBP_R_SUM, ops::unary(e, UBP_U_SQUARE, net.p[0]), 0, false), net.targets);
  CHECK(reached == std::vector<bool>{true, false, false, false});
  CHECK(net.grads[0][5] == 2 * net.values[0][5]);
  for (std::size_t k = 1; k < 4; ++k)
    for (float g : net.grads[k]) REQUIRE(g == 0);
  const auto none = e.backward(e.full(DType::f32, {}, 3), net.targets);
  CHECK(none == std::vector<bool>(4, false));
}

TEST_CASE("only the listed targets receive gradients", "[engine]") {
  Engine e;
  Net net(e);
  const Scope scope(e);
  const Tensor loss = net.loss(net.batch(8));
  e.backward(loss, net.targets);
  const auto all = net.grads;
  for (auto& g : net.grads) std::fill(g.begin(), g.end(), -1.0f);
  e.backward(loss, std::span(net.targets).subspan(2, 1));
  CHECK(net.grads[2] == all[2]);
  for (std::size_t k : {0u, 1u, 3u})
    for (float g : net.grads[k]) REQUIRE(g == -1);
}

TEST_CASE("a weight used in two places gets both gradients", "[engine]") {
  Engine e(DType::f64);
  double w[] = {0.5, -1, 2, 0.25}, dw[4];
  const Tensor p = e.adopt(DType::f64, {2, 2}, w, true);
  const GradTarget target{p, dw, nullptr};
  const Tensor square = ops::matmul(e, p, p), sum = ops::binary(e, UBP_B_ADD, square, p);
  e.backward(ops::reduce(e, UBP_R_SUM, ops::binary(e, UBP_B_ADD, sum, p), 0, false), {&target, 1});
  // d sum(ww + 2w): ones w' + w' ones + 2
  CHECK(dw[0] == Approx(w[0] + w[1] + w[0] + w[2] + 2));
  CHECK(dw[1] == Approx(w[2] + w[3] + w[0] + w[2] + 2));
  CHECK(dw[3] == Approx(w[2] + w[3] + w[1] + w[3] + 2));
}

TEST_CASE("a gradient is said to be finite only if it was looked at, and is", "[engine]") {
  constexpr i64 in = 160, hidden = 128, rows = 64;
  Engine e;
  Net net(e, in, hidden);
  bool finite[4] = {true, true, true, true};
  for (std::size_t k = 0; k < 4; ++k) net.targets[k].finite = &finite[k];
  const Tensor x = net.batch(rows);
  e.backward(net.loss(x), net.targets);
  CHECK(finite[0] == product::suits(true, false, in, hidden, rows));
  CHECK(finite[2] == product::suits(true, false, hidden, in, rows));
  CHECK_FALSE(finite[1]);  // a sum of rows
  e.backward(ops::binary(e, UBP_B_ADD, net.loss(x), ops::reduce(e, UBP_R_SUM, net.p[0], 0, false)), net.targets);
  CHECK_FALSE(finite[0]);  // something was added behind the product
  net.values[0][5] = std::numeric_limits<float>::infinity();
  e.backward(net.loss(x), net.targets);
  CHECK_FALSE(finite[2]);
  e.backward(e.full(DType::f32, {}, 0), net.targets);
  for (bool is : finite) CHECK_FALSE(is);
}

TEST_CASE("a row-sparse target receives the touched rows and their numbers", "[engine]") {
  Engine e(DType::f64);
  std::vector<double> table(12, 1.0), grad(12, 0.0);
  std::vector<i64> rows;
  const GradTarget target{e.adopt(DType::f64, {4, 3}, table.data(), true), grad.data(), &rows};
  const i64 at[] = {3, 1, 3};
  const Tensor y = ops::gather_rows(e, target.tensor, e.copy_from(DType::i64, {3}, at));
  const Tensor loss = ops::reduce(e, UBP_R_SUM, ops::unary(e, UBP_U_SQUARE, y), 0, false);
  CHECK(e.backward(loss, {&target, 1})[0]);
  CHECK(rows == std::vector<i64>{1, 3});
  CHECK(grad == std::vector<double>{0, 0, 0, 2, 2, 2, 0, 0, 0, 4, 4, 4});

  rows.clear();
  std::fill(grad.begin(), grad.end(), 0.0);
  CHECK_FALSE(e.backward(e.full(DType::f64, {}, 0), {&target, 1})[0]);
  CHECK(rows.empty());

  const Tensor decay = ops::reduce(e, UBP_R_SUM, ops::unary(e, UBP_U_SQUARE, target.tensor), 0, false);
  e.backward(ops::binary(e, UBP_B_ADD, loss, decay), {&target, 1});  // a dense use touches every row
  CHECK(rows == std::vector<i64>{0, 1, 2, 3});
  CHECK(grad == std::vector<double>{2, 2, 2, 4, 4, 4, 2, 2, 2, 6, 6, 6});
}

TEST_CASE("gathered rows of a dense target add up", "[engine]") {
  Engine e(DType::f64);
  std::vector<double> table(6, 1.0), grad(6, 1e30);
  const GradTarget target{e.adopt(DType::f64, {3, 2}, table.data(), true), grad.data(), nullptr};
  const i64 at[] = {2, 2};
  const Tensor index = e.copy_from(DType::i64, {2}, at);
  const Tensor y =
      ops::binary(e, UBP_B_ADD, ops::gather_rows(e, target.tensor, index), ops::gather_rows(e, target.tensor, index));
  e.backward(ops::reduce(e, UBP_R_SUM, y, 0, false), {&target, 1});
  CHECK(grad == std::vector<double>{0, 0, 0, 0, 4, 4});
}

TEST_CASE("grad by an intermediate tensor stops there and returns its gradient unharmed", "[engine]") {
  Engine e(DType::f64);
  const Tensor x = e.leaf(e.full(DType::f64, {3}, 0.5)), none = e.leaf(e.full(DType::f64, {2}, 1));
  const Tensor h = ops::unary(e, UBP_U_TANH, x),
               y = ops::reduce(e, UBP_R_SUM, ops::unary(e, UBP_U_SQUARE, h), 0, false);
  const Tensor by[] = {h, x, none};
  const auto g = e.grad({&y, 1}, {}, by, false);
  const double t = std::tanh(0.5);
  CHECK(e.data<double>(g[0])[1] == Approx(2 * t));
  CHECK(e.data<double>(g[1])[1] == Approx(2 * t * (1 - t * t)));
  CHECK(e.data<double>(g[2])[1] == 0);
  CHECK_FALSE(e.requires_grad(g[0]));
}

TEST_CASE("a layer's derivative does not overwrite a gradient that was asked for", "[engine]") {
  Engine e(DType::f64);
  const Tensor x = e.leaf(e.full(DType::f64, {1, 1}, 0.5)), w = e.leaf(e.full(DType::f64, {1, 1}, 2));
  const Tensor h = ops::linear(e, x, w, {}, Activation::tanh), y = ops::unary(e, UBP_U_SQUARE, h);
  const Tensor by[] = {h, w};
  const auto g = e.grad({&y, 1}, {}, by, false);
  const double t = std::tanh(1.0);
  CHECK(e.item(g[0]) == Approx(2 * t));
  CHECK(e.item(g[1]) == Approx(2 * t * (1 - t * t) * 0.5));
}

TEST_CASE("seeds weigh the outputs and survive", "[engine]") {
  Engine e(DType::f64);
  const Tensor x = e.leaf(e.full(DType::f64, {2}, 3)), y = ops::unary(e, UBP_U_RELU, x);
  const double w[] = {1, -2};
  const Tensor seed = e.copy_from(DType::f64, {2}, w);
  const auto g = e.grad({&y, 1}, {&seed, 1}, {&x, 1}, false);
  CHECK(e.data<double>(g[0])[1] == -2);
  CHECK(e.data<double>(seed)[1] == -2);
  CHECK_THROWS_AS(e.grad({&y, 1}, {}, {&x, 1}, false), EngineError);
}

TEST_CASE("a gradient penalty trains through the gradient", "[engine]") {
  Engine e(DType::f64);
  double w[] = {0.7, -0.4}, dw[2];
  const Tensor p = e.adopt(DType::f64, {2, 1}, w, true);
  const double at[] = {0.3, 0.9};
  const auto penalty = [&] {  // (|d tanh(x w)/dx| - 1)^2
    const Tensor x = e.leaf(e.copy_from(DType::f64, {1, 2}, at));
    const Tensor score = ops::reduce(e, UBP_R_SUM, ops::linear(e, x, p, {}, Activation::tanh), 0, false);
    const Tensor g = e.grad({&score, 1}, {}, {&x, 1}, true)[0];
    const Tensor length =
        ops::unary(e, UBP_U_SQRT, ops::reduce(e, UBP_R_SUM, ops::unary(e, UBP_U_SQUARE, g), 0, false));
    return ops::unary(e, UBP_U_SQUARE, ops::unary(e, UBP_U_AFFINE, length, 1, -1));
  };
  const GradTarget target{p, dw, nullptr};
  e.backward(penalty(), {&target, 1});
  const double h = 1e-6, keep = w[0];
  w[0] = keep + h;
  const double up = e.item(penalty());
  w[0] = keep - h;
  CHECK(dw[0] == Approx((up - e.item(penalty())) / (2 * h)).epsilon(1e-6));
}

TEST_CASE("an op that throws leaves the engine as it was", "[engine]") {
  Engine e(DType::f64);
  const Tensor x = e.leaf(e.full(DType::f64, {2}, 1));
  const ubp_custom_op_desc op = {
      sizeof(ubp_custom_op_desc),
      0,
      "fails",
      1,
      1,
      nullptr,
      [](void*, const ubp_shape* in, ubp_shape* out) { return *out = *in, ubp_status{UBP_OK}; },
      [](void*, const ubp_view* const*, ubp_view* const* out, void*) {
        static_cast<double*>(out[0]->data)[0] = static_cast<double*>(out[0]->data)[1] = 0;
        return ubp_status{UBP_OK};
      },
      [](void*, const ubp_view* const*, const ubp_view* const*, const ubp_view* const*, ubp_view* const*, void*) {
        return ubp_status{UBP_E_NUMERIC};
      },
      0,
      nullptr};
  const Tensor y = ops::reduce(e, UBP_R_SUM, ops::custom(e, op, {&x, 1})[0], 0, false);
  const std::size_t depth = e.scope_depth();
  CHECK_THROWS_AS(e.grad({&y, 1}, {}, {&x, 1}, false), EngineError);
  CHECK(e.scope_depth() == depth);
  CHECK(e.recording());
  CHECK(e.item(e.grad({&y, 1}, {}, {&y, 1}, false)[0]) == 1);
}

}  // namespace
}  // namespace ubp
