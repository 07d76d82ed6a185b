// SPDX-License-Identifier: MIT
// Ops that methods bring along, against what plain loops, NumPy and PyTorch give for the same numbers.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <catch2/catch.hpp>

#include "engine/op.hpp"
#include "engine/ops.hpp"
#include "engine/random.hpp"
#include "named_call.hpp"

namespace ubp {
namespace {

using Numbers = std::vector<double>;

using test::Attribute;

class Desk {
 public:
  Engine e{DType::f64};

  Tensor of(const Shape& s, const Numbers& v) { return e.copy_from(DType::f64, s, v.data()); }
  Tensor drawn(const char* name, const Shape& s) {
    Numbers v(static_cast<std::size_t>(s.count()));
    Random(5, name).normal(v, 0, 1);
    return of(s, v);
  }
  std::vector<Tensor> call(const char* op, std::initializer_list<Tensor> in,
                           std::initializer_list<Attribute> attributes = {}) {
    return test::call(e, op, in, attributes);
  }
  Numbers numbers(Tensor x) { return {e.data<double>(x), e.data<double>(x) + e.shape(x).count()}; }
  void check(Tensor y, const Numbers& expected) {
    const Numbers found = numbers(y);
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      CAPTURE(i);
      CHECK(found[i] == Approx(expected[i]).epsilon(1e-9).margin(1e-10));
    }
  }
  std::string refusal(const char* op, std::initializer_list<Tensor> in,
                      std::initializer_list<Attribute> attributes = {}) {
    try {
      call(op, in, attributes);
    } catch (const EngineError& error) {
      return error.what();
    }
    return "";
  }
};

std::size_t at(i64 i) { return static_cast<std::size_t>(i); }

TEST_CASE("attention is a softmax of scores over what a row sees", "[ops]") {
  Desk d;
  const i64 heads = 2, n = 3, m = 4, width = 5, out = 2;
  const Tensor q = d.drawn("q", {heads, n, width}), k = d.drawn("k", {heads, m, width});
  const Tensor v = d.drawn("v", {heads, m, out});
  const Numbers look{1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0};  // the second row of each head sees nothing
  for (const bool causal : {false, true}) {
    const Numbers qs = d.numbers(q), ks = d.numbers(k), vs = d.numbers(v);
    Numbers expected;
    for (i64 h = 0; h < heads; ++h)
      for (i64 i = 0; i < n; ++i) {
        Numbers p(at(m), 0.0);
        double sum = 0;
        for (i64 j = 0; j < m; ++j) {
          if (look[at(i * m + j)] == 0 || (causal && j > i + m - n)) continue;
          double score = 0;
          for (i64 c = 0; c < width; ++c) score += qs[at((h * n + i) * width + c)] * ks[at((h * m + j) * width + c)];
          sum += p[at(j)] = std::exp(score / std::sqrt(5.0));
        }
        for (i64 c = 0; c < out; ++c) {
          double y = 0;
          for (i64 j = 0; j < m; ++j) y += sum > 0 ? p[at(j)] / sum * vs[at((h * m + j) * out + c)] : 0;
          expected.push_back(y);
        }
      }
    d.check(d.call("attention", {q, k, v, d.of({n, m}, look)}, {{"causal", causal ? 1.0 : 0.0}})[0], expected);
  }
}

TEST_CASE("a scale below zero is refused", "[ops]") {
  Desk d;
  const Tensor x = d.drawn("x", {2, 3});
  CHECK(d.refusal("attention", {x, x, x}, {{"scale", -1.0}}) == "attention: scale must not be negative: -1");
}

TEST_CASE("stacks of matrices multiply place by place, one matrix with all", "[ops]") {
  Desk d;
  const Tensor a = d.drawn("a", {2, 1, 3, 4}), b = d.drawn("b", {5, 4, 2}), c = d.drawn("c", {4, 2});
  const Numbers as = d.numbers(a), bs = d.numbers(b), cs = d.numbers(c);
  Numbers expected, shared;
  for (i64 i = 0; i < 2; ++i)
    for (i64 j = 0; j < 5; ++j)
      for (i64 r = 0; r < 3; ++r)
        for (i64 s = 0; s < 2; ++s) {
          double sum = 0, one = 0;
          for (i64 k = 0; k < 4; ++k) {
            sum += as[at((i * 3 + r) * 4 + k)] * bs[at((j * 4 + k) * 2 + s)];
            one += as[at((i * 3 + r) * 4 + k)] * cs[at(k * 2 + s)];
          }
          expected.push_back(sum);
          if (j == 0) shared.push_back(one);
        }
  const Tensor y = ops::matmul(d.e, a, b);
  CHECK(d.e.shape(y) == Shape{2, 5, 3, 2});
  d.check(y, expected);
  d.check(ops::matmul(d.e, a, c), shared);
  CHECK(d.refusal("matmul", {a, d.drawn("w", {3, 4, 4, 2})}) == "matmul: shapes do not broadcast: [2, 1] and [3, 4]");
}

TEST_CASE("cumulative sums and scans go along their axis, either way", "[ops]") {
  Desk d;
  const Tensor x = d.of({2, 3}, {1, 2, 4, -1, 0, 3});
  d.check(d.call("cumsum", {x})[0], {1, 3, 7, -1, -1, 2});
  d.check(d.call("cumsum", {x}, {{"axis", 0.0}, {"reverse", 1.0}})[0], {0, 2, 7, -1, 0, 3});
  const Tensor reward = d.of({3, 1}, {1, 2, 4}), discount = d.of({3, 1}, {0.5, 0.1, 9});
  d.check(d.call("scan", {reward, discount})[0], {1, 2.1, 4 + 9 * 2.1});
  d.check(d.call("scan", {reward, discount}, {{"reverse", 1.0}})[0], {1 + 0.5 * 2.4, 2.4, 4});
}

TEST_CASE("the largest come first, of equals the one that stands first", "[ops]") {
  Desk d;
  const Tensor x = d.of({2, 4}, {3, 7, 7, 1, 0, -1, 5, 5});
  const std::vector<Tensor> top = d.call("top_k", {x}, {{"k", 3.0}});
  d.check(top[0], {7, 7, 3, 5, 5, 0});
  const i64* place = d.e.data<i64>(top[1]);
  CHECK(std::vector<i64>(place, place + 6) == std::vector<i64>{1, 2, 0, 2, 3, 0});
  const std::vector<Tensor> low = d.call("top_k", {x}, {{"k", 1.0}, {"largest", 0.0}});
  d.check(low[0], {1, -1});
  d.check(d.call("take_along", {x, top[1]})[0], {7, 7, 3, 5, 5, 0});
  d.check(d.call("one_hot", {low[1]}, {{"classes", 4.0}})[0], {0, 0, 0, 1, 0, 1, 0, 0});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Tensor> odd = d.call("top_k", {d.of({1, 4}, {1, nan, 3, nan})}, {{"k", 4.0}});
  const i64* odd_place = d.e.data<i64>(odd[1]);
  CHECK(std::vector<i64>(odd_place, odd_place + 4) == std::vector<i64>{1, 3, 2, 0});
  CHECK(d.refusal("top_k", {x}, {{"k", 5.0}}) == "top_k: k is 5, expected 1 to 4 of x [2, 4]");
  CHECK(d.refusal("one_hot", {top[1]}, {{"classes", 2.0}}) == "one_hot: index 2 is outside [0, 2)");
  CHECK(d.refusal("top_k", {x}) ==
        "top_k: attribute 'k' is missing, expected top_k(x [...,n]; k int, largest = 1) -> values [...,k], index i64 "
        "[...,k]");
}

TEST_CASE("cumulative sums of many rows are those of each row alone, bit for bit", "[ops]") {
  Desk d;
  const i64 rows = GENERATE(1, 7, 8, 19), n = GENERATE(1, 2, 33);
  const double reverse = GENERATE(0.0, 1.0);
  CAPTURE(rows, n, reverse);
  const Tensor x = d.drawn("x", {rows, n});
  Numbers expected = d.numbers(x);
  for (i64 r = 0; r < rows; ++r)
    for (i64 t = 1; t < n; ++t) {
      const i64 now = reverse != 0 ? n - t - 1 : t, before = reverse != 0 ? now + 1 : now - 1;
      expected[at(r * n + now)] += expected[at(r * n + before)];
    }
  CHECK(d.numbers(d.call("cumsum", {x}, {{"reverse", reverse}})[0]) == expected);
}

TEST_CASE("few and many of the largest are those of a sorted row", "[ops]") {
  Desk d;
  const i64 n = 70, k = GENERATE(1, 5, 32, 33, 70);
  const double largest = GENERATE(0.0, 1.0);
  CAPTURE(k, largest);
  Numbers v = d.numbers(d.drawn("x", {3, n}));
  for (double& each : v) each = std::round(2 * each);  // so that many are equal
  std::vector<i64> expected;
  for (i64 r = 0; r < 3; ++r) {
    std::vector<i64> order(at(n));
    std::iota(order.begin(), order.end(), i64{0});
    std::stable_sort(order.begin(), order.end(), [&](i64 a, i64 b) {
      const double x = v[at(r * n + a)], y = v[at(r * n + b)];
      return largest != 0 ? x > y : x < y;
    });
    expected.insert(expected.end(), order.begin(), order.begin() + k);
  }
  const std::vector<Tensor> found =
      d.call("top_k", {d.of({3, n}, v)}, {{"k", static_cast<double>(k)}, {"largest", largest}});
  const i64* place = d.e.data<i64>(found[1]);
  CHECK(std::vector<i64>(place, place + 3 * k) == expected);
}

TEST_CASE("nearest rows are those of the smallest distance", "[ops]") {
  Desk d;
  const Tensor x = d.of({2, 2}, {0, 0, 5, 5}), to = d.of({3, 2}, {1, 1, 4, 5, 0, -1});
  const std::vector<Tensor> near = d.call("nearest", {x, to}, {{"k", 2.0}});
  d.check(near[0], {1, 2, 1, 32});
  const i64* row = d.e.data<i64>(near[1]);
  CHECK(std::vector<i64>(row, row + 4) == std::vector<i64>{2, 0, 1, 0});
}

TEST_CASE("comparisons are 1 where they hold, and no NaN holds but in not_equal", "[ops]") {
  Desk d;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Tensor a = d.of({4}, {1, 2, 3, nan}), b = d.of({}, {2});
  d.check(d.call("greater", {a, b})[0], {0, 0, 1, 0});
  d.check(d.call("greater_equal", {a, b})[0], {0, 1, 1, 0});
  d.check(d.call("less_equal", {a, b})[0], {1, 1, 0, 0});
  d.check(d.call("not_equal", {a, b})[0], {1, 0, 1, 1});
}

TEST_CASE("conv1d slides over one axis", "[ops]") {
  Desk d;
  const Tensor x = d.of({1, 1, 5}, {1, 2, 3, 4, 5}), k = d.of({1, 1, 3}, {1, 0, -1});
  d.check(d.call("conv1d", {x, k})[0], {-2, -2, -2});
  d.check(d.call("conv1d", {x, k, d.of({1}, {10})}, {{"pad", 1.0}, {"stride", 2.0}})[0], {8, 8, 14});
  CHECK(d.refusal("conv1d", {x, d.of({1, 1, 7}, Numbers(7))}) ==
        "conv1d: the kernel [1, 1, 7] does not fit into x [1, 1, 5]");
}

TEST_CASE("group_norm has the statistics of each group", "[ops]") {
  Desk d;
  const Tensor x = d.of({1, 4, 2}, {1, 2, 3, 4, 10, 10, 20, 20});
  const Tensor gamma = d.of({4}, {1, 2, 1, 1}), beta = d.of({4}, {0, 0, 0, 5});
  const double s = std::sqrt(1.25), t = 5;
  d.check(d.call("group_norm", {x, gamma, beta}, {{"groups", 2.0}, {"eps", 0.0}})[0],
          {-1.5 / s, -0.5 / s, 2 * 0.5 / s, 2 * 1.5 / s, -5 / t, -5 / t, 5 / t + 5, 5 / t + 5});
  CHECK(d.refusal("group_norm", {x, gamma, beta}, {{"groups", 3.0}}) ==
        "group_norm: 3 groups of 4 channels, expected a divisor");
}

TEST_CASE("group_norm of long planes has the values of layer_norm, and so has its derivative", "[ops]") {
  Desk d;
  const i64 n = 3, groups = 2, each = 2, plane = 2101;  // planes of more than one block, with a tail
  const Tensor x = d.drawn("x", {n, groups * each, plane}), weights = d.drawn("weights", {n, groups * each, plane});
  const Tensor gamma = d.drawn("gamma", {groups * each}), beta = d.drawn("beta", {groups * each});
  const std::vector<Tensor> leaves{d.e.leaf(x), d.e.leaf(gamma), d.e.leaf(beta)};
  const Shape rows{n * groups, each * plane}, by_channel{1, groups * each, 1};
  const Tensor one = d.e.full(DType::f64, {each * plane}, 1), none = d.e.full(DType::f64, {each * plane}, 0);
  const Tensor y = d.call("group_norm", {leaves[0], leaves[1], leaves[2]}, {{"groups", 2.0}})[0];
  const Tensor plain =
      ops::reshape(d.e, ops::layer_norm(d.e, ops::reshape(d.e, leaves[0], rows), one, none, 1e-5), d.e.shape(x));
  const Tensor expected =
      ops::binary(d.e, UBP_B_ADD, ops::binary(d.e, UBP_B_MUL, plain, ops::reshape(d.e, leaves[1], by_channel)),
                  ops::reshape(d.e, leaves[2], by_channel));
  d.check(y, d.numbers(expected));
  const auto found = d.e.grad({&y, 1}, {&weights, 1}, leaves, false);
  const auto gradients = d.e.grad({&expected, 1}, {&weights, 1}, leaves, false);
  for (std::size_t k = 0; k < leaves.size(); ++k) d.check(found[k], d.numbers(gradients[k]));
}

TEST_CASE("upsampled images have PyTorch's values", "[ops]") {
  Desk d;
  const Tensor x = d.of({1, 1, 2, 2}, {1, 2, 3, 5});
  d.check(d.call("upsample", {x})[0], {1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 5, 5, 3, 3, 5, 5});
  // torch.nn.functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
  d.check(d.call("upsample", {x}, {{"mode", "bilinear"}})[0],
          {1, 1.25, 1.75, 2, 1.5, 1.8125, 2.4375, 2.75, 2.5, 2.9375, 3.8125, 4.25, 3, 3.5, 4.5, 5});
}

TEST_CASE("factors, inverses, determinants and axes of matrices are what they are called", "[ops]") {
  Desk d;
  const Tensor m = d.drawn("m", {3, 4, 4}), b = d.drawn("b", {3, 4, 2});
  const Tensor a = ops::matmul(d.e, m, m, false, true);
  const Numbers same = d.numbers(a);
  const Tensor l = d.call("cholesky", {a})[0];
  d.check(ops::matmul(d.e, l, l, false, true), same);
  for (i64 i = 0; i < 3; ++i)
    for (i64 r = 0; r < 4; ++r)
      for (i64 c = r + 1; c < 4; ++c) CHECK(d.numbers(l)[at((i * 4 + r) * 4 + c)] == 0);
  d.check(ops::matmul(d.e, l, d.call("triangular_solve", {l, b})[0]), d.numbers(b));
  d.check(ops::matmul(d.e, l, d.call("triangular_solve", {l, b}, {{"transposed", 1.0}})[0], true), d.numbers(b));
  const Tensor one = ops::matmul(d.e, a, d.call("inverse", {a})[0]);
  for (i64 i = 0; i < 48; ++i) CHECK(d.numbers(one)[at(i)] == Approx(i % 16 % 5 == 0 ? 1.0 : 0.0).margin(1e-9));
  d.check(d.call("logdet", {d.of({2, 2}, {1, 2, 3, 4})})[0], {std::log(2.0)});  // of -2
  const std::vector<Tensor> axes = d.call("eigh", {a});
  const Tensor scaled = ops::binary(d.e, UBP_B_MUL, axes[1], ops::reshape(d.e, axes[0], {3, 1, 4}));
  d.check(ops::matmul(d.e, scaled, axes[1], false, true), same);
  const Numbers values = d.numbers(axes[0]);
  for (std::size_t i = 0; i < 3; ++i) CHECK(std::is_sorted(values.begin() + 4 * i, values.begin() + 4 * i + 4));
  d.check(d.call("eigh", {d.of({2, 2}, {0, 1, 1, 0})})[1],
          {std::sqrt(0.5), std::sqrt(0.5), -std::sqrt(0.5), std::sqrt(0.5)});
  CHECK(d.refusal("cholesky", {d.of({2, 2}, {1, 2, 2, 1})}) == "cholesky: a is not positive definite");
  CHECK(d.refusal("inverse", {d.of({2, 2}, {1, 2, 2, 4})}) == "inverse: a is singular");
  CHECK(d.refusal("logdet", {d.drawn("n", {2, 3})}) == "logdet: a has shape [2, 3], expected [..., n, n]");
}

}  // namespace
}  // namespace ubp
