// SPDX-License-Identifier: MIT
// Strided convolutions and a dense layer: from images to codes. What the convolutional models have in common.
#pragma once

#include <ubp/sdk.hpp>

/// Per entry of `channels`: convolution 3x3, stride 2, padding 1, ReLU; then a dense layer to the code.
class ConvEncoder {
 public:
  /// Creates the parameters for images `row`. Throws ubp::Error for rows that are no such images, and for no channels.
  void build(ubp::Ctx& c, const std::string& who, const ubp::Shape& row, const std::vector<std::int64_t>& channels,
             std::int64_t code) {
    if (channels.empty()) throw ubp::Error(who + ": channels: empty, expected at least one convolution");
    const std::int64_t scale = std::int64_t{1} << channels.size();
    if (row.nd != 3 || row[1] % scale || row[2] % scale)
      throw ubp::Error(
          who + ": rows must be images [channels, height, width] with sides divisible by " + std::to_string(scale),
          UBP_E_SHAPE);
    layers_ = channels.size();
    map_ = row;
    for (std::size_t i = 0; i < channels.size(); ++i) {
      kernel(c, "encoder", i, {channels[i], map_[0], 3, 3}, channels[i]);
      map_ = {channels[i], map_[1] / 2, map_[2] / 2};
    }
    to_code_ = ubp::Mlp("to_code", {map_.count(), code}, "none", "none");
    to_code_.build(c);
  }

  ubp::Tensor operator()(ubp::Ctx& c, ubp::Tensor x) const {
    for (std::size_t i = 0; i < layers_; ++i)
      x = conv2d(x, c.param(name("encoder", i, "weight").c_str()), c.param(name("encoder", i, "bias").c_str()), 2, 1,
                 "relu");
    return to_code_(c, flatten(x));
  }

  const ubp::Shape& map() const {
    return map_;
  }  ///< what the last convolution makes of an image: [channels, height, width]

  static std::string name(const char* part, std::size_t layer, const char* what) {
    return std::string(part) + "." + std::to_string(layer) + "." + what;
  }

  /// Start values as PyTorch's layers, which take axis 1 for the inputs of both kinds of convolution.
  static void kernel(ubp::Ctx& c, const char* part, std::size_t layer, const ubp::Shape& s, std::int64_t out) {
    const double bound = 1 / std::sqrt(static_cast<double>(s[1] * s[2] * s[3]));
    c.param(name(part, layer, "weight").c_str(), s, ubp::Init::uniform(-bound, bound));
    c.param(name(part, layer, "bias").c_str(), {out}, ubp::Init::uniform(-bound, bound), UBP_PARAM_NO_DECAY);
  }

 private:
  std::size_t layers_ = 0;
  ubp::Shape map_;
  ubp::Mlp to_code_;
};
