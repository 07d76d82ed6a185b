// SPDX-License-Identifier: MIT
// The optimizers against PyTorch's definitions, written out number by number in double precision.
#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "boundary/trial_bench.hpp"
#include "train/loop/flat_run.hpp"

namespace {

using namespace ubp;
using nlohmann::json;

/// A trial in whose engine the vectors lie; one for each type of numbers.
template <class T>
testing::Bench& trial() {
  static testing::Bench bench(
      fmt::format("[dataset]\nuse = \"two_moons\"\n[objective]\nuse = \"reconstruction\"\n[model]\n"
                  "use = \"autoencoder\"\n[optimizer]\nuse = \"sgd\"\nlr = 0.1\n[train]\ndtype = \"{}\"\n",
                  sizeof(T) == 8 ? "f64" : "f32"));
  return bench;
}

/// A vector whose neighbours must not be touched.
template <class T>
class Guarded {
 public:
  Guarded(i64 n, T fill) : n_(n), chunk_(trial<T>().parts.engine.real(), n + 2 * kGuard) {
    std::fill_n(data() - kGuard, n + 2 * kGuard, T(7));
    std::fill_n(data(), n, fill);
  }
  T* data() const { return reinterpret_cast<T*>(chunk_.values()) + kGuard; }
  char* bytes() const { return reinterpret_cast<char*>(data()); }
  bool whole() const {
    const auto seven = [](T v) { return v == T(7); };
    return std::all_of(data() - kGuard, data(), seven) && std::all_of(data() + n_, data() + n_ + kGuard, seven);
  }

 private:
  static constexpr i64 kGuard = 16;
  i64 n_;
  Chunk chunk_;
};

/// One optimizer at work on parameters of some shapes.
template <class T>
class Bench {
 public:
  Bench(const std::string& id, const json& params, const std::vector<Shape>& shapes)
      : instance_(std::string(UBP_PLUGIN_FOLDER) + "/optimizers/" + id + ".so", UBP_K_OPTIMIZER, id, params),
        vt_(instance_.table<ubp_optimizer_vt>()) {
    for (const Shape& shape : shapes) {
      parameters_.push_back({"net", "w", shape});
      parameters_.back().offset = n_;
      n_ += FlatRun::stride_of(shape.count());
    }
    for (std::uint32_t k = 0; k < 2 + vt_.n_slots; ++k) vectors_.emplace_back(n_, T(0));
    for (i64 i = 0; i < n_; ++i) vectors_[0].data()[i] = static_cast<T>(std::cos(static_cast<double>(i)));
    FlatMemory memory{vectors_[0].bytes(), vectors_[1].bytes(), {}};
    for (std::uint32_t k = 0; k < vt_.n_slots; ++k) memory.slots.push_back(vectors_[2 + k].bytes());
    run_ = std::make_unique<FlatRun>(trial<T>().parts.engine, std::move(memory));
    for (const Param& p : parameters_) run_->add(p, p.shape);
  }
  /// g: as many numbers as all vectors have, padding included.
  void step(const std::vector<T>& g, double lr) {
    std::copy_n(g.begin(), n_, vectors_[1].data());
    testing::Bench& t = trial<T>();
    const Recording off(t.parts.engine, false);
    const Scope scope(t.parts.engine);
    Callback callback(t.parts.engine, t.services, kOptimizerOwner);
    require_ok(vt_.step(instance_.self(), callback.get(), &run_->told(++steps_, lr, 0)), "optimizer", "step");
    for (const Guarded<T>& each : vectors_) CHECK(each.whole());
    CHECK(std::equal(g.begin(), g.begin() + n_, vectors_[1].data()));  // nobody writes to a gradient
  }
  std::size_t size() const { return static_cast<std::size_t>(n_); }
  std::vector<T> w() const { return {vectors_[0].data(), vectors_[0].data() + n_}; }
  /// Where a parameter begins.
  std::size_t at(std::size_t i) const { return static_cast<std::size_t>(parameters_[i].offset); }

