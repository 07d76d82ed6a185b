// SPDX-License-Identifier: MIT
#include "query/health.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "query/health_sweep.hpp"

namespace ubp {
namespace {

using health::Found;
using health::Sweep;

struct Check {
  const char *name, *question;
  Found (*ask)(const Sweep&);
};

constexpr Check kChecks[] = {
    {"range", "Is the winner at the edge of its range?", health::edge_of_range},
    {"seeds", "Are there seeds enough for the claim?", health::seeds_of_the_claim},
    {"noise", "Is the gain larger than what a seed makes?", health::noise_and_difference},
    {"effect", "Does every parameter matter?", health::parameters_without_effect},
    {"pairing", "Do all configs have the same seeds?", health::pairing},
    {"training", "Was the training long enough?", health::falling_loss},
    {"collapse", "Does the embedding use its dimensions?", health::collapse},
    {"early ends", "Did ending trials early do something?", health::early_ends},
    {"failures", "Did trials fail, and where?", health::failures},
    {"ground", "Did all trials stand on the same data and binaries?", health::changed_ground},
    {"labels", "Were labels used?", health::labels},
};

Sweep read(Reader& reader, const SweepFacts& facts, const std::optional<std::vector<MostShare>>& shares) {
  Sweep sweep{reader, facts, shares, seeded_results(reader, facts.sweep_id), {}, {}, {}, {}, {}};
  if (facts.metric.empty() || sweep.configs.empty())
    fail(Exit::internal, "sweep {}: health checks take a metric and results", facts.sweep_id);
  if (sweep.configs.size() > 1) sweep.comparison = compare_seeds(sweep.configs, facts.goal == "minimize");
  sweep.noise = noise_floor(sweep.configs, facts.default_config);
  const auto declared = reader.first({"SELECT space, sampler FROM sweep WHERE sweep_id = ?1", {facts.sweep_id}});
  sweep.space = reader.parsed(text_of(declared.value()[0]));
  sweep.sampler = reader.parsed(text_of(declared.value()[1]));
  reader.each({"SELECT trial_id, config, state, params, max(attempt) FROM trials WHERE sweep_id = ?1 "
               "GROUP BY config, replicate",
               {facts.sweep_id}},
              [&](const sqlite::Statement& row) {
                const std::string state = row.text(2);
                if (state == "COMPLETE" || state == "FAILED" || state == "PRUNED")
                  sweep.trials.push_back({row.integer(0), row.integer(1), state, reader.parsed(row.text(3))});
              });
  return sweep;
}

}  // namespace

const char* name_of(HealthCheck::Verdict verdict) {
  constexpr const char* kNames[] = {"pass", "warning", "fail", "unknown"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::int64_t health::Sweep::count(const std::string& state) const {
  return std::count_if(trials.begin(), trials.end(), [&](const Ended& t) { return t.state == state; });
}

std::vector<HealthCheck> health_checks(Reader& reader, const SweepFacts& facts,
                                       const std::optional<std::vector<MostShare>>& shares) {
  const Sweep sweep = read(reader, facts, shares);
  std::vector<HealthCheck> all;
  for (const Check& check : kChecks) {
    Found found = check.ask(sweep);
    all.push_back({check.name, check.question, found.verdict, std::move(found.found), std::move(found.advice)});
  }
  return all;
}

}  // namespace ubp
