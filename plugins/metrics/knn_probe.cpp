// SPDX-License-Identifier: MIT
// knn_probe: how often the nearest training rows of the embedding agree with a row's label.
//
//   uniform:  the k nearest by Euclidean distance have one vote each
//   weighted: the k nearest by cosine have votes exp(cos / temperature)
//   knn_accuracy = mean [most voted class = y]; of equal classes the lower one, of equal neighbours the earlier one
//
// | parameter   | type   | range             | default | meaning |
// |-------------|--------|-------------------|---------|---------|
// | k           | int    | [1, 1e+06]        | 5       | Neighbours. |
// | weights     | choice | uniform, weighted | uniform | How neighbours are found and vote. |
// | temperature | float  | (0, 100]          | 0.07    | Of the weighted votes: lower trusts the nearest more. |
// | rows        | int    | [0, 1e+09]        | 0       | Search a sample of so many training rows; 0: all. |
//
// Compare results only at the same k, weights and temperature: published numbers moved when a library changed one.
// Limits: the training embedding is held in memory; time grows with training rows x evaluated rows x length.
// Source: weighted as in Wu, Xiong, Yu, Lin, arXiv:1805.01978 (k 200, temperature 0.07); uniform equals scikit-learn's
// KNeighborsClassifier.
//
//   [[metric]]
//   use = "knn_probe"
//   k   = 1
#include <ubp/sdk.hpp>

#include <map>

#include "distances.hpp"
#include "needed.hpp"

namespace {
using namespace ubp;
using metrics::Points;

class KnnProbe : public Metric {
 public:
  static void describe(Describe<KnnProbe>& d) {
    d.id("knn_probe")
        .title("Nearest-neighbour probe")
        .cite("arXiv:1805.01978")
        .tag("probe")
        .doc("How often the nearest training rows of the frozen embedding agree with a row's label.")
        .needs({"embedding", "label"})
        .uses_train()
        .emits("knn_accuracy", UBP_HIGHER_IS_BETTER, "Share of evaluated rows that their neighbours get right.")
        .param(&KnnProbe::k_, "k", 5, {1, 1e6}, 0, "Neighbours.")
        .choice(&KnnProbe::weights_, "weights", {"uniform", "weighted"}, "uniform", 0,
                "How neighbours are found and vote.")
        .param(&KnnProbe::temperature_, "temperature", 0.07, {0, 100}, open_min,
               "Of the weighted votes: lower trusts the nearest more.")
        .active_if("weights==weighted")
        .param(&KnnProbe::rows_, "rows", 0, {0, 1e9}, 0, "Search a sample of so many training rows; 0: all.");
  }
  void expect(const RowFacts& train, const RowFacts& judged) override {
    check_rows(rows_ > 0 ? std::min(rows_, train.rows) : train.rows, judged.rows);
  }
  void begin() override { train_.start(rows_), evaluated_.start(); }

  void update(const MetricBatch& b) override {
    (b.is_train() ? train_ : evaluated_)
        .add(kId, metrics::needed(b.embedding(), kId, "embeddings"), metrics::needed_index(b.label(), kId, "labels"));
  }

  void finish(const Emit& emit) override {
    check_rows(train_.size(), evaluated_.size());
    if (train_.x.shape(1) != evaluated_.x.shape(1))
      throw Error("knn_probe: the splits have embeddings of different lengths", UBP_E_SHAPE);
    if (weights_ == "weighted")
      metrics::normalise(train_.x), metrics::normalise(evaluated_.x);
    else
      metrics::centre(train_.x, &evaluated_.x);
    const Points train(std::move(train_.x)), evaluated(std::move(evaluated_.x));
    std::int64_t right = 0;
    for (std::int64_t first = 0; first < evaluated_.size(); first += kQueries)
      right += count_right(train, evaluated, first, std::min(kQueries, evaluated_.size() - first));
    emit("knn_accuracy", static_cast<double>(right) / static_cast<double>(evaluated_.size()));
    begin();  // the rows are large, the instance may live on
  }

 private:
  struct Neighbour {
    double distance;  // squared
    std::int64_t row;
    bool operator<(const Neighbour& o) const { return distance != o.distance ? distance < o.distance : row < o.row; }
  };
  static constexpr const char* kId = "knn_probe";
  static constexpr std::int64_t kQueries = 96, kBlock = 512;  // a block of distances stays in the cache

  void check_rows(std::int64_t train, std::int64_t evaluated) const {
    if (train < k_ || evaluated == 0)
      throw Error("knn_probe: " + std::to_string(train) + " rows to search for " + std::to_string(k_) +
                  " neighbours of " + std::to_string(evaluated) + " rows");
  }

  std::int64_t count_right(const Points& train, const Points& evaluated, std::int64_t first, std::int64_t n) const {
    metrics::Matrix distance;
    std::vector<std::vector<Neighbour>> nearest(
        static_cast<std::size_t>(n));  // of each row a heap, the farthest on top
    for (std::int64_t from = 0; from < train.count(); from += kBlock) {
      const std::int64_t m = std::min(kBlock, train.count() - from);
      evaluated.squared_distances(first, n, train, from, m, distance);
      for (std::int64_t i = 0; i < n; ++i) {
        std::vector<Neighbour>& heap = nearest[i];
        for (std::int64_t j = 0; j < m; ++j) {
          const Neighbour found{distance(i, j), from + j};
          const bool is_full = static_cast<std::int64_t>(heap.size()) == k_;
          if (is_full && !(found < heap.front())) continue;
          if (is_full) std::pop_heap(heap.begin(), heap.end()), heap.pop_back();
          heap.push_back(found), std::push_heap(heap.begin(), heap.end());
        }
      }
    }
    std::int64_t right = 0;
    for (std::int64_t i = 0; i < n; ++i) right += most_voted(nearest[i]) == evaluated_.label[first + i];
    return right;
  }

  std::int64_t most_voted(std::vector<Neighbour>& neighbours) const {
    std::sort(neighbours.begin(), neighbours.end());  // the order of a sum must not depend on the heap
    std::map<std::int64_t, double> votes;
    for (const Neighbour& one : neighbours)  // |a - b|^2 = 2 - 2 cos of unit rows; the nearest has the weight 1
      votes[train_.label[one.row]] +=
          weights_ == "weighted" ? std::exp((neighbours[0].distance - one.distance) / 2 / temperature_) : 1;
    return std::max_element(votes.begin(), votes.end(), [](auto& a, auto& b) { return a.second < b.second; })->first;
  }

  std::int64_t k_ = 0, rows_ = 0;
  double temperature_ = 0;
  std::string weights_;
  metrics::Rows train_, evaluated_;
};

}  // namespace

UBP_EXPORT_PLUGIN("knn_probe", "1.0.0", "MIT", KnnProbe);
