// SPDX-License-Identifier: MIT
#include "query/board.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "engine/random.hpp"
#include "query/compare.hpp"
#include "query/listing.hpp"

namespace ubp {
namespace {

Value number(double x) { return std::isnan(x) ? Value() : Value(x); }

/// Configs x all seeds; NaN where there is no result.
std::vector<std::vector<double>> matrix(const std::vector<SeededResults>& configs) {
  std::set<std::int64_t> seeds;
  for (const SeededResults& config : configs)
    for (const auto& [seed, value] : config.values) seeds.insert(seed);
  std::vector<std::vector<double>> all;
  for (const SeededResults& config : configs) {
    std::vector<double>& row = all.emplace_back();
    for (const std::int64_t seed : seeds) {
      const auto found = config.values.find(seed);
      row.push_back(found == config.values.end() ? std::numeric_limits<double>::quiet_NaN() : found->second);
    }
  }
  return all;
}

std::vector<double> probability_best(const std::vector<SeededResults>& configs, bool minimize) {
  std::vector<std::vector<double>> results = matrix(configs);
  if (!minimize)
    for (auto& row : results)
      for (double& v : row) v = -v;
  const auto words = [random = Random(0, "best")](std::span<std::uint64_t> out) mutable { random.words(out); };
  return statistics::probability_best(results, words);
}

/// gain, gain_low, gain_high by config number; nothing where no trial has a gain.
std::map<std::int64_t, Row> gain_columns(Reader& reader, const SweepFacts& sweep) {
  std::map<std::int64_t, Row> all;
  for (const SeededResults& gained : gained_results(reader, sweep)) {
    const statistics::Estimate gain = statistics::estimate(gained.all());
    all[gained.config] = {number(gain.mean), number(gain.low()), number(gain.high())};
  }
  return all;
}

/// By config number: what the columns behind ci95_high hold.
std::map<std::int64_t, Row> more_columns(const std::vector<SeededResults>& configs, bool minimize, double noise_floor) {
  SeedComparison comparison;
  if (configs.size() > 1) comparison = compare_seeds(configs, minimize, {}, false);
  const std::vector<double> best = probability_best(configs, minimize);
  std::map<std::int64_t, Row> more;
  for (std::size_t c = 0; c < configs.size(); ++c) {
    Row& row = more[configs[c].config];
    row = {number(statistics::median(configs[c].all())), number(statistics::interquartile_mean(configs[c].all()))};
    if (c == comparison.best) {
      row.resize(6);
      row.emplace_back("best");
      row.emplace_back();
    } else {
      const AgainstBest& found = comparison.others[c];
      for (const double x : {found.difference, found.low, found.high, found.p_adjusted}) row.push_back(number(x));
      row.emplace_back(found.worse ? "worse" : "not told apart");
      const bool known = !std::isnan(noise_floor) && !std::isnan(found.difference);
      row.push_back(known ? Value(std::abs(found.difference) < noise_floor ? "within" : "beyond") : Value());
    }
    row.emplace_back(best[c]);
  }
  return more;
}

/// Rows of the leaderboard with more cells in their midst, up to a limit.
class Board : public RowSink {
 public:
  Board(RowSink& to, const std::map<std::int64_t, Row>& more, std::vector<std::string> names)
      : to_(to), more_(more), names_(std::move(names)) {}

  void columns(const std::vector<std::string>& names) override {
    config_ = position(names, "config");
    behind_ = position(names, "ci95_high") + 1;
    std::vector<std::string> all = names;
    all.insert(all.begin() + behind_, names_.begin(), names_.end());
    to_.columns(all);
  }
  void row(const Row& row) override {
    const auto more = more_.find(std::get<std::int64_t>(row[static_cast<std::size_t>(config_)]));
    if (more == more_.end()) fail(Exit::internal, "the database is damaged: `ubp db check` says where");
    Row all = row;
    all.insert(all.begin() + behind_, more->second.begin(), more->second.end());
    to_.row(all);
  }
  void end() override { to_.end(); }

