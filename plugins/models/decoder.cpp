// SPDX-License-Identifier: MIT
// decoder: dense layers from a code to a row, for objectives that own the codes.
//
//   y = g(z)     latent -> hidden[0] -> ... -> hidden[k] -> row
//
// | parameter  | type        | range               | default | meaning |
// |------------|-------------|---------------------|---------|---------|
// | hidden     | list of int | [1, 65536]          | [16]    | Widths of the hidden layers, from the code's side. |
// | activation | choice      | relu, leaky_relu, elu, gelu, silu, tanh, sigmoid | tanh    | Of the hidden layers. |
// | output     | choice      | none, sigmoid, tanh | none    | Activation of the last layer. |
//
// Roles: any that asks for decode or generate; the objective says what goes in and comes out. A role named "linear"
// gets a single layer, whatever `hidden` says.
// Limits: `output` must be able to reach the data.
// Source: Gashler et al., arXiv:1312.5394; Bojanowski et al., arXiv:1707.05776.
//
//   [model]
//   use    = "decoder"
//   hidden = [16]
#include <ubp/sdk.hpp>
using namespace ubp;

struct Decoder : Model {
  std::vector<std::int64_t> hidden;
  std::string activation, output;
  Shape row;
  Mlp layers;

  static void describe(Describe<Decoder>& d) {
    const auto activations = {"relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid"};
    d.id("decoder")
        .title("Dense decoder")
        .doc("Dense layers from a code to a row, for objectives that own the codes.")
        .cite("arXiv:1312.5394")
        .method("decode", 1, 1, "Codes to rows.")
        .method("generate", 1, 1, "The same, for codes that are noise.")
        .param(&Decoder::hidden, "hidden", "16", {1, 65536}, tunable,
               "Widths of the hidden layers, from the code's side.")
        .choice(&Decoder::activation, "activation", activations, "tanh", tunable, "Of the hidden layers.")
        .choice(&Decoder::output, "output", {"none", "sigmoid", "tanh"}, "none", 0, "Activation of the last layer.");
  }

  void build(Ctx& c, const Build& b) override {
    if (b.out.is_free()) throw Error("decoder: the objective does not say what is decoded", UBP_E_SHAPE);
    row = b.out;
    const std::vector<std::int64_t> between = b.role == "linear" ? std::vector<std::int64_t>{} : hidden;
    layers = Mlp("decoder", widths(b.in.count(), between, row.count()), activation, output);
    layers.build(c);
  }

  Shape out_shape(const std::string&, const Shape&) override { return row; }

  std::vector<Tensor> call(Ctx& c, const std::string&, bool, const Inputs& in) override {
    return {as_rows(layers(c, flatten(in[0])), row)};
  }
};

UBP_EXPORT_PLUGIN("decoder", "1.0.0", "MIT", Decoder);
