// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <set>

#include "fake_components.hpp"
#include "plan/objectives.hpp"

using namespace ubp::test;
using nlohmann::json;
using ubp::Goal;

namespace {

/// kSpec without its metric (line 25), and these tables at its end (from line 30 on).
std::string spec(const std::string& objectives, const std::string& line = "") {
  return spec_with(25, line) + objectives;
}

const std::string kMse = "[[sweep.objective]]\nmetric = \"test.mse\"\n";                  // line 30, 31
const std::string kAccuracy = "[[sweep.objective]]\nmetric = \"test.probe_accuracy\"\n";  // line 32, 33
const std::string kSize = "[[sweep.objective]]\nmetric = \"train.parameters\"\n";

const std::vector<std::string> kRandom = {"sweep.sampler=random", "sweep.configs=8"};

std::string wrong(const std::string& objectives, const std::vector<std::string>& overrides = {}) {
  return complaint(spec(objectives), overrides);
}

std::string identity(const std::string& objectives, const std::vector<std::string>& overrides = {}) {
  return plan(spec(objectives), overrides).identity;
}

}  // namespace

TEST_CASE("objectives have the goals that their metrics declare, or those that are given") {
  const Expanded made = plan(spec(kMse + kAccuracy + "reference = 0.1\n" + kSize + "direction = \"maximize\"\n"));
  REQUIRE(made.objectives.size() == 3);
  CHECK(made.objectives[0].metric == "test.mse");
  CHECK(made.objectives[0].goal == Goal::minimize);
  CHECK(!made.objectives[0].reference);
  CHECK(made.objectives[1].goal == Goal::maximize);
  CHECK(made.objectives[1].reference == 0.1);
  CHECK(made.objectives[2].goal == Goal::maximize);
  CHECK(made.metric == "test.mse");
  CHECK(made.goal == Goal::minimize);
  CHECK(plan(spec(kAccuracy + kMse)).goal == Goal::maximize);
  CHECK(plan().objectives.empty());
}

TEST_CASE("what no objectives can be is refused in one sentence") {
  CHECK(complaint(spec(kMse + kAccuracy, "metric = \"test.mse\"")) ==
        "sweep.toml:25: sweep.metric: found 'test.mse' beside [[sweep.objective]], expected one or the other");
  CHECK(complaint(spec(kMse + kAccuracy, "goal = \"minimize\"")) ==
        "sweep.toml:25: sweep.goal: found minimize beside [[sweep.objective]], each of which has a goal of its own");
  CHECK(wrong(kMse) == "sweep.toml:31: sweep.objective: found one, expected two or more: sweep.metric is for one");
  CHECK(wrong(kMse + kMse) ==
        "sweep.toml:33: sweep.objective.1.metric: found 'test.mse', which is an objective already, at sweep.toml:31");
  CHECK(wrong(kMse + "[[sweep.objective]]\nmetric = \"test.probe_acuracy\"\n") ==
        "sweep.toml:33: sweep.objective.1.metric names 'test.probe_acuracy'; did you mean test.probe_accuracy?");
  CHECK_THAT(wrong(kMse + "[[sweep.objective]]\nmetric = \"\"\n"),
             Catch::StartsWith("sweep.toml:33: sweep.objective.1.metric names ''"));
  CHECK(wrong(kMse + "[[sweep.objective]]\ngoal = \"maximize\"\n") ==
        "sweep.toml:32: sweep.objective.1.metric: missing: expected a series, as \"valid.mse\"");
  CHECK(wrong(kMse + kAccuracy + "gaol = \"maximize\"\n") ==
        "sweep.toml:34: sweep.objective.1.gaol: [[sweep.objective]] has no key 'gaol'; did you mean 'goal'?");
  CHECK(wrong(kMse + kAccuracy + "goal = \"up\"\n") ==
        "sweep.toml:34: sweep.objective.1.goal: no such choice: found 'up', expected one of auto, maximize, minimize");
  CHECK(wrong(kMse + kAccuracy + "goal = \"maximize\"\ndirection = \"minimize\"\n") ==
        "sweep.toml:34: sweep.objective.1.goal: given twice, also at sweep.toml:35");
  CHECK_THAT(wrong(kMse + kAccuracy + "reference = \"none\"\n"),
             Catch::StartsWith("sweep.toml:34: sweep.objective.1.reference: wrong type: found string none"));
  CHECK_THAT(wrong(kMse + kAccuracy + "reference = inf\n"),
             Catch::StartsWith("sweep.toml:34: sweep.objective.1.reference: inf is outside"));
  CHECK(wrong("[sweep.objective]\nmetric = \"test.mse\"\n") ==
        "sweep.toml:30: sweep.objective: found [sweep.objective], expected [[sweep.objective]]: there may be several");
  CHECK(complaint(spec("", "objective = \"test.mse\"")) ==
        "sweep.toml:25: sweep.objective: found test.mse, expected tables [[sweep.objective]]");
  std::string nine;
  for (const char* split : {"train", "valid", "test"})
    for (const char* name : {"mse", "probe_accuracy"})
      nine += fmt::format("[[sweep.objective]]\nmetric = \"{}.{}\"\n", split, name);
  for (const char* name : {"loss", "seconds", "parameters"})
    nine += fmt::format("[[sweep.objective]]\nmetric = \"train.{}\"\n", name);
  CHECK(wrong(nine) == "sweep.toml:47: sweep.objective: found 9, expected at most 8");
}