 private:
  Instance instance_;
  ubp_optimizer_vt vt_;
  i64 n_ = 0, steps_ = 0;
  std::deque<Param> parameters_;
  std::deque<Guarded<T>> vectors_;  // numbers, gradient, slots
  std::unique_ptr<FlatRun> run_;
};

std::vector<double> gradient(std::size_t n, int step) {
  std::vector<double> g(n);
  for (std::size_t i = 0; i < n; ++i) g[i] = std::sin(0.7 * static_cast<double>(i) + step);
  return g;
}

/// The reference's state of one number.
struct Number {
  double w, a = 0, b = 0, c = 0;
};

template <class Rule>
void check(const std::string& id, const json& params, Rule rule) {
  const i64 count = GENERATE(0, 1, 15, 16, 17, 1000);
  CAPTURE(id, params.dump(), count);
  Bench<double> bench(id, params, {Shape{count}, Shape{3}});
  const std::size_t n = bench.size();
  std::vector<Number> reference;
  for (const double w : bench.w()) reference.push_back({w});
  for (int t = 1; t <= 5; ++t) {
    const std::vector<double> g = gradient(n, t);
    bench.step(g, 0.01);
    for (std::size_t i = 0; i < n; ++i) rule(reference[i], g[i], 0.01, t);
  }
  double worst = 0;
  for (std::size_t i = 0; i < n; ++i) worst = std::max(worst, std::abs(bench.w()[i] - reference[i].w));
  CHECK(worst <= 1e-14);
}

using Matrix = std::vector<double>;  // row by row
double cell(const Matrix& x, i64 columns, i64 r, i64 c) { return x[static_cast<std::size_t>(r * columns + c)]; }

/// X <- 3.4445 X - 4.7750 X X^T X + 2.0315 X X^T X X^T X, five times from u / |u|: the same from either side.
Matrix newton_schulz(Matrix x, i64 rows, i64 columns) {
  double norm = 0;
  for (const double v : x) norm += v * v;
  for (double& v : x) v /= std::sqrt(norm) + 1e-7;
  const auto by_gram = [&](const Matrix& y) {  // X X^T Y, of the x that is now
    Matrix gram(static_cast<std::size_t>(rows * rows), 0), product(y.size(), 0);
    for (i64 a = 0; a < rows; ++a)
      for (i64 b = 0; b < rows; ++b)
        for (i64 c = 0; c < columns; ++c)
          gram[static_cast<std::size_t>(a * rows + b)] += cell(x, columns, a, c) * cell(x, columns, b, c);
    for (i64 a = 0; a < rows; ++a)
      for (i64 b = 0; b < rows; ++b)
        for (i64 c = 0; c < columns; ++c)
          product[static_cast<std::size_t>(a * columns + c)] += cell(gram, rows, a, b) * cell(y, columns, b, c);
    return product;
  };
  for (int step = 0; step < 5; ++step) {
    const Matrix third = by_gram(x), fifth = by_gram(third);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = 3.4445 * x[i] - 4.7750 * third[i] + 2.0315 * fifth[i];
  }
  return x;
}

}  // namespace

TEST_CASE("sgd is PyTorch's, with and without momentum", "[optimizer]") {
  const double momentum = GENERATE(0.0, 0.9);
  const bool nesterov = GENERATE(false, true);  // without momentum, no difference
  check("sgd", {{"momentum", momentum}, {"nesterov", nesterov}, {"weight_decay", 0.0}},
        [=](Number& x, double g, double lr, int t) {
          x.a = t == 1 ? g : momentum * x.a + g;
          x.w -= lr * (nesterov ? g + momentum * x.a : x.a);
        });
}

TEST_CASE("adam is PyTorch's", "[optimizer]") {
  check("adam", {{"beta1", 0.9}, {"beta2", 0.99}, {"eps", 1e-8}, {"weight_decay", 0.0}},
        [](Number& x, double g, double lr, int t) {
          x.a = 0.9 * x.a + 0.1 * g;
          x.b = 0.99 * x.b + 0.01 * g * g;
          x.w -= lr / (1 - std::pow(0.9, t)) * x.a / (std::sqrt(x.b) / std::sqrt(1 - std::pow(0.99, t)) + 1e-8);
        });
}

TEST_CASE("rmsprop is PyTorch's, centered or not", "[optimizer]") {
  const bool centered = GENERATE(false, true);
  const double momentum = GENERATE(0.0, 0.9);
  check("rmsprop",
        {{"alpha", 0.9}, {"momentum", momentum}, {"centered", centered}, {"eps", 1e-3}, {"weight_decay", 0.0}},
        [=](Number& x, double g, double lr, int) {
          x.a = 0.9 * x.a + 0.1 * g * g;
          x.b = 0.9 * x.b + 0.1 * g;
          x.c = momentum * x.c + g / (std::sqrt(x.a - (centered ? x.b * x.b : 0)) + 1e-3);
          x.w -= lr * x.c;
        });
}

