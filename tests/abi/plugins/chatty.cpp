// SPDX-License-Identifier: MIT
// chatty: one matrix there and back, and a number for the record.
#include <ubp/sdk.hpp>
using namespace ubp;

struct Chatty : Model {
  std::string says;
  Shape row;

  static void describe(Describe<Chatty>& d) {
    d.id("chatty")
        .doc("Logs a number.")
        .method("encode", 1, 1, "Rows to codes.")
        .method("decode", 1, 1, "Codes to rows.")
        .param(&Chatty::says, "says", "norm", 0, "Under which name.");
  }
  void build(Ctx& c, const Build& b) override {
    row = b.in;
    c.param("weight", {row.count(), 2}, Init::xavier());
  }
  Shape out_shape(const std::string& method, const Shape&) override { return method == "encode" ? Shape{2} : row; }
  std::vector<Tensor> call(Ctx& c, const std::string& method, bool, const Inputs& in) override {
    const Tensor w = c.param("weight");
    c.log(says.c_str(), 1);
    return {method == "encode" ? matmul(flatten(in[0]), w) : as_rows(matmul(in[0], w, transpose_b), row)};
  }
};

UBP_EXPORT_PLUGIN("chatty", "1.0.0", "MIT", Chatty);
