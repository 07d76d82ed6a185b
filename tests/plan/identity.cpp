// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <set>

#include "fake_components.hpp"

using namespace ubp::test;
using nlohmann::json;
using ubp::Goal;
using ubp::Plan;

namespace {

std::string identity(const std::vector<std::string>& overrides = {}) { return plan(kSpec, overrides).identity; }

std::vector<std::uint64_t> seeds(const Expanded& made) {
  std::vector<std::uint64_t> all;
  for (const auto& trial : made.trials) all.push_back(trial.spec.seed);
  return all;
}

}  // namespace

TEST_CASE("seeds are these numbers, for ever") {
  CHECK(ubp::trial_seed(0, 1, 0) == 5840200901580197u);
  CHECK(ubp::trial_seed(7, 1, 3) == 7396768080670242u);
}

TEST_CASE("replicate k has one seed in all configs, and another than replicate j") {
  const std::vector<std::uint64_t> all = seeds(plan());
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i] == all[i % 2]);
  CHECK(all[0] != all[1]);
}

TEST_CASE("more configs and more replicates change no seed") {
  const std::vector<std::uint64_t> before = seeds(plan()),
                                   after = seeds(plan(kSpec, {"model.latent=1,4,16,64", "sweep.replicates=4"}));
  CHECK(after[0] == before[0]);
  CHECK(after[1] == before[1]);
}

TEST_CASE("[train].seed and the sweep's seed both count") {
  CHECK(seeds(plan(kSpec, {"train.seed=2"})) != seeds(plan()));
  CHECK(seeds(plan(kSpec, {"sweep.seed=2"})) != seeds(plan()));
}

TEST_CASE("the same spec is the same sweep, whatever cannot change a result") {
  CHECK(identity() == identity());
  CHECK(identity({"train.checkpoint_seconds=60"}) == identity());
  CHECK(identity({"train.threads=2"}) == identity());
  CHECK(identity({"experiment.question=why"}) == identity());
  CHECK(identity({"sweep.trial_wall=20m"}) == identity());
  CHECK(identity({"sweep.replicates=9"}) == identity());
  CHECK(identity({"model.activation=relu"}) == identity());  // the default, spelled out
  const auto moved = std::make_shared<FakeComponents>();
  moved->edit("adam").file = "/elsewhere/adam.so";
  moved->edit("adam").sha256 = "00";
  CHECK(plan_with(moved).identity == identity());
}

TEST_CASE("whatever can change a result makes another sweep") {
  std::set<std::string> all{identity()};
  for (const char* change :
       {"train.epochs=6", "train.seed=2", "sweep.seed=2", "model.hidden=8", "model.latent=4,16", "objective.loss=bce",
        "optimizer.beta1=0.5", "dataset.rows=100", "metric.linear_probe.l2=2", "metric.linear_probe.baselines=true",
        "optimizer.use=sgd", "sweep.metric=test.mse", "experiment.name=x", "sweep.name=x", "sweep.goal=minimize"}) {
    CAPTURE(change);
    CHECK(all.insert(identity({change})).second);
  }
  const auto changed = std::make_shared<FakeComponents>();
  changed->edit("adam").version = "1.1.0";
  CHECK(all.insert(plan_with(changed).identity).second);
}

TEST_CASE("binaries, contents of data and ubp itself make another sweep and other trials, files' places do not") {
  const auto sealed = [](const std::string& sum, const std::string& file, const std::string& adam) {
    const auto components = std::make_shared<FakeComponents>();
    components->edit("adam").sha256 = adam;
    Expanded made = plan_with(components);
    seal(made, {{{file, sum}}});
    return made;
  };
  const auto trial = [](const Expanded& made) { return trial_identity(made.basis, made.configs.at(0), 1); };
  const Expanded made = sealed("aa", "/here/x.csv", "11"), moved = sealed("aa", "/there/x.csv", "11");
  CHECK(moved.identity == made.identity);
  CHECK(trial(moved) == trial(made));
  CHECK(made.declaration == identity());
  for (const Expanded& other : {sealed("bb", "/here/x.csv", "11"), sealed("aa", "/here/x.csv", "22")}) {
    CHECK(other.declaration == made.declaration);
    CHECK(other.identity != made.identity);
    CHECK(trial(other) != trial(made));
    CHECK_FALSE(difference(made.basis, other.basis).empty());
  }
  CHECK(difference(made.basis, moved.basis).empty());
  CHECK_THAT(difference(made.basis, sealed("bb", "/there/x.csv", "11").basis),
             Catch::Equals("/there/x.csv has other contents (sha256 bb; before: /here/x.csv, sha256 aa)"));
  CHECK(trial_identity(made.basis, made.configs.at(0), 0) != trial(made));
  CHECK(trial_identity({}, made.configs.at(0), 0).empty());
}