TEST_CASE("no gradient, no movement; no rate, no movement; single precision moves too", "[optimizer]") {
  const auto [id, params] = GENERATE(table<std::string, json>(
      {{"sgd", {{"momentum", 0.9}, {"nesterov", false}, {"weight_decay", 0.0}}},
       {"adam", {{"beta1", 0.9}, {"beta2", 0.999}, {"eps", 1e-8}, {"weight_decay", 0.0}}},
       {"rmsprop", {{"alpha", 0.99}, {"momentum", 0.0}, {"centered", true}, {"eps", 1e-8}, {"weight_decay", 0.0}}}}));
  CAPTURE(id);
  Bench<float> bench(id, params, {Shape{40}, Shape{2, 5}});
  const std::size_t n = bench.size();
  const std::vector<float> before = bench.w();
  bench.step(std::vector<float>(n, 0.0f), 0.1);
  CHECK(bench.w() == before);
  bench.step(std::vector<float>(n, 1.0f), 0.0);
  CHECK(bench.w() == before);
  bench.step(std::vector<float>(n, 1.0f), 0.1);
  for (std::size_t i = 0; i < 40; ++i) CHECK(bench.w()[i] < before[i]);
}

TEST_CASE("muon moves a matrix along all its directions alike, and a bias as adam does", "[optimizer]") {
  const auto [rows, columns] = GENERATE(table<i64, i64>({{6, 4}, {3, 8}, {5, 5}, {1, 7}}));
  const bool nesterov = GENERATE(true, false);
  CAPTURE(rows, columns, nesterov);
  const json params{{"momentum", 0.9}, {"nesterov", nesterov}, {"beta1", 0.9},
                    {"beta2", 0.99},   {"eps", 1e-8},          {"weight_decay", 0.0}};
  Bench<double> bench("muon", params, {Shape{rows, columns}, Shape{7}});
  Matrix w = bench.w();
  w.resize(static_cast<std::size_t>(rows * columns));
  Matrix m(w.size(), 0);
  std::vector<Number> bias;
  for (std::size_t i = 0; i < 7; ++i) bias.push_back({bench.w()[bench.at(1) + i]});
  const double lr = 0.01, scale = 0.2 * std::sqrt(static_cast<double>(std::max(rows, columns)));
  Matrix o;
  for (int t = 1; t <= 3; ++t) {
    const std::vector<double> g = gradient(bench.size(), t);
    bench.step(g, lr);
    for (std::size_t i = 0; i < w.size(); ++i) m[i] = 0.9 * m[i] + 0.1 * g[i];
    Matrix u = m;
    for (std::size_t i = 0; nesterov && i < w.size(); ++i) u[i] = 0.9 * m[i] + 0.1 * g[i];
    o = newton_schulz(u, rows, columns);
    for (std::size_t i = 0; i < w.size(); ++i) w[i] -= lr * scale * o[i];
    for (std::size_t i = 0; i < 7; ++i) {
      Number& x = bias[i];
      const double gi = g[bench.at(1) + i];
      x.a = 0.9 * x.a + 0.1 * gi, x.b = 0.99 * x.b + 0.01 * gi * gi;
      x.w -= lr / (1 - std::pow(0.9, t)) * x.a / (std::sqrt(x.b / (1 - std::pow(0.99, t))) + 1e-8);
    }
  }
  for (std::size_t i = 0; i < w.size(); ++i) CHECK(bench.w()[i] == Approx(w[i]).epsilon(1e-10));
  for (std::size_t i = 0; i < 7; ++i) CHECK(bench.w()[bench.at(1) + i] == Approx(bias[i].w).epsilon(1e-10));
}

TEST_CASE("the steps of muon leave singular values near one", "[optimizer]") {
  const i64 rows = 4, columns = 6;
  Matrix u;  // full rank, singular values apart
  for (i64 r = 0; r < rows; ++r)
    for (i64 c = 0; c < columns; ++c)
      u.push_back((r == c ? static_cast<double>(r + 2) : 0) + 0.3 * std::sin(static_cast<double>(3 * r + c)));
  const json params{{"momentum", 0.0}, {"nesterov", false}, {"beta1", 0.9},
                    {"beta2", 0.99},   {"eps", 1e-8},       {"weight_decay", 0.0}};
  Bench<double> bench("muon", params, {Shape{rows, columns}});
  const std::vector<double> before = bench.w();
  std::vector<double> g = u;
  g.resize(bench.size());
  bench.step(g, 1.0);
  Matrix o;
  for (std::size_t i = 0; i < u.size(); ++i) o.push_back((before[i] - bench.w()[i]) / (0.2 * std::sqrt(6.0)));
  double across = 0;
  for (i64 a = 0; a < rows; ++a)
    for (i64 b = 0; b < rows; ++b) {
      double dot = 0;
      for (i64 c = 0; c < columns; ++c) dot += cell(o, columns, a, c) * cell(o, columns, b, c);
      if (a == b) CHECK((dot > 0.68 * 0.68 && dot < 1.21 * 1.21));  // the step's own band of singular values
      if (a != b) across = std::max(across, std::abs(dot));
    }
  CHECK(across < 0.5);
}
