// SPDX-License-Identifier: MIT
// variational_autoencoder: a dense encoder to a Gaussian over codes, a dense decoder back.
//
//   mean, logvar = f(x)    x -> hidden[0] -> ... -> hidden[k] -> 2 latent
//   y = g(z)               latent -> hidden[k] -> ... -> hidden[0] -> x
//
// | parameter  | type        | range               | default | meaning |
// |------------|-------------|---------------------|---------|---------|
// | hidden     | list of int | [1, 65536]          | [400]   | Widths of the encoder's hidden layers. |
// | latent     | int         | [1, 65536]          | 20      | Length of the code. |
// | activation | choice      | relu, leaky_relu, elu, gelu, silu, tanh, sigmoid | relu    | Of the hidden layers. |
// | output     | choice      | sigmoid, none, tanh | sigmoid | Activation of the last layer. |
//
// Roles: any that asks for posterior, encode, decode or reconstruct. `encode` is the mean: embeddings do not depend on
// luck.
// Limits: the posterior is a diagonal Gaussian.
// Source: Kingma and Welling, arXiv:1312.6114; Rezende, Mohamed, Wierstra, arXiv:1401.4082.
//
//   [model]
//   use    = "variational_autoencoder"
//   hidden = [400]
//   latent = 20
#include <ubp/sdk.hpp>
using namespace ubp;

struct VariationalAutoencoder : Model {
  std::vector<std::int64_t> hidden;
  std::int64_t latent;
  std::string activation, output;
  Shape row;
  Mlp encoder, decoder;

  static void describe(Describe<VariationalAutoencoder>& d) {
    const auto activations = {"relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid"};
    d.id("variational_autoencoder")
        .title("Dense variational autoencoder")
        .doc("A dense encoder to a Gaussian over codes, a dense decoder back.")
        .cite("arXiv:1312.6114")
        .method("posterior", 1, 2, "Rows to mean and logarithm of the variance.")
        .method("encode", 1, 1, "Rows to the posterior's mean.")
        .method("decode", 1, 1, "Codes to rows.")
        .method("reconstruct", 1, 1, "decode(encode(x)).")
        .param(&VariationalAutoencoder::hidden, "hidden", "400", {1, 65536}, tunable,
               "Widths of the encoder's hidden layers.")
        .param(&VariationalAutoencoder::latent, "latent", 20, {1, 65536}, tunable | log_scale, "Length of the code.")
        .sweep(2, 128)
        .choice(&VariationalAutoencoder::activation, "activation", activations, "relu", tunable,
                "Of the hidden layers.")
        .choice(&VariationalAutoencoder::output, "output", {"sigmoid", "none", "tanh"}, "sigmoid", 0,
                "Activation of the last layer.");
  }

  void build(Ctx& c, const Build& b) override {
    row = b.in;
    encoder = Mlp("encoder", widths(row.count(), hidden, 2 * latent), activation, "none");
    decoder = Mlp("decoder", widths(latent, reversed(hidden), row.count()), activation, output);
    encoder.build(c);
    decoder.build(c);
  }

  Shape out_shape(const std::string& method, const Shape&) override {
    return method == "encode" || method == "posterior" ? Shape{latent} : row;
  }

  std::vector<Tensor> call(Ctx& c, const std::string& method, bool, const Inputs& in) override {
    if (method == "decode") return {as_rows(decoder(c, in[0]), row)};
    const Tensor both = encoder(c, flatten(in[0])), mean = slice(both, 1, 0, latent);
    if (method == "posterior") return {mean, slice(both, 1, latent, 2 * latent)};
    if (method == "encode") return {mean};
    return {as_rows(decoder(c, mean), row)};
  }
};

UBP_EXPORT_PLUGIN("variational_autoencoder", "1.0.0", "MIT", VariationalAutoencoder);