TEST_CASE("what compares trials by one number is refused beside several objectives") {
  const std::string two = kMse + kAccuracy;
  CHECK(wrong(two, {"sweep.pruner.use=median"}) ==
        "command line: sweep.pruner.use: trials are stopped by one objective: found 2 [[sweep.objective]], expected "
        "sweep.metric");
  CHECK(wrong(two, {"sweep.race.on=true"}) ==
        "command line: sweep.race.on: configs race by one objective: found 2 [[sweep.objective]], expected "
        "sweep.metric");
  CHECK(wrong(two, {"sweep.target=0.5"}) ==
        "command line: sweep.target: a target is of one objective: found 2 [[sweep.objective]], expected sweep.metric");
  for (const std::string sampler : {"cmaes", "gp"})
    CHECK(wrong(two, {"sweep.sampler=" + sampler, "sweep.configs=8"}) ==
          "command line: sweep.sampler: " + sampler +
              " learns from one objective: found 2 [[sweep.objective]]; tpe and nsga2 learn from several, grid, "
              "shuffled, random and sobol from none");
  const std::string blocks = "\"dataset.split_seed\" = [1, 2]\n";
  CHECK_THAT(wrong(blocks + two), Catch::EndsWith("several objectives would be compared across dataset.split_seed: "
                                                  "expected none, or sweep.blocks = [] where that is a choice"));
  CHECK(wrong(blocks + two, {"sweep.blocks=[]"}) == "no error");
  for (const std::string sampler : {"random", "sobol", "tpe", "nsga2"})
    CHECK(wrong(two, {"sweep.sampler=" + sampler, "sweep.configs=8"}) == "no error");
  CHECK(wrong(two) == "no error");
  CHECK(wrong(two, {"train.early_stop=test.mse"}) == "no error");
}

TEST_CASE("the command line reaches an objective by its number or its metric") {
  const std::string text = spec(kMse + "reference = 2\n" + kAccuracy);
  CHECK(plan(text, {"sweep.objective.0.reference=1.5"}).objectives[0].reference == 1.5);
  CHECK(plan(text, {"sweep.objective.test.mse.reference=1.5"}).objectives[0].reference == 1.5);
  CHECK(plan(text, {"sweep.objective.1.goal=minimize"}).objectives[1].goal == Goal::minimize);
  CHECK(plan(text, {"sweep.objective.1.direction=minimize"}).objectives[1].goal == Goal::minimize);
  CHECK(plan(text, {"sweep.objective.test.probe_accuracy.metric=train.loss"}).objectives[1].metric == "train.loss");
  CHECK(complaint(text, {"sweep.objective.2.goal=minimize"}) ==
        "command line: sweep.objective.2.goal: no [[sweep.objective]] '2'; there are: test.mse, test.probe_accuracy");
  CHECK(complaint(text, {"sweep.objective.goal=minimize"}) ==
        "command line: sweep.objective.goal: found 3 names, expected sweep.objective.METRIC.KEY");
  CHECK(complaint(text, {"sweep.objective.0.reference=1,2"}) ==
        "command line: sweep.objective.0.reference: found several values, expected one: this key cannot be swept");
}