TEST_CASE("a trial is the same whatever its sweep is called, compares and draws") {
  const auto trials = [](const std::vector<std::string>& overrides) {
    Expanded made = plan(kSpec, overrides);
    seal(made, {{{"x.csv", "aa"}}});
    std::set<std::string> all;
    for (const auto& config : made.configs)
      for (std::size_t replicate = 0; replicate < config.seeds.size(); ++replicate)
        all.insert(trial_identity(made.basis, config, replicate));
    return all;
  };
  const std::set<std::string> before = trials({});
  CHECK(before.size() == 18);
  for (const char* change : {"sweep.name=x", "experiment.name=x", "sweep.metric=train.loss", "artifacts.curves=true"})
    CHECK(trials({change}) == before);
  const std::set<std::string> more = trials({"model.latent=1,4,16,64"});
  CHECK(more.size() == 24);
  CHECK(std::includes(more.begin(), more.end(), before.begin(), before.end()));
  const std::set<std::string> other = trials({"train.epochs=6"});
  CHECK(std::none_of(other.begin(), other.end(), [&](const std::string& id) { return before.count(id); }));
  const std::set<std::string> judged = trials({"metric.linear_probe.baselines=true"});  // which others did not record
  CHECK(std::none_of(judged.begin(), judged.end(), [&](const std::string& id) { return before.count(id); }));
}

TEST_CASE("the resolved spec is re-runnable and is the same sweep") {
  const std::string swept_use =
      "[dataset]\nuse='digits'\n[model]\nuse='autoencoder'\n[objective]\nuse='vicreg'\nvariance=3.0\n[optimizer]\nuse='"
      "adam'\nlr=0.001\n"
      "[optimizer.critic]\nlr=0.1\n[sweep.space]\n'objective.use'=['vicreg','gan']\n'model.use'=['mlp']\n"
      "'objective.variance'={range='0..10:n=3',when=\"objective.use == 'vicreg'\"}\n'model.hidden'=[[8],[8,4]]\n";
  for (const std::string& text : {std::string(kSpec), swept_use}) {
    const Expanded first = plan(text);
    CAPTURE(first.spec_text);
    const Expanded again = plan(first.spec_text);
    CHECK(again.identity == first.identity);
    CHECK(again.spec_text == first.spec_text);
    REQUIRE(again.trials.size() == first.trials.size());
    for (std::size_t i = 0; i < first.trials.size(); ++i)
      CHECK(json(again.trials[i].spec) == json(first.trials[i].spec));
  }
  const Plan single = plan(kSpec, {}, true);
  CHECK(plan(single.spec_text, {}, true).identity == single.identity);
}

TEST_CASE("a trial's spec travels as JSON without loss") {
  const ubp::TrialSpec spec = plan().trials.at(3).spec;
  const ubp::TrialSpec back = json::parse(json(spec).dump()).get<ubp::TrialSpec>();
  CHECK(json(back) == json(spec));
  CHECK(back.seed == spec.seed);
}

TEST_CASE("the goal is the metric's own unless the spec says otherwise") {
  CHECK(plan().goal == Goal::maximize);
  CHECK(plan(kSpec, {"sweep.metric=test.mse"}).goal == Goal::minimize);
  CHECK(plan(kSpec, {"sweep.metric=test.mse", "sweep.goal=maximize"}).goal == Goal::maximize);
  CHECK(plan(kSpec, {"sweep.metric=train.loss"}).goal == Goal::minimize);
}
