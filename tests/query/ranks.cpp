// SPDX-License-Identifier: MIT
// Configs with different seeds are ranked as if each had all of them: in SQL, in C++, and by least squares.
#include <cmath>

#include <catch2/catch.hpp>

#include "base/statistics/estimates.hpp"
#include "engine/random.hpp"
#include "query/reader.hpp"
#include "query/seeds.hpp"
#include "support.hpp"

using namespace ubp;

namespace {

using Table = std::vector<std::map<std::int64_t, double>>;  // by config: seed -> value

enum class Holes { none, anywhere, raced };

/// Values of configs that differ, on seeds that differ more; of each config at least one.
Table a_table(std::uint64_t number, Holes holes) {
  Random random(number, "a table");
  const std::size_t configs = 2 + random.below(7), seeds = 2 + random.below(9);
  std::vector<double> by_seed(seeds), own(seeds);
  random.normal(by_seed, 0, 3);
  Table table(configs);
  for (auto& values : table) {
    random.normal(own, 0, 1);
    const std::size_t kept = random.below(seeds), first = 1 + random.below(seeds);
    for (std::size_t s = 0; s < seeds; ++s) {
      const bool missing = holes == Holes::anywhere ? s != kept && random.below(3) == 0
                                                    : holes == Holes::raced && s >= first && &values != &table[0];
      // Seeds are no numbers from 0, nor in the order of replicates.
      if (!missing) values[static_cast<std::int64_t>(1000 * ((7 * s) % 11) + s) - 5000] = by_seed[s] + own[s];
    }
  }
  return table;
}

/// One sweep a table; written past the Store, which would take its time.
void record(const std::filesystem::path& file, const std::vector<Table>& tables, bool race = true) {
  {
    Store store(file);
    for (std::size_t t = 0; t < tables.size(); ++t) {
      ListedPlan plan = a_plan(std::ssize(tables[t]), 1, std::to_string(t));
      if (race) plan.sampler["race"] = {{"on", true}};
      plan.goal = t % 2 ? Goal::maximize : Goal::minimize;
      store.declare(plan, a_machine());
    }
  }
  sqlite::Connection db(file, SQLITE_OPEN_READWRITE);
  sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  db.run("DELETE FROM trial; BEGIN");
  sqlite::Statement insert(
      db,
      "INSERT INTO trial(sweep_id, config_id, replicate, attempt, seed, state, value, created_ms, started_ms, "
      "finished_ms) SELECT sweep_id, config_id, ?3, 0, ?4, 'COMPLETE', ?5, 0, 0, 0 FROM config WHERE sweep_id = ?1 AND "
      "number = ?2");
  for (std::size_t t = 0; t < tables.size(); ++t)
    for (std::size_t c = 0; c < tables[t].size(); ++c) {
      std::int64_t replicate = 0;
      for (const auto& [seed, value] : tables[t][c])
        insert.bind_all(static_cast<std::int64_t>(t + 1), static_cast<std::int64_t>(c), replicate++, seed, value).run();
    }
  db.run("COMMIT");
}

std::vector<SeededResults> configs_of(const Table& table, bool race = true) {
  std::vector<SeededResults> configs;
  for (const auto& values : table) configs.emplace_back().values = values;
  for (SeededResults& config : configs) config.raced = race;
  return configs;
}

std::vector<std::int64_t> ranks_of(const std::vector<double>& means, bool minimize) {
  std::vector<std::int64_t> ranks;
  for (const double own : means)
    ranks.push_back(1 + std::count_if(means.begin(), means.end(),
                                      [&](double other) { return minimize ? other < own : other > own; }));
  return ranks;
}

/// value = config + seed by least squares: either effect in turn, until neither moves.
std::vector<double> least_squares(const Table& table) {
  std::map<std::int64_t, double> seeds;
  std::vector<double> configs(table.size());
  for (int round = 0; round < 20'000; ++round) {
    std::map<std::int64_t, std::vector<double>> left;
    for (std::size_t c = 0; c < table.size(); ++c)
      for (const auto& [seed, value] : table[c]) left[seed].push_back(value - configs[c]);
    for (const auto& [seed, values] : left) seeds[seed] = statistics::mean(values);
    for (std::size_t c = 0; c < table.size(); ++c) {
      configs[c] = 0;
      for (const auto& [seed, value] : table[c]) configs[c] += (value - seeds[seed]) / double(table[c].size());
    }
  }
  double usual = 0;
  for (const auto& [seed, effect] : seeds) usual += effect / double(seeds.size());
  for (double& config : configs) config += usual;
  return configs;
}

}  // namespace

