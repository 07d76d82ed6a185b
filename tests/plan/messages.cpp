// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "fake_components.hpp"

using namespace ubp::test;

namespace {

struct Wrong {
  int line;  // of kSpec, replaced
  const char* text;
  const char* sentence;
};

const Wrong kWrong[] = {
    {1, "[experimnt]", "sweep.toml:1: no table 'experimnt'; did you mean 'experiment'?"},
    {1, "name = 'x'\n[experiment]",
     "sweep.toml:1: no table 'name'; there are: experiment, dataset, optimizer, environment, metric, train, artifacts, "
     "sweep, model, objective, transform, program"},
    {2, "nmae = \"x\"", "sweep.toml:2: experiment.nmae: [experiment] has no key 'nmae'; did you mean 'name'?"},
    {2, "name = ", "sweep.toml:2: not valid TOML: Error while parsing key-value pair: expected value, saw '\\n'"},
    {2, "name = 1\xc5\x93",
     "sweep.toml:2: not valid TOML: Error while parsing decimal integer: expected digit, saw '\xc5\x93'"},
    {2, "name = 1979-05-27", "sweep.toml:2: a date or time has no meaning in a spec"},
    {4, "[[dataset]]", "sweep.toml:4: dataset: found [[dataset]], expected [dataset]: there is only one"},
    {5, "use = \"digit\"", "sweep.toml:5: dataset.use: there is no dataset 'digit'; did you mean 'digits'?"},
    {5, "rows = 10", "sweep.toml:4: dataset.use: missing: expected the id of a dataset; there are: digits, rings"},
    {5, "use = \"digits\"\nscale = \"minmx\"",
     "sweep.toml:6: dataset.scale: no such choice: found 'minmx', expected one of none, standard, minmax; did you mean "
     "'minmax'?"},
    {5, "use = \"digits\"\nwithhold = 0.5",
     "sweep.toml:11: objective 'reconstruction' cannot train with missing cells: found dataset.withhold 0.5, expected "
     "0"},
    {5, "use = \"digits\"\n[dataset.more]", "sweep.toml:6: dataset.more: [dataset] has no tables inside"},
    {8, "hidden = [256, 0]", "sweep.toml:8: model.hidden: 0 is outside [1, inf)"},
    {8, "hidden = \"wide\"",
     "sweep.toml:8: model.hidden: wrong type: found string wide, expected list of int in [1, inf)"},
    {9, "latnt = 64",
     "sweep.toml:9: model.latnt: model 'autoencoder' has no parameter 'latnt'; did you mean 'latent'?"},
    {9, "latent = 1.5", "sweep.toml:9: model.latent: wrong type: found float 1.5, expected int in [1, inf)"},
    {9, "latent = 0", "sweep.toml:9: model.latent: 0 is outside [1, inf)"},
    {9, "latent = 8\ncode = 9", "sweep.toml:9: model.latent: given twice, also at sweep.toml:10"},
    {9, "dropout = 1.0", "sweep.toml:9: model.dropout: 1 is outside [0, 1)"},
    {9, "dropout = nan", "sweep.toml:9: model.dropout: nan is outside [0, 1)"},
    {9, "activation = \"rleu\"",
     "sweep.toml:9: model.activation: no such choice: found 'rleu', expected one of relu, tanh; did you mean 'relu'?"},
    {9, "[model.critic]",
     "sweep.toml:9: model.critic: objective 'reconstruction' has no role 'critic'; there are: model"},
    {11, "use = \"gan\"", "sweep.toml:12: objective.loss: objective 'gan' has no parameter 'loss'; there are none"},
    {17, "epoch = 5", "sweep.toml:17: train.epoch: [train] has no key 'epoch'; did you mean 'epochs'?"},
    {15, "lr = 0.0", "sweep.toml:15: optimizer.lr: 0 is outside (0, inf)"},
    {17, "epochs = true", "sweep.toml:17: train.epochs: wrong type: found bool true, expected int in [1, inf)"},
    {17, "early_stop = \"test.msee\"", "sweep.toml:17: train.early_stop names 'test.msee'; did you mean test.mse?"},
    {19, "[transform]", "sweep.toml:19: transform: found [transform], expected [[transform]]: there may be several"},
    {20, "use = \"linear_probe\"",
     "sweep.toml:21: metric.0 and metric.1 both emit 'probe_accuracy': only one can be recorded"},
    {24, "sampler = \"tpee\"",
     "sweep.toml:24: sweep.sampler: no such choice: found 'tpee', expected one of grid, shuffled, random, sobol, tpe, "
     "cmaes, gp, nsga2, external; did you mean 'tpe'?"},
    {24, "sampler = \"tpe\"",
     "sweep.toml:24: sweep.configs: missing: the tpe sampler must know how many configs there are"},
    {24, "sampler = \"random\"",
     "sweep.toml:24: sweep.configs: missing: the random sampler must know how many configs there are"},
    {24, "configs = 5",
     "sweep.toml:24: sweep.configs: found 5, but a grid has as many configs as its space has points"},
    {24, "trial_wall = \"20 minutes\"",
     "sweep.toml:24: sweep.trial_wall: no duration: found '20 minutes', expected e.g. 90s, 20m, 1h30m"},
    {24, "trial_stall = \"never\"",
     "sweep.toml:24: sweep.trial_stall: no duration: found 'never', expected e.g. 90s, 20m, 1h30m"},
    {24, "retries = -1", "sweep.toml:24: sweep.retries.any: -1 is outside [0, inf)"},
    {24, "retries = [1, 2]",
     "sweep.toml:24: sweep.retries.any: found several values, expected one: this key cannot be swept"},
    {24, "retries = { kiled = 2 }",
     "sweep.toml:24: sweep.retries.kiled: [sweep.retries] has no key 'kiled'; did you mean 'killed'?"},
    {24, "trial_memory = \"2 gigs\"",
     "sweep.toml:24: sweep.trial_memory: no size: found '2 gigs', expected e.g. 512MiB, 2GiB"},
    {24, "seed = [1, 2]", "sweep.toml:24: sweep.seed: found several values, expected one: this key cannot be swept"},
    {25, "metric = \"test.probe_acuracy\"",
     "sweep.toml:25: sweep.metric names 'test.probe_acuracy'; did you mean test.probe_accuracy?"},
    {25, "metric = \"\"\n[sweep.prunr]",
     "sweep.toml:26: sweep.prunr: [sweep] has no key 'prunr'; did you mean 'pruner'?"},
    {25, "metric = \"\"\npruner.use = \"median\"",
     "sweep.toml: sweep.metric: missing: sweep.pruner compares trials by it"},
    {28, "\"model.latnt\" = [4]",
     "sweep.toml:28: model.latnt: model 'autoencoder' has no parameter 'latnt'; did you mean 'latent'?"},
    {28, "\"modl.latent\" = [4]", "sweep.toml:28: modl.latent: no table 'modl'; did you mean 'model'?"},
    {28, "\"latent\" = [4]",
     "sweep.toml:28: latent: no table 'latent'; there are: experiment, dataset, optimizer, environment, metric, train, "
     "artifacts, sweep, model, objective, transform, program"},
    {28, "\"metric.mse.k\" = [4]",
     "sweep.toml:28: metric.mse.k: no [[metric]] 'mse'; there are: reconstruction_error, linear_probe"},
    {28, "\"model.critic.latent\" = [4]", "sweep.toml:28: model.critic.latent: no table 'model.critic' in this spec"},
    {28, "\"sweep.seed\" = [4, 5]", "sweep.toml:28: sweep.seed: this key cannot be swept"},
    {28, "\"model.latent\" = [4, 4]", "sweep.toml:28: model.latent: 4 is listed twice"},
    {28, "\"model.latent\" = []", "sweep.toml:28: model.latent: an empty choice: found [], expected values"},
    {28, "\"model.latent\" = [4, \"x\"]",
     "sweep.toml:28: model.latent: wrong type: found string x, expected int in [1, inf)"},
    {28, "\"model.latent\" = [0, 4]", "sweep.toml:28: model.latent: 0 is outside [1, inf)"},
    {28, "\"model.latent\" = \"0..4\"", "sweep.toml:28: model.latent: 0 is outside [1, inf)"},
    {28, "\"model.latent\" = \"9..4\"",
     "sweep.toml:28: model.latent: empty range: found 9..4, expected a start below the end"},
    {28, "\"model.latent\" = \"1..4:logg\"",
     "sweep.toml:28: model.latent: no such modifier of a range: found 'logg', expected log, log2, step=X or n=K"},
    {28, "\"model.latent\" = { range = \"1..4\", wen = \"\" }",
     "sweep.toml:28: sweep.space: model.latent: found 'wen', expected range or choice, and when"},
    {28, "\"model.latent\" = { range = \"1..4\", when = \"objectiv.use == 'x'\" }",
     "sweep.toml:28: model.latent: when: no key 'objectiv.use' in this spec; did you mean 'objective.use'?"},
    {28, "\"model.latent\" = { range = \"1..4\", when = \"objective.use\" }",
     "sweep.toml:28: model.latent: when: no condition: found 'objective.use', expected KEY == VALUE, joined by `and`, "
     "with == != < <= > or >="},
    {28, "\"objective.use\" = [\"reconstruction\", \"vicrg\"]",
     "sweep.toml:28: objective.use: there is no objective 'vicrg'; did you mean 'vicreg'?"},
    {29, "\"optimizer.lr\" = \"1e-4..1e-2\"",
     "sweep.toml:29: optimizer.lr: a grid must know how fine: found 1e-4..1e-2, expected e.g. 1e-4..1e-2:n=5 or "
     ":step=0.1"},
    {29, "\"optimizer.lr\" = \"0..1e-2:log\"",
     "sweep.toml:29: optimizer.lr: a log range starts above 0: found 0..1e-2:log"},
};

}  // namespace

