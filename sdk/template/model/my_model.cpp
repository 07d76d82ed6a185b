// SPDX-License-Identifier: MIT
// my_model: what it computes, in one sentence.
//
//   z = x W;  y = z W'      one matrix for both ways
//
// | parameter | type | range      | default | meaning |
// |-----------|------|------------|---------|---------|
// | latent    | int  | [1, 65536] | 8       | Length of the code. |
//
// Roles: any that asks for encode, decode or reconstruct. Limits: none known. Source: paper, equation.
//
//   [model]
//   use    = "my_model"
//   latent = 8
#include <ubp/sdk.hpp>
using namespace ubp;

struct MyModel : Model {
  std::int64_t latent;
  Shape row;

  static void describe(Describe<MyModel>& d) {
    d.id("my_model")
        .title("My model")
        .doc("What it computes, in one sentence.")
        .cite("paper")
        .method("encode", 1, 1, "Rows to codes.")
        .method("decode", 1, 1, "Codes to rows.")
        .method("reconstruct", 1, 1, "decode(encode(x)).")
        .param(&MyModel::latent, "latent", 8, {1, 65536}, tunable | log_scale, "Length of the code.")
        .sweep(2, 64);
  }

  void build(Ctx& c, const Build& b) override {
    row = b.in;
    c.param("weight", {row.count(), latent}, Init::xavier());
  }

  Shape out_shape(const std::string& method, const Shape&) override { return method == "encode" ? Shape{latent} : row; }

  std::vector<Tensor> call(Ctx& c, const std::string& method, bool /*training*/, const Inputs& in) override {
    const Tensor w = c.param("weight");
    const Tensor z = method == "decode" ? in[0] : matmul(flatten(in[0]), w);
    return {method == "encode" ? z : as_rows(matmul(z, w, transpose_b), row)};
  }
};

UBP_EXPORT_PLUGIN("my_model", "1.0.0", "MIT", MyModel);
