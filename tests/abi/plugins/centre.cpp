// SPDX-License-Identifier: MIT
// centre: the point w to which rows are nearest, of the input and of a second field; the loss of a row is
// |x - w|^2 + |second - v|^2. Two plugins in one page: one may give the loss of each row, one may not.
#include <ubp/sdk.hpp>
using namespace ubp;

#ifdef BY_ROWS
constexpr const char* kId = "centre_of_rows";
constexpr std::uint32_t kFlags = UBP_OBJ_ROW_LOSS;
#else
constexpr const char* kId = "centre";
constexpr std::uint32_t kFlags = 0;
#endif

struct Centre : Objective {
  std::string gives, reads;

  static void describe(Describe<Centre>& d) {
    d.id(kId)
        .doc("The centre of the rows.")
        .flags(kFlags)
        .field("second")
        .logs("weight")
        .choice(&Centre::gives, "gives", {"rows", "mean", "weighted", "cells"}, "rows", 0, "What loss() returns.")
        .param(&Centre::reads, "reads", "second", 0, "The field that it asks for.");
  }
  Tensor loss(Ctx& c, const Batch& b) override {
    const Tensor w = c.param("w", {2}, Init::zeros()), v = c.param("v", {3}, Init::zeros());
    const Tensor cells = square(b.input() - w);
    const Tensor rows = sum(cells, 1) + sum(square(b[reads.c_str()] - v), 1);
    c.log("weight", sum(b.weights()));
    if (gives == "weighted") return sum(rows * b.weights()) / sum(b.weights());
    return gives == "rows" ? rows : gives == "mean" ? mean(rows) : cells;
  }
};

UBP_EXPORT_PLUGIN(kId, "1.0.0", "MIT", Centre);
