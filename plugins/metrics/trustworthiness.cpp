// SPDX-License-Identifier: MIT
// trustworthiness: whether an embedding is a map of the input: neighbours of the one in the other, and all distances.
//
//   trustworthiness = 1 - 2 / (n k (2 n - 3 k - 1)) sum_i sum_{j in U_i} (r(i, j) - k)
//   U_i the k nearest of row i in the embedding, r(i, j) the rank of j among i's neighbours in the input, from 1, where
//   it exceeds k; continuity is the same with embedding and input exchanged. Euclidean distances; of rows that are
//   equally near the earlier is nearer.
//
//   mrre_embedding = 1 / (n sum_{m=1..k} |n - 2 m + 1| / m) sum_i sum_{j in U_i} |r(i, j) - s(i, j)| / s(i, j)
//   s(i, j) the rank of j among i's neighbours in the embedding; mrre_input is the same with embedding and input
//   exchanged: over i's k nearest in the input, divided by their rank there. Mean relative rank errors.
//
//   shepard         Spearman's correlation of the distances between rows in the input and in the embedding, over pairs
//                   of rows; equal distances share their ranks. 0 if all distances on one side are equal.
//
// | parameter | type | range      | default | meaning |
// |-----------|------|------------|---------|---------|
// | k         | int  | [1, 1e+06] | 5       | Neighbours, fewer than half of the rows. |
// | rows      | int  | [3, 1e+06] | 2000    | Most rows; a sample if there are more. |
// | pairs     | int  | [1, 1e+07] | 100000  | Most pairs of rows for shepard; drawn with replacement if there are more. |
//
// Limits: time grows with the square of `rows`. A sample of other size has other neighbourhoods: compare equal sizes.
// With 100,000 pairs shepard is within about 0.006 of that of all pairs. A stress is not reported: it changes with the
// scale of the embedding.
// Source: Venna, Kaski, ICANN 2001; Lee, Verleysen, Neurocomputing 72:1431, 2009. Equals
// sklearn.manifold.trustworthiness and scipy.stats.spearmanr.
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
        .title("Trustworthiness, continuity, rank errors and Shepard's correlation")
        .cite("Venna, Kaski, ICANN 2001")
        .tag("embedding")
        .doc("Whether an embedding is a map of the input: neighbours of the one in the other, and all distances.")
        .needs({"input", "embedding"})
        .emits("trustworthiness", UBP_HIGHER_IS_BETTER, "1: whoever is near in the embedding is near in the input.")
        .emits("continuity", UBP_HIGHER_IS_BETTER, "1: whoever is near in the input is near in the embedding.")
        .emits("mrre_input", UBP_SMALLER_IS_BETTER, "0: the nearest of the input have their ranks in the embedding.")
        .emits("mrre_embedding", UBP_SMALLER_IS_BETTER,
               "0: the nearest of the embedding have their ranks in the input.")
        .emits("shepard", UBP_HIGHER_IS_BETTER, "1: distances are in the same order in input and embedding.")
        .param(&Trustworthiness::k_, "k", 5, {1, 1e6}, 0, "Neighbours, fewer than half of the rows.")
        .param(&Trustworthiness::rows_, "rows", 2000, {3, 1e6}, 0, "Most rows; a sample if there are more.")
        .param(&Trustworthiness::pairs_, "pairs", 100000, {1, 1e7}, 0,
               "Most pairs of rows for shepard; drawn with replacement if there are more.");
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
    const Preserved of_embedding = preserved(embedding, input), of_input = preserved(input, embedding);
    emit("trustworthiness", of_embedding.share);
    emit("continuity", of_input.share);
    emit("mrre_input", of_input.rank_error);
    emit("mrre_embedding", of_embedding.rank_error);
    emit("shepard", shepard(input, embedding));
    begin();
  }

 private:
  void check_rows(std::int64_t rows) const {
    if (rows <= 2 * k_)
      throw Error("trustworthiness: k = " + std::to_string(k_) + " is not less than half of " + std::to_string(rows) +
                  " rows");
  }
  static constexpr const char* kId = "trustworthiness";

  struct Preserved {
    double share;       ///< trustworthiness, or continuity
    double rank_error;  ///< mean and relative
  };

  /// Whether the k nearest in `map` are near in `truth`.
  Preserved preserved(const Points& map, const Points& truth) const {
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
    double penalty = 0, error = 0, worst = 0;
    metrics::for_each_distances(truth, [&](std::int64_t i, const double* d) {
      for (std::int64_t m = 0; m < k_; ++m) {
        const std::int64_t j = nearest[i * k_ + m];
        std::int64_t rank = 1;
        for (std::int64_t o = 0; o < n; ++o) rank += o != i && (d[o] < d[j] || (d[o] == d[j] && o < j));
        penalty += static_cast<double>(std::max<std::int64_t>(0, rank - k_));
        error += static_cast<double>(std::abs(rank - (m + 1))) / static_cast<double>(m + 1);
      }
    });
    const auto rows = static_cast<double>(n), k = static_cast<double>(k_);
    for (std::int64_t m = 1; m <= k_; ++m)
      worst += static_cast<double>(std::abs(n - 2 * m + 1)) / static_cast<double>(m);
    return {1 - penalty * 2 / (rows * k * (2 * rows - 3 * k - 1)), error / (rows * worst)};
  }

  /// Of every pair of rows, or of a sample.
  double shepard(const Points& a, const Points& b) const {
    const std::int64_t n = a.count(), all = n * (n - 1) / 2;
    Distances of_a(a, std::min(all, pairs_)), of_b(b, std::min(all, pairs_));
    if (all <= pairs_) {
      for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < i; ++j) of_a.add(i, j), of_b.add(i, j);
    } else {
      for (std::int64_t p = 0; p < pairs_; ++p) {
        Hash hash("pairs of rows", p);
        const auto i = static_cast<std::int64_t>(hash.below(n)), j = static_cast<std::int64_t>(hash.below(n - 1));
        of_a.add(i, j + (j >= i)), of_b.add(i, j + (j >= i));
      }
    }
    return correlation(of_a.ranks(), of_b.ranks());
  }

  /// Squared distances of pairs of rows. Those that are equal but for rounding are equal.
  class Distances {
   public:
    Distances(const Points& rows, std::int64_t pairs) : rows_(rows) { d_.reserve(static_cast<std::size_t>(pairs)); }
    void add(std::int64_t i, std::int64_t j) {
      const double *a = rows_.row(i), *b = rows_.row(j);
      double sum = 0;
      for (std::int64_t c = 0; c < rows_.columns(); ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
      d_.push_back(sum);
    }
    /// From 1; equal ones have the mean of theirs.
    std::vector<double> ranks() {
      constexpr double kParts = 1e12;
      const double largest = *std::max_element(d_.begin(), d_.end());
      if (largest > 0)
        for (double& d : d_) d = std::nearbyint(d / largest * kParts);
      std::vector<std::size_t> order(d_.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::sort(order.begin(), order.end(), [&](std::size_t p, std::size_t q) { return d_[p] < d_[q]; });
      std::vector<double> ranks(d_.size());
      for (std::size_t first = 0, last; first < order.size(); first = last) {
        for (last = first + 1; last < order.size() && d_[order[last]] == d_[order[first]];) ++last;
        for (std::size_t p = first; p < last; ++p) ranks[order[p]] = 0.5 * static_cast<double>(first + last + 1);
      }
      return ranks;
    }

   private:
    const Points& rows_;
    std::vector<double> d_;
  };

  /// Pearson's, of two lists of ranks; 0 if one is constant.
  static double correlation(const std::vector<double>& a, const std::vector<double>& b) {
    const double mean = 0.5 * static_cast<double>(a.size() + 1);
    double aa = 0, ab = 0, bb = 0;
    for (std::size_t p = 0; p < a.size(); ++p)
      aa += (a[p] - mean) * (a[p] - mean), ab += (a[p] - mean) * (b[p] - mean), bb += (b[p] - mean) * (b[p] - mean);
    return aa > 0 && bb > 0 ? std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0) : 0;
  }

  std::int64_t k_ = 0, rows_ = 0, pairs_ = 0;
  metrics::Rows input_, embedding_;  // sampled by the row's place: the same rows
};

}  // namespace

UBP_EXPORT_PLUGIN("trustworthiness", "1.1.0", "MIT", Trustworthiness);
