// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "fake_components.hpp"

using namespace ubp::test;
using ubp::TrialSpec;

namespace {

const std::string kRest = "[dataset]\nuse='digits'\n[optimizer]\nuse='adam'\nlr=0.001\n";

std::string spec(const std::string& objective, const std::string& more) {
  return "[objective]\nuse='" + objective + "'\n" + kRest + more;
}

}  // namespace

TEST_CASE("a model that lacks a role's methods is named with what it has") {
  CHECK(complaint(spec("gan", "[model]\nuse='autoencoder'\n")) ==
        "sweep.toml:8: objective 'gan' needs role 'generator' with method generate; model 'autoencoder' has encode, "
        "decode, reconstruct; "
        "sweep.toml:8: objective 'gan' needs role 'critic' with method score; model 'autoencoder' has encode, decode, "
        "reconstruct");
}

TEST_CASE("one [model] fills every role whose methods it offers") {
  const TrialSpec trial = plan(spec("gan", "[model]\nuse='mlp'\n"), {}, true).trials.at(0).spec;
  REQUIRE(trial.find("model"));
  CHECK(trial.find("model")->id == "mlp");
  CHECK_FALSE(trial.find("model.critic"));
}

TEST_CASE("[model.ROLE] takes from [model] what it does not say itself") {
  const TrialSpec trial =
      plan(spec("gan", "[model]\nuse='mlp'\nhidden=[7]\n[model.critic]\n"), {}, true).trials.at(0).spec;
  CHECK(trial.find("model.critic")->id == "mlp");
  CHECK(trial.find("model.critic")->params.at("hidden") == nlohmann::json{7});
}

TEST_CASE("a role's default component fills in where [model] cannot") {
  const TrialSpec trial = plan(spec("adversarial", "[model]\nuse='autoencoder'\n"), {}, true).trials.at(0).spec;
  CHECK(trial.find("model")->id == "autoencoder");
  CHECK(trial.find("model.critic")->id == "mlp");
}

TEST_CASE("an optimizer of a phase takes from [optimizer] what it does not say itself") {
  const TrialSpec trial =
      plan(spec("gan", "[model]\nuse='mlp'\n[optimizer.critic]\nbeta1=0.5\n"), {}, true).trials.at(0).spec;
  CHECK(trial.find("optimizer.critic")->params == nlohmann::json{{"lr", 0.001}, {"beta1", 0.5}});
  CHECK(trial.find("optimizer")->params == nlohmann::json{{"lr", 0.001}, {"beta1", 0.9}});
  CHECK(complaint(spec("gan", "[model]\nuse='mlp'\n[optimizer.critc]\n")) ==
        "sweep.toml:10: optimizer.critc: objective 'gan' has no optimizer 'critc'; did you mean 'critic'?");
}

TEST_CASE("a metric whose input nothing gives is refused before anything starts") {
  CHECK(complaint(spec("vicreg", "[model]\nuse='mlp'\n[[metric]]\nuse='reconstruction_error'\n")) == "no error");
  const auto components = std::make_shared<FakeComponents>();
  components->edit("mlp").methods = {"encode"};
  CHECK_THROWS_WITH(
      plan_with(components, spec("vicreg", "[model]\nuse='mlp'\n[[metric]]\nuse='reconstruction_error'\n")),
      "sweep.toml:10: metric 'reconstruction_error' needs 'reconstruction': objective 'vicreg' gives nothing by "
      "itself, "
      "its models have encode");
}

TEST_CASE("withheld cells are asked for by what judges them, and decide nothing before the end") {
  const auto components = std::make_shared<FakeComponents>();
  components->edit("reconstruction_error").needs = {"imputed"};
  components->edit("vicreg").outputs = {"imputed"};
  components->edit("vicreg").flags |= UBP_OBJ_HANDLES_MASK;
  const auto refusal = [&](const std::vector<std::string>& overrides) -> std::string {
    try {
      plan_with(components, spec("vicreg", "[model]\nuse='mlp'\n[[metric]]\nuse='reconstruction_error'\n"), overrides,
                true);
      return "no error";
    } catch (const ubp::Error& e) {
      return e.what();
    }
  };
  CHECK(
      refusal({}) ==
      "sweep.toml:10: metric 'reconstruction_error' judges cells that training does not see: found dataset.withhold 0 "
      "and dataset.validate 0, expected one above 0");
  CHECK(refusal({"dataset.withhold=0.5"}) == "no error");
  CHECK(refusal({"dataset.withhold=0.5", "train.early_stop=test.mse"}) ==
        "sweep.toml:10: metric 'reconstruction_error' judges withheld cells, and train.early_stop names its 'mse': "
        "found dataset.validate 0, "
        "expected a share of the known cells to stop by");
  CHECK(refusal({"dataset.withhold=0.5", "dataset.validate=0.1", "train.early_stop=test.mse"}) == "no error");
}

TEST_CASE("labels make a trial supervised, and only an objective that declares them gets any") {
  CHECK(plan(spec("supervised", "[model]\nuse='mlp'\n"), {}, true).configs.at(0).supervised);
  CHECK_FALSE(plan(spec("vicreg", "[model]\nuse='mlp'\n"), {}, true).configs.at(0).supervised);
}

TEST_CASE("a batch of one is refused where the objective compares rows") {
  CHECK(complaint(spec("vicreg", "[model]\nuse='mlp'\n[train]\nbatch=1\n")) ==
        "sweep.toml:1: objective 'vicreg' compares the rows of a batch: found train.batch 1, expected 2 or more");
}

TEST_CASE("a data set's own parameter wins over the host's key of the same name") {
  const TrialSpec trial =
      plan(spec("vicreg", "[model]\nuse='mlp'\n"), {"dataset.use=rings", "dataset.rows=50"}, true).trials.at(0).spec;
  CHECK(trial.find("dataset")->params.at("rows") == 50);
  CHECK(trial.dataset.rows == 0);
}
