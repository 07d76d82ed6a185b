// SPDX-License-Identifier: MIT
// policy: what to do and what to expect, from an observation.
//
//   logits = f(s)     observation -> hidden -> actions      method policy
//   v = g(s)          observation -> hidden -> 1            method value
//
// | parameter  | type        | range       | default | meaning |
// |------------|-------------|-------------|---------|---------|
// | hidden     | list of int | [1, 65536]  | [64,64] | Widths of the hidden layers. |
// | activation | choice      | tanh, relu, leaky_relu, elu, gelu, silu, sigmoid | tanh    | Of the hidden layers. |
// | shared     | bool        | true, false | false   | One set of hidden layers for both. |
//
// Roles: any that asks for policy or value; the objective says how many actions there are.
// Limits: discrete actions. With `shared`, both heads read the same hidden layers, and their losses compete there.
// Source: Mnih et al., arXiv:1602.01783.
//
//   [model]
//   use    = "policy"
//   hidden = [64, 64]
#include <ubp/sdk.hpp>
using namespace ubp;

struct Policy : Model {
  std::vector<std::int64_t> hidden;
  std::string activation;
  bool shared;
  std::int64_t actions = 0;
  Mlp trunk, actor, critic;

  static void describe(Describe<Policy>& d) {
    const auto activations = {"tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "sigmoid"};
    d.id("policy")
        .title("Dense policy and value")
        .doc("What to do and what to expect, from an observation.")
        .cite("arXiv:1602.01783")
        .method("policy", 1, 1, "Observations to logits of actions.")
        .method("value", 1, 1, "Observations to one number each.")
        .param(&Policy::hidden, "hidden", "64,64", {1, 65536}, tunable, "Widths of the hidden layers.")
        .choice(&Policy::activation, "activation", activations, "tanh", tunable, "Of the hidden layers.")
        .param(&Policy::shared, "shared", false, tunable, "One set of hidden layers for both.");
  }

  void build(Ctx& c, const Build& b) override {
    if (b.out.is_free()) throw Error("policy: the objective does not say how many actions there are", UBP_E_SHAPE);
    actions = b.out.count();
    const std::int64_t in = b.in.count(), wide = hidden.empty() ? in : hidden.back();
    std::vector<std::int64_t> w{in};
    w.insert(w.end(), hidden.begin(), hidden.end());
    trunk = shared ? Mlp("trunk", w, activation, activation) : Mlp();
    actor = Mlp("policy", shared ? widths(wide, {}, actions) : widths(in, hidden, actions), activation, "none");
    critic = Mlp("value", shared ? widths(wide, {}, 1) : widths(in, hidden, 1), activation, "none");
    for (const Mlp* part : {&trunk, &actor, &critic}) part->build(c);
  }

  Shape out_shape(const std::string& method, const Shape&) override {
    return method == "policy" ? Shape{actions} : Shape{};
  }

  std::vector<Tensor> call(Ctx& c, const std::string& method, bool, const Inputs& in) override {
    const Tensor x = trunk(c, flatten(in[0]));
    return {method == "policy" ? actor(c, x) : reshape(critic(c, x), {-1})};
  }
};

UBP_EXPORT_PLUGIN("policy", "1.0.0", "MIT", Policy);