TEST_CASE("ranks of SQL and C++ are equal, whichever seeds each config has", "[query]") {
  const Folder folder;
  std::vector<Table> tables;
  for (std::uint64_t t = 0; t < 400; ++t) tables.push_back(a_table(t, t % 4 ? Holes::anywhere : Holes::raced));
  tables.push_back({{{1, 5.0}}, {{2, 3.0}}, {{3, 4.0}}});                                  // no seed in common
  tables.push_back({{{1, 5.0}, {2, 6.0}, {3, 1.0}}, {{2, 6.5}, {3, 1.5}}, {{9, 4.0}}});    // one stands alone
  tables.push_back({{{1, 5.0}, {2, 6.0}}, {{1, 5.0}, {2, 6.0}}, {{1, 5.0}}, {{1, 5.0}}});  // ties
  record(folder / "a.db", tables);
  Reader reader(folder / "a.db");
  std::map<std::int64_t, std::vector<Row>> of_sweep;
  for (Row& row : reader.rows({"SELECT rank, adjusted_mean, sweep_id FROM leaderboard ORDER BY sweep_id, config"}))
    of_sweep[std::get<std::int64_t>(row[2])].push_back(std::move(row));
  std::size_t moved = 0;
  for (std::size_t t = 0; t < tables.size(); ++t) {
    CAPTURE(t);
    const std::vector<Row>& rows = of_sweep.at(static_cast<std::int64_t>(t + 1));
    const std::vector<SeededResults> configs = configs_of(tables[t]);
    const std::vector<double> means = means_over_all_seeds(configs);
    REQUIRE(rows.size() == means.size());
    std::vector<double> raw;
    std::vector<std::int64_t> ranks;
    for (std::size_t c = 0; c < means.size(); ++c) {
      ranks.push_back(std::get<std::int64_t>(rows[c][0]));
      CHECK(std::get<double>(rows[c][1]) == Approx(means[c]).epsilon(1e-10).margin(1e-10));
      raw.push_back(configs[c].mean());
    }
    CHECK(ranks == ranks_of(means, t % 2 == 0));
    moved += ranks != ranks_of(raw, t % 2 == 0);
  }
  CHECK(moved > 200);
}

TEST_CASE("where each config has the first so many seeds, ranks are by least squares", "[query]") {
  for (std::uint64_t t = 0; t < 40; ++t) {
    const Table table = a_table(t, Holes::raced);
    const std::vector<double> means = means_over_all_seeds(configs_of(table)), expected = least_squares(table);
    for (std::size_t c = 0; c < table.size(); ++c) CHECK(means[c] == Approx(expected[c]).margin(1e-7));
  }
}

TEST_CASE("without a race, seeds are missing because trials failed: ranks are by means", "[query]") {
  const Folder folder;
  std::vector<Table> tables;
  for (std::uint64_t t = 0; t < 40; ++t) tables.push_back(a_table(t, Holes::anywhere));
  // Config 0 has the seeds on which config 1 diverged: that makes it no better than config 2.
  tables.push_back({{{1, 0.5}, {2, 0.6}}, {{1, 30.0}, {2, 31.0}, {3, 0.1}}, {{1, 0.1}, {2, 0.2}, {3, 0.1}}});
  record(folder / "a.db", tables, false);
  Reader reader(folder / "a.db");
  CHECK(reader.rows({"SELECT 1 FROM leaderboard WHERE adjusted_mean <> mean"}).empty());
  for (std::size_t t = 0; t < tables.size(); ++t) {
    const std::vector<SeededResults> read = seeded_results(reader, static_cast<std::int64_t>(t + 1));
    for (std::size_t c = 0; c + 1 < read.size(); ++c)
      CHECK((t % 2 ? read[c].mean() >= read[c + 1].mean() : read[c].mean() <= read[c + 1].mean()));
    for (const SeededResults& config : configs_of(tables[t], false))
      CHECK(means_over_all_seeds({config}) == std::vector<double>{config.mean()});
  }
}

TEST_CASE("where all configs have all seeds, ranks are by means, to the last bit", "[query]") {
  const Folder folder;
  std::vector<Table> tables;
  for (std::uint64_t t = 0; t < 40; ++t) tables.push_back(a_table(t, Holes::none));
  record(folder / "a.db", tables);
  Reader reader(folder / "a.db");
  CHECK(reader.rows({"SELECT 1 FROM leaderboard WHERE adjusted_mean <> mean"}).empty());
  for (const Table& table : tables) {
    const std::vector<SeededResults> configs = configs_of(table);
    const std::vector<double> means = means_over_all_seeds(configs);
    for (std::size_t c = 0; c < configs.size(); ++c) CHECK(means[c] == configs[c].mean());
  }
}
