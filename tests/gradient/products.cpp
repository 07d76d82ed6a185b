// SPDX-License-Identifier: MIT
// Matrix products of every kind of shape against sums in double, and their bits.
#include <cmath>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "engine/blas.hpp"
#include "engine/product.hpp"

using namespace ubp;

namespace {

struct Sides {
  bool ta, tb;
};
constexpr Sides kSides[] = {{false, false}, {true, false}, {false, true}, {true, true}};

/// Numbers that differ, in (-1, 1).
std::vector<float> numbers(i64 n, unsigned seed) {
  std::vector<float> x(static_cast<std::size_t>(n));
  for (float& v : x) {
    seed = seed * 1664525u + 1013904223u;
    v = static_cast<float>(seed >> 8) / static_cast<float>(1 << 23) - 1;
  }
  return x;
}

struct Case {
  Sides sides;
  i64 m, n, k;
  std::vector<float> a = numbers(m * k, 1), b = numbers(k * n, 2), c = numbers(m * n, 3);

  float left(i64 r, i64 p) const { return a[static_cast<std::size_t>(sides.ta ? p * m + r : r * k + p)]; }
  float right(i64 p, i64 j) const { return b[static_cast<std::size_t>(sides.tb ? j * k + p : p * n + j)]; }

  std::vector<float> product(float beta) const {
    std::vector<float> y = c;
    blas::gemm(sides.ta, sides.tb, m, n, k, a.data(), b.data(), beta, y.data());
    return y;
  }
};

void check(const Case& of, float beta) {
  const std::vector<float> y = of.product(beta);
  double worst = 0;
  for (i64 r = 0; r < of.m; ++r)
    for (i64 j = 0; j < of.n; ++j) {
      const auto at = static_cast<std::size_t>(r * of.n + j);
      double sum = static_cast<double>(beta) * static_cast<double>(of.c[at]);
      for (i64 p = 0; p < of.k; ++p) sum += static_cast<double>(of.left(r, p)) * static_cast<double>(of.right(p, j));
      worst = std::max(worst, std::abs(sum - static_cast<double>(y[at])));
    }
  CAPTURE(of.sides.ta, of.sides.tb, of.m, of.n, of.k, beta);
  CHECK(worst < 1e-6 * std::sqrt(static_cast<double>(of.k)) * 4);
}

}  // namespace

TEST_CASE("a product is the sum of products, for shapes with every kind of rest") {
  for (const Sides sides : kSides) {
    for (i64 n = 1; n <= 70; ++n) check({sides, 7, n, 9}, n % 2 ? 0.0f : 1.0f);
    for (i64 m = 1; m <= 30; ++m) check({sides, m, 40, 11}, m % 2 ? 0.0f : 1.0f);
    for (const i64 k : {1, 2, 15, 17, 255, 257, 319, 321, 700}) check({sides, 13, 37, k}, k % 2 ? 0.0f : 1.0f);
    for (const i64 m : {239, 241, 500}) check({sides, m, 33, 330}, m % 2 ? 0.0f : 1.0f);
  }
}

// What is in c may be anything where it is not added to.
TEST_CASE("a product does not read what it replaces") {
  for (const Sides sides : kSides) {
    Case of{sides, 14, 45, 20};
    of.c.assign(of.c.size(), std::numeric_limits<float>::quiet_NaN());
    for (const float y : of.product(0)) CHECK(std::isfinite(y));
  }
}

// So threads may share it out as they like.
TEST_CASE("a row of our own kernel has the same bits wherever it stands, and however many rows there are") {
  if (!product::suits(false, true, 13, 41, 600)) {
    WARN("skipped: a build for processors without AVX2");
    return;
  }
  const i64 n = 41, k = 600;
  const std::vector<float> row = numbers(k, 5);
  for (const bool tb : {false, true}) {
    std::vector<float> first;
    for (const i64 m : {13, 32, 250}) {
      Case of{{false, tb}, m, n, k};
      for (i64 r = 0; r < m; ++r) std::copy(row.begin(), row.end(), of.a.begin() + r * k);
      std::vector<float> y = of.c;
      product::gemm(false, tb, m, n, k, of.a.data(), k, of.b.data(), tb ? k : n, false, y.data(), n);
      if (first.empty()) first.assign(y.begin(), y.begin() + n);
      for (i64 r = 0; r < m; ++r) CHECK(std::equal(first.begin(), first.end(), y.begin() + r * n));
    }
  }
}

TEST_CASE("nan and infinity of an operand reach the numbers that they belong to, and no others") {
  for (const Sides sides : kSides) {
    Case of{sides, 9, 39, 30};
    of.a[static_cast<std::size_t>(sides.ta ? 3 * of.m + 4 : 4 * of.k + 3)] = std::numeric_limits<float>::infinity();
    of.b[static_cast<std::size_t>(sides.tb ? 38 * of.k + 5 : 5 * of.n + 38)] = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> y = of.product(0);
    for (i64 r = 0; r < of.m; ++r)
      for (i64 j = 0; j < of.n; ++j)
        CHECK(std::isfinite(y[static_cast<std::size_t>(r * of.n + j)]) == (r != 4 && j != 38));
  }
}

TEST_CASE("a product that is looked at while it is written is said to be finite only if it is", "[engine]") {
  constexpr i64 m = 50, n = 48, k = 33;
  const float bad[] = {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                       std::numeric_limits<float>::quiet_NaN()};
  for (const Sides& sides : kSides) {
    const Case c{sides, m, n, k};
    if (!product::suits(sides.ta, sides.tb, m, n, k)) continue;
    const auto finite = [&](std::vector<float> to) {
      bool is = false;
      product::gemm(sides.ta, sides.tb, m, n, k, c.a.data(), sides.ta ? m : k, c.b.data(), sides.tb ? k : n, true,
                    to.data(), n, &is);
      return is;
    };
    CHECK(finite(c.c));
    for (std::size_t at = 0; at < c.c.size(); at += 7) {
      std::vector<float> spoilt = c.c;
      spoilt[at] = bad[at % 3];
      REQUIRE_FALSE(finite(spoilt));
    }
  }
}
