// SPDX-License-Identifier: MIT
// uniformity: whether the directions of the codes fill the sphere; alignment: whether rows that are near in the input
// have one direction.
//
//   u = z / |z|
//   uniformity = log mean over pairs of exp(-2 |u_i - u_j|^2)        0: one direction; about -4 at the least
//   alignment  = mean |u_i - u_n(i)|^2,   n(i) the row nearest to i in the input, of equally near ones the first
//
// | parameter | type | range      | default | meaning |
// |-----------|------|------------|---------|---------|
// | rows      | int  | [2, 1e+06] | 2000    | Most rows; a sample if there are more. |
//
// Smaller is better for both, and neither counts alone: equal codes have the best alignment, 0, and the worst
// uniformity.
// Limits: in the paper, alignment is of two augmented views of a row; an evaluation has no views, and the nearest other
// row of the input stands for the second: what is near in the input need not be alike. Nearest as Euclidean distance
// has it, over all numbers of a row. A code of zeros has no direction and stays in the middle. A code of one number has
// two directions. Time grows with the square of `rows`, and alignment depends on their number: more rows are nearer.
// Source: Wang and Isola, ICML 2020, arXiv:2005.10242, with t = 2 and alpha = 2.
//
//   [[metric]]
//   use = "uniformity"
#include <ubp/sdk.hpp>

#include "distances.hpp"
#include "needed.hpp"

namespace {
using namespace ubp;
using metrics::Points;

class Uniformity : public Metric {
 public:
  static void describe(Describe<Uniformity>& d) {
    d.id("uniformity")
        .title("Uniformity and alignment")
        .cite("arXiv:2005.10242")
        .tag("embedding")
        .doc("Whether the directions of the codes fill the sphere, and rows near in the input have one direction.")
        .needs({"input", "embedding"})
        .emits("uniformity", UBP_SMALLER_IS_BETTER, "0: all codes have one direction; smaller: they fill the sphere.")
        .emits("alignment", UBP_SMALLER_IS_BETTER, "Of a row and the nearest one in the input; 0: the same direction.")
        .param(&Uniformity::rows_, "rows", 2000, {2, 1e6}, 0, "Most rows; a sample if there are more.");
  }
  void expect(const RowFacts&, const RowFacts& judged) override { check_rows(judged.rows); }
  void begin() override { input_.start(rows_), code_.start(rows_); }

  void update(const MetricBatch& b) override {
    input_.add(kId, metrics::needed(b.input(), kId, "inputs"), {});
    code_.add(kId, metrics::needed(b.embedding(), kId, "embeddings"), {});
  }

  void finish(const Emit& emit) override {
    check_rows(input_.size());
    metrics::centre(input_.x);
    metrics::normalise(code_.x);
    const Points input(std::move(input_.x)), code(std::move(code_.x));
    const std::vector<std::int64_t> nearest = nearest_of(input);
    const auto n = static_cast<double>(code.count());
    double potential = 0, apart = 0;
    metrics::for_each_distances(code, [&](std::int64_t i, const double* d) {
      for (std::int64_t j = 0; j < i; ++j) potential += std::exp(-2 * d[j]);
      apart += d[nearest[i]];
    });
    emit("uniformity", std::log(potential / (n * (n - 1) / 2)));
    emit("alignment", apart / n);
    begin();
  }

 private:
  void check_rows(std::int64_t rows) const {
    if (rows < 2)
      throw Error("uniformity: " + std::to_string(rows) + " row" + (rows == 1 ? "" : "s") + ", expected two or more");
  }

  /// Of each row the nearest other one; of equally near ones the first.
  static std::vector<std::int64_t> nearest_of(const Points& x) {
    std::vector<std::int64_t> nearest(static_cast<std::size_t>(x.count()));
    metrics::for_each_distances(x, [&](std::int64_t i, const double* d) {
      std::int64_t best = i == 0 ? 1 : 0;
      for (std::int64_t j = best + 1; j < x.count(); ++j)
        if (j != i && d[j] < d[best]) best = j;
      nearest[i] = best;
    });
    return nearest;
  }

  static constexpr const char* kId = "uniformity";
  std::int64_t rows_ = 0;
  metrics::Rows input_, code_;  // sampled by the row's place: the same rows
};

}  // namespace

UBP_EXPORT_PLUGIN("uniformity", "1.0.0", "MIT", Uniformity);
