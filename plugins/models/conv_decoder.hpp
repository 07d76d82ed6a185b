// SPDX-License-Identifier: MIT
// A dense layer and transposed convolutions: from codes back to images. What conv_autoencoder and
// conv_variational_autoencoder have in common.
#pragma once

#include "conv_encoder.hpp"

/// A dense layer with ReLU; then, per entry of `channels` from the last to the first, a transposed convolution 4x4,
/// stride 2, padding 1, ReLU; `output` at the end.
class ConvDecoder {
 public:
  /// Creates the parameters for codes of `latent` numbers; `map` is what the encoder's last convolution makes of `row`.
  void build(ubp::Ctx& c, const ubp::Shape& row, const ubp::Shape& map, const std::vector<std::int64_t>& channels,
             std::int64_t latent, const std::string& output) {
    map_ = map, layers_ = channels.size(), output_ = output;
    from_code_ = ubp::Mlp("from_code", {latent, map.count()}, "none", "relu");
    from_code_.build(c);
    for (std::size_t i = 0; i < layers_; ++i) {  // layer i of the decoder undoes layer i of the encoder
      const std::int64_t out = i ? channels[i - 1] : row[0];
      ConvEncoder::kernel(c, "decoder", i, {channels[i], out, 4, 4}, out);
    }
  }

  ubp::Tensor operator()(ubp::Ctx& c, ubp::Tensor z) const {
    ubp::Tensor x = as_rows(from_code_(c, z), map_);
    for (std::size_t i = layers_; i-- > 0;)
      x = conv_transpose2d(x, c.param(ConvEncoder::name("decoder", i, "weight").c_str()),
                           c.param(ConvEncoder::name("decoder", i, "bias").c_str()), 2, 1,
                           i ? "relu" : output_.c_str());
    return x;
  }

 private:
  std::size_t layers_ = 0;
  ubp::Shape map_;
  std::string output_;
  ubp::Mlp from_code_;
};
