// SPDX-License-Identifier: MIT
// episode_return: what the greedy policy earns in an episode.
//
//   return_mean, return_sd (of a sample: n - 1), return_iqm: mean without the int(n / 4) lowest and highest
//
// Without parameters; the number of episodes is the run's. With one episode there is no return_sd.
// Limits: the deviation is that of episodes, not of training runs: use replicates for those.
// Source: Agarwal, Schwarzer, Castro, Courville, Bellemare, arXiv:2108.13264. return_iqm equals scipy.stats.trim_mean
// with a share of 0.25.
//
//   [[metric]]
//   use = "episode_return"
#include <ubp/sdk.hpp>

#include <algorithm>

#include "needed.hpp"

namespace {
using namespace ubp;

class EpisodeReturn : public Metric {
 public:
  static void describe(Describe<EpisodeReturn>& d) {
    d.id("episode_return")
        .title("Episode return")
        .cite("arXiv:2108.13264")
        .tag("reinforcement")
        .doc(
            "What the greedy policy earns in an episode: mean, deviation, interquartile mean; and how long episodes "
            "last.")
        .needs({"episodes"})
        .emits("return_mean", UBP_HIGHER_IS_BETTER, "Mean return of an episode.")
        .emits("return_sd", UBP_SMALLER_IS_BETTER, "Standard deviation of the return, of a sample.")
        .emits("return_iqm", UBP_HIGHER_IS_BETTER, "Mean of the middle half of the returns.")
        .emits("length_mean", UBP_HIGHER_IS_BETTER, "Mean number of steps of an episode.");
  }
  void begin() override { returns_.clear(), steps_ = 0; }

  void update(const MetricBatch& b) override {
    const View r = metrics::needed(b.episode_return(), "episode_return", "returns"),
               n = metrics::needed(b.episode_length(), "episode_return", "lengths");
    for (std::int64_t i = 0; i < r.rows(); ++i) {
      returns_.push_back(r.data<double>()[i]);
      steps_ += n.data<double>()[i];
    }
  }

  void finish(const Emit& emit) override {
    if (returns_.empty()) throw Error("episode_return: no episode has ended");
    const std::size_t count = returns_.size(), cut = count / 4;
    const auto n = static_cast<double>(count);
    std::sort(returns_.begin(), returns_.end());
    double mean = 0, squares = 0, middle = 0;
    for (double r : returns_) mean += r;
    mean /= n;
    for (double r : returns_) squares += (r - mean) * (r - mean);
    for (std::size_t i = cut; i < count - cut; ++i) middle += returns_[i];
    if (!std::isfinite(mean)) throw Error("episode_return: a return is not finite", UBP_E_NUMERIC);
    emit("return_mean", mean);
    if (count > 1) emit("return_sd", std::sqrt(squares / (n - 1)));
    emit("return_iqm", middle / static_cast<double>(count - 2 * cut));
    emit("length_mean", steps_ / n);
  }

 private:
  std::vector<double> returns_;
  double steps_ = 0;
};

}  // namespace

UBP_EXPORT_PLUGIN("episode_return", "1.0.0", "MIT", EpisodeReturn);
