// SPDX-License-Identifier: MIT
#include "query/seeds.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/statistics/estimates.hpp"

namespace ubp {

std::vector<double> SeededResults::all() const {
  std::vector<double> numbers;
  for (const auto& [seed, value] : values) numbers.push_back(value);
  return numbers;
}

double SeededResults::mean() const { return statistics::mean(all()); }

namespace {

/// Indices, best first; of equal ones the first.
std::vector<std::size_t> by_means(const std::vector<SeededResults>& configs, bool minimize) {
  const std::vector<double> means = means_over_all_seeds(configs);
  std::vector<std::size_t> order(configs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return minimize ? means[a] < means[b] : means[a] > means[b]; });
  return order;
}

/// A config by what chose it, and by what is asked for.
struct Judged {
  SeededResults chosen;
  std::map<std::int64_t, double> values;
};

/// `value`: SQL, of the trial f, with the metric as ?2 and `judge` as ?3. By config.
std::vector<Judged> read(Reader& reader, const SweepFacts& sweep, std::optional<std::int64_t> config,
                         const std::string& value, const std::string& judge) {
  const std::int64_t sweep_id = sweep.sweep_id;
  const Query query = {
      fmt::format("WITH of AS MATERIALIZED (SELECT c.config_id, c.number, c.params, "
                  "coalesce(json_extract(s.spec, '$.dataset.folds'), 0) AS folds "
                  "FROM config c LEFT JOIN config_spec s USING (config_id) "
                  "WHERE c.sweep_id = ?1 AND (?4 IS NULL OR c.number = ?4)), "
                  "final AS (SELECT t.trial_id, config_id, t.seed, t.value, max(t.attempt) FROM of JOIN trial t USING "
                  "(config_id) WHERE t.state = 'COMPLETE' AND t.value IS NOT NULL GROUP BY config_id, t.replicate), "
                  "lost AS MATERIALIZED (SELECT config_id, sum(state = 'FAILED') AS failed FROM (SELECT config_id, "
                  "t.state, max(t.attempt) FROM of JOIN trial t USING (config_id) GROUP BY config_id, t.replicate) "
                  "GROUP BY config_id) "
                  "SELECT o.number, o.params, l.failed, o.folds, f.seed, f.value, {} FROM final f JOIN of o USING "
                  "(config_id) JOIN lost l USING (config_id) ORDER BY o.number, f.seed",
                  value),
      {sweep_id, sweep.metric, judge, config ? Value(*config) : Value()}};
  std::vector<Judged> all;
  for (const Row& row : reader.rows(query)) {
    const auto whole = [&](std::size_t column) { return std::get<std::int64_t>(row[column]); };
    if (all.empty() || all.back().chosen.config != whole(0))
      all.push_back({{sweep_id,
                      sweep.name,
                      whole(0),
                      fmt::format("{}/{}", sweep.name, whole(0)),
                      reader.parsed(text_of(row[1])),
                      whole(2),
                      whole(3),
                      sweep.race,
                      {}},
                     {}});
    all.back().chosen.values[whole(4)] = std::get<double>(row[5]);
    if (!is_null(row[6])) all.back().values[whole(4)] = std::get<double>(row[6]);
  }
  return all;
}

/// Those that have values, best first: by what chose them, or by these values.
std::vector<SeededResults> results_by(Reader& reader, const SweepFacts& sweep, std::optional<std::int64_t> config,
                                      const std::string& value, const std::string& judge, bool in_order_of_values) {
  std::vector<Judged> all = read(reader, sweep, config, value, judge);
  std::erase_if(all, [](const Judged& each) { return each.values.empty(); });
  std::vector<SeededResults> by;
  for (const Judged& each : all) {
    by.push_back(each.chosen);
    if (in_order_of_values) by.back().values = each.values;
  }
  std::vector<SeededResults> results;
  for (const std::size_t i : by_means(by, sweep.goal == "minimize")) {
    results.push_back(std::move(all[i].chosen));
    results.back().values = std::move(all[i].values);
  }
  return results;
}

}  // namespace

