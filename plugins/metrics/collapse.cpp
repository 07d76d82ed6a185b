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

#include "rows.hpp"

namespace {
using namespace ubp;
using metrics::Matrix;

class Collapse : public Metric {
 public:
  static void describe(Describe<Collapse>& d) {
    d.id("collapse")
        .title("Collapse of the embedding")
        .cite("arXiv:2210.02885")
        .tag("embedding")
        .doc("Whether the embedding uses its dimensions, or has shrunk to a point or a few directions.")
        .needs(UBP_NEED_EMBEDDING)
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
    const std::int64_t n = z.rows(), d = z.cols, m = std::min(n, d);
    Matrix gram(m, m);  // of the columns, or of the rows if they are fewer: the same singular values
    const metrics::Operand by_row{z.row(0), d, 1}, by_column{z.row(0), 1, d};
    if (d <= n)
      metrics::add_product(d, d, n, by_column, by_row, gram.row(0), d);
    else
      metrics::add_product(n, n, d, by_row, by_column, gram.row(0), n);
    std::vector<double> s = metrics::eigenvalues(gram);
    const double floor = *std::max_element(s.begin(), s.end()) * static_cast<double>(m) * 2.2e-16;
    double sum = 0, entropy = 0;
    for (double& v : s) sum += v = v > floor ? std::sqrt(v) : 0;
    for (double v : s) {
      const double p = (sum > 0 ? v / sum : 0) + 1e-7;
      entropy -= p * std::log(p);
    }
    return std::exp(entropy);
  }

  static double deviation(Matrix& z) {
    for (std::int64_t i = 0; i < z.rows(); ++i) {
      const double length = std::sqrt(metrics::dot(z.row(i), z.row(i), z.cols));
      for (std::int64_t j = 0; j < z.cols && length > 0; ++j) z(i, j) /= length;
    }
    metrics::centre(z);
    double sum = 0;
    for (std::int64_t j = 0; j < z.cols; ++j) {
      double squares = 0;
      for (std::int64_t i = 0; i < z.rows(); ++i) squares += z(i, j) * z(i, j);
      sum += std::sqrt(squares / static_cast<double>(z.rows()));
    }
    return sum / static_cast<double>(z.cols);
  }

  std::int64_t rows_ = 0;
  metrics::Rows kept_;
};

}  // namespace

UBP_EXPORT_PLUGIN("collapse", "1.0.0", "MIT", Collapse);
