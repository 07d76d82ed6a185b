// SPDX-License-Identifier: MIT
// conv_autoencoder: strided convolutions to a code, transposed convolutions back.
//
//   encode   per entry of `channels`: convolution 3x3, stride 2, padding 1, ReLU; then a dense layer to the code
//   decode   a dense layer with ReLU; then transposed convolutions 4x4, stride 2, padding 1, ReLU; `output` at the end
//
// | parameter | type        | range               | default | meaning |
// |-----------|-------------|---------------------|---------|---------|
// | channels  | list of int | [1, 4096]           | [16,32] | Channels after each convolution. |
// | latent    | int         | [1, 65536]          | 64      | Length of the code. |
// | output    | choice      | sigmoid, none, tanh | sigmoid | Activation of the last layer. |
//
// Roles: any that asks for encode, decode or reconstruct.
// Limits: rows are images [channels, height, width]; both sides must be divisible by 2 once per entry of `channels`.
// Source: Masci et al., ICANN 2011; strides instead of pooling as in Springenberg et al., arXiv:1412.6806.
//
//   [model]
//   use      = "conv_autoencoder"
//   channels = [16, 32]
//   latent   = 64
#include "conv_decoder.hpp"
using namespace ubp;

struct ConvAutoencoder : Model {
  std::vector<std::int64_t> channels;
  std::int64_t latent;
  std::string output;
  Shape row;  ///< an image
  ConvEncoder encoder;
  ConvDecoder decoder;

  static void describe(Describe<ConvAutoencoder>& d) {
    d.id("conv_autoencoder")
        .title("Convolutional autoencoder")
        .doc("Strided convolutions to a code, transposed convolutions back.")
        .cite("Masci et al., ICANN 2011")
        .method("encode", 1, 1, "Images to codes.")
        .method("decode", 1, 1, "Codes to images.")
        .method("reconstruct", 1, 1, "decode(encode(x)).")
        .param(&ConvAutoencoder::channels, "channels", "16,32", {1, 4096}, tunable, "Channels after each convolution.")
        .param(&ConvAutoencoder::latent, "latent", 64, {1, 65536}, tunable | log_scale, "Length of the code.")
        .sweep(2, 256)
        .choice(&ConvAutoencoder::output, "output", {"sigmoid", "none", "tanh"}, "sigmoid", 0,
                "Activation of the last layer.");
  }

  void build(Ctx& c, const Build& b) override {
    row = b.in;
    encoder.build(c, "conv_autoencoder", row, channels, latent);
    decoder.build(c, row, encoder.map(), channels, latent, output);
  }

  Shape out_shape(const std::string& method, const Shape&) override { return method == "encode" ? Shape{latent} : row; }

  std::vector<Tensor> call(Ctx& c, const std::string& method, bool, const Inputs& in) override {
    if (method == "encode") return {encoder(c, in[0])};
    return {decoder(c, method == "decode" ? in[0] : encoder(c, in[0]))};
  }
};

UBP_EXPORT_PLUGIN("conv_autoencoder", "1.0.0", "MIT", ConvAutoencoder);
