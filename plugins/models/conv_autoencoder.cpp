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
#include <ubp/sdk.hpp>
using namespace ubp;

struct ConvAutoencoder : Model {
  std::vector<std::int64_t> channels;
  std::int64_t latent;
  std::string output;
  Shape row, map;  ///< an image, and what the last convolution makes of it: [channels, height, width]
  Mlp to_code, from_code;

  static void describe(Describe<ConvAutoencoder>& d) {
    d.id("conv_autoencoder").title("Convolutional autoencoder")
        .doc("Strided convolutions to a code, transposed convolutions back.").cite("Masci et al., ICANN 2011")
        .method("encode", 1, 1, "Images to codes.").method("decode", 1, 1, "Codes to images.")
        .method("reconstruct", 1, 1, "decode(encode(x)).")
        .param(&ConvAutoencoder::channels, "channels", "16,32", {1, 4096}, tunable, "Channels after each convolution.")
        .param(&ConvAutoencoder::latent, "latent", 64, {1, 65536}, tunable | log_scale, "Length of the code.").sweep(2, 256)
        .choice(&ConvAutoencoder::output, "output", {"sigmoid", "none", "tanh"}, "sigmoid", 0, "Activation of the last layer.");
  }

  void created() override {
    if (channels.empty()) throw Error("channels: empty, expected at least one convolution");
  }

  static std::string name(const char* part, std::size_t layer, const char* what) {
    return std::string(part) + "." + std::to_string(layer) + "." + what;
  }

  /// Start values as PyTorch's layers, which take axis 1 for the inputs of both kinds of convolution.
  static void kernel(Ctx& c, const char* part, std::size_t layer, const Shape& s, std::int64_t out) {
    const double bound = 1 / std::sqrt(static_cast<double>(s[1] * s[2] * s[3]));
    c.param(name(part, layer, "weight").c_str(), s, Init::uniform(-bound, bound));
    c.param(name(part, layer, "bias").c_str(), {out}, Init::uniform(-bound, bound), UBP_PARAM_NO_DECAY);
  }

  void build(Ctx& c, const Build& b) override {
    row = map = b.in;
    const std::int64_t scale = std::int64_t{1} << channels.size();
    if (row.nd != 3 || row[1] % scale || row[2] % scale)
      throw Error("conv_autoencoder: rows must be images [channels, height, width] with sides divisible by " +
                  std::to_string(scale), UBP_E_SHAPE);
    for (std::size_t i = 0; i < channels.size(); ++i) {
      kernel(c, "encoder", i, {channels[i], map[0], 3, 3}, channels[i]);
      map = {channels[i], map[1] / 2, map[2] / 2};
    }
    to_code = Mlp("to_code", {map.count(), latent}, "none", "none");
    from_code = Mlp("from_code", {latent, map.count()}, "none", "relu");
    to_code.build(c);
    from_code.build(c);
    for (std::size_t i = 0; i < channels.size(); ++i) {  // layer i of the decoder undoes layer i of the encoder
      const std::int64_t out = i ? channels[i - 1] : row[0];
      kernel(c, "decoder", i, {channels[i], out, 4, 4}, out);
    }
  }

  Shape out_shape(const std::string& method, const Shape&) override { return method == "encode" ? Shape{latent} : row; }

  Tensor encode(Ctx& c, Tensor x) const {
    for (std::size_t i = 0; i < channels.size(); ++i)
      x = conv2d(x, c.param(name("encoder", i, "weight").c_str()), c.param(name("encoder", i, "bias").c_str()), 2, 1, "relu");
    return to_code(c, flatten(x));
  }

  Tensor decode(Ctx& c, Tensor z) const {
    Tensor x = as_rows(from_code(c, z), map);
    for (std::size_t i = channels.size(); i-- > 0;)
      x = conv_transpose2d(x, c.param(name("decoder", i, "weight").c_str()), c.param(name("decoder", i, "bias").c_str()), 2, 1,
                           i ? "relu" : output.c_str());
    return x;
  }

  std::vector<Tensor> call(Ctx& c, const std::string& method, bool, const Inputs& in) override {
    if (method == "encode") return {encode(c, in[0])};
    return {decode(c, method == "decode" ? in[0] : encode(c, in[0]))};
  }
};

UBP_EXPORT_PLUGIN("conv_autoencoder", "1.0.0", "MIT", ConvAutoencoder);
