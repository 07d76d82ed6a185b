// SPDX-License-Identifier: MIT
#include "query/compare.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/random.hpp"

namespace ubp {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kAlpha = AgainstBest::kAlpha;

std::size_t best_of(const std::vector<SeededResults>& configs, bool minimize) {
  const std::vector<double> means = means_over_all_seeds(configs);
  std::size_t best = 0;
  for (std::size_t c = 1; c < configs.size(); ++c) {
    // SQL, which ranked them, adds up in another order: what differs by rounding is equal.
    const double rounding = 1e-13 * std::max(std::abs(means[c]), std::abs(means[best]));
    if ((minimize ? means[best] - means[c] : means[c] - means[best]) > rounding) best = c;
  }
  return best;
}

/// Too few to say so are normal, too.
bool is_normal(const std::vector<double>& d, double alpha) {
  const double p = statistics::shapiro_wilk(d).p;
  return std::isnan(p) || p >= alpha;
}

void test_unpaired(AgainstBest& found, const SeededResults& config, const SeededResults& best) {
  const statistics::WelchTest test = statistics::welch(config.all(), best.all());
  found.difference = config.mean() - best.mean();
  found.low = test.difference - test.half_width;
  found.high = test.difference + test.half_width;
  found.p = test.p;
  found.effect = kNaN;
  if (!std::isnan(test.p)) found.test = SeedTest::welch;
}

void test_paired(AgainstBest& found, const std::vector<double>& d, bool normal) {
  const statistics::Estimate e = statistics::estimate(d);
  found.n = d.size();
  found.difference = e.mean;
  found.test = normal ? SeedTest::paired_t : SeedTest::signed_rank;
  const statistics::Bounds bounds = normal ? statistics::Bounds{e.low(), e.high()} : statistics::walsh_bounds(d);
  found.low = bounds.low;
  found.high = bounds.high;
  found.p = normal ? statistics::t_test(d).p : statistics::wilcoxon(d).p;
  found.effect = normal ? statistics::cohens_d(d) : statistics::rank_biserial(d);
  if (std::isnan(found.p) && e.mean == 0) found.p = 1;  // equal on every seed
}

/// The three probabilities of d, of which lower values are better where the metric is minimised.
void add_rope(AgainstBest& found, const std::vector<double>& d, double rope, std::int64_t folds, bool minimize) {
  const double correlation = folds > 0 ? 1 / static_cast<double>(folds) : 0;
  const auto words = [random = Random(0, "signed rank")](std::span<std::uint64_t> out) mutable { random.words(out); };
  const statistics::RopeShares shares = found.test == SeedTest::paired_t
                                            ? statistics::correlated_t(d, rope, correlation)
                                            : statistics::signed_rank(d, rope, words);
  found.better_by_rope = minimize ? shares.left : shares.right;
  found.within_rope = shares.within;
  found.worse_by_rope = minimize ? shares.right : shares.left;
}

/// Holm over all comparisons, of which the best one was chosen.
void adjust_by_holm(SeedComparison& comparison) {
  const double choices = static_cast<double>(comparison.others.size()) / 2;
  std::vector<double> p;
  for (std::size_t c = 0; c < comparison.others.size(); ++c)
    p.push_back(c == comparison.best ? kNaN : std::min(1.0, choices * comparison.others[c].p));
  const std::vector<double> adjusted = statistics::holm(p);
  for (std::size_t c = 0; c < adjusted.size(); ++c)
    if (c != comparison.best) comparison.others[c].p_adjusted = adjusted[c];
}

void adjust_by_ranks(SeedComparison& comparison, const std::vector<SeededResults>& configs, bool minimize) {
  std::vector<std::vector<double>> blocks;
  for (const auto& [seed, value] : configs[0].values) {
    std::vector<double>& block = blocks.emplace_back();
    for (const SeededResults& config : configs) block.push_back(config.values.at(seed) * (minimize ? 1 : -1));
  }
  comparison.friedman = statistics::friedman(blocks);
  const auto k = static_cast<double>(configs.size()), n = static_cast<double>(blocks.size());
  comparison.critical_difference = statistics::nemenyi_critical_difference(configs.size(), blocks.size(), kAlpha);
  for (std::size_t c = 0; c < configs.size(); ++c) {
    if (c == comparison.best) continue;
    const double gap = comparison.friedman->mean_ranks[c] - comparison.friedman->mean_ranks[comparison.best];
    const double q = std::max(0.0, gap) / std::sqrt(k * (k + 1) / (12 * n));
    comparison.others[c].p_adjusted =
        std::max(comparison.friedman->p, 1 - statistics::normal_range_cdf(q, static_cast<int>(k)));
  }
}

bool equal_seeds(const std::vector<SeededResults>& configs) {
  const auto& first = configs[0].values;
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  return std::all_of(configs.begin(), configs.end(), [&](const SeededResults& c) {
    return std::equal(c.values.begin(), c.values.end(), first.begin(), first.end(), same);
  });
}

}  // namespace

const char* name_of(SeedTest test) {
  switch (test) {
    case SeedTest::paired_t:
      return "paired t";
    case SeedTest::signed_rank:
      return "Wilcoxon signed rank";
    case SeedTest::welch:
      return "Welch t";
    default:
      return "";
  }
}

