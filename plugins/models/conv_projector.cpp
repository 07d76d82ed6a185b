// SPDX-License-Identifier: MIT
// conv_projector: strided convolutions to features, and a projection head that only the loss sees.
//
//   h = f(x)   per entry of `channels`: convolution 3x3, stride 2, padding 1, ReLU; then a dense layer   encode
//   p = g(h)   features -> head_hidden[0] -> ... -> projection                                           project (of x)
//
// | parameter   | type        | range      | default | meaning |
// |-------------|-------------|------------|---------|---------|
// | channels    | list of int | [1, 4096]  | [16,32] | Channels after each convolution. |
// | features    | int         | [1, 65536] | 64      | How many. |
// | head_hidden | list of int | [1, 65536] | [256]   | Widths of the head's hidden layers. |
// | projection  | int         | [1, 65536] | 64      | Length of a projection. |
//
// Roles: any that asks for encode or project. Metrics use `encode`: features before the head transfer better.
// Limits: rows are images [channels, height, width]; both sides must be divisible by 2 once per entry of `channels`.
// The encoder is conv_autoencoder's.
// Source: Chen et al., arXiv:2002.05709, section 4.2; strides instead of pooling as in Springenberg et al.,
// arXiv:1412.6806.
//
//   [model]
//   use      = "conv_projector"
//   channels = [16, 32]
//   features = 64
#include "conv_encoder.hpp"
using namespace ubp;

struct ConvProjector : Model {
  std::vector<std::int64_t> channels, head_hidden;
  std::int64_t features, projection;
  ConvEncoder encoder;
  Mlp head;

  static void describe(Describe<ConvProjector>& d) {
    d.id("conv_projector")
        .title("Convolutional encoder with projection head")
        .doc("Strided convolutions to features, and a projection head that only the loss sees.")
        .cite("arXiv:2002.05709")
        .method("encode", 1, 1, "Images to features.")
        .method("project", 1, 1, "Images to projections.")
        .param(&ConvProjector::channels, "channels", "16,32", {1, 4096}, tunable, "Channels after each convolution.")
        .param(&ConvProjector::features, "features", 64, {1, 65536}, tunable | log_scale, "How many.")
        .sweep(8, 256)
        .param(&ConvProjector::head_hidden, "head_hidden", "256", {1, 65536}, tunable,
               "Widths of the head's hidden layers.")
        .param(&ConvProjector::projection, "projection", 64, {1, 65536}, tunable | log_scale, "Length of a projection.")
        .sweep(16, 512);
  }

  void build(Ctx& c, const Build& b) override {
    encoder.build(c, "conv_projector", b.in, channels, features);
    head = Mlp("head", widths(features, head_hidden, projection), "relu", "none");
    head.build(c);
  }

  Shape out_shape(const std::string& method, const Shape&) override {
    return {method == "encode" ? features : projection};
  }

  std::vector<Tensor> call(Ctx& c, const std::string& method, bool, const Inputs& in) override {
    const Tensor h = encoder(c, in[0]);
    return {method == "encode" ? h : head(c, h)};
  }
};

UBP_EXPORT_PLUGIN("conv_projector", "1.0.0", "MIT", ConvProjector);
