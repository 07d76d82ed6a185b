// SPDX-License-Identifier: MIT
// Ops against numbers computed by NumPy and SciPy.
#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "engine/ops.hpp"
#include "engine/random.hpp"

namespace ubp {
namespace {

using ops::Activation;
using ops::Reduction;
using Numbers = std::vector<double>;

class Desk {
 public:
  Engine e{DType::f64};
  Tensor of(const Shape& s, const Numbers& v) { return e.copy_from(DType::f64, s, v.data()); }
  void check(Tensor y, const Numbers& expected) {
    REQUIRE(e.shape(y).count() == static_cast<i64>(expected.size()));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CAPTURE(i);
      CHECK(e.data<double>(y)[i] == Approx(expected[i]).epsilon(1e-10).margin(1e-11));
    }
  }
};

const Numbers kRow{-2.5, -0.75, 0.3, 1.0, 4.0};
const Numbers kMatrix{1, 2, 4, -1, 0, 3};

TEST_CASE("activations have SciPy's values", "[ops]") {
  Desk d;
  const Tensor x = d.of({5}, kRow);
  const auto y = [&](int op, double p0 = 0) { return ops::unary(d.e, op, x, p0); };
  d.check(y(UBP_U_TANH), {-0.986614298151, -0.635148952387, 0.291312612452, 0.761594155956, 0.999329299739});
  d.check(y(UBP_U_SIGMOID), {0.075858180021, 0.320821300825, 0.574442516812, 0.73105857863, 0.982013790038});
  d.check(y(UBP_U_GELU), {-0.015524163314, -0.169970514283, 0.185373426657, 0.841344746069, 3.999873315033});
  d.check(y(UBP_U_SOFTPLUS), {0.078889734293, 0.386871006115, 0.854355244469, 1.313261687518, 4.018149927918});
  d.check(y(UBP_U_SILU), {-0.189645450053, -0.240615975618, 0.172332755043, 0.73105857863, 3.928055160152});
  d.check(y(UBP_U_ELU, 1), {-0.917915001376, -0.527633447259, 0.3, 1.0, 4.0});
  d.check(y(UBP_U_SIGN), {-1, -1, 1, 1, 1});
  d.check(ops::call(d.e, "erf", {&x, 1}, {})[0],
          {-0.999593047983, -0.711155633654, 0.328626759459, 0.842700792950, 0.999999984583});
  d.check(y(UBP_U_POW, 2), {6.25, 0.5625, 0.09, 1, 16});
}

TEST_CASE("softmax and logsumexp have SciPy's values", "[ops]") {
  Desk d;
  const Tensor x = d.of({2, 3}, kMatrix);
  d.check(ops::softmax(d.e, x, 1, false),
          {0.042010066134, 0.114195199385, 0.843794734481, 0.017147825546, 0.046612622578, 0.936239551877});
  d.check(ops::softmax(d.e, x, -1, true),
          {-3.169846019556, -2.169846019556, -0.169846019556, -4.065883903757, -3.065883903757, -0.065883903757});
  d.check(ops::reduce(d.e, UBP_R_LOGSUMEXP, x, 1, false), {1.126928011043, 2.126928011043, 4.313261687518});
  const i64 labels[] = {2, 0};
  d.check(ops::cross_entropy(d.e, x, d.e.copy_from(DType::i64, {2}, labels)), {2.117864961657});
}

TEST_CASE("convolutions have SciPy's values", "[ops]") {
  Desk d;
  Numbers image, kernel;
  for (int i = 1; i <= 25; ++i) image.push_back(i / 10.0);
  for (double k : {1, 0, -1, 2, 1, 0, 0, -1, 3}) kernel.push_back(k / 4);
  d.check(ops::conv2d(d.e, d.of({1, 1, 5, 5}, image), d.of({1, 1, 3, 3}, kernel), d.of({1}, {0.5}), 2, 1),
          {0.9, 1.15, 0.575, 1.475, 2.35, 1.3, 0.6, 2.125, 2.8});
  Numbers wide;
  for (int i = 0; i < 16; ++i) wide.push_back(i / 8.0);
  d.check(ops::conv_transpose2d(d.e, d.of({1, 1, 2, 2}, {1, 2, 3, -1}), d.of({1, 1, 4, 4}, wide), {}, 2, 1),
          {0.625, 1.75, 2.125, 1.5, 1.5, 4.0, 4.625, 2.25, 3.5, 6.5, 7.125, 2.75, 3.375, 2.75, 3.0, -1.25});
}

/// y[n, o, i, j] = sum of x[n, c, i s - p + ki, j s - p + kj] k[o, c, ki, kj], as written in textbooks.
Numbers plain_convolution(const Shape& xs, const Numbers& x, const Shape& ks, const Numbers& k, const Shape& ys,
                          i64 stride, i64 pad) {
  Numbers y;
  for (i64 n = 0; n < ys[0]; ++n)
    for (i64 o = 0; o < ys[1]; ++o)
      for (i64 i = 0; i < ys[2] * ys[3]; ++i) {
        double sum = 0;
        for (i64 t = 0; t < ks[1] * ks[2] * ks[3]; ++t) {
          const i64 c = t / (ks[2] * ks[3]), ki = t / ks[3] % ks[2], kj = t % ks[3];
          const i64 row = i / ys[3] * stride - pad + ki, column = i % ys[3] * stride - pad + kj;
          if (row < 0 || row >= xs[2] || column < 0 || column >= xs[3]) continue;
          sum += x[static_cast<std::size_t>(((n * xs[1] + c) * xs[2] + row) * xs[3] + column)] *
                 k[static_cast<std::size_t>(o * ks[1] * ks[2] * ks[3] + t)];
        }
        y.push_back(sum);
      }
  return y;
}

TEST_CASE("convolution of any number of images and channels is the textbook's", "[ops]") {
  const i64 images = GENERATE(1, 7, 16, 17, 33, 70), channels = GENERATE(1, 9), filters = GENERATE(2, 8, 19);
  CAPTURE(images, channels, filters);
  Desk d;
  const Shape xs{images, channels, 5, 6}, ks{filters, channels, 3, 2};
  Numbers x(static_cast<std::size_t>(xs.count())), k(static_cast<std::size_t>(ks.count()));
  Random(1, "x").normal(x, 0, 1);
  Random(1, "k").normal(k, 0, 1);
  const Tensor tx = d.e.leaf(d.of(xs, x)), tk = d.e.leaf(d.of(ks, k)), y = ops::conv2d(d.e, tx, tk, {}, 2, 1);
  d.check(y, plain_convolution(xs, x, ks, k, d.e.shape(y), 2, 1));

  // y is bilinear, so y . dy = x . dx = k . dk
  Numbers weights(static_cast<std::size_t>(d.e.shape(y).count()));
  Random(1, "dy").normal(weights, 0, 1);
  const Tensor dy = d.of(d.e.shape(y), weights), by[] = {tx, tk};
  const auto g = d.e.grad({&y, 1}, {&dy, 1}, by, false);
  const auto dot = [&](Tensor a, Tensor b) {
    return d.e.item(ops::reduce(d.e, UBP_R_SUM, ops::binary(d.e, UBP_B_MUL, a, b), 0, false));
  };
  CHECK(dot(tx, g[0]) == Approx(dot(y, dy)).epsilon(1e-10));
  CHECK(dot(tk, g[1]) == Approx(dot(y, dy)).epsilon(1e-10));
}

TEST_CASE("normalisations have NumPy's values", "[ops]") {
  Desk d;
  const Tensor x = d.of({4, 2}, {1, 2, 3, -2, 5, 1, 0, 4}), gamma = d.of({2}, {2, 0.5}), beta = d.of({2}, {1, -1});
  const auto r = ops::batch_norm(d.e, x, gamma, beta, 1e-5);
  d.check(r[0], {-0.301887344538, -0.826795103995, 1.781132406723, -1.750554549355, 3.864152157985, -1.057734965335,
                 -1.343397220169, -0.364915381315});
  d.check(r[1], {2.25, 1.25});
  d.check(r[2], {3.6875, 4.6875});
  d.check(ops::layer_norm(d.e, x, gamma, beta, 1e-5),
          {-0.9999600012, -0.5000099997, 2.999998400002, -1.4999996, 2.999997500005, -1.499999375001, -0.999997500005,
           -0.500000624999});
  d.check(ops::normalize(d.e, d.of({2, 3}, kMatrix), 1e-12),
          {0.218217890236, 0.436435780472, 0.872871560944, -0.316227766017, 0.0, 0.948683298051});
}

TEST_CASE("losses have NumPy's values", "[ops]") {
  Desk d;
  const Tensor p = d.of({2, 3}, {0.1, 0.9, 0.5, 0.25, 0.6, 0.99}), t = d.of({2, 3}, {0, 1, 0.5, 1, 0, 1});
  d.check(ops::bce(d.e, p, t, Reduction::mean), {0.536083940121});
  d.check(ops::bce(d.e, p, t, Reduction::sum), {3.216503640723});
  d.check(ops::bce(d.e, p, t, Reduction::batch), {1.608251820362});
  const Tensor x = d.of({2, 3}, kMatrix), y = d.of({2, 3}, {0, 2.5, 1, 1, 0, 1});
  d.check(ops::huber(d.e, x, y, 1.5, Reduction::mean), {1.291666666667});
  d.check(ops::mse(d.e, x, y, Reduction::mean), {3.041666666667});
  d.check(ops::l1(d.e, x, y, Reduction::batch), {4.25});
  d.check(ops::bce_with_logits(d.e, x, t, Reduction::sum), {5.513335846131});
  d.check(ops::bce(d.e, d.of({2}, {0, 1}), d.of({2}, {1, 0}), Reduction::sum), {200});  // logs end at -100
  CHECK_THROWS_WITH(ops::bce(d.e, d.of({2}, {0.5, -0.25}), d.of({2}, {1, 0}), Reduction::sum),
                    Catch::Contains("found -0.25, expected numbers in [0, 1]"));
}

TEST_CASE("squared distances are exact for few dimensions and near zero", "[ops]") {
  Desk d;
  d.check(ops::pairwise_sqdist(d.e, d.of({2, 2}, {0, 0, 1e-4, 1}), d.of({3, 2}, {3, 4, 1e-4, 1, 0, 0})),
          {25, 1 + 1e-8, 0, std::pow(3 - 1e-4, 2) + 9, 0, 1 + 1e-8});
}

TEST_CASE("large arguments neither overflow nor lose their sign", "[ops]") {
  Desk d;
  const Tensor x = d.of({4}, {-800, 800, -1e5, 1e5});
  d.check(ops::unary(d.e, UBP_U_SIGMOID, x), {0, 1, 0, 1});
  d.check(ops::unary(d.e, UBP_U_SOFTPLUS, x), {0, 800, 0, 1e5});
  d.check(ops::unary(d.e, UBP_U_TANH, x), {-1, 1, -1, 1});
  d.check(ops::unary(d.e, UBP_U_SIN, x), {std::sin(-800.0), std::sin(800.0), std::sin(-1e5), std::sin(1e5)});
  d.check(ops::reduce(d.e, UBP_R_LOGSUMEXP, x, 0, false), {1e5});
  d.check(ops::softmax(d.e, x, 0, false), {0, 0, 0, 1});
}

TEST_CASE("not-a-number is passed on, not hidden", "[ops]") {
  Desk d;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Tensor x = d.of({3}, {1, nan, -1});
  const auto second = [&](Tensor y) { return d.e.data<double>(y)[1]; };
  for (int op :
       {UBP_U_RELU, UBP_U_LEAKY_RELU, UBP_U_ELU, UBP_U_SIGMOID, UBP_U_TANH, UBP_U_CLAMP, UBP_U_EXP, UBP_U_GELU}) {
    CAPTURE(op);
    CHECK(std::isnan(second(ops::unary(d.e, op, x, op == UBP_U_CLAMP ? -5 : 0.1, 5))));
  }
  const Tensor zero = d.of({3}, {0, 0, 0});
  for (int op : {UBP_B_ADD, UBP_B_MAX, UBP_B_MIN}) {
    CHECK(std::isnan(second(ops::binary(d.e, op, x, zero))));
    CHECK(std::isnan(second(ops::binary(d.e, op, zero, x))));
  }
  for (int op : {UBP_R_SUM, UBP_R_MAX, UBP_R_MIN}) CHECK(std::isnan(d.e.item(ops::reduce(d.e, op, x, 0, false))));
}

TEST_CASE("a number does not depend on where in the array it stands", "[ops]") {
  Engine e(DType::f32);
  const i64 n = 67;
  for (int op : {UBP_U_EXP, UBP_U_LOG, UBP_U_TANH, UBP_U_SIGMOID, UBP_U_GELU, UBP_U_SIN, UBP_U_SOFTPLUS}) {
    CAPTURE(op);
    const Tensor y = ops::unary(e, op, e.full(DType::f32, {n}, 0.7312));
    const float* v = e.data<float>(y);
    for (i64 i = 1; i < n; ++i) REQUIRE(v[i] == v[0]);
  }
}

}  // namespace
}  // namespace ubp
