// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <set>

#include "fake_components.hpp"
#include "plan/space.hpp"

using namespace ubp::test;
using nlohmann::json;
using ubp::Config;

namespace {

json point(const Config& config) { return config.params; }

std::vector<json> points(const Expanded& made) {
  std::vector<json> all;
  for (const Config& config : made.configs) all.push_back(point(config));
  return all;
}

std::string space(const std::string& lines, const std::string& sweep = "") {
  std::string text = spec_with(24, sweep);
  return text.substr(0, text.find("[sweep.space]")) + "[sweep.space]\n" + lines;
}

}  // namespace

TEST_CASE("a grid holds each point exactly once, configs x replicates, in one order") {
  const Expanded made = plan();
  REQUIRE(made.configs.size() == 9);
  REQUIRE(made.trials.size() == 18);
  const std::vector<json> all = points(made);
  CHECK(std::set<json>(all.begin(), all.end()).size() == 9);
  CHECK(all[0] == json{{"model.latent", 4}, {"optimizer.lr", 1e-4}});
  CHECK(all[1] == json{{"model.latent", 4}, {"optimizer.lr", 1e-3}});
  CHECK(all[8] == json{{"model.latent", 64}, {"optimizer.lr", 1e-2}});
  for (std::size_t i = 0; i < made.trials.size(); ++i) {
    CHECK(made.trials[i].config == static_cast<std::int64_t>(i / 2));
    CHECK(made.trials[i].replicate == static_cast<std::int64_t>(i % 2));
  }
  CHECK(points(plan()) == all);
}

TEST_CASE("a list where one value is declared is an axis") {
  CHECK(plan(spec_with(9, "latent = 64\nactivation = ['relu', 'tanh']")).configs.size() == 18);
  CHECK(plan(spec_with(9, "dropout = '0..0.4:step=0.2'")).configs.size() == 27);
  CHECK(plan(spec_with(8, "hidden = [[256], [256, 64]]")).configs.size() == 18);
  CHECK(plan(space("'model.hidden' = [64, 256]\n")).configs.size() == 2);
  CHECK(plan(space("'model.hidden' = ['64', '64+32']\n")).configs.at(1).params.at("model.hidden") == json{64, 32});
}

TEST_CASE("an axis of a component that is not chosen is no part of the point") {
  const Expanded made =
      plan(space("'objective.use' = ['vicreg', 'reconstruction']\n'objective.variance' = [1.0, 5.0, 25.0]\n"));
  CHECK(points(made) == std::vector<json>{{{"objective.use", "vicreg"}, {"objective.variance", 1.0}},
                                          {{"objective.use", "vicreg"}, {"objective.variance", 5.0}},
                                          {{"objective.use", "vicreg"}, {"objective.variance", 25.0}},
                                          {{"objective.use", "reconstruction"}}});
  CHECK(made.trials.back().spec.find("objective")->params == json{{"loss", "mse"}});
}

TEST_CASE("an axis is active only when its condition and the parameter's own hold") {
  CHECK(plan(space("'objective.use' = ['vicreg', 'reconstruction']\n'objective.kernel' = ['none', "
                   "'rbf']\n'objective.gamma' = [1.0, 2.0]\n"))
            .configs.size() == 4);
  CHECK(plan(space("'model.activation' = ['relu', 'tanh']\n"
                   "'model.latent' = { choice = [4, 8, 16], when = \"model.activation == 'tanh'\" }\n"))
            .configs.size() == 4);
  CHECK(
      plan(
          space("'model.activation' = ['relu', 'tanh']\n"
                "'model.latent' = { range = '4..16:log2', when = 'model.activation != relu and train.epochs == 5' }\n"))
          .configs.size() == 4);
}

TEST_CASE("conditions that wait for each other are refused") {
  CHECK(complaint(space("'model.latent' = { choice = [1, 2], when = 'train.epochs == 1' }\n"
                        "'train.epochs' = { choice = [1, 2], when = 'model.latent == 1' }\n")) ==
        "sweep.toml:28: model.latent: the conditions of the space go round in a circle");
}

TEST_CASE("a value out of the range of the component chosen at a point is refused") {
  const auto components = std::make_shared<FakeComponents>();
  components->edit("mlp").params[0].max = 64;
  CHECK_THROWS_WITH(plan_with(components, space("'model.use' = ['autoencoder', 'mlp']\n'model.hidden' = [32, 256]\n")),
                    Catch::Contains("model.hidden: 256 is outside [1, 64]"));
}

