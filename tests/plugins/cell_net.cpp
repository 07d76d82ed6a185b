// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "objectives/cell_net.hpp"

namespace {

double error_of(CellNet& net, const std::vector<double>& w, const std::vector<double>& v, std::int64_t c,
                double target) {
  const double e = target - net.forward(w.data(), v.data(), c)[static_cast<std::size_t>(c)];
  return 0.5 * e * e;
}

std::vector<double> numbers(std::size_t n, double start) {
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = std::sin(start + 1.7 * static_cast<double>(i));
  return x;
}

}  // namespace

TEST_CASE("a cell's update is a step down the gradient of half its squared error", "[cell_net]") {
  const std::string activation = GENERATE("tanh", "logistic", "linear");
  const std::vector<std::int64_t> widths = GENERATE(std::vector<std::int64_t>{2, 4}, std::vector<std::int64_t>{2, 5, 4},
                                                    std::vector<std::int64_t>{2, 5, 3, 4});
  const bool input_bias = GENERATE(true, false);
  CAPTURE(activation, widths, input_bias);
  CellNet net(widths, activation, input_bias, true);
  const std::int64_t column = 2;
  const double target = 0.3, lr = 1e-3, h = 1e-6;
  std::vector<double> w = numbers(static_cast<std::size_t>(net.size()), 0.4), v = numbers(input_bias ? 3 : 2, 2.1);
  std::vector<double> w_after = w, v_after = v;
  net.train(w_after.data(), v_after.data(), column, target, {lr, true, true, 0, 0});
  const auto check = [&](std::vector<double>& x, const std::vector<double>& after) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double before = x[i];
      x[i] = before + h;
      const double up = error_of(net, w, v, column, target);
      x[i] = before - h;
      const double down = error_of(net, w, v, column, target);
      x[i] = before;
      CHECK((after[i] - before) / lr == Approx(-(up - down) / (2 * h)).margin(1e-8));
    }
  };
  check(w, w_after);
  check(v, v_after);
}

TEST_CASE("what is not trained keeps its bits, and decay spares other columns", "[cell_net]") {
  CellNet net({2, 3, 4}, "tanh", true, true);
  const std::vector<double> w = numbers(static_cast<std::size_t>(net.size()), 0.4), v = numbers(3, 2.1);
  std::vector<double> w_after = w, v_after = v;
  net.train(w_after.data(), v_after.data(), 1, 0.3, {0.1, false, true, 0.5, 0.5});
  CHECK(w_after == w);
  CHECK(v_after != v);
  v_after = v;
  net.train(w_after.data(), v_after.data(), 1, 0.3, {0.1, true, false, 0.5, 0.5});
  CHECK(v_after == v);
  const std::size_t second = 9, biases = second + 12;  // layer 2: weights [4, 3], biases [4]
  for (std::size_t column : {0u, 2u, 3u}) {
    for (std::size_t i = 0; i < 3; ++i) CHECK(w_after[second + 3 * column + i] == w[second + 3 * column + i]);
    CHECK(w_after[biases + column] == w[biases + column]);
  }
  for (std::size_t i = 0; i < second; ++i) CHECK(w_after[i] != w[i]);
}
