// SPDX-License-Identifier: MIT
// rmsprop: gradient descent whose steps are divided by the running size of the gradient.
//
//   s <- alpha s + (1 - alpha) g^2
//   v <- momentum v + g / (sqrt(s) + eps)
//   w <- w - lr v
//   centered: sqrt(s - a^2) in place of sqrt(s), where a <- alpha a + (1 - alpha) g
//
// | parameter    | type  | range       | default | meaning |
// |--------------|-------|-------------|---------|---------|
// | alpha        | float | [0, 1)      | 0.99    | Memory of the squared gradient. |
// | momentum     | float | [0, 1)      | 0       | Share of the last step that is kept. |
// | centered     | bool  | true, false | false   | Divide by the standard deviation instead. |
// | eps          | float | (0, 1]      | 1e-08   | Keeps the division finite. |
// | weight_decay | float | [0, 1]      | 0       | Decoupled decay, unless the phase has its own. |
//
// Decay is decoupled: w <- (1 - lr weight_decay) w before the step, biases spared.
// Limits: eps is added to the root, as in PyTorch; TensorFlow 1 adds it below the root.
// Source: Tieleman and Hinton, Coursera lecture 6.5, 2012; centered: Graves, arXiv:1308.0850, equations 38 to 45.
//
//   [optimizer]
//   use = "rmsprop"
//   lr  = 5e-5
#include <ubp/sdk.hpp>
using namespace ubp;

template <class T>
struct RmsRates {
  T lr, alpha, momentum, eps, centered;  ///< centered: 0 or 1
};

template <class T>
UBP_VECTORIZED void rmsprop_step(std::size_t n, T* __restrict w, const T* __restrict g, T* __restrict s,
                                 T* __restrict v, T* __restrict a, const RmsRates<T> r) {
  for (std::size_t i = 0; i < n; ++i) {
    s[i] = r.alpha * s[i] + (1 - r.alpha) * g[i] * g[i];
    a[i] = r.centered * (r.alpha * a[i] + (1 - r.alpha) * g[i]);
    const T spread = s[i] - a[i] * a[i];  // never below 0 but for rounding
    v[i] = r.momentum * v[i] + g[i] / (std::sqrt(spread > 0 ? spread : 0) + r.eps);
    w[i] -= r.lr * v[i];
  }
}

struct RmsProp : Optimizer {
  double alpha, momentum, eps, weight_decay;
  bool centered;

  static void describe(Describe<RmsProp>& d) {
    d.id("rmsprop")
        .title("RMSprop")
        .doc("Gradient descent whose steps are divided by the running size of the gradient.")
        .cite("Tieleman and Hinton, Coursera lecture 6.5, 2012")
        .slot("square")
        .slot("velocity")
        .slot("mean")
        .decay("weight_decay")
        .param(&RmsProp::alpha, "alpha", 0.99, {0, 1}, tunable | open_max, "Memory of the squared gradient.")
        .sweep(0.9, 0.999)
        .param(&RmsProp::momentum, "momentum", 0, {0, 1}, tunable | open_max, "Share of the last step that is kept.")
        .sweep(0, 0.99)
        .param(&RmsProp::centered, "centered", false, 0, "Divide by the standard deviation instead.")
        .param(&RmsProp::eps, "eps", 1e-8, {0, 1}, advanced | open_min, "Keeps the division finite.")
        .param(&RmsProp::weight_decay, "weight_decay", 0, {0, 1}, tunable,
               "Decoupled decay, unless the phase has its own.")
        .sweep(0, 1e-2);
  }

  template <class T>
  void step(const Flat<T>& f) {
    const RmsRates<T> r{static_cast<T>(f.lr()), static_cast<T>(alpha), static_cast<T>(momentum), static_cast<T>(eps),
                        static_cast<T>(centered)};
    f.for_each_part([&](std::size_t at, std::size_t n) {
      rmsprop_step<T>(n, f.param() + at, f.grad() + at, f.slot(0) + at, f.slot(1) + at, f.slot(2) + at, r);
    });
  }
};

UBP_EXPORT_PLUGIN("rmsprop", "1.0.0", "MIT", RmsProp);