 private:
  static std::ptrdiff_t position(const std::vector<std::string>& names, const char* name) {
    return std::find(names.begin(), names.end(), name) - names.begin();
  }

  RowSink& to_;
  const std::map<std::int64_t, Row>& more_;
  std::vector<std::string> names_;
  std::ptrdiff_t config_ = 0, behind_ = 0;
};

}  // namespace

std::int64_t print_board(Reader& reader, std::int64_t sweep_id, bool minimize, double noise_floor, std::int64_t limit,
                         RowSink& sink) {
  const std::vector<SeededResults> configs = seeded_results(reader, sweep_id);
  std::map<std::int64_t, Row> more = more_columns(configs, minimize, noise_floor);
  std::vector<std::string> names = {"median",   "iqm",     "difference", "difference_low", "difference_high",
                                    "adjusted", "verdict", "noise",      "p_best"};
  if (const std::map<std::int64_t, Row> gains = gain_columns(reader, sweep_facts(reader, sweep_id)); !gains.empty()) {
    names.insert(names.end(), {"gain", "gain_low", "gain_high"});
    for (auto& [config, row] : more) {
      const auto gain = gains.find(config);
      const Row cells = gain == gains.end() ? Row(3) : gain->second;
      row.insert(row.end(), cells.begin(), cells.end());
    }
  }
  Board board(sink, more, names);
  reader.query(leaderboard_listing(reader, sweep_id, limit), board);
  return static_cast<std::int64_t>(configs.size());
}

BlockRanking rank_over_blocks(const std::vector<SeededResults>& configs, bool minimize,
                              const std::vector<std::string>& circumstances) {
  std::map<std::string, std::map<std::string, const SeededResults*>> by_params;  // then by block
  std::set<std::string> blocks;
  for (const SeededResults& config : configs) {
    nlohmann::json params = nlohmann::json::object(), block = nlohmann::json::object();
    for (const auto& [name, value] : config.params.items())
      (std::count(circumstances.begin(), circumstances.end(), name) ? block : params)[name] = value;
    by_params[params.dump()][block.dump()] = &config;
    blocks.insert(block.dump());
  }
  BlockRanking ranking{{blocks.begin(), blocks.end()}, {}, 0, {}, 0};
  std::vector<std::vector<double>> values(blocks.size());
  for (const auto& [params, found] : by_params) {
    if (found.size() < blocks.size()) {
      ranking.left_out += static_cast<std::int64_t>(found.size());
      continue;
    }
    RankedConfigs& ranked = ranking.ranked.emplace_back();
    ranked.params = params;
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      const SeededResults& config = *found.at(ranking.blocks[b]);
      ranked.configs.push_back(config.config);
      ranked.mean += config.mean() / static_cast<double>(blocks.size());
      values[b].push_back(minimize ? config.mean() : -config.mean());
    }
  }
  if (ranking.ranked.empty()) return ranking;
  ranking.friedman = statistics::friedman(values);
  ranking.critical_difference = statistics::nemenyi_critical_difference(ranking.ranked.size(), blocks.size());
  for (const std::vector<double>& block : values) {
    const std::vector<double> own = statistics::ranks(block);
    for (std::size_t i = 0; i < own.size(); ++i) ranking.ranked[i].ranks.push_back(own[i]);
  }
  const std::vector<double>& ranks = ranking.friedman.mean_ranks;
  const double first = *std::min_element(ranks.begin(), ranks.end());
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    ranking.ranked[i].mean_rank = ranks[i];
    ranking.ranked[i].worse = ranking.friedman.p <= 0.05 && ranks[i] - first > ranking.critical_difference;
  }
  std::stable_sort(ranking.ranked.begin(), ranking.ranked.end(),
                   [](const RankedConfigs& a, const RankedConfigs& b) { return a.mean_rank < b.mean_rank; });
  return ranking;
}

}  // namespace ubp
