// SPDX-License-Identifier: MIT
// classifier: dense layers to features, one more to class scores.
//
//   h = f(x)            x -> hidden[0] -> ... -> hidden[k]      method encode
//   logits = h W + b    hidden[k] -> classes                    method predict
//
// | parameter  | type        | range      | default | meaning |
// |------------|-------------|------------|---------|---------|
// | hidden     | list of int | [1, 65536] | [256]   | Widths of the hidden layers. |
// | activation | choice      | relu, leaky_relu, elu, gelu, silu, tanh, sigmoid | relu    | Of the hidden layers. |
// | dropout    | float       | [0, 1)     | 0       | Share of the features switched off. |
//
// Roles: any that asks for predict or encode; the objective says how many classes.
// Limits: without hidden layers it is logistic regression, and `encode` gives the row itself.
// Source: Rumelhart, Hinton, Williams, Nature 323:533, 1986; dropout: Srivastava et al., JMLR 15:1929, 2014.
//
//   [model]
//   use    = "classifier"
//   hidden = [256]
#include <ubp/sdk.hpp>
using namespace ubp;

struct Classifier : Model {
  std::vector<std::int64_t> hidden;
  std::string activation;
  double dropout;
  std::int64_t classes = 0, width = 0;
  Mlp features, head;

  static void describe(Describe<Classifier>& d) {
    const auto activations = {"relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid"};
    d.id("classifier")
        .title("Dense classifier")
        .doc("Dense layers to features, one more to class scores.")
        .cite("Rumelhart, Hinton, Williams, Nature 323:533, 1986")
        .method("encode", 1, 1, "Rows to the last hidden layer.")
        .method("predict", 1, 1, "Rows to logits.")
        .param(&Classifier::hidden, "hidden", "256", {1, 65536}, tunable, "Widths of the hidden layers.")
        .choice(&Classifier::activation, "activation", activations, "relu", tunable, "Of the hidden layers.")
        .param(&Classifier::dropout, "dropout", 0, {0, 1}, tunable | open_max, "Share of the features switched off.")
        .sweep(0, 0.5);
  }

  void build(Ctx& c, const Build& b) override {
    if (b.out.is_free()) throw Error("classifier: the objective does not say how many classes there are", UBP_E_SHAPE);
    classes = b.out.count();
    std::vector<std::int64_t> w{b.in.count()};
    w.insert(w.end(), hidden.begin(), hidden.end());
    width = w.back();
    features = Mlp("features", w, activation, activation);
    head = Mlp("head", {width, classes}, "none", "none");
    features.build(c);
    head.build(c);
  }

  Shape out_shape(const std::string& method, const Shape&) override {
    return Shape{method == "encode" ? width : classes};
  }

  std::vector<Tensor> call(Ctx& c, const std::string& method, bool training, const Inputs& in) override {
    const Tensor h = features(c, flatten(in[0]));
    if (method == "encode") return {h};
    return {head(c, training ? c.dropout("dropout", h, dropout) : h)};
  }
};

UBP_EXPORT_PLUGIN("classifier", "1.0.0", "MIT", Classifier);
