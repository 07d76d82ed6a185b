// SPDX-License-Identifier: MIT
// The optimizers against PyTorch's definitions, written out number by number in double precision.
#include <cmath>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "plugin/instance.hpp"

namespace {

using namespace ubp;
using nlohmann::json;

/// One optimizer at work on a buffer whose neighbours must not be touched.
template <class T>
class Bench {
 public:
  Bench(const std::string& id, const json& params, std::size_t n)
      : instance_(std::string(UBP_PLUGIN_FOLDER) + "/optimizers/" + id + ".so", UBP_K_OPTIMIZER, id, params),
        vt_(instance_.table<ubp_optimizer_vt>()),
        n_(n),
        w(n + 2, T(7)),
        slots_(vt_.n_slots, std::vector<T>(n + 2, T(0))) {
    for (std::size_t i = 0; i < n; ++i) w[1 + i] = static_cast<T>(std::cos(static_cast<double>(i)));
    for (auto& s : slots_) s.front() = s.back() = T(7);
  }
  void step(const std::vector<T>& g, double lr) {
    std::vector<void*> slots;
    for (auto& s : slots_) slots.push_back(s.data() + 1);
    const ubp_flat flat{sizeof flat,
                        vt_.n_slots,
                        n_,
                        sizeof(T) == 8 ? UBP_F64 : UBP_F32,
                        w.data() + 1,
                        g.data(),
                        slots.data(),
                        nullptr,
                        0,
                        0,
                        ++steps_,
                        lr,
                        0};
    require_ok(vt_.step(instance_.self(), nullptr, &flat), "optimizer", "step");
    CHECK((w.front() == T(7) && w.back() == T(7)));
    for (auto& s : slots_) CHECK((s.front() == T(7) && s.back() == T(7)));
  }

 private:
  Instance instance_;
  ubp_optimizer_vt vt_;
  std::size_t n_;
  std::int64_t steps_ = 0;

 public:
  std::vector<T> w;  ///< [1, n]: the numbers; one guard on either side

 private:
  std::vector<std::vector<T>> slots_;
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
  const std::size_t n = GENERATE(0u, 1u, 15u, 16u, 17u, 1000u);
  CAPTURE(id, params.dump(), n);
  Bench<double> bench(id, params, n);
  std::vector<Number> reference;
  for (std::size_t i = 0; i < n; ++i) reference.push_back({bench.w[1 + i]});
  for (int t = 1; t <= 5; ++t) {
    const std::vector<double> g = gradient(n, t);
    bench.step(g, 0.01);
    for (std::size_t i = 0; i < n; ++i) rule(reference[i], g[i], 0.01, t);
  }
  double worst = 0;
  for (std::size_t i = 0; i < n; ++i) worst = std::max(worst, std::abs(bench.w[1 + i] - reference[i].w));
  CHECK(worst <= 1e-14);
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
  Bench<float> bench(id, params, 40);
  const std::vector<float> before = bench.w;
  bench.step(std::vector<float>(40, 0.0f), 0.1);
  CHECK(bench.w == before);
  bench.step(std::vector<float>(40, 1.0f), 0.0);
  CHECK(bench.w == before);
  bench.step(std::vector<float>(40, 1.0f), 0.1);
  for (std::size_t i = 1; i <= 40; ++i) CHECK(bench.w[i] < before[i]);
}
