// SPDX-License-Identifier: MIT
// False-alarm rates: the moments below are tested at six standard errors, two-sided: 2e-9 each under a normal law.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <Random123/philox.h>
#include <catch2/catch.hpp>

#include "engine/random.hpp"

using ubp::i64;
using ubp::Random;

namespace {

template <class T>
std::vector<T> normals(Random r, std::size_t n) {
  std::vector<T> v(n);
  r.normal(v, 0, 1);
  return v;
}

double mean_of(const std::vector<double>& v, int power) {
  double s = 0;
  for (double x : v) s += std::pow(x, power);
  return s / static_cast<double>(v.size());
}

}  // namespace

TEST_CASE("the streams are Philox4x32-10", "[random]") {
  std::uint64_t w[2];
  Random().words(w);  // key 0, counter 0: the first of Random123's known answers
  CHECK(w[0] == 0xe169c58d6627e8d5u);
  CHECK(w[1] == 0x9b00dbd8bc57ac4cu);
  const r123::Philox4x32::ctr_type largest = {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}};
  const r123::Philox4x32::key_type key = {{0xffffffff, 0xffffffff}};
  CHECK(r123::Philox4x32()(largest, key)[0] == 0x408f276d);
}

TEST_CASE("draw k is a pure function of k", "[random]") {
  const std::uint64_t at = 0xfffffff0;  // the counter's first word overflows on the way
  std::vector<std::uint64_t> together(200);
  Random a;
  a.seek(at);
  a.words(together);
  CHECK(a.position() == at + 100);
  for (std::uint64_t k = 0; k < 100; ++k) {
    const std::uint64_t c = at + k;
    const auto r = r123::Philox4x32()({{static_cast<std::uint32_t>(c), static_cast<std::uint32_t>(c >> 32)}}, {});
    CHECK(together[2 * k] == (std::uint64_t{r[1]} << 32 | r[0]));
    CHECK(together[2 * k + 1] == (std::uint64_t{r[3]} << 32 | r[2]));
  }
}

TEST_CASE("a stream resumes where its position says", "[random]") {
  Random a(3, "noise"), b(3, "noise");
  std::vector<float> first(37), rest(53), all(90);
  a.normal(first, 0, 1);
  CHECK(a.position() == 10);  // whole blocks of four
  b.seek(a.position());
  std::vector<float> again(53);
  a.normal(rest, 0, 1);
  b.normal(again, 0, 1);
  CHECK(rest == again);
}

TEST_CASE("a longer request starts with the shorter one", "[random]") {
  for (std::size_t n : {1u, 2u, 3u, 5u, 31u, 64u, 65u}) {
    CAPTURE(n);
    const auto part = normals<float>(Random(1, "x"), n), all = normals<float>(Random(1, "x"), 200);
    CHECK(std::equal(part.begin(), part.end(), all.begin()));
    const auto wide = normals<double>(Random(1, "x"), n), wide_all = normals<double>(Random(1, "x"), 200);
    CHECK(std::equal(wide.begin(), wide.end(), wide_all.begin()));
  }
}

TEST_CASE("streams of other names and seeds are other streams", "[random]") {
  CHECK(normals<double>(Random(1, "a"), 4) == normals<double>(Random(1, "a"), 4));
  CHECK(normals<double>(Random(1, "a"), 4) != normals<double>(Random(1, "b"), 4));
  CHECK(normals<double>(Random(1, "a"), 4) != normals<double>(Random(2, "a"), 4));
  CHECK(normals<double>(Random(1, "2 a"), 4) != normals<double>(Random(12, " a"), 4));
}

TEMPLATE_TEST_CASE("normal numbers have the moments of the normal law", "[random]", float, double) {
  const std::size_t n = 1 << 18;
  std::vector<TestType> v = normals<TestType>(Random(5, "moments"), n);
  const std::vector<double> x(v.begin(), v.end());
  const double se = 1 / std::sqrt(static_cast<double>(n));
  CHECK(std::abs(mean_of(x, 1)) < 6 * se);
  CHECK(std::abs(mean_of(x, 2) - 1) < 6 * se * std::sqrt(2.0));
  CHECK(std::abs(mean_of(x, 3)) < 6 * se * std::sqrt(15.0));
  CHECK(std::abs(mean_of(x, 4) - 3) < 6 * se * std::sqrt(96.0));
  double neighbours = 0;
  for (std::size_t i = 0; i + 1 < n; ++i) neighbours += x[i] * x[i + 1];
  CHECK(std::abs(neighbours / static_cast<double>(n)) < 6 * se);
}

TEMPLATE_TEST_CASE("uniform numbers fill [lo, hi) and never reach hi", "[random]", float, double) {
  std::vector<TestType> v(1 << 18);
  Random(6, "uniform").uniform(v, -2, 6);
  CHECK(*std::min_element(v.begin(), v.end()) >= -2);
  CHECK(*std::max_element(v.begin(), v.end()) < 6);
  const double se = 8 / std::sqrt(12.0 * static_cast<double>(v.size()));
  CHECK(std::abs(std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size()) - 2) < 6 * se);
  Random(6, "narrow").uniform(v, 1, 1 + 1e-6);
  CHECK(*std::max_element(v.begin(), v.end()) < TestType(1 + 1e-6));
}

TEST_CASE("bernoulli draws 0 or 1, the same in both types", "[random]") {
  std::vector<float> f(1 << 16);
  std::vector<double> d(1 << 16);
  Random(7, "coin").bernoulli(f, 0.3);
  Random(7, "coin").bernoulli(d, 0.3);
  CHECK(std::equal(f.begin(), f.end(), d.begin(), [](float a, double b) { return double(a) == b; }));
  const double n = static_cast<double>(d.size()), ones = std::accumulate(d.begin(), d.end(), 0.0);
  CHECK(std::abs(ones - 0.3 * n) < 6 * std::sqrt(0.21 * n));
  Random(7, "never").bernoulli(d, 0);
  CHECK(std::accumulate(d.begin(), d.end(), 0.0) == 0);
  Random(7, "always").bernoulli(d, 1);
  CHECK(std::accumulate(d.begin(), d.end(), 0.0) == n);
}

TEST_CASE("a permutation holds every number once, each first number equally often", "[random]") {
  Random r(8, "order");
  std::vector<int> first(8, 0);
  for (int k = 0; k < 8000; ++k) {
    std::vector<i64> p(8);
    r.permutation(p);
    ++first[static_cast<std::size_t>(p[0])];
    std::sort(p.begin(), p.end());
    for (i64 i = 0; i < 8; ++i) REQUIRE(p[static_cast<std::size_t>(i)] == i);
  }
  for (int count : first) CHECK(std::abs(count - 1000) < 6 * std::sqrt(8000.0 * 7 / 64));
}

TEST_CASE("below(n) stays below n and costs one block", "[random]") {
  Random r(9, "below");
  for (std::uint64_t n : {1ul, 2ul, 10ul, 1ul << 40, ~0ul}) {
    const std::uint64_t before = r.position();
    CHECK(r.below(n) < n);
    CHECK(r.position() == before + 1);
  }
}
