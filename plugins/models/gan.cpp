// SPDX-License-Identifier: MIT
// gan: the two dense networks of a generative adversarial network.
//
//   role generator:  noise -> generator_hidden -> row        method generate
//   role critic:     row   -> critic_hidden    -> one score  method score: a logit, high for real
//
// | parameter        | type        | range               | default        | meaning |
// |------------------|-------------|---------------------|----------------|---------|
// | generator_hidden | list of int | [1, 65536]          | [256,512,1024] | Widths of the generator. |
// | critic_hidden    | list of int | [1, 65536]          | [512,256]      | Widths of the critic. |
// | slope            | float       | [0, 1]              | 0.2            | Of the leaky rectifiers below zero. |
// | dropout          | float       | [0, 1)              | 0              | Share of the critic's hidden units switched off. |
// | output           | choice      | sigmoid, tanh, none | sigmoid        | Activation of the generator's last layer. |
//
// Roles: a role named "critic" becomes the critic, every other the generator.
// Limits: `output` must fit the data: "sigmoid" for [0, 1], "tanh" for [-1, 1], "none" for anything else.
// Source: Goodfellow et al., arXiv:1406.2661; leaky rectifiers as in Radford, Metz, Chintala, arXiv:1511.06434.
//
//   [model]
//   use              = "gan"
//   generator_hidden = [256, 512, 1024]
//   critic_hidden    = [512, 256]
#include <ubp/sdk.hpp>
using namespace ubp;

struct Gan : Model {
  std::vector<std::int64_t> generator_hidden, critic_hidden;
  double slope, dropout;
  std::string output;
  bool is_critic = false;
  Shape row;
  std::vector<std::int64_t> width;

  static void describe(Describe<Gan>& d) {
    d.id("gan")
        .title("Dense generator and critic")
        .doc("The two dense networks of a generative adversarial network.")
        .cite("arXiv:1406.2661")
        .method("generate", 1, 1, "Noise to rows.")
        .method("score", 1, 1, "Rows to logits, high for real.")
        .param(&Gan::generator_hidden, "generator_hidden", "256,512,1024", {1, 65536}, tunable,
               "Widths of the generator.")
        .param(&Gan::critic_hidden, "critic_hidden", "512,256", {1, 65536}, tunable, "Widths of the critic.")
        .param(&Gan::slope, "slope", 0.2, {0, 1}, advanced, "Of the leaky rectifiers below zero.")
        .param(&Gan::dropout, "dropout", 0, {0, 1}, tunable | open_max,
               "Share of the critic's hidden units switched off.")
        .sweep(0, 0.5)
        .choice(&Gan::output, "output", {"sigmoid", "tanh", "none"}, "sigmoid", 0,
                "Activation of the generator's last layer.");
  }

  static std::string name(std::size_t layer, const char* what) { return std::to_string(layer) + "." + what; }

  void build(Ctx& c, const Build& b) override {
    is_critic = b.role == "critic";
    if (!is_critic && b.out.is_free())
      throw Error("gan: the objective does not say what the generator makes", UBP_E_SHAPE);
    row = b.out;
    width = is_critic ? widths(b.in.count(), critic_hidden, 1) : widths(b.in.count(), generator_hidden, row.count());
    for (std::size_t i = 0; i + 1 < width.size(); ++i) {
      const double bound = 1 / std::sqrt(static_cast<double>(width[i]));
      c.param(name(i, "weight").c_str(), {width[i], width[i + 1]}, Init::uniform(-bound, bound));
      c.param(name(i, "bias").c_str(), {width[i + 1]}, Init::uniform(-bound, bound), UBP_PARAM_NO_DECAY);
    }
  }

  Shape out_shape(const std::string&, const Shape&) override { return is_critic ? Shape{1} : row; }

  std::vector<Tensor> call(Ctx& c, const std::string& method, bool training, const Inputs& in) override {
    if ((method == "score") != is_critic)
      throw Error("gan: '" + method + "' asked of the other network", UBP_E_NOT_FOUND);
    Tensor x = flatten(in[0]);
    for (std::size_t i = 0; i + 1 < width.size(); ++i) {
      const bool last = i + 2 == width.size();
      x = linear(x, c.param(name(i, "weight").c_str()), c.param(name(i, "bias").c_str()),
                 last && !is_critic ? output.c_str() : "none");
      if (!last) x = leaky_relu(x, slope);
      if (!last && is_critic && training) x = c.dropout("dropout", x, dropout);
    }
    return {is_critic ? x : as_rows(x, row)};
  }
};

UBP_EXPORT_PLUGIN("gan", "1.0.0", "MIT", Gan);
