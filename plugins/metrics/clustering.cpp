// SPDX-License-Identifier: MIT
// clustering: how well clusters agree with classes, and how well they are separated.
//
//   cluster_accuracy = max over one-to-one maps m of mean [m(c_i) = y_i]
//   nmi = I(Y; C) / ((H(Y) + H(C)) / 2)
//   ari = (RI - E[RI]) / (1 - E[RI]),   RI the share of pairs that both put together or both put apart
//   silhouette = mean (b - a) / max(a, b),   a mean distance to the own cluster, b to the nearest other; 0 if alone
//
// | parameter       | type | range      | default | meaning |
// |-----------------|------|------------|---------|---------|
// | kmeans          | int  | [0, 10000] | 0       | Clusters by k-means on the embedding; 0: the objective's. |
// | starts          | int  | [1, 1000]  | 10      | Of k-means; the run with the least inertia counts. |
// | seed            | int  | [0, 1e+09] | 0       | Of the starts. |
// | silhouette_rows | int  | [2, 1e+06] | 5000    | Most rows for the silhouette; a sample if there are more. |
//
// k-means: greedy k-means++, Lloyd until no row moves or the centres move by less than 1e-4 of the variance. Clusters
// and classes may differ in number: surplus ones stay without a partner. Without two clusters there is no silhouette.
// Limits: NMI normalises by the arithmetic mean, older papers by the geometric mean or the maximum. The silhouette is
// measured in the embedding: do not compare it between embeddings.
// Source: Kuhn 1955; Vinh, Epps, Bailey, JMLR 11, 2010; Rousseeuw 1987. Equals scikit-learn and scipy's
// linear_sum_assignment.
//
//   [[metric]]
//   use    = "clustering"
//   kmeans = 10
#include <ubp/sdk.hpp>

#include <map>

#include "kmeans.hpp"
#include "matching.hpp"
#include "needed.hpp"
#include "silhouette.hpp"

namespace {
using namespace ubp;
using metrics::Matrix, metrics::Points, metrics::Vector;

/// Rows of the table per class, columns per cluster; only those that occur.
class Contingency {
 public:
  Contingency(const std::vector<std::int64_t>& label, const std::vector<std::int64_t>& cluster)
      : n_(static_cast<double>(label.size())) {
    std::map<std::int64_t, std::int64_t> rows, columns;
    for (std::int64_t y : label) rows.emplace(y, static_cast<std::int64_t>(rows.size()));
    for (std::int64_t c : cluster) columns.emplace(c, static_cast<std::int64_t>(columns.size()));
    count_ = xt::zeros<double>({rows.size(), columns.size()});
    for (std::size_t i = 0; i < label.size(); ++i) count_(rows[label[i]], columns[cluster[i]]) += 1;
    of_class_ = xt::sum(count_, {1}), of_cluster_ = xt::sum(count_, {0});
  }

  double accuracy() const { return best_matching() / n_; }

  double nmi() const {
    if (count_.size() == 1) return 1;
    const Matrix chance = xt::view(of_class_, xt::all(), xt::newaxis()) * of_cluster_;
    const double mutual = xt::sum(xt::where(count_ > 0, count_ / n_ * xt::log(count_ * n_ / chance), 0.0))();
    return mutual <= std::numeric_limits<double>::epsilon() ? 0
                                                            : 2 * mutual / (entropy(of_class_) + entropy(of_cluster_));
  }

  double ari() const {  // of pairs: together in both, in the classes alone, in the clusters alone, in neither
    const auto pairs = [](const auto& n) { return xt::sum(n * (n - 1))(); };
    const double both = pairs(count_), classes = pairs(of_class_), clusters = pairs(of_cluster_);
    const double one = classes - both, other = clusters - both, neither = n_ * (n_ - 1) - both - one - other;
    if (one == 0 && other == 0) return 1;
    return 2 * (both * neither - one * other) / ((both + one) * (one + neither) + (both + other) * (other + neither));
  }

 private:
  double entropy(const Vector& sizes) const { return -xt::sum(sizes / n_ * xt::log(sizes / n_))(); }

  double best_matching() const {
    const std::vector<std::int64_t> partner = metrics::best_matching(count_);
    double total = 0;
    for (std::size_t y = 0; y < partner.size(); ++y) total += partner[y] >= 0 ? count_(y, partner[y]) : 0;
    return total;
  }

