// SPDX-License-Identifier: MIT
// projector: dense layers to features, and a projection head that only the loss sees.
//
//   h = f(x)     x -> hidden[0] -> ... -> features                    method encode
//   p = g(h)     features -> head_hidden[0] -> ... -> projection      method project: g(f(x))
//
// | parameter   | type        | range      | default | meaning |
// |-------------|-------------|------------|---------|---------|
// | hidden      | list of int | [1, 65536] | [512]   | Widths of the encoder's hidden layers. |
// | features    | int         | [1, 65536] | 256     | How many. |
// | head_hidden | list of int | [1, 65536] | [256]   | Widths of the head's hidden layers. |
// | projection  | int         | [1, 65536] | 64      | Length of a projection. |
// | activation  | choice      | relu, leaky_relu, elu, gelu, silu, tanh, sigmoid | relu    | Of all layers but the head's last. |
// | feature_activation | choice | same, none | same    | Of the features: as all layers, or none. |
//
// Roles: any that asks for encode or project. Metrics use `encode`: features before the head transfer better.
// Limits: dense layers only; images are flattened.
// Source: Chen et al., arXiv:2002.05709, section 4.2.
//
//   [model]
//   use      = "projector"
//   hidden   = [512]
//   features = 256
#include <ubp/sdk.hpp>
using namespace ubp;

struct Projector : Model {
  std::vector<std::int64_t> hidden, head_hidden;
  std::int64_t features, projection;
  std::string activation, feature_activation;
  Mlp encoder, head;

  static void describe(Describe<Projector>& d) {
    const auto activations = {"relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid"};
    d.id("projector")
        .title("Dense encoder with projection head")
        .doc("Dense layers to features, and a projection head that only the loss sees.")
        .cite("arXiv:2002.05709")
        .method("encode", 1, 1, "Rows to features.")
        .method("project", 1, 1, "Rows to projections.")
        .param(&Projector::hidden, "hidden", "512", {1, 65536}, tunable, "Widths of the encoder's hidden layers.")
        .param(&Projector::features, "features", 256, {1, 65536}, tunable | log_scale, "How many.")
        .sweep(32, 512)
        .param(&Projector::head_hidden, "head_hidden", "256", {1, 65536}, tunable,
               "Widths of the head's hidden layers.")
        .param(&Projector::projection, "projection", 64, {1, 65536}, tunable | log_scale, "Length of a projection.")
        .sweep(16, 512)
        .choice(&Projector::activation, "activation", activations, "relu", tunable,
                "Of all layers but the head's last.")
        .choice(&Projector::feature_activation, "feature_activation", {"same", "none"}, "same", tunable,
                "Of the features: as all layers, or none.");
  }

  void build(Ctx& c, const Build& b) override {
    encoder = Mlp("encoder", widths(b.in.count(), hidden, features), activation,
                  feature_activation == "none" ? "none" : activation);
    head = Mlp("head", widths(features, head_hidden, projection), activation, "none");
    encoder.build(c);
    head.build(c);
  }

  Shape out_shape(const std::string& method, const Shape&) override {
    return {method == "encode" ? features : projection};
  }

  std::vector<Tensor> call(Ctx& c, const std::string& method, bool, const Inputs& in) override {
    const Tensor h = encoder(c, flatten(in[0]));
    return {method == "encode" ? h : head(c, h)};
  }
};

UBP_EXPORT_PLUGIN("projector", "1.0.0", "MIT", Projector);