TEST_CASE("the spec that the others are variations of is right") {
  CHECK(complaint(kSpec) == "no error");
  CHECK(complaint(kSpec, {}, true) == "no error");
}

TEST_CASE("every mistake in a spec gets one sentence that names its line, its key and the way out") {
  for (const Wrong& wrong : kWrong) {
    CAPTURE(wrong.line, wrong.text);
    CHECK(complaint(spec_with(wrong.line, wrong.text)) == wrong.sentence);
  }
}

TEST_CASE("what a spec lacks is named, with the file") {
  const std::string data = "[dataset]\nuse='digits'\n", model = "[model]\nuse='mlp'\n",
                    objective = "[objective]\nuse='vicreg'\n";
  CHECK(complaint("") == "sweep.toml: objective: missing: expected a table [objective] with use");
  CHECK(complaint(objective) ==
        "sweep.toml: dataset: missing: objective 'vicreg' learns from data, expected a table [dataset]");
  CHECK(complaint(objective + data) ==
        "sweep.toml: model: missing: objective 'vicreg' needs role 'model' with method encode");
  CHECK(complaint(objective + data + model) ==
        "sweep.toml: optimizer: missing: expected a table [optimizer] with use and lr");
  CHECK(complaint(spec_with(15, ""), {}, true) ==
        "sweep.toml:13: optimizer.lr: missing: expected float in (0, inf); only [sweep.space] gives it: choose a "
        "value, optimizer.lr=...");
  CHECK(complaint(spec_with(15, ""), {"optimizer.lr=0.1"}, true) == "no error");
}
