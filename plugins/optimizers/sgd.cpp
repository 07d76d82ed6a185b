// SPDX-License-Identifier: MIT
// sgd: gradient descent, with momentum if wanted.
//
//   v <- momentum v + g
//   w <- w - lr v                       nesterov: w <- w - lr (g + momentum v)
//
// | parameter    | type  | range       | default | meaning |
// |--------------|-------|-------------|---------|---------|
// | momentum     | float | [0, 1)      | 0       | Share of the last step that is kept. |
// | nesterov     | bool  | true, false | false   | Look ahead along the momentum. |
// | weight_decay | float | [0, 1]      | 0       | Decoupled decay, unless the phase has its own. |
//
// Without momentum there is nothing to look ahead along: nesterov then has no effect.
// Decay is decoupled: w <- (1 - lr weight_decay) w before the step, biases spared. Without momentum that is the L2
// penalty of PyTorch's SGD; with momentum it is SGDW, where the decay does not enter v.
// Limits: none; the loop is bound by memory.
// Source: Polyak 1964; Sutskever et al., ICML 2013; Loshchilov and Hutter, arXiv:1711.05101, algorithm 1.
//
//   [optimizer]
//   use      = "sgd"
//   lr       = 0.1
//   momentum = 0.9
#include <ubp/sdk.hpp>
using namespace ubp;

template <class T>
UBP_VECTORIZED void plain_step(std::size_t n, T* __restrict w, const T* __restrict g, T lr) {
  for (std::size_t i = 0; i < n; ++i) w[i] -= lr * g[i];
}

template <class T>
UBP_VECTORIZED void momentum_step(std::size_t n, T* __restrict w, const T* __restrict g, T* __restrict v, T lr,
                                  T momentum, bool nesterov) {
  const T now = nesterov ? 1 : 0, past = nesterov ? momentum : 1;
  for (std::size_t i = 0; i < n; ++i) {
    v[i] = momentum * v[i] + g[i];
    w[i] -= lr * (now * g[i] + past * v[i]);
  }
}

struct Sgd : Optimizer {
  double momentum, weight_decay;
  bool nesterov;

  static void describe(Describe<Sgd>& d) {
    d.id("sgd")
        .title("Gradient descent")
        .doc("Gradient descent, with momentum if wanted.")
        .cite("Polyak 1964")
        .slot("velocity")
        .decay("weight_decay")
        .param(&Sgd::momentum, "momentum", 0, {0, 1}, tunable | open_max, "Share of the last step that is kept.")
        .sweep(0, 0.99)
        .param(&Sgd::nesterov, "nesterov", false, 0, "Look ahead along the momentum.")
        .active_if("momentum>0")
        .param(&Sgd::weight_decay, "weight_decay", 0, {0, 1}, tunable, "Decoupled decay, unless the phase has its own.")
        .sweep(0, 1e-2);
  }

  template <class T>
  void step(const Flat<T>& f) {
    const T lr = static_cast<T>(f.lr()), kept = static_cast<T>(momentum);
    f.for_each_part([&](std::size_t at, std::size_t n) {
      T* const w = f.param() + at;
      const T* const g = f.grad() + at;
      momentum == 0 ? plain_step<T>(n, w, g, lr) : momentum_step<T>(n, w, g, f.slot(0) + at, lr, kept, nesterov);
    });
  }
};

UBP_EXPORT_PLUGIN("sgd", "1.0.0", "MIT", Sgd);
