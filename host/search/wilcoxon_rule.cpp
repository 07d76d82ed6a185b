// SPDX-License-Identifier: MIT
#include "search/wilcoxon_rule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/statistics.hpp"

namespace ubp::search {
namespace {

double mean_of(const Trace& trace) {
  double sum = 0;
  for (const auto& [instance, value] : trace.values) sum += value;
  return sum / static_cast<double>(trace.values.size());
}

bool all_finite(const Trace& trace) {
  return std::all_of(trace.values.begin(), trace.values.end(), [](const auto& v) { return std::isfinite(v.second); });
}

/// The complete trial of the lowest mean, the earliest of equals; null: there is none.
const Trace* best_of(const std::vector<const Trace*>& others) {
  const Trace* best = nullptr;
  double lowest = std::numeric_limits<double>::infinity();
  for (const Trace* other : others) {
    if (other->state != Trace::State::complete || other->values.empty()) continue;
    const double mean = mean_of(*other);
    if (mean < lowest || (best != nullptr && mean == lowest && other->trial < best->trial)) {
      best = other;
      lowest = mean;
    }
  }
  return best;
}

/// Twice the ranks, which are whole numbers, and what they come to.
struct Ranks {
  std::vector<std::size_t> twice;  ///< of the differences that are not zero
  std::size_t twice_w = 0;         ///< of those above zero, and half of the zeros'
  std::size_t twice_zeros = 0;     ///< half of the zeros'
  double ties = 0;                 ///< sum of t^3 - t over groups of t equal ones
  bool distinct = true;            ///< no ties, no zeros
};

Ranks ranks_of(std::span<const double> differences) {
  std::vector<double> sorted(differences.begin(), differences.end());
  std::sort(sorted.begin(), sorted.end(), [](double a, double b) { return std::fabs(a) < std::fabs(b); });
  Ranks ranks;
  for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    while (end < sorted.size() && std::fabs(sorted[end]) == std::fabs(sorted[begin])) ++end;
    const std::size_t group = end - begin, twice = begin + 1 + end;
    ranks.ties += static_cast<double>(group * group * group - group);
    ranks.distinct = ranks.distinct && group == 1 && sorted[begin] != 0;
    if (sorted[begin] == 0) {
      ranks.twice_zeros = twice * group / 2;
      continue;
    }
    for (std::size_t i = begin; i < end; ++i) {
      ranks.twice.push_back(twice);
      if (sorted[i] > 0) ranks.twice_w += twice;
    }
  }
  ranks.twice_w += ranks.twice_zeros;
  return ranks;
}

/// The share of all choices of signs whose W is at least as large.
double exact(const Ranks& ranks) {
  std::vector<double> ways{1};  // by twice the sum of the ranks that are chosen: whole numbers, exact up to 2^53
  for (const std::size_t rank : ranks.twice) {
    ways.resize(ways.size() + rank);
    for (std::size_t sum = ways.size(); sum-- > rank;) ways[sum] += ways[sum - rank];
  }
  double at_least = 0;
  for (std::size_t sum = ranks.twice_w - ranks.twice_zeros; sum < ways.size(); ++sum) at_least += ways[sum];
  return std::ldexp(at_least, -static_cast<int>(ranks.twice.size()));
}

double normal(const Ranks& ranks, double n) {
  const double mean = n * (n + 1) / 4, variance = (n * (n + 1) * (2 * n + 1) - ranks.ties / 2) / 24;
  return statistics::normal_cdf((mean - static_cast<double>(ranks.twice_w) / 2) / std::sqrt(variance));
}

}  // namespace

double probability_of_greater(std::span<const double> differences) {
  const Ranks ranks = ranks_of(differences);
  const bool is_small = differences.size() <= (ranks.distinct ? 50U : 13U);
  return is_small ? exact(ranks) : normal(ranks, static_cast<double>(differences.size()));
}

WilcoxonRule::WilcoxonRule(const RuleOptions& options) : options_(options) {
  if (!(options.p >= 0 && options.p <= 1)) fail(Exit::usage, "wilcoxon: p: found {}, expected 0 to 1", options.p);
  if (options.n_pairs < 2) fail(Exit::usage, "wilcoxon: n_pairs: found {}, expected at least 2", options.n_pairs);
}

std::optional<std::string> WilcoxonRule::why_stop(const Trace& own, const std::vector<const Trace*>& others) const {
  if (own.values.empty() || !all_finite(own)) return std::nullopt;
  const Trace* best = best_of(others);
  if (best == nullptr || !all_finite(*best)) return std::nullopt;
  std::vector<double> differences;
  for (const auto& [instance, value] : own.values)
    if (const auto rival = best->values.find(instance); rival != best->values.end())
      differences.push_back(value - rival->second);
  if (static_cast<std::int64_t>(differences.size()) < options_.n_pairs) return std::nullopt;
  const double mean = mean_of(own), best_mean = mean_of(*best);
  if (!(mean > best_mean)) return std::nullopt;
  const double p = probability_of_greater(differences);
  if (!(p < options_.p)) return std::nullopt;
  return fmt::format("step {}: worse than trial {} over {} instances: mean {} against {}, signed-rank p = {:.3g}",
                     own.values.rbegin()->first, best->trial, differences.size(), shown(mean, options_),
                     shown(best_mean, options_), p);
}

}  // namespace ubp::search