  double n_;
  Matrix count_;
  Vector of_class_, of_cluster_;
};

class ClusteringMetric : public Metric {
 public:
  static void describe(Describe<ClusteringMetric>& d) {
    d.id("clustering")
        .title("Clustering")
        .cite("Vinh, Epps, Bailey, JMLR 11, 2010")
        .tag("clustering")
        .doc(
            "How well clusters, the objective's or those of k-means on the embedding, agree with classes and are "
            "separated.")
        .needs({"embedding", "label", "assignment"})
        .emits("cluster_accuracy", UBP_HIGHER_IS_BETTER,
               "Share of rows in the class of their cluster, under the best one-to-one map.")
        .emits("nmi", UBP_HIGHER_IS_BETTER, "Normalised mutual information, arithmetic mean.")
        .emits("ari", UBP_HIGHER_IS_BETTER, "Adjusted Rand index.")
        .emits("silhouette", UBP_HIGHER_IS_BETTER, "Mean silhouette of the embedding; absent without two clusters.")
        .param(&ClusteringMetric::kmeans_, "kmeans", 0, {0, 1e4}, 0,
               "Clusters by k-means on the embedding; 0: the objective's.")
        .param(&ClusteringMetric::starts_, "starts", 10, {1, 1000}, 0,
               "Of k-means; the run with the least inertia counts.")
        .active_if("kmeans!=0")
        .param(&ClusteringMetric::seed_, "seed", 0, {0, 1e9}, 0, "Of the starts.")
        .active_if("kmeans!=0")
        .param(&ClusteringMetric::silhouette_rows_, "silhouette_rows", 5000, {2, 1e6}, 0,
               "Most rows for the silhouette; a sample if there are more.");
  }
  void expect(const RowFacts&, const RowFacts& judged) override {
    if (kmeans_ == 0 && !judged.given.contains("assignment")) refuse_no_clusters();
    check_rows(judged.rows);
  }
  void begin() override { rows_.start(), cluster_.clear(); }

  void update(const MetricBatch& b) override {
    rows_.add(kId, metrics::needed(b.embedding(), kId, "embeddings"), metrics::needed_index(b.label(), kId, "labels"));
    if (kmeans_ > 0) return;
    if (!b.assignment()) refuse_no_clusters();
    const View given = metrics::needed_index(b.assignment(), kId, "assignments");
    cluster_.insert(cluster_.end(), given.data<std::int64_t>(), given.data<std::int64_t>() + given.rows());
  }

  void finish(const Emit& emit) override {
    check_rows(rows_.size());
    metrics::centre(rows_.x);
    const Points points(std::move(rows_.x));
    if (kmeans_ > 0) cluster_ = metrics::kmeans(points, kmeans_, starts_, seed_).assignment;
    const Contingency table(rows_.label, cluster_);
    emit("cluster_accuracy", table.accuracy());
    emit("nmi", table.nmi());
    emit("ari", table.ari());
    metrics::Rows sample;
    sample.start(silhouette_rows_);
    for (std::int64_t i = 0; i < rows_.size(); ++i) sample.add_row(points.row(i), points.columns(), cluster_[i]);
    if (const std::optional<double> s = metrics::silhouette(Points(std::move(sample.x)), sample.label))
      emit("silhouette", *s);
    begin();
  }

 private:
  [[noreturn]] static void refuse_no_clusters() {
    throw Error("clustering: the objective assigns no clusters: set kmeans to a number of them");
  }
  void check_rows(std::int64_t rows) const {
    if (rows == 0) throw Error("clustering: no rows");
    if (kmeans_ > rows)
      throw Error("clustering: kmeans = " + std::to_string(kmeans_) + " clusters of " + std::to_string(rows) + " rows");
  }

  static constexpr const char* kId = "clustering";
  std::int64_t kmeans_ = 0, starts_ = 0, seed_ = 0, silhouette_rows_ = 0;
  metrics::Rows rows_;
  std::vector<std::int64_t> cluster_;
};

}  // namespace

UBP_EXPORT_PLUGIN("clustering", "1.0.1", "MIT", ClusteringMetric);