std::vector<double> differences(const SeededResults& a, const SeededResults& b) {
  std::vector<double> d;
  for (const auto& [seed, value] : a.values)
    if (const auto other = b.values.find(seed); other != b.values.end()) d.push_back(value - other->second);
  return d;
}

std::int64_t fewest_seeds(SeedTest test, double alpha) {
  return test == SeedTest::signed_rank ? static_cast<std::int64_t>(std::ceil(1 - std::log2(alpha))) : 2;
}

std::int64_t more_seeds(SeedTest test, const std::vector<double>& d, double alpha) {
  std::int64_t needed = statistics::seeds_needed(statistics::cohens_d(d), alpha);
  if (needed == 0) return 0;
  if (test == SeedTest::signed_rank) {
    constexpr double kEfficiency = 0.955;  // of ranks, were the differences normal
    needed = std::max(fewest_seeds(test, alpha),
                      static_cast<std::int64_t>(std::ceil(static_cast<double>(needed) / kEfficiency)));
  }
  return std::max<std::int64_t>(1, needed - static_cast<std::int64_t>(d.size()));
}

SeedComparison compare_seeds(const std::vector<SeededResults>& configs, bool minimize, std::optional<double> rope,
                             bool ahead) {
  SeedComparison comparison;
  comparison.best = best_of(configs, minimize);
  const SeededResults& best = configs[comparison.best];
  bool all_normal = true, all_paired = true;
  for (std::size_t c = 0; c < configs.size(); ++c) {
    AgainstBest& found = comparison.others.emplace_back();
    found.better_by_rope = found.within_rope = found.worse_by_rope = kNaN;
    if (c == comparison.best) continue;
    const std::vector<double> d = differences(configs[c], best);
    if (d.size() < 2) {
      test_unpaired(found, configs[c], best);
      all_paired = false;
      continue;
    }
    const bool normal = is_normal(d, kAlpha / static_cast<double>(configs.size() - 1));
    all_normal = all_normal && normal;
    test_paired(found, d, normal);
    if (rope) add_rope(found, d, *rope, std::max(configs[c].folds, best.folds), minimize);
  }
  if (configs.size() > 2 && all_paired && !all_normal && equal_seeds(configs))
    adjust_by_ranks(comparison, configs, minimize);
  else
    adjust_by_holm(comparison);
  const double pairs = static_cast<double>(configs.size() * (configs.size() - 1)) / 2;
  for (std::size_t c = 0; c < configs.size(); ++c) {
    AgainstBest& found = comparison.others[c];
    if (c == comparison.best) continue;
    // Where the means over common seeds say the opposite of those over all, nothing is claimed.
    const bool behind = minimize ? found.difference > 0 : found.difference < 0;
    found.worse = behind && found.p_adjusted <= kAlpha;
    if (ahead && !found.worse && behind && found.n >= 2)  // for a p that counts as one of all comparisons
      found.more_seeds = more_seeds(found.test, differences(configs[c], best), kAlpha / pairs);
  }
  return comparison;
}

std::string sentence_of(const SeedComparison& comparison, const std::vector<SeededResults>& configs, std::size_t i,
                        bool minimize) {
  const AgainstBest& found = comparison.others[i];
  const std::string &name = configs[i].name, &best = configs[comparison.best].name;
  if (found.test == SeedTest::none)
    return fmt::format("{} cannot be compared with {}: that takes two seeds in common, or two of each", name, best);
  if (found.n > 0 && found.difference == 0 && found.low == 0 && found.high == 0)
    return fmt::format("{} equals {} on all {} seeds that both have", name, best, found.n);
  const bool behind = minimize ? found.difference > 0 : found.difference < 0;
  std::string text = fmt::format("{} is {} {}: {} by {:.4g} ", name, found.worse ? "worse than" : "not told from", best,
                                 behind ? "behind" : "ahead", std::abs(found.difference));
  text += fmt::format("(95 % interval {:.4g} to {:.4g}) ", found.low, found.high);
  text += found.n > 0 ? fmt::format("on {} common seeds", found.n) : std::string("on seeds of their own");
  text += fmt::format("; {} p = {:.2g}, adjusted {:.2g}", name_of(found.test), found.p, found.p_adjusted);
  if (!std::isnan(found.effect))
    text += fmt::format("; {} = {:.2g}", found.test == SeedTest::signed_rank ? "r" : "d", found.effect);
  if (!std::isnan(found.within_rope))
    text += fmt::format("; better, as good and worse with probabilities of {:.3f}, {:.3f} and {:.3f}",
                        found.better_by_rope, found.within_rope, found.worse_by_rope);
  if (found.more_seeds > 0)
    text += fmt::format("; if the difference is what it seems, {} more seeds would tell them apart", found.more_seeds);
  return text;
}

std::string method_of(const SeedComparison& comparison, const std::vector<SeededResults>& configs) {
  if (comparison.friedman)
    return fmt::format(
        "differences are not normal: decided by ranks over {} seeds (Friedman, Iman and Davenport's F = {:.4g}, "
        "p = {:.2g}; Nemenyi's critical difference of mean ranks {:.3g})",
        configs[0].values.size(), comparison.friedman->f, comparison.friedman->p, comparison.critical_difference);
  if (configs.size() == 2) return "one comparison: p is not adjusted";
  return fmt::format("p is adjusted for {} comparisons and the choice of the best (Holm)", configs.size() - 1);
}

}  // namespace ubp
