// SPDX-License-Identifier: MIT
#include "search/race.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/statistics/distributions.hpp"
#include "base/statistics/estimates.hpp"

namespace ubp::search {
namespace {

double variance(const std::vector<double>& d) { return std::pow(statistics::standard_deviation(d), 2); }

/// Of being so far behind by chance, or farther. A variance of three differences says little, so that the usual one of
/// the round counts like so many differences more (a moderated t, Smyth 2004).
double chance(const std::vector<double>& d, double usual_variance) {
  constexpr double kUsual = 4;
  const auto n = static_cast<double>(d.size());
  const double mean = statistics::mean(d), usual = std::isnan(usual_variance) ? 0 : kUsual;
  const double moderated = ((n - 1) * variance(d) + (usual > 0 ? usual * usual_variance : 0)) / (n - 1 + usual);
  if (moderated == 0) return mean > 0 ? 0 : 1;
  return statistics::student_t_cdf(-mean / std::sqrt(moderated / n), n - 1 + usual);
}

class Race {
 public:
  Race(const RaceResults& results, const RaceOptions& options) : results_(results), options_(options) {
    state_.standings.resize(results.size());
  }

  RaceState run() {
    for (std::int64_t n = options_.min_replicates; n <= options_.max_replicates; ++n) {
      if (!complete(n)) return std::move(state_);
      judge(n);
      if (racing() == 1)
        return over(fmt::format("config {} is the only one left after {} replicates", state_.leader, n));
    }
    return over(fmt::format("all {} replicates are spent: config {} leads, and {} could not be told from it",
                            options_.max_replicates, state_.leader, racing() - 1));
  }

 private:
  RaceState over(std::string why) {
    state_.decided = std::move(why);
    return std::move(state_);
  }

  std::int64_t racing() const {
    return std::count_if(state_.standings.begin(), state_.standings.end(),
                         [](const Standing& s) { return s.state == Standing::State::racing; });
  }

  bool is_racing(std::size_t config) const { return state_.standings[config].state == Standing::State::racing; }

  double value(std::size_t config, std::int64_t replicate) const {
    return *results_[config][static_cast<std::size_t>(replicate)];
  }

  /// Notes what is missing of n replicates of all that are racing.
  bool complete(std::int64_t n) {
    for (std::int64_t r = 0; r < n; ++r)
      for (std::size_t c = 0; c < results_.size(); ++c)
        if (const auto& row = results_[c]; is_racing(c) && (static_cast<std::int64_t>(row.size()) <= r || !row[r]))
          state_.next.push_back({c, r});
    return state_.next.empty();
  }

  std::vector<double> values(std::size_t config) const {  // of replicates that did not fail
    std::vector<double> all;
    for (std::int64_t r = 0; r < state_.standings[config].replicates; ++r)
      if (std::isfinite(value(config, r))) all.push_back(value(config, r));
    return all;
  }

  std::int64_t failures(std::size_t config) const {
    return state_.standings[config].replicates - static_cast<std::int64_t>(values(config).size());
  }

  std::size_t best() const {
    std::size_t leader = results_.size();
    for (std::size_t c = 0; c < results_.size(); ++c) {
      if (!is_racing(c)) continue;
      const bool ahead =
          leader == results_.size() || failures(c) < failures(leader) ||
          (failures(c) == failures(leader) && statistics::mean(values(c)) < statistics::mean(values(leader)));
      if (ahead) leader = c;
    }
    return leader;
  }

  /// By how much a config is behind the leader, on each common replicate.
  std::vector<double> behind(std::size_t config) const {
    std::vector<double> all;
    for (std::int64_t r = 0; r < state_.standings[config].replicates; ++r) {
      const double difference = value(config, r) - value(state_.leader, r);
      if (std::isfinite(difference)) all.push_back(difference);
    }
    return all;
  }

  /// For all ordered pairs of configs and all rounds.
  double adjusted(double p, std::int64_t n) const {
    const auto k = static_cast<double>(results_.size()), round = static_cast<double>(n);
    const auto first = static_cast<double>(options_.min_replicates),
               last = static_cast<double>(options_.max_replicates);
    const double rounds = (last * (last + 1) - first * (first - 1)) / 2;
    return std::min(1.0, p * k * (k - 1) * rounds / round);
  }

  void judge(std::int64_t n) {
    state_.round = n;
    for (std::size_t c = 0; c < results_.size(); ++c)
      if (is_racing(c)) state_.standings[c].replicates = n;
    state_.leader = best();
    std::vector<double> variances;
    for (std::size_t c = 0; c < results_.size(); ++c)
      if (c != state_.leader && is_racing(c)) variances.push_back(variance(behind(c)));
    for (std::size_t c = 0; c < results_.size(); ++c)
      if (c != state_.leader && state_.standings[c].state != Standing::State::worse)
        compare(c, statistics::median(variances));
  }

  void compare(std::size_t config, double usual_variance) {
    Standing& standing = state_.standings[config];
    const bool was_racing = is_racing(config);
    const std::int64_t n = standing.replicates;
    if (failures(config) > failures(state_.leader)) {
      standing.state = Standing::State::aside;
      if (was_racing)
        standing.why = fmt::format("set aside after {} replicates: {} of them failed, {} of config {}", n,
                                   failures(config), failures(state_.leader), state_.leader);
      return;
    }
    const std::vector<double> d = behind(config);
    const double mean = statistics::mean(d), p = chance(d, usual_variance), all = adjusted(p, n);
    const auto because = [&](const char* verdict) {
      return fmt::format("{} after {} replicates: behind config {} by {:.4g} (p = {:.2g}, of all comparisons {:.2g})",
                         verdict, n, state_.leader, mean, p, all);
    };
    if (all <= options_.alpha) {
      standing.state = Standing::State::worse;
      standing.why = because("worse");
    } else if (was_racing && p < options_.aside) {
      standing.state = Standing::State::aside;
      standing.why = because("set aside");
    }
  }

  const RaceResults& results_;
  const RaceOptions& options_;
  RaceState state_;
};

}  // namespace

RaceState race(const RaceResults& results, const RaceOptions& options) { return Race(results, options).run(); }

}  // namespace ubp::search
