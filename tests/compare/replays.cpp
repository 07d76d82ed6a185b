// SPDX-License-Identifier: MIT
// A pruner that is replayed hears of recorded trials as it would have heard of them while they ran.
#include "query/replay.hpp"

#include <catch2/catch.hpp>

#include "support.hpp"

using namespace ubp;

namespace {

/// Trials that report at steps 10, 20 and 30, one after the other; each config is one.
void record(const std::filesystem::path& file, const std::vector<std::vector<double>>& series, Goal goal,
            const std::vector<Assignment>& params) {
  Store store(file);
  ListedPlan plan = a_plan(std::ssize(series));
  plan.goal = goal;
  for (Config& config : plan.configs()) {
    const auto number = static_cast<std::size_t>(config.number);
    plan.assignments[number] = config.params = params[number];
    for (const auto& [name, value] : config.params) plan.space[name] = {{"type", "int"}};
  }
  for (const TrialRow& t : store.missing(store.declare(plan, a_machine()))) {
    store.start(t.trial_id, 1, 0);
    std::int64_t step = 0;
    for (const double value : series[static_cast<std::size_t>(t.config_number)]) {
      step += 10;
      const MetricPoint points[] = {{"test.mse", step, value, 0}, {"other", step, 9, 0}};
      store.add_points(t.trial_id, points);
    }
    store.finish(t.trial_id, Outcome{});
  }
}

PrunerOptions above(const std::string& bound) {
  PrunerOptions pruner;
  pruner.use = PrunerKind::threshold;
  pruner.upper = bound;
  return pruner;
}

}  // namespace

TEST_CASE("recorded series are replayed, whichever way the metric is better", "[compare]") {
  const Folder folder;
  record(folder / "low.db", {{3, 2, 1}, {3, 8, 0.5}}, Goal::minimize, {{{"x", 0}}, {{"x", 1}}});
  Reader low(folder / "low.db");
  const SweepFacts sweep = sweep_facts(low, 1);
  const std::vector<EndedTrials> all = ended_trials(low, sweep, "test.mse");
  REQUIRE(all.size() == 1);
  CHECK(all[0].block == "{}");
  REQUIRE(all[0].trials.size() == 2);
  CHECK(all[0].trials[1].trace.values == std::map<std::int64_t, double>{{10, 3}, {20, 8}, {30, 0.5}});
  CHECK(all[0].trials[1].value == 0.5);
  const search::DryPrune found = replayed(above("5"), sweep, all[0]);
  REQUIRE(found.stopped.size() == 1);
  CHECK(found.stopped[0].trial == 1);
  CHECK(found.stopped[0].step == 20);
  CHECK(found.winner_lost);
  CHECK(found.regret == 0.5);
  CHECK(sentence_of(found, above("5"), all[0]) ==
        "threshold would have stopped 1 of 2 trials and saved 16.7 % of their steps; the best trial would have been "
        "lost: the best that remains is worse by 0.5");

  record(folder / "high.db", {{3, 2, 1}, {3, 8, 0.5}}, Goal::maximize, {{{"x", 0}}, {{"x", 1}}});
  Reader high(folder / "high.db");
  const std::vector<EndedTrials> other = ended_trials(high, sweep_facts(high, 1), "test.mse");
  CHECK(other[0].trials[1].value == -0.5);
  const search::DryPrune kept = replayed(above("5"), sweep_facts(high, 1), other[0]);
  CHECK(kept.stopped.size() == 1);  // bounds mean the metric as it is
  CHECK_FALSE(kept.winner_lost);
  CHECK_THAT(sentence_of(kept, above("5"), other[0]), Catch::EndsWith("the best trial would have been kept"));
}

TEST_CASE("trials are judged within their block", "[compare]") {
  const Folder folder;
  std::vector<std::vector<double>> series;
  std::vector<Assignment> params;
  for (const int data : {0, 1})  // the second one's errors are ten times larger
    for (int x = 0; x < 4; ++x) {
      const double error = (data == 0 ? 1 : 10) * (1 + 0.1 * x);
      series.push_back({error, error, error});
      params.push_back({{"dataset.fold", data}, {"x", x}});
    }
  record(folder / "a.db", series, Goal::minimize, params);
  Reader reader(folder / "a.db");
  SweepFacts sweep = sweep_facts(reader, 1);
  PrunerOptions median;
  median.use = PrunerKind::median;
  median.startup_trials = 1;
  const std::vector<EndedTrials> all = ended_trials(reader, sweep, "test.mse");
  REQUIRE(all.size() == 2);
  CHECK(all[1].block == R"({"dataset.fold":1})");
  CHECK(all[1].trials[0].trace.trial == 4);
  for (const EndedTrials& block : all) {
    const search::DryPrune found = replayed(median, sweep, block);
    CHECK(found.stopped.size() == 3);  // each is worse than the first
    CHECK_FALSE(found.winner_lost);
  }
  CHECK_THAT(sentence_of(replayed(median, sweep, all[1]), median, all[1]),
             Catch::StartsWith(R"(median in {"dataset.fold":1} would have stopped 3 of 4 trials)"));
  sweep.blocks.clear();  // together, also the best of the second is worse than the first
  CHECK(replayed(median, sweep, ended_trials(reader, sweep, "test.mse")[0]).stopped.size() == 7);
}
