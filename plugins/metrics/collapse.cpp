// SPDX-License-Identifier: MIT
// collapse: whether the embedding uses its dimensions, or has shrunk to a point or a few directions.
//
//   embedding_std  = mean over columns of the standard deviation of z / |z|;   healthy: 1 / sqrt(d), collapsed: 0
//   effective_rank = exp(-sum_k p_k log p_k),   p_k = s_k / sum s + 1e-7,   s the singular values of the embedding
//
// | parameter | type | range      | default | meaning |
// |-----------|------|------------|---------|---------|
// | rows      | int  | [2, 1e+07] | 10000   | Most rows; a sample if there are more. |
//
// Neither needs labels: both serve as a stop rule and for choosing hyper-parameters.
// Limits: singular values below 1e-8 of the largest, about, count as 0. The embedding is not centred, as in the paper.
// Source: embedding_std: Chen, He, arXiv:2011.10566; effective_rank: Garrido et al. (RankMe), arXiv:2210.02885.
//
//   [[metric]]
//   use = "collapse"
#include <ubp/sdk.hpp>

#include <xtensor-blas/xlinalg.hpp>

#include "needed.hpp"
#include "rows.hpp"

namespace {
using namespace ubp;
using metrics::Matrix, metrics::Vector;

class Collapse : public Metric {
 public:
  static void describe(Describe<Collapse>& d) {
    d.id("collapse")
        .title("Collapse of the embedding")
        .cite("arXiv:2210.02885")
        .tag("embedding")
        .doc("Whether the embedding uses its dimensions, or has shrunk to a point or a few directions.")
        .needs({"embedding"})
        .emits("embedding_std", UBP_HIGHER_IS_BETTER,
               "Mean deviation of a column of the embedding with rows of length 1.")
        .emits("effective_rank", UBP_HIGHER_IS_BETTER, "Exponential of the entropy of the singular values: RankMe.")
        .param(&Collapse::rows_, "rows", 10000, {2, 1e7}, 0, "Most rows; a sample if there are more.");
  }
  void begin() override { kept_.start(rows_); }
  void update(const MetricBatch& b) override {
    kept_.add("collapse", metrics::needed(b.embedding(), "collapse", "embeddings"), {});
  }

  void finish(const Emit& emit) override {
    if (kept_.size() == 0) throw Error("collapse: no rows");
    emit("effective_rank", effective_rank(kept_.x));
    emit("embedding_std", deviation(kept_.x));
    begin();
  }

 private:
  static double effective_rank(const Matrix& z) {
    const auto columns = xt::transpose(z);  // or the rows, if they are fewer: the same singular values
    const Matrix gram = z.shape(1) <= z.shape(0) ? xt::linalg::dot(columns, z) : xt::linalg::dot(z, columns);
    const Vector squares = xt::linalg::eigvalsh(gram);
    const double floor = xt::amax(squares)() * static_cast<double>(squares.size()) * 2.2e-16;
    const Vector s = xt::sqrt(xt::where(squares > floor, squares, 0.0));
    const double sum = xt::sum(s)();
    const Vector p = s / (sum > 0 ? sum : 1) + 1e-7;
    return std::exp(-xt::sum(p * xt::log(p))());
  }

  static double deviation(Matrix& z) {
    metrics::normalise(z);
    metrics::centre(z);
    return xt::mean(xt::sqrt(xt::mean(xt::square(z), {0})))();
  }

  std::int64_t rows_ = 0;
  metrics::Rows kept_;
};

}  // namespace

UBP_EXPORT_PLUGIN("collapse", "1.0.1", "MIT", Collapse);