std::vector<SeededResults> seeded_results(Reader& reader, const SweepFacts& sweep, std::optional<std::int64_t> config) {
  if (sweep.objectives.empty() || sweep.metric == sweep.objectives.front().metric)
    return results_by(reader, sweep, config, "f.value", "", true);
  return results_by(reader, sweep, config,
                    "(SELECT v.value FROM objective_values v WHERE v.trial_id = f.trial_id AND v.metric = ?2)", "",
                    true);
}

std::vector<SeededResults> seeded_results(Reader& reader, std::int64_t sweep_id, std::optional<std::int64_t> config) {
  return seeded_results(reader, sweep_facts(reader, sweep_id), config);
}

std::vector<SeededResults> tested_results(Reader& reader, const SweepFacts& sweep, std::optional<std::int64_t> config) {
  return results_by(reader, sweep, config, tested_value(sweep), test_metric(sweep), false);
}

std::vector<SeededResults> gained_results(Reader& reader, const SweepFacts& sweep, std::optional<std::int64_t> config) {
  return results_by(reader, sweep, config,
                    "(SELECT last FROM metric_stats m WHERE m.trial_id = f.trial_id AND m.metric = ?3)",
                    sweep.metric + "_gain", false);
}

std::vector<double> means_over_all_seeds(const std::vector<SeededResults>& configs) {
  if (std::none_of(configs.begin(), configs.end(), [](const SeededResults& c) { return c.raced; })) {
    std::vector<double> means;
    for (const SeededResults& config : configs) means.push_back(config.mean());
    return means;
  }
  std::map<std::int64_t, std::vector<std::size_t>> by_seed;  // the configs that have it
  for (std::size_t c = 0; c < configs.size(); ++c)
    for (const auto& [seed, value] : configs[c].values) by_seed[seed].push_back(c);
  std::vector<std::int64_t> seeds;
  for (const auto& [seed, having] : by_seed) seeds.push_back(seed);
  std::stable_sort(seeds.begin(), seeds.end(),
                   [&](std::int64_t a, std::int64_t b) { return by_seed[a].size() > by_seed[b].size(); });
  struct Sums {
    double level = 0, worth = 0;  // over the earlier seeds of a config: what is left of its values; of these seeds
    double n = 0;
  };
  std::vector<Sums> sums(configs.size());
  double all_worth = 0;
  for (std::size_t k = 0; k < seeds.size(); ++k) {
    double gain = 0, known = 0;
    for (const std::size_t c : by_seed[seeds[k]]) {
      if (sums[c].n == 0) continue;
      gain += configs[c].values.at(seeds[k]) - sums[c].level / sums[c].n;
      ++known;
    }
    const double worth = known > 0 ? gain / known : k > 0 ? all_worth / static_cast<double>(k) : 0;
    all_worth += worth;
    for (const std::size_t c : by_seed[seeds[k]]) {
      sums[c].level += configs[c].values.at(seeds[k]) - worth;
      sums[c].worth += worth;
      ++sums[c].n;
    }
  }
  std::vector<double> means;
  for (std::size_t c = 0; c < configs.size(); ++c) {
    const bool has_all = configs[c].values.size() == seeds.size();
    means.push_back(configs[c].mean() +
                    (has_all ? 0 : all_worth / static_cast<double>(seeds.size()) - sums[c].worth / sums[c].n));
  }
  return means;
}

std::vector<std::int64_t> best_configs(Reader& reader, const SweepFacts& sweep, std::int64_t limit) {
  std::vector<std::int64_t> numbers;
  for (const SeededResults& config : seeded_results(reader, sweep))
    if (std::ssize(numbers) < limit) numbers.push_back(config.config);
  return numbers;
}

}  // namespace ubp
