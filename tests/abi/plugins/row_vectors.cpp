// SPDX-License-Identifier: MIT
// row_vectors: one trained vector per row of the data; watches that a step moves the rows of its minibatch and no
// other.
#include <algorithm>

#include <ubp/sdk.hpp>
using namespace ubp;

struct RowVectors : Objective {
  double decay;

  static void describe(Describe<RowVectors>& d) {
    d.id("row_vectors")
        .doc("One vector per row.")
        .logs("moved_elsewhere")
        .logs("moved_here")
        .flags(UBP_OBJ_HANDLES_MASK)
        .phase("fit", "self")
        .decay("decay")
        .param(&RowVectors::decay, "decay", 0.1, {0, 1}, tunable, "Of the vectors.");
  }
  void setup(Ctx& c) override {
    const Shape s{c.rows("train"), c.row_shape().count()};
    c.param("vectors", s, Init::normal(0, 1), UBP_PARAM_ROW_SPARSE);
    c.state("before", s);
  }
  Tensor loss(Ctx& c, const Batch& b) override {
    c.assign(c.state("before"), c.param("vectors"));
    return sum(square(gather_rows(c.param("vectors"), b.indices()) - b.view(0)) * b.mask()) /
           static_cast<double>(b.size());
  }
  void after_step(Ctx& c, const Batch& b) override {
    const std::vector<double> now = c.values(c.param("vectors")), before = c.values(c.state("before"));
    const std::vector<std::int64_t> here = c.integers(b.indices());
    const std::size_t rows = static_cast<std::size_t>(c.rows("train")), width = now.size() / rows;
    double moved_here = 0, moved_elsewhere = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      const bool moved = !std::equal(now.begin() + static_cast<std::ptrdiff_t>(r * width),
                                     now.begin() + static_cast<std::ptrdiff_t>((r + 1) * width),
                                     before.begin() + static_cast<std::ptrdiff_t>(r * width));
      const bool is_here = std::find(here.begin(), here.end(), static_cast<std::int64_t>(r)) != here.end();
      (is_here ? moved_here : moved_elsewhere) += moved;
    }
    c.log("moved_here", moved_here / static_cast<double>(here.size()));
    c.log("moved_elsewhere", moved_elsewhere);
  }
};

UBP_EXPORT_PLUGIN("row_vectors", "1.0.0", "MIT", RowVectors);
