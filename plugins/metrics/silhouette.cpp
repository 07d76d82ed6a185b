// SPDX-License-Identifier: MIT
// silhouette: how well k clusters of the codes, found by k-means, are separated; without labels.
//
//   kmeans_silhouette = mean (b - a) / max(a, b),   a mean distance to the own cluster, b to the nearest other;
//                       0 of a row that is alone in its cluster
//
// | parameter | type | range      | default | meaning |
// |-----------|------|------------|---------|---------|
// | k         | int  | [2, 10000] | 10      | Clusters. |
// | starts    | int  | [1, 1000]  | 10      | Of k-means; the run with the least inertia counts. |
// | seed      | int  | [0, 1e+09] | 0       | Of the starts. |
// | rows      | int  | [3, 1e+06] | 5000    | Most rows; a sample if there are more. |
//
// k-means as in `clustering`, whose silhouette is the same number, of clusters that may be the objective's, beside
// scores that need labels.
// Limits: needs more rows than clusters. Codes that are all equal have no clusters, and no silhouette. A k that is not
// the number of groups says less, and groups that are no balls are not found. Of embeddings of different width the
// wider one has the smaller silhouette, all else equal: it chooses narrow codes (experiments/18-choosing).
// Source: Rousseeuw, J. Comput. Appl. Math. 20, 1987. Equals scikit-learn's silhouette_score of KMeans.
//
//   [[metric]]
//   use = "silhouette"
//   k   = 10
#include <ubp/sdk.hpp>

#include "kmeans.hpp"
#include "needed.hpp"
#include "silhouette.hpp"

namespace {
using namespace ubp;
using metrics::Points;

class Silhouette : public Metric {
 public:
  static void describe(Describe<Silhouette>& d) {
    d.id("silhouette")
        .title("Silhouette of k-means")
        .cite("Rousseeuw, J. Comput. Appl. Math. 20, 1987")
        .tag("embedding")
        .doc("How well k clusters of the embedding, found by k-means, are separated; without labels.")
        .needs({"embedding"})
        .emits("kmeans_silhouette", UBP_HIGHER_IS_BETTER, "Mean silhouette of the clusters; absent where two are none.")
        .param(&Silhouette::k_, "k", 10, {2, 1e4}, 0, "Clusters.")
        .param(&Silhouette::starts_, "starts", 10, {1, 1000}, 0, "Of k-means; the run with the least inertia counts.")
        .param(&Silhouette::seed_, "seed", 0, {0, 1e9}, 0, "Of the starts.")
        .param(&Silhouette::rows_, "rows", 5000, {3, 1e6}, 0, "Most rows; a sample if there are more.");
  }
  void expect(const RowFacts&, const RowFacts& judged) override { check_rows(std::min(rows_, judged.rows)); }
  void begin() override { kept_.start(rows_); }
  void update(const MetricBatch& b) override { kept_.add(kId, metrics::needed(b.embedding(), kId, "embeddings"), {}); }

  void finish(const Emit& emit) override {
    check_rows(kept_.size());
    metrics::centre(kept_.x);
    const Points points(std::move(kept_.x));
    const std::vector<std::int64_t> cluster = metrics::kmeans(points, k_, starts_, seed_).assignment;
    if (const std::optional<double> s = metrics::silhouette(points, cluster)) emit("kmeans_silhouette", *s);
    begin();
  }

 private:
  void check_rows(std::int64_t rows) const {
    if (rows <= k_)
      throw Error("silhouette: k = " + std::to_string(k_) + " is not less than the " + std::to_string(rows) + " rows");
  }

  static constexpr const char* kId = "silhouette";
  std::int64_t k_ = 0, starts_ = 0, seed_ = 0, rows_ = 0;
  metrics::Rows kept_;
};

}  // namespace

UBP_EXPORT_PLUGIN("silhouette", "1.0.0", "MIT", Silhouette);
