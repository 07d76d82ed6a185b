// SPDX-License-Identifier: MIT
// The leaderboard says what its seeds say, and ranks over data sets as Friedman does.
#include "query/board.hpp"

#include <catch2/catch.hpp>

#include "query/compare.hpp"
#include "query/listing.hpp"
#include "query/sweeps.hpp"
#include "support.hpp"
#include "sweeps.hpp"

using namespace ubp;

namespace {

struct Kept : RowSink {
  std::vector<std::string> names;
  std::vector<Row> rows;
  void columns(const std::vector<std::string>& all) override { names = all; }
  void row(const Row& r) override { rows.push_back(r); }
  Value at(std::size_t row, const std::string& name) const {
    return rows[row].at(static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
  }
  double number(std::size_t row, const std::string& name) const { return std::get<double>(at(row, name)); }
};

/// values[config][replicate]; NaN: it failed.
void record(const std::filesystem::path& file, const std::vector<std::vector<double>>& values,
            Goal goal = Goal::minimize, const std::vector<Assignment>& params = {}, bool race = false) {
  Store store(file);
  const auto configs = static_cast<std::int64_t>(values.size()), seeds = static_cast<std::int64_t>(values[0].size());
  ListedPlan plan = a_plan(configs, seeds);
  plan.goal = goal;
  if (race) plan.sampler["race"] = {{"on", true}};
  for (Config& config : plan.configs()) {
    const auto number = static_cast<std::size_t>(config.number);
    if (!params.empty()) plan.assignments[number] = config.params = params[number];
    for (const auto& [name, value] : config.params) plan.space[name] = {{"type", "int"}};
    for (std::size_t r = 0; r < config.seeds.size(); ++r) config.seeds[r] = 100 + r;
  }
  for (const TrialRow& t : store.missing(store.declare(plan, a_machine()))) {
    const double value = values[static_cast<std::size_t>(t.config_number)][static_cast<std::size_t>(t.replicate)];
    if (std::isnan(value)) {
      store.start(t.trial_id, 1, 0);
      store.finish(t.trial_id, failed());
    } else {
      run_trial(store, t.trial_id, value);
    }
  }
}

}  // namespace

TEST_CASE("results are read by seed, best first, with what failed", "[compare]") {
  const Folder folder;
  record(folder / "a.db", {{3, 4, 5}, {1, std::nan(""), 2}});
  Reader reader(folder / "a.db");
  const std::vector<SeededResults> found = seeded_results(reader, 1);
  REQUIRE(found.size() == 2);
  CHECK(found[0].name == "rings-latent/1");
  CHECK(found[0].failed == 1);
  CHECK(found[0].values == std::map<std::int64_t, double>{{100, 1}, {102, 2}});
  CHECK(found[1].mean() == 4);
  CHECK(seeded_results(reader, 1, 0).size() == 1);
  CHECK(seeded_results(reader, 1, 7).empty());
}

TEST_CASE("the best configs of a race are those over all seeds, whichever seeds each has", "[compare]") {
  const Folder folder;
  const double none = std::nan("");
  // The last two seeds are hard ones, and only the best config had them.
  record(folder / "a.db", {{5, 7, none, none}, {4, 6, 20, 22}, {6, 8, none, none}, {6.5, 8.5, 22.5, none}},
         Goal::minimize, {}, true);
  Reader reader(folder / "a.db");
  const SweepFacts sweep = sweep_facts(reader, 1);
  CHECK(best_configs(reader, sweep, 9) == std::vector<std::int64_t>{1, 0, 2, 3});
  CHECK(best_configs(reader, sweep, 1) == std::vector<std::int64_t>{1});
  const std::vector<SeededResults> configs = seeded_results(reader, 1);
  const std::vector<double> means = means_over_all_seeds(configs);
  for (std::size_t c = 0; c < configs.size(); ++c) {  // each is 1, 2 or 2.5 behind config 1 on every seed
    const double behind = std::vector<double>{1, 0, 2, 2.5}[static_cast<std::size_t>(configs[c].config)];
    const auto best = std::find_if(configs.begin(), configs.end(), [](const auto& each) { return each.config == 1; });
    CHECK(means[c] - means[static_cast<std::size_t>(best - configs.begin())] == Approx(behind).epsilon(1e-9));
  }
}

TEST_CASE("who leads a race is the best wherever it is told, though others had easier seeds", "[compare]") {
  const search::RaceOptions options{.max_replicates = 10};
  int misleading = 0;
  for (std::uint64_t sweep = 0; sweep < 40; ++sweep) {
    CAPTURE(sweep);
    search::RaceResults whole = simulated(kNoises[2], 0, 6, options.max_replicates, sweep);
    const search::RaceState state = search::race(whole, options);
    std::vector<std::vector<double>> values;
    double lowest = 0;
    std::size_t by_mean = whole.size();
    for (std::size_t c = 0; c < whole.size(); ++c) {
      const auto ran = static_cast<std::size_t>(state.standings[c].replicates);
      std::vector<double>& row = values.emplace_back(whole[c].size(), std::nan(""));
      for (std::size_t r = 0; r < ran; ++r) row[r] = *whole[c][r];
      const double mean = statistics::mean(std::span(row.data(), ran));
      if (by_mean == whole.size() || mean < lowest) lowest = mean, by_mean = c;
    }
    misleading += state.standings[by_mean].state != search::Standing::State::racing;
    const Folder folder;
    record(folder / "a.db", values, Goal::minimize, {}, true);
    Reader reader(folder / "a.db");
    const auto leader = static_cast<std::int64_t>(state.leader);
    CHECK(reader.rows({"SELECT config FROM leaderboard WHERE rank = 1"}) == std::vector<Row>{{leader}});
    CHECK(best_configs(reader, sweep_facts(reader, 1), 1) == std::vector{leader});
    const std::vector<SeededResults> configs = seeded_results(reader, 1);
    CHECK(configs[compare_seeds(configs, true).best].config == leader);
    Kept kept;
    print_board(reader, 1, true, std::nan(""), 0, kept);
    CHECK(kept.at(0, "config") == Value(leader));
    CHECK(kept.at(0, "verdict") == Value("best"));
    Kept listed;
    reader.query(sweep_listing(true), listed);
    CHECK(listed.number(0, "best") == kept.number(0, "adjusted_mean"));
    Kept exported;
    reader.query(leaderboard_export(reader, {}), exported);
    CHECK(exported.at(0, "config") == Value(leader));
  }
  CHECK(misleading > 4);
}

TEST_CASE("equal means are equal whatever their summands' order: the first leads", "[compare]") {
  const Folder folder;
  record(folder / "a.db", {{0.1, 0.7, 0.3, 0.2}, {0.2, 0.3, 0.7, 0.1}, {0.7, 0.3, 0.2, 0.1}});
  Reader reader(folder / "a.db");
  CHECK(compare_seeds(seeded_results(reader, 1), true).best == 0);
}

TEST_CASE("the board is the leaderboard and what compare_seeds says of it", "[compare]") {
  const Goal goal = GENERATE(Goal::minimize, Goal::maximize);
  const bool minimize = goal == Goal::minimize;
  const double sign = minimize ? 1 : -1;
  const Folder folder;
  std::vector<std::vector<double>> values = {
      {5, 5.3, 5.1, 5.25, 5.2, 5.6}, {1, 1.3, 1.15, 1.2, 1.22, 1.5}, {1.05, 1.25, 1.2, 1.22, 1.2, 1.55}};
  for (auto& row : values)
    for (double& v : row) v *= sign;
  record(folder / "a.db", values, goal);
  Reader reader(folder / "a.db");
  Kept kept;
  CHECK(print_board(reader, 1, minimize, 0.2, 0, kept) == 3);
  const std::vector<SeededResults> configs = seeded_results(reader, 1);
  const SeedComparison found = compare_seeds(configs, minimize);
  REQUIRE(kept.rows.size() == 3);
  CHECK(kept.at(0, "config") == Value(std::int64_t{1}));
  CHECK(kept.at(0, "verdict") == Value("best"));
  CHECK(is_null(kept.at(0, "difference")));
  CHECK(kept.at(1, "verdict") == Value("not told apart"));
  CHECK(kept.at(2, "verdict") == Value("worse"));
  CHECK(is_null(kept.at(0, "noise")));
  CHECK(kept.at(1, "noise") == Value("within"));  // 0.017
  CHECK(kept.at(2, "noise") == Value("beyond"));  // 4
  for (const std::size_t row : {1, 2}) {
    CHECK(kept.number(row, "difference") == found.others[row].difference);
    CHECK(kept.number(row, "difference_low") == found.others[row].low);
    CHECK(kept.number(row, "adjusted") == found.others[row].p_adjusted);
    CHECK(kept.number(row, "median") == statistics::median(configs[row].all()));
    CHECK(kept.number(row, "iqm") == statistics::interquartile_mean(configs[row].all()));
    CHECK(sign * kept.number(row, "difference") > 0);
  }
  CHECK(kept.number(0, "p_best") + kept.number(1, "p_best") + kept.number(2, "p_best") == Approx(1));
  CHECK(kept.number(0, "p_best") > kept.number(1, "p_best"));
  CHECK(kept.number(2, "p_best") == 0);
  Kept two;
  print_board(reader, 1, minimize, 0.2, 2, two);
  CHECK(two.rows == std::vector<Row>(kept.rows.begin(), kept.rows.begin() + 2));
  Kept silent;
  print_board(reader, 1, minimize, std::nan(""), 0, silent);
  CHECK(is_null(silent.at(2, "noise")));
}

TEST_CASE("configs are ranked over data sets, whose scales differ", "[compare]") {
  const Folder folder;
  std::vector<std::vector<double>> values;
  std::vector<Assignment> params;
  const double better = GENERATE(0.0, 1.0);
  for (int data = 0; data < 12; ++data)
    for (int width = 0; width < 3; ++width) {
      if (data == 11 && width == 2) continue;  // one was not run
      // Without a difference, each is first as often as the others.
      const double rank = better > 0 ? width : (width + data) % 3;
      values.push_back({std::pow(10, data) * (1 + rank), std::pow(10, data) * (1.1 + rank)});
      params.push_back({{"dataset.fold", data}, {"model.latent", 8 << width}});
    }
  record(folder / "a.db", values, Goal::minimize, params);
  Reader reader(folder / "a.db");
  const std::vector<SeededResults> all = seeded_results(reader, 1);
  const BlockRanking found = rank_over_blocks(all, true, sweep_facts(reader, 1).blocks);
  CHECK(found.blocks.size() == 12);
  CHECK(found.left_out == 11);
  REQUIRE(found.ranked.size() == 2);
  CHECK(found.ranked[0].worse == false);
  CHECK(found.ranked[1].worse == (better > 0));
  if (better > 0) {
    CHECK(found.ranked[0].params == R"({"model.latent":8})");
    CHECK(found.ranked[0].mean_rank == 1);
    CHECK(found.ranked[1].mean_rank == 2);
  }
  CHECK(found.critical_difference == Approx(statistics::nemenyi_critical_difference(2, 12)));
  for (const RankedConfigs& ranked : found.ranked) {
    REQUIRE(ranked.ranks.size() == 12);
    CHECK(ranked.ranks[0] == (ranked.configs[0] == 0 ? 1 : 2));
    CHECK(statistics::mean(ranked.ranks) == Approx(ranked.mean_rank));
  }
  CHECK(rank_over_blocks(all, true, {"model.latent"}).blocks.size() == 3);
  CHECK(rank_over_blocks(all, true, {}).blocks.size() == 1);
}

TEST_CASE("blocks are the axes of the data set, unless the sweep says which", "[compare]") {
  const Folder folder;
  const auto blocks = [&](const nlohmann::json& sampler) {
    std::filesystem::remove(folder / "a.db");
    {
      Store store(folder / "a.db");
      ListedPlan plan = a_plan(1);
      plan.space = {{"dataset.use", {{"type", "component"}}}, {"dataset.fold", {}}, {"model.latent", {}}};
      plan.sampler = sampler;
      store.declare(plan, a_machine());
    }
    Reader reader(folder / "a.db");
    return sweep_facts(reader, 1).blocks;
  };
  using Names = std::vector<std::string>;
  CHECK(blocks({{"use", "grid"}}) == Names{"dataset.fold", "dataset.use"});
  CHECK(blocks({{"use", "grid"}, {"blocks", {"model.latent"}}}) == Names{"model.latent"});
  CHECK(blocks({{"use", "grid"}, {"blocks", nlohmann::json::array()}}).empty());
}

TEST_CASE("where baselines were judged, the leaderboard has the gain over the best of them, with its interval",
          "[compare]") {
  const Folder folder;
  {
    Store store(folder / "a.db");
    ListedPlan plan = a_plan(2, 3);
    for (const TrialRow& t : store.missing(store.declare(plan, a_machine()))) {
      store.start(t.trial_id, 1, 0);
      const double value = 0.25 + 0.125 * static_cast<double>(t.config_number),
                   gain = 1.0 + static_cast<double>(t.replicate);
      std::vector<MetricPoint> points = {{"test.mse", 20, value, 3}};
      if (t.config_number == 0)
        points.push_back({"test.mse_gain", 10, -7, 2}), points.push_back({"test.mse_gain", 20, gain, 3});
      store.add_points(t.trial_id, points);
      store.finish(t.trial_id, Outcome{});
    }
  }
  Reader reader(folder / "a.db");
  Kept kept;
  print_board(reader, 1, true, std::nan(""), 0, kept);
  REQUIRE(kept.rows.size() == 2);
  const statistics::Estimate expected = statistics::estimate(std::vector<double>{1, 2, 3});
  CHECK(kept.number(0, "gain") == 2);
  CHECK(kept.number(0, "gain_low") == expected.low());
  CHECK(kept.number(0, "gain_high") == expected.high());
  CHECK(is_null(kept.at(1, "gain")));
  const Folder other;
  record(other / "a.db", {{3, 4, 5}});
  Reader without(other / "a.db");
  Kept plain;
  print_board(without, 1, true, std::nan(""), 0, plain);
  CHECK(std::find(plain.names.begin(), plain.names.end(), "gain") == plain.names.end());
}
