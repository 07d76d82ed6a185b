// SPDX-License-Identifier: MIT
// The perceptron of ubp: in double precision, trained one known cell at a time, its input included.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// A perceptron of which one output at a time is trained. Its numbers lie in one array: per layer weights [out, in],
/// then biases [out]. With an input bias, entry 0 of a latent vector is added to every unit of the first layer and the
/// others are that layer's inputs.
class CellNet {
 public:
  CellNet() = default;
  /// `activation`, of every layer, the last included: "tanh", "logistic" or "linear".
  CellNet(std::vector<std::int64_t> widths, const std::string& activation, bool input_bias, bool biases)
      : width_(std::move(widths)),
        squash_(activation == "tanh"       ? kTanh
                : activation == "logistic" ? kLogistic
                                           : kLinear),
        input_bias_(input_bias),
        biases_(biases) {
    for (std::int64_t n : width_) act_.emplace_back(n), delta_.emplace_back(n);
    for (std::size_t l = 0; l + 1 < width_.size(); ++l) {
      at_.push_back(size_);
      size_ += (width_[l] + 1) * width_[l + 1];
    }
  }
  std::int64_t size() const { return size_; }

  void clear_biases(double* w) const {
    for (std::size_t l = 0; l < at_.size(); ++l)
      for (std::int64_t j = 0; j < width_[l + 1]; ++j) *bias(w, l, j) = 0;
  }

  struct Rates {
    double lr;
    bool weights, latents;  ///< what is trained
    double weight_decay, latent_decay;
  };

  /// All outputs for latent vector `v`, or only output `c`.
  const std::vector<double>& forward(const double* w, const double* v, std::int64_t c = -1) {
    for (std::size_t i = 0; i < act_[0].size(); ++i) act_[0][i] = v[i + input_bias_];
    for (std::size_t l = 0; l < at_.size(); ++l) {
      const auto [first, last] = units(l, c);
      for (std::int64_t j = first; j < last; ++j) {
        double net = *bias(w, l, j) + (l == 0 && input_bias_ ? v[0] : 0);
        const double* row = weights(w, l, j);
        for (std::int64_t i = 0; i < width_[l]; ++i) net += row[i] * act_[l][i];
        act_[l + 1][j] = value(net);
      }
    }
    return act_.back();
  }

  /// One update by one known cell. Returns the error before it.
  double train(double* w, double* v, std::int64_t c, double target, const Rates& r) {
    const double error = target - forward(w, v, c)[c];
    delta_.back()[c] = error * slope(act_.back()[c]);
    for (std::size_t l = at_.size() - 1; l > 0; --l)
      for (std::int64_t i = 0; i < width_[l]; ++i) delta_[l][i] = slope(act_[l][i]) * incoming(w, l, i, c);

    // The input gradient sees the weights after their decay and before their step.
    const double keep = 1 - r.lr * r.weight_decay, keep_v = 1 - r.lr * r.latent_decay;
    if (r.latents) {
      const auto [first, last] = units(0, c);
      if (input_bias_) {
        double sum = 0;
        for (std::int64_t j = first; j < last; ++j) sum += delta_[1][j];
        v[0] = keep_v * v[0] + r.lr * sum;
      }
      for (std::int64_t i = 0; i < width_[0]; ++i) {
        double& x = v[i + input_bias_];
        x = keep_v * x + r.lr * keep * incoming(w, 0, i, c);
      }
    }
    if (!r.weights) return error;
    for (std::size_t l = 0; l < at_.size(); ++l) {
      const auto [first, last] = units(l, c);
      for (std::int64_t j = first; j < last; ++j) {
        double* row = weights(w, l, j);
        const double step = r.lr * delta_[l + 1][j];
        for (std::int64_t i = 0; i < width_[l]; ++i) row[i] = keep * row[i] + step * act_[l][i];
        if (biases_) *bias(w, l, j) = keep * *bias(w, l, j) + step;
      }
    }
    return error;
  }

 private:
  enum Squash { kTanh, kLogistic, kLinear };

  /// Which units of the layer above `l` take part when output c is concerned; c < 0: every output.
  std::pair<std::int64_t, std::int64_t> units(std::size_t l, std::int64_t c) const {
    if (l + 1 == at_.size() && c >= 0) return {c, c + 1};
    return {0, width_[l + 1]};
  }
  /// sum_j w_ij d_j over the units that unit i of layer l feeds.
  double incoming(const double* w, std::size_t l, std::int64_t i, std::int64_t c) const {
    const auto [first, last] = units(l, c);
    double sum = 0;
    for (std::int64_t j = first; j < last; ++j) sum += weights(w, l, j)[i] * delta_[l + 1][j];
    return sum;
  }
  template <class T>
  T* weights(T* w, std::size_t l, std::int64_t j) const {
    return w + at_[l] + j * width_[l];
  }
  template <class T>
  T* bias(T* w, std::size_t l, std::int64_t j) const {
    return w + at_[l] + width_[l] * width_[l + 1] + j;
  }

  double value(double net) const {
    return squash_ == kTanh ? std::tanh(net) : squash_ == kLogistic ? 1 / (1 + std::exp(-net)) : net;
  }
  double slope(double a) const { return squash_ == kTanh ? 1 - a * a : squash_ == kLogistic ? a * (1 - a) : 1; }

  std::vector<std::int64_t> width_, at_;
  std::int64_t size_ = 0;
  Squash squash_ = kTanh;
  bool input_bias_ = true, biases_ = true;
  std::vector<std::vector<double>> act_, delta_;  ///< by layer
};
