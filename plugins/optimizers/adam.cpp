// SPDX-License-Identifier: MIT
// adam: gradient descent whose steps are scaled by running moments of the gradient.
//
//   m <- beta1 m + (1 - beta1) g
//   v <- beta2 v + (1 - beta2) g^2
//   w <- w - lr / (1 - beta1^t) * m / (sqrt(v / (1 - beta2^t)) + eps)
//
// | parameter    | type  | range  | default | meaning |
// |--------------|-------|--------|---------|---------|
// | beta1        | float | [0, 1) | 0.9     | Memory of the mean gradient. |
// | beta2        | float | [0, 1) | 0.999   | Memory of the squared gradient. |
// | eps          | float | (0, 1] | 1e-08   | Keeps the division finite. |
// | weight_decay | float | [0, 1] | 0       | Decoupled decay, unless the phase has its own. |
//
// Decay is decoupled: w <- (1 - lr weight_decay) w before the step, biases spared; then this is AdamW.
// Limits: none; one pass over weights, gradient and moments.
// Source: Kingma and Ba, arXiv:1412.6980, algorithm 1; decay: Loshchilov and Hutter, arXiv:1711.05101, algorithm 2.
//
//   [optimizer]
//   use = "adam"
//   lr  = 1e-3
#include <ubp/sdk.hpp>
using namespace ubp;

template <class T>
struct AdamRates {
  T beta1, beta2, step, root, eps;  ///< step: lr / (1 - beta1^t); root: 1 / sqrt(1 - beta2^t)
};

template <class T>
UBP_VECTORIZED void adam_step(std::size_t n, T* __restrict w, const T* __restrict g, T* __restrict m, T* __restrict v,
                              const AdamRates<T> r) {
  for (std::size_t i = 0; i < n; ++i) {
    m[i] = r.beta1 * m[i] + (1 - r.beta1) * g[i];
    v[i] = r.beta2 * v[i] + (1 - r.beta2) * g[i] * g[i];
    w[i] -= r.step * m[i] / (std::sqrt(v[i]) * r.root + r.eps);
  }
}

struct Adam : Optimizer {
  double beta1, beta2, eps, weight_decay;

  static void describe(Describe<Adam>& d) {
    d.id("adam")
        .title("Adam")
        .doc("Gradient descent whose steps are scaled by running moments of the gradient.")
        .cite("arXiv:1412.6980")
        .slot("m")
        .slot("v")
        .decay("weight_decay")
        .param(&Adam::beta1, "beta1", 0.9, {0, 1}, tunable | open_max, "Memory of the mean gradient.")
        .sweep(0.5, 0.95)
        .param(&Adam::beta2, "beta2", 0.999, {0, 1}, tunable | open_max, "Memory of the squared gradient.")
        .sweep(0.9, 0.9999)
        .param(&Adam::eps, "eps", 1e-8, {0, 1}, advanced | open_min, "Keeps the division finite.")
        .param(&Adam::weight_decay, "weight_decay", 0, {0, 1}, tunable,
               "Decoupled decay, unless the phase has its own.")
        .sweep(0, 1e-1);
  }

  template <class T>
  void step(const Flat<T>& f) {
    const double t = static_cast<double>(f.step());
    const AdamRates<T> r{static_cast<T>(beta1), static_cast<T>(beta2),
                         static_cast<T>(f.lr() / (1 - std::pow(beta1, t))),
                         static_cast<T>(1 / std::sqrt(1 - std::pow(beta2, t))), static_cast<T>(eps)};
    f.for_each_part([&](std::size_t at, std::size_t n) {
      adam_step<T>(n, f.param() + at, f.grad() + at, f.slot(0) + at, f.slot(1) + at, r);
    });
  }
};

UBP_EXPORT_PLUGIN("adam", "1.0.0", "MIT", Adam);
