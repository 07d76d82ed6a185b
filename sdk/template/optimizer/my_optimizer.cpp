// SPDX-License-Identifier: MIT
// my_optimizer: how it moves, in one sentence.
//
//   v <- momentum v + g;  w <- w - lr v
//
// | parameter | type  | range  | default | meaning |
// |-----------|-------|--------|---------|---------|
// | momentum  | float | [0, 1) | 0.9     | Share of the last step that is kept. |
//
// Limits: none known. Source: paper, equation.
//
//   [optimizer]
//   use = "my_optimizer"
//   lr  = 0.1
#include <ubp/sdk.hpp>
using namespace ubp;

template <class T>
UBP_VECTORIZED void update(std::size_t n, T* __restrict w, const T* __restrict g, T* __restrict v, T lr, T momentum) {
  for (std::size_t i = 0; i < n; ++i) {
    v[i] = momentum * v[i] + g[i];
    w[i] -= lr * v[i];
  }
}

struct MyOptimizer : Optimizer {
  double momentum;

  static void describe(Describe<MyOptimizer>& d) {
    d.id("my_optimizer")
        .title("My optimizer")
        .doc("How it moves, in one sentence.")
        .cite("paper")
        .slot("velocity")
        .param(&MyOptimizer::momentum, "momentum", 0.9, {0, 1}, tunable | open_max,
               "Share of the last step that is kept.");
  }

  template <class T>
  void step(const Flat<T>& f) {
    update<T>(f.n(), f.param(), f.grad(), f.slot(0), static_cast<T>(f.lr()), static_cast<T>(momentum));
  }
};

UBP_EXPORT_PLUGIN("my_optimizer", "1.0.0", "MIT", MyOptimizer);
