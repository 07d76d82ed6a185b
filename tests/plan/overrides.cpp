// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "fake_components.hpp"
#include "plan/host_tables.hpp"

using namespace ubp::test;
using nlohmann::json;

namespace {

json value(const std::string& override, const std::string& table, const std::string& name) {
  const ubp::TrialSpec spec = plan(kSpec, {override}, true).trials.at(0).spec;
  return spec.find(table)   ? spec.find(table)->params.at(name)
         : table == "train" ? json(spec.train).at(name)
                            : json(spec.dataset).at(name);
}

std::string wrong(const std::string& override) { return complaint(kSpec, {override}); }

}  // namespace

TEST_CASE("an override is typed by the key's declaration") {
  CHECK(value("model.latent=32", "model", "latent") == 32);
  CHECK(value("model.latent=1e2", "model", "latent") == 100);
  CHECK(value("optimizer.lr=1e-4", "optimizer", "lr") == 1e-4);
  CHECK(value("optimizer.lr=1", "optimizer", "lr").is_number_float());
  CHECK(value("model.activation=tanh", "model", "activation") == "tanh");
  CHECK(value("model.activation='tanh'", "model", "activation") == "tanh");
  CHECK(value("train.shuffle=false", "train", "shuffle") == false);
  CHECK(value("train.early_stop=test.mse", "train", "early_stop") == "test.mse");
  CHECK(value("metric.1.l2=2", "metric.1", "l2") == 2.0);
  CHECK(value("metric.linear_probe.l2=2", "metric.1", "l2") == 2.0);
}

TEST_CASE("a list needs no characters that a shell knows") {
  CHECK(value("model.hidden=256+64", "model", "hidden") == json{256, 64});
  CHECK(value("model.hidden=[256,64]", "model", "hidden") == json{256, 64});
  CHECK(value("model.hidden=256", "model", "hidden") == json{256});
  CHECK(value("model.hidden=1e+3+64", "model", "hidden") == json{1000, 64});
  CHECK(value("model.hidden=", "model", "hidden") == json::array());
  CHECK(value("dataset.classes=3", "dataset_host", "classes") == json{3});
}

TEST_CASE("a comma is a choice, two dots are a range; both are axes") {
  CHECK(plan(kSpec, {"model.latent=8,9"}).configs.size() == 2 * 3);
  CHECK(plan(kSpec, {"model.latent=2..5"}).configs.size() == 4 * 3);
  CHECK(plan(kSpec, {"model.hidden=64,256+64,[]"}).configs.size() == 3 * 3 * 3);
  CHECK(plan(kSpec, {"model.activation=relu,tanh"}).configs.size() == 2 * 3 * 3);
  CHECK(plan(kSpec, {"objective.use=reconstruction,vicreg"}).configs.size() == 2 * 3 * 3);
}

TEST_CASE("one value on the command line ends a sweep over the key") {
  const Expanded one = plan(kSpec, {"model.latent=32"});
  CHECK(one.configs.size() == 3);
  CHECK(one.trials.at(0).spec.find("model")->params.at("latent") == 32);
  CHECK(one.configs.at(0).params.size() == 1);
}

TEST_CASE("overrides reach tables that the file does not have") {
  CHECK(plan(kSpec, {"artifacts.images=8"}).trials.at(0).spec.artifacts.images == 8);
  CHECK(plan(kSpec, {"sweep.replicates=5"}).trials.size() == 9 * 5);
  CHECK(plan(kSpec, {"train.epochs=1"}).trials.at(0).spec.train.epochs == 1);
}

TEST_CASE("a wrong override says so as precisely as a wrong file") {
  CHECK(wrong("model.latnt=3") ==
        "command line: model.latnt: model 'autoencoder' has no parameter 'latnt'; did you mean 'latent'?");
  CHECK(wrong("modle.latent=3") == "command line: modle.latent: no table 'modle'; did you mean 'model'?");
  CHECK(wrong("model.latent") == "command line: found 'model.latent', expected KEY=VALUE");
  CHECK(wrong("model=3") == "command line: model: found 1 names, expected model.KEY or model.NAME.KEY");
  CHECK(wrong("metric.l2=3") == "command line: metric.l2: found 2 names, expected metric.ID.KEY");
  CHECK(wrong("metric.probe.l2=3") ==
        "command line: metric.probe.l2: no [[metric]] 'probe'; there are: reconstruction_error, linear_probe");
  CHECK(wrong("model.latent=many") ==
        "command line: model.latent: wrong type: found string many, expected int in [1, inf)");
  CHECK(wrong("model.latent=4,0") == "command line: model.latent: 0 is outside [1, inf)");
  CHECK(wrong("train.shuffle=yes") == "command line: train.shuffle: wrong type: found string yes, expected bool");
  CHECK(wrong("sweep.replicates=1,2") ==
        "command line: sweep.replicates: found several values, expected one: this key cannot be swept");
  CHECK(complaint(kSpec, {"model.latent=4,8"}, true) ==
        "command line: model.latent: found several values, expected one: `ubp run` is one trial, `ubp sweep` takes "
        "several");
}

TEST_CASE("a trial has a thread at least, and no option is infinite: both are refused by their declared range") {
  CHECK(wrong("train.threads=0") == "command line: train.threads: 0 is outside [1, 256]");
  CHECK(wrong("train.threads=1,2") ==
        "command line: train.threads: found several values, expected one: no result depends on it");
  CHECK(wrong("train.clip_norm=inf") == "command line: train.clip_norm: inf is outside [0, inf)");
  CHECK(wrong("optimizer.lr=inf") == "command line: optimizer.lr: inf is outside (0, inf)");
  CHECK(wrong("optimizer.lr=nan") ==
        "command line: optimizer.lr: wrong type: found string nan, expected float in (0, inf)");
  CHECK(wrong("optimizer.lr=1e-3,inf") == "command line: optimizer.lr: inf is outside (0, inf)");
  CHECK(wrong("optimizer.lr=1e-3..inf:n=3,log") != "accepted");
  CHECK(wrong("train.clip_norm=-inf") == "command line: train.clip_norm: -inf is outside [0, inf)");
  CHECK(wrong("train.checkpoint_seconds=1e999") != "accepted");
}

TEST_CASE("options are JSON and back: every key that is declared, with the default that is declared") {
  json options = ubp::TrainOptions{};
  CHECK(options.size() == ubp::train_keys().size());
  for (const ubp::ParamDecl& decl : ubp::train_keys()) CHECK(options.at(decl.name) == decl.fallback);
  options["schedule"] = "plateau", options["early_stop_goal"] = "maximize", options["clip_norm"] = 0.5;
  CHECK(options.get<ubp::TrainOptions>().schedule == ubp::RateSchedule::plateau);
  CHECK(json(options.get<ubp::TrainOptions>()) == options);
}