TEST_CASE("objectives and their goals are what a sweep is, their references are not") {
  const std::string before = identity(kMse + kAccuracy);
  std::set<std::string> all = {plan().identity, before};
  CHECK(identity(kMse + "reference = 7\n" + kAccuracy) == before);
  CHECK(identity(kMse + "goal = \"minimize\"\n" + kAccuracy) == before);  // spelled out
  CHECK(all.insert(identity(kAccuracy + kMse)).second);
  CHECK(all.insert(identity(kMse + kSize)).second);
  CHECK(all.insert(identity(kMse + kAccuracy + kSize)).second);
  CHECK(all.insert(identity(kMse + kAccuracy + "goal = \"minimize\"\n")).second);
  CHECK(all.insert(plan(spec("", "metric = \"test.mse\"")).identity).second);
}

TEST_CASE("trials of other objectives are the same trials") {
  const auto trials = [](const std::string& text) {
    Expanded made = plan(text);
    seal(made, {{}});
    std::vector<std::string> identities;
    for (const ubp::Config& config : made.configs) identities.push_back(trial_identity(made.basis, config, 0));
    return identities;
  };
  CHECK(trials(spec(kMse + kAccuracy)) == trials(kSpec));
}

TEST_CASE("the resolved spec keeps the objectives, and is the same sweep") {
  const std::string text = spec(kMse + "reference = 2\n" + kAccuracy + "direction = \"minimize\"\n");
  const Expanded before = plan(text), after = plan(before.spec_text);
  CHECK(after.identity == before.identity);
  CHECK(json(after.objectives) == json(before.objectives));
  CHECK(after.spec_text == before.spec_text);
  CHECK_THAT(before.spec_text, Catch::Contains("[[sweep.objective]]\nmetric = \"test.mse\"\ngoal = \"auto\"\n"
                                               "reference = 2.0\n"));
}

TEST_CASE("every config is proved to record every objective") {
  const std::vector<std::string> swept = {"objective.use=reconstruction,vicreg", "train.batch=64"};
  CHECK(wrong(kMse + "[[sweep.objective]]\nmetric = \"train.invariance\"\n", swept) ==
        "sweep.toml:33: sweep.objective.1.metric names 'train.invariance'; there are: train.loss, "
        "train.steps_per_second, train.seconds, train.parameters, valid.mse, test.mse, train.mse, "
        "valid.probe_accuracy, test.probe_accuracy, train.probe_accuracy");
}

TEST_CASE("the options of nsga2 are part of a sweep where they are not the default") {
  const std::vector<std::string> nsga2 = {"sweep.sampler=nsga2", "sweep.configs=8"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), nsga2.begin(), nsga2.end());
    return plan(kSpec, more);
  };
  CHECK(!with({}).sampler.contains("nsga2"));
  CHECK(with({"sweep.nsga2.population=50"}).identity == with({}).identity);
  const Expanded small = with({"sweep.nsga2.population=4"});
  CHECK(small.evolution.population == 4);
  CHECK(small.sampler["nsga2"]["population"] == 4);
  CHECK(small.identity != with({}).identity);
  CHECK(plan(small.spec_text).identity == small.identity);
  CHECK(plan(kSpec, {"sweep.nsga2.population=4"}).identity == plan().identity);  // of another sampler: nothing
  CHECK(complaint(kSpec, {"sweep.nsga2.population=1"}) ==
        "command line: sweep.nsga2.population: 1 is outside [2, inf)");
}

TEST_CASE("ranks and hypervolume mind the goals, and a reference that is missing is the worst") {
  std::vector<ubp::SweepObjective> objectives = {{"a", Goal::minimize, 4.0}, {"b", Goal::maximize, {}}};
  const std::vector<std::vector<double>> means = {{1, 5}, {2, 8}, {3, 7}, {5, 9}, {6, 1}};
  ubp::Standings standings = standings_of(objectives, means);
  CHECK(standings.ranks == std::vector<std::size_t>{1, 1, 2, 1, 3});
  CHECK(standings.on_front == 3);
  CHECK(standings.reference == std::vector<double>{4, 1});
  CHECK(standings.hypervolume == (4 - 1) * (5 - 1) + (4 - 2) * (8 - 5));  // (5, 9) is beyond the reference
  CHECK(sentence_of(standings, objectives) ==
        "front: 3 of 5 configs; hypervolume 18 with reference a 4, b 1 (the worst seen)");
  CHECK(names_of(objectives) == "minimize a, maximize b");
  CHECK(json(objectives).get<std::vector<ubp::SweepObjective>>()[1].goal == Goal::maximize);
  CHECK(standings_of(objectives, {}).ranks.empty());
}