TEST_CASE("random points are distinct, and more of them change none of the first") {
  const auto draw = [](int n, const std::string& more = "") {
    return points(plan(space("'model.latent' = '1..1000:log'\n'optimizer.lr' = '1e-4..1e-2:log'\n" + more,
                             "sampler = 'random'\nconfigs = " + std::to_string(n))));
  };
  const std::vector<json> few = draw(10), many = draw(100), wider = draw(10, "'model.activation' = ['relu', 'tanh']\n");
  CHECK(std::set<json>(many.begin(), many.end()).size() == 100);
  CHECK(std::vector<json>(many.begin(), many.begin() + 10) == few);
  for (std::size_t i = 0; i < 10; ++i) CHECK(wider[i].at("model.latent") == few[i].at("model.latent"));
}

TEST_CASE("a space with fewer points than asked for says how many it has") {
  CHECK(complaint(space("'model.latent' = [1, 2, 3]\n", "sampler = 'random'\nconfigs = 4")) ==
        "sweep.toml: sweep.configs: found 4, but the space has only 3 distinct points");
  CHECK(plan(space("'model.latent' = [1, 2, 3]\n", "sampler = 'random'\nconfigs = 3")).configs.size() == 3);
}

TEST_CASE("ten thousand points are planned within seconds") {
  CHECK(plan(space("'model.latent' = '1..100'\n'train.epochs' = '1..100'\n")).configs.size() == 10000);
}

TEST_CASE("a plan has its bounds, which are told before memory runs out") {
  const std::string fine = "'optimizer.lr' = '1e-4..1e-1:n=1000'\n'optimizer.beta1' = '0.1..0.9:n=1000'\n";
  CHECK(
      complaint(space(fine)) ==
      "sweep.toml: sweep.space: too large for a grid: found up to 1000000 points, expected at most 100000; the random "
      "sampler draws as many as sweep.configs says");
  CHECK(complaint(space(fine, "sampler = 'random'\nconfigs = 10_000_000"))
            .ends_with("sweep.configs: found 10000000, expected at most 100000"));
  const std::string most = "9223372036854775807";
  CHECK(complaint(space(fine, "sampler = 'random'\nconfigs = " + most))
            .ends_with("sweep.configs: found " + most + ", expected at most 100000"));
  for (const std::string& replicates : {std::string("333334"), std::string("1000000000"), most})
    CHECK(complaint(space("'model.latent' = [1, 2, 3]\n"), {"sweep.replicates=" + replicates}) ==
          "command line: sweep.replicates: found " + replicates +
              " of 3 configs, expected at most 1000000 trials in all");
}

TEST_CASE("what a random sampler may draw one day is refused before its first trial") {
  // 3 draws from 2 ... 1000 will hardly hit 2, where this model's 64 is no longer allowed.
  const auto components = std::make_shared<FakeComponents>();
  components->edit("mlp").params[0].min = 3;
  const std::string text =
      space("'model.use' = ['autoencoder', 'mlp']\n'model.hidden' = '2..1000'\n", "sampler = 'random'\nconfigs = 3");
  CHECK_THROWS_WITH(plan_with(components, text), Catch::Contains("model.hidden: 2 is outside [3, "));
}

TEST_CASE("the corners of a space hold every choice and both ends of every range, also behind conditions") {
  const auto components = std::make_shared<FakeComponents>();
  const ubp::Draft draft = ubp::read_draft(
      ubp::read_source(space("'objective.use' = ['reconstruction', 'vicreg']\n'objective.variance' = '1.0..25.0:log'\n"
                             "'objective.kernel' = ['none', 'rbf']\n'objective.gamma' = [1.0, 2.0]\n",
                             "sampler = 'random'\nconfigs = 3"),
                       "sweep.toml"),
      "sweep.toml", {}, *components, true);
  std::set<std::pair<std::string, json>> seen;
  for (const ubp::Assignment& point : ubp::corner_points(draft)) seen.insert(point.begin(), point.end());
  for (const auto& [key, value] : std::vector<std::pair<std::string, json>>{{"objective.use", "reconstruction"},
                                                                            {"objective.use", "vicreg"},
                                                                            {"objective.variance", 1.0},
                                                                            {"objective.variance", 25.0},
                                                                            {"objective.kernel", "none"},
                                                                            {"objective.kernel", "rbf"},
                                                                            {"objective.gamma", 1.0},
                                                                            {"objective.gamma", 2.0}}) {
    CAPTURE(key, value.dump());
    CHECK(seen.count({key, value}) == 1);
  }
}
