// SPDX-License-Identifier: MIT
// autoencoder: dense layers to a code and, mirrored, back.
//
//   z = f(x)       x -> hidden[0] -> ... -> hidden[k] -> latent
//   y = g(z)       latent -> hidden[k] -> ... -> hidden[0] -> x
//
// | parameter         | type        | range               | default | meaning |
// |-------------------|-------------|---------------------|---------|---------|
// | hidden            | list of int | [1, 65536]          | [256]   | Widths of the encoder's hidden layers. |
// | latent            | int         | [1, 65536]          | 64      | Length of the code. |
// | activation        | choice      | none, relu, leaky_relu, elu, gelu, silu, tanh, sigmoid | relu    | Of the hidden layers. |
// | latent_activation | choice      | none, relu, leaky_relu, elu, gelu, silu, tanh, sigmoid | none    | Of the code. |
// | output            | choice      | none, sigmoid, tanh | none    | Activation of the last layer. |
//
// Roles: any that asks for encode, decode or reconstruct. Images are flattened on the way in and given back as images.
// Limits: `output = "sigmoid"` can only reach data in [0, 1]; loss "bce" needs it.
// Source: Rumelhart, Hinton, Williams 1986; Hinton and Salakhutdinov, Science 313:504, 2006.
//
//   [model]
//   use    = "autoencoder"
//   hidden = [256]
//   latent = 64
#include <ubp/sdk.hpp>
using namespace ubp;

struct Autoencoder : Model {
  std::vector<std::int64_t> hidden;
  std::int64_t latent;
  std::string activation, latent_activation, output;
  Shape row;
  Mlp encoder, decoder;

  static void describe(Describe<Autoencoder>& d) {
    const auto activations = {"none", "relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid"};
    d.id("autoencoder")
        .title("Dense autoencoder")
        .doc("Dense layers to a code and, mirrored, back.")
        .cite("Hinton and Salakhutdinov, Science 313:504, 2006")
        .method("encode", 1, 1, "Rows to codes.")
        .method("decode", 1, 1, "Codes to rows.")
        .method("reconstruct", 1, 1, "decode(encode(x)).")
        .param(&Autoencoder::hidden, "hidden", "256", {1, 65536}, tunable, "Widths of the encoder's hidden layers.")
        .param(&Autoencoder::latent, "latent", 64, {1, 65536}, tunable | log_scale, "Length of the code.")
        .sweep(2, 256)
        .choice(&Autoencoder::activation, "activation", activations, "relu", tunable, "Of the hidden layers.")
        .choice(&Autoencoder::latent_activation, "latent_activation", activations, "none", 0, "Of the code.")
        .choice(&Autoencoder::output, "output", {"none", "sigmoid", "tanh"}, "none", 0,
                "Activation of the last layer.");
  }

  void build(Ctx& c, const Build& b) override {
    row = b.in;
    encoder = Mlp("encoder", widths(row.count(), hidden, latent), activation, latent_activation);
    decoder = Mlp("decoder", widths(latent, reversed(hidden), row.count()), activation, output);
    encoder.build(c);
    decoder.build(c);
  }

  Shape out_shape(const std::string& method, const Shape&) override { return method == "encode" ? Shape{latent} : row; }

  std::vector<Tensor> call(Ctx& c, const std::string& method, bool, const Inputs& in) override {
    if (method == "encode") return {encoder(c, flatten(in[0]))};
    const Tensor z = method == "decode" ? in[0] : encoder(c, flatten(in[0]));
    return {as_rows(decoder(c, z), row)};
  }
};

UBP_EXPORT_PLUGIN("autoencoder", "1.0.0", "MIT", Autoencoder);
