// SPDX-License-Identifier: MIT
// trustworthiness: whether neighbours in the embedding are neighbours in the input; continuity: the other way round.
//
//   trustworthiness = 1 - 2 / (n k (2 n - 3 k - 1)) sum_i sum_{j in U_i} (r(i, j) - k)
//   U_i the k nearest of row i in the embedding, r(i, j) the rank of j among i's neighbours in the input, from 1, where
//   it exceeds k; continuity is the same with embedding and input exchanged. Euclidean distances.
//
// | parameter | type | range      | default | meaning |
// |-----------|------|------------|---------|---------|
// | k         | int  | [1, 1e+06] | 5       | Neighbours, fewer than half of the rows. |
// | rows      | int  | [3, 1e+06] | 2000    | Most rows; a sample if there are more. |
//
// Limits: time grows with the square of `rows`. A sample of other size has other neighbourhoods: compare equal sizes.
// Source: Venna, Kaski, ICANN 2001. Equals sklearn.manifold.trustworthiness.
//
//   [[metric]]
//   use = "trustworthiness"
//   k   = 12
#include <ubp/sdk.hpp>

#include <numeric>

#include "distances.hpp"
#include "needed.hpp"

namespace {
using namespace ubp;
using metrics::Points;

class Trustworthiness : public Metric {
 public:
  static void describe(Describe<Trustworthiness>& d) {
    d.id("trustworthiness")
        .title("Trustworthiness and continuity")
        .cite("Venna, Kaski, ICANN 2001")
        .tag("embedding")
        .doc("Whether neighbours in the embedding are neighbours in the input, and the other way round.")
        .needs({"input", "embedding"})
        .emits("trustworthiness", UBP_HIGHER_IS_BETTER, "1: whoever is near in the embedding is near in the input.")
        .emits("continuity", UBP_HIGHER_IS_BETTER, "1: whoever is near in the input is near in the embedding.")
        .param(&Trustworthiness::k_, "k", 5, {1, 1e6}, 0, "Neighbours, fewer than half of the rows.")
        .param(&Trustworthiness::rows_, "rows", 2000, {3, 1e6}, 0, "Most rows; a sample if there are more.");
  }
  void expect(const RowFacts&, const RowFacts& judged) override { check_rows(std::min(rows_, judged.rows)); }
  void begin() override { input_.start(rows_), embedding_.start(rows_); }

  void update(const MetricBatch& b) override {
    input_.add(kId, metrics::needed(b.input(), kId, "inputs"), {});
    embedding_.add(kId, metrics::needed(b.embedding(), kId, "embeddings"), {});
  }

  void finish(const Emit& emit) override {
    check_rows(input_.size());
    metrics::centre(input_.x), metrics::centre(embedding_.x);
    const Points input(std::move(input_.x)), embedding(std::move(embedding_.x));
    emit("trustworthiness", preserved(embedding, input));
    emit("continuity", preserved(input, embedding));
    begin();
  }

 private:
  void check_rows(std::int64_t rows) const {
    if (rows <= 2 * k_)
      throw Error("trustworthiness: k = " + std::to_string(k_) + " is not less than half of " + std::to_string(rows) +
                  " rows");
  }
  static constexpr const char* kId = "trustworthiness";

  /// Whether the k nearest in `map` are near in `truth`.
  double preserved(const Points& map, const Points& truth) const {
    const std::int64_t n = map.count();
    std::vector<std::int64_t> nearest(static_cast<std::size_t>(n * k_)), order;
    metrics::for_each_distances(map, [&](std::int64_t i, const double* d) {
      order.resize(static_cast<std::size_t>(n));
      std::iota(order.begin(), order.end(), 0);
      order.erase(order.begin() + i);
      std::partial_sort(order.begin(), order.begin() + k_, order.end(),
                        [d](std::int64_t a, std::int64_t b) { return d[a] != d[b] ? d[a] < d[b] : a < b; });
      std::copy_n(order.begin(), k_, &nearest[i * k_]);
    });
    double penalty = 0;
    metrics::for_each_distances(truth, [&](std::int64_t i, const double* d) {
      for (std::int64_t m = 0; m < k_; ++m) {
        const std::int64_t j = nearest[i * k_ + m];
        std::int64_t rank = 1;
        for (std::int64_t o = 0; o < n; ++o) rank += o != i && (d[o] < d[j] || (d[o] == d[j] && o < j));
        penalty += static_cast<double>(std::max<std::int64_t>(0, rank - k_));
      }
    });
    const auto rows = static_cast<double>(n), k = static_cast<double>(k_);
    return 1 - penalty * 2 / (rows * k * (2 * rows - 3 * k - 1));
  }

  std::int64_t k_ = 0, rows_ = 0;
  metrics::Rows input_, embedding_;  // sampled by the row's place: the same rows
};

}  // namespace

UBP_EXPORT_PLUGIN("trustworthiness", "1.0.0", "MIT", Trustworthiness);
