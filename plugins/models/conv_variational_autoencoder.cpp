// SPDX-License-Identifier: MIT
// conv_variational_autoencoder: strided convolutions to a Gaussian over codes, transposed convolutions back.
//
//   mean, logvar   per entry of `channels`: convolution 3x3, stride 2, padding 1, ReLU; then a dense layer to 2 latent
//   decode         a dense layer with ReLU; then transposed convolutions 4x4, stride 2, padding 1, ReLU; last `output`
//
// | parameter | type        | range               | default | meaning |
// |-----------|-------------|---------------------|---------|---------|
// | channels  | list of int | [1, 4096]           | [16,32] | Channels after each convolution. |
// | latent    | int         | [1, 65536]          | 10      | Length of the code. |
// | output    | choice      | sigmoid, none, tanh | sigmoid | Activation of the last layer. |
//
// Roles: any that asks for posterior, encode, decode or reconstruct. `encode` is the mean: embeddings do not depend on
// luck.
// Limits: the posterior is a diagonal Gaussian. Rows are images [channels, height, width]; both sides must be divisible
// by 2 once per entry of `channels`.
// Source: Kingma and Welling, arXiv:1312.6114; the networks are those of conv_autoencoder.
//
//   [model]
//   use      = "conv_variational_autoencoder"
//   channels = [16, 32]
//   latent   = 10
#include "conv_decoder.hpp"
using namespace ubp;

struct ConvVariationalAutoencoder : Model {
  std::vector<std::int64_t> channels;
  std::int64_t latent;
  std::string output;
  Shape row;  ///< an image
  ConvEncoder encoder;
  ConvDecoder decoder;

  static void describe(Describe<ConvVariationalAutoencoder>& d) {
    using Self = ConvVariationalAutoencoder;
    d.id("conv_variational_autoencoder")
        .title("Convolutional variational autoencoder")
        .doc("Strided convolutions to a Gaussian over codes, transposed convolutions back.")
        .cite("arXiv:1312.6114")
        .method("posterior", 1, 2, "Images to mean and logarithm of the variance.")
        .method("encode", 1, 1, "Images to the posterior's mean.")
        .method("decode", 1, 1, "Codes to images.")
        .method("reconstruct", 1, 1, "decode(encode(x)).")
        .param(&Self::channels, "channels", "16,32", {1, 4096}, tunable, "Channels after each convolution.")
        .param(&Self::latent, "latent", 10, {1, 65536}, tunable | log_scale, "Length of the code.")
        .sweep(2, 64)
        .choice(&Self::output, "output", {"sigmoid", "none", "tanh"}, "sigmoid", 0, "Activation of the last layer.");
  }

  void build(Ctx& c, const Build& b) override {
    row = b.in;
    encoder.build(c, "conv_variational_autoencoder", row, channels, 2 * latent);
    decoder.build(c, row, encoder.map(), channels, latent, output);
  }

  Shape out_shape(const std::string& method, const Shape&) override {
    return method == "encode" || method == "posterior" ? Shape{latent} : row;
  }

  std::vector<Tensor> call(Ctx& c, const std::string& method, bool, const Inputs& in) override {
    if (method == "decode") return {decoder(c, in[0])};
    const Tensor both = encoder(c, in[0]), mean = slice(both, 1, 0, latent);
    if (method == "posterior") return {mean, slice(both, 1, latent, 2 * latent)};
    return {method == "encode" ? mean : decoder(c, mean)};
  }
};

UBP_EXPORT_PLUGIN("conv_variational_autoencoder", "1.0.0", "MIT", ConvVariationalAutoencoder);
