// SPDX-License-Identifier: MIT
#include "query/gate.hpp"

#include <algorithm>
#include <cmath>

namespace ubp {
namespace {

constexpr double kAlpha = GateDecision::kAlpha;

/// What compare_seeds() found, as the candidate's less the baseline's.
GateDecision turned(const SeedComparison& comparison) {
  const bool ahead = comparison.best == 1;  // of both: the baseline is measured against the candidate
  const AgainstBest& found = comparison.others[ahead ? 0 : 1];
  GateDecision decision;
  decision.test = found.test;
  decision.n = static_cast<std::int64_t>(found.n);
  decision.difference = ahead ? -found.difference : found.difference;
  decision.low = ahead ? -found.high : found.low;
  decision.high = ahead ? -found.low : found.high;
  decision.p = found.p;
  decision.keep = ahead && found.worse;
  return decision;
}

const char* standing(const GateDecision& d, bool better) {
  if (d.keep) return "better than";
  if (better) return "ahead of";
  return d.difference == 0 ? "level with" : "behind";
}

std::string reason(const GateDecision& d, bool better, double alpha) {
  if (d.keep) return "";
  if (d.difference == 0) return "; no difference is seen";
  if (!better) return "; more of the same would not make it better";
  if (d.p <= kAlpha) return "; but the means over all of their seeds say the opposite";
  if (d.more_seeds == 0) return "; so small a difference takes more than a million seeds";
  if (d.n < fewest_seeds(d.test, alpha))
    return fmt::format("; that test takes {} seeds or more, so {} more", fewest_seeds(d.test, alpha), d.more_seeds);
  return fmt::format("; if the difference is what it seems, {} more seeds would decide", d.more_seeds);
}

}  // namespace

GateDecision gate(const SeededResults& baseline, const SeededResults& candidate, bool minimize,
                  std::int64_t chosen_among) {
  const std::vector<double> d = differences(candidate, baseline);
  if (d.size() < 2)
    fail(Exit::nothing, "{} and {} have {} in common, expected two or more: give both the same seeds", baseline.name,
         candidate.name, d.empty() ? "no seed" : "one seed");
  const auto choices = static_cast<double>(chosen_among);
  GateDecision decision = turned(compare_seeds({baseline, candidate}, minimize));
  if (d.front() != 0 && std::all_of(d.begin(), d.end(), [&](double each) { return each == d.front(); })) {
    decision.test = SeedTest::signed_rank;
    decision.p = statistics::wilcoxon(d).p;
  }
  decision.p = std::min(1.0, choices * decision.p);
  decision.keep = decision.keep && decision.p <= kAlpha;
  const bool better = minimize ? decision.difference < 0 : decision.difference > 0;
  if (better && decision.p > kAlpha) decision.more_seeds = more_seeds(decision.test, d, kAlpha / choices);
  decision.sentence =
      fmt::format("{}: {} is {} {} by {:.4g} (95 % interval {:.4g} to {:.4g}) on {} common seeds; {} p = {:.2g}{}{}{}",
                  decision.keep ? "keep" : "discard", candidate.name, standing(decision, better), baseline.name,
                  std::abs(decision.difference), decision.low, decision.high, decision.n, name_of(decision.test),
                  decision.p, chosen_among > 1 ? fmt::format(" for the best of {} configs", chosen_among) : "",
                  reason(decision, better, kAlpha / choices),
                  candidate.failed > 0 ? fmt::format("; {} of its trials failed", candidate.failed) : "");
  return decision;
}

std::vector<std::int64_t> counted_trials(Reader& reader, const SeededResults& config) {
  std::vector<std::int64_t> trials;
  for (const Row& row : reader.rows(
           {"SELECT trial_id, max(attempt) FROM trials WHERE sweep_id = ?1 AND config = ?2 AND state = 'COMPLETE' AND "
            "value IS NOT NULL GROUP BY replicate ORDER BY trial_id",
            {config.sweep_id, config.config}}))
    trials.push_back(std::get<std::int64_t>(row[0]));
  return trials;
}

}  // namespace ubp
