// SPDX-License-Identifier: MIT
// Every op that uses threads gives the bits that one thread gives, forward and backward.
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "engine/ops.hpp"
#include "engine/parallel.hpp"
#include "engine/random.hpp"

namespace {

using namespace ubp;
using namespace ubp::ops;

/// Numbers that need all their digits, so that another order of summation shows.
Tensor numbers(Engine& e, const Shape& shape, const std::string& stream) {
  Random random(7, stream);
  std::vector<double> values(static_cast<std::size_t>(shape.count()));
  random.normal(std::span(values), 0.1, 1);
  const Tensor x = cast(e, e.copy_from(DType::f64, shape, values.data()), e.real());
  return e.leaf(x);
}

struct Case {
  std::string name;
  std::vector<Shape> in;
  std::function<Tensor(Engine&, const std::vector<Tensor>&)> run;
};

Tensor index_of(Engine& e, i64 n, i64 limit) {
  std::vector<i64> rows(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<i64>(i * 7919) % limit;
  return e.copy_from(DType::i64, {n}, rows.data());
}

std::vector<Case> cases() {
  std::vector<Case> all;
  const auto add = [&](std::string name, std::vector<Shape> in, auto run) {
    all.push_back({std::move(name), std::move(in), run});
  };
  using In = const std::vector<Tensor>&;
  for (const auto& [m, n, k] : {std::array<i64, 3>{256, 500, 784}, {256, 10, 2000}, {801, 90, 467}, {67, 1030, 129}})
    for (const bool ta : {false, true})
      for (const bool tb : {false, true})
        add("matmul " + std::to_string(m) + " " + std::to_string(n) + (ta ? " T" : "") + (tb ? " T" : ""),
            {ta ? Shape{k, m} : Shape{m, k}, tb ? Shape{n, k} : Shape{k, n}},
            [ta = ta, tb = tb](Engine& e, In x) { return matmul(e, x[0], x[1], ta, tb); });
  add("matmul of a batch", {{9, 70, 50}, {9, 50, 90}}, [](Engine& e, In x) { return matmul(e, x[0], x[1]); });
  for (const Activation act : {Activation::relu, Activation::tanh, Activation::gelu})
    add("linear", {{300, 211}, {211, 333}, {333}}, [act](Engine& e, In x) { return linear(e, x[0], x[1], x[2], act); });
  add("conv2d", {{70, 3, 14, 13}, {10, 3, 3, 3}, {10}},
      [](Engine& e, In x) { return conv2d(e, x[0], x[1], x[2], 2, 1, Activation::relu); });
  add("conv_transpose2d", {{130, 9, 7, 6}, {9, 5, 4, 4}, {5}},
      [](Engine& e, In x) { return conv_transpose2d(e, x[0], x[1], x[2], 2, 1, Activation::sigmoid); });
  add("max_pool2d", {{40, 5, 12, 13}}, [](Engine& e, In x) { return max_pool2d(e, x[0], 3, 2); });
  add("avg_pool2d", {{40, 5, 12, 13}}, [](Engine& e, In x) { return avg_pool2d(e, x[0], 3, 2); });
  for (const bool log : {false, true})
    add("softmax", {{300, 133}}, [log](Engine& e, In x) { return softmax(e, x[0], 1, log); });
  for (const int op : {UBP_R_SUM, UBP_R_MEAN, UBP_R_MAX, UBP_R_LOGSUMEXP})
    for (const std::uint32_t axes : {0u, 1u, 2u, 4u, 5u, 6u})
      add("reduce " + std::to_string(op) + " " + std::to_string(axes), {{17, 61, 73}},
          [op, axes](Engine& e, In x) { return reduce(e, op, x[0], axes, false); });
  add("sum of many", {{1300, 1021}}, [](Engine& e, In x) { return reduce(e, UBP_R_SUM, x[0], 0, false); });
  add("normalize", {{300, 133}}, [](Engine& e, In x) { return normalize(e, x[0], 1e-8); });
  for (const i64 d : {5, 64})
    add("pairwise_sqdist", {{160, d}, {170, d}}, [](Engine& e, In x) { return pairwise_sqdist(e, x[0], x[1]); });
  add("binary", {{211, 157}, {157}}, [](Engine& e, In x) { return binary(e, UBP_B_DIV, x[0], x[1]); });
  add("binary by columns", {{211, 157}, {211, 1}}, [](Engine& e, In x) { return binary(e, UBP_B_MUL, x[0], x[1]); });
  add("unary", {{211, 157}}, [](Engine& e, In x) { return unary(e, UBP_U_GELU, x[0]); });
  add("mse", {{211, 157}, {211, 157}}, [](Engine& e, In x) { return mse(e, x[0], x[1], Reduction::mean); });
  add("layer_norm", {{211, 157}, {157}, {157}}, [](Engine& e, In x) { return layer_norm(e, x[0], x[1], x[2], 1e-5); });
  add("batch_norm", {{64, 7, 9, 9}, {7}, {7}},
      [](Engine& e, In x) { return batch_norm(e, x[0], x[1], x[2], 1e-5)[0]; });
  add("group_norm", {{13, 9, 17, 13}, {9}, {9}}, [](Engine& e, In x) {
    const ubp_attr groups{sizeof groups, "groups", UBP_P_INT, 0, 3, nullptr, nullptr, 0};
    const ubp_attr* const attributes[] = {&groups};
    return call(e, "group_norm", x, attributes)[0];
  });
  add("gather_rows", {{97, 131}}, [](Engine& e, In x) { return gather_rows(e, x[0], index_of(e, 500, 97)); });
  add("permute", {{31, 47, 53}}, [](Engine& e, In x) {
    const i64 axes[] = {2, 0, 1};
    return permute(e, x[0], axes);
  });
  add("transpose", {{331, 247}}, [](Engine& e, In x) {
    const i64 axes[] = {1, 0};
    return permute(e, x[0], axes);
  });
  return all;
}

/// The bytes of the result and of the gradients.
std::string bits(const Case& c, DType dtype, int threads) {
  Engine e(dtype, threads);
  const Scope scope(e);
  std::vector<Tensor> in;
  for (const Shape& shape : c.in) in.push_back(numbers(e, shape, std::to_string(in.size())));
  const Tensor y = c.run(e, in);
  const Tensor seed = numbers(e, e.shape(y), "seed");
  std::vector<Tensor> all = e.grad(std::span(&y, 1), std::span(&seed, 1), in, false);
  all.push_back(y);
  std::string bytes;
  for (const Tensor x : all)
    bytes.append(static_cast<const char*>(e.data(x)),
                 static_cast<std::size_t>(e.shape(x).count() * bytes_of(e.dtype(x))));
  return bytes;
}

}  // namespace

TEST_CASE("ops and their derivatives are equal for any number of threads") {
  for (const Case& c : cases())
    for (const DType dtype : {DType::f32, DType::f64}) {
      const std::string expected = bits(c, dtype, 1);
      for (const int threads : {2, 3, 4, 8}) {
        INFO(c.name << ", " << name_of(dtype) << ", " << threads << " threads");
        CHECK((bits(c, dtype, threads) == expected));
      }
    }
}

TEST_CASE("random numbers are equal for any number of threads") {
  const auto drawn = [](int threads) {
    const Engine e(DType::f32, threads);
    Random random(3, "threads");
    std::vector<float> all(100'003);
    random.normal(std::span(all).first(50'001), 0, 1);
    random.uniform(std::span(all).subspan(50'001), 0, 1);
    return all;
  };
  const std::vector<float> expected = drawn(1);
  for (const int threads : {2, 4}) CHECK((drawn(threads) == expected));
}
