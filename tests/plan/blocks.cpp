// SPDX-License-Identifier: MIT
// Axes that are circumstances: which they are, who must not choose among them, and what makes another sweep. And a
// pruner that is only asked.
#include <catch2/catch.hpp>

#include "fake_components.hpp"
#include "plan/pruner.hpp"
#include "plan/search_space.hpp"

using namespace ubp::test;
using nlohmann::json;
using ubp::PrunerKind;
using Names = std::vector<std::string>;

namespace {

/// Over a data set's axis, and with more keys of [sweep].
std::string spec(const std::string& keys = "") { return spec_with(24, keys) + "\"dataset.split_seed\" = [1, 2]\n"; }

const char* const kMedian = "pruner.use = 'median'";

}  // namespace

TEST_CASE("blocks are the axes of the data set, or those that are named") {
  CHECK(plan().blocks.empty());
  CHECK(plan(spec()).blocks == Names{"dataset.split_seed"});
  CHECK(plan(spec("blocks = ['optimizer.lr', 'dataset.*']")).blocks == Names{"dataset.split_seed", "optimizer.lr"});
  CHECK(plan(spec("blocks = 'optimizer.lr, model.latent'")).blocks == Names{"model.latent", "optimizer.lr"});
  CHECK(plan(spec("blocks = []")).blocks.empty());
  CHECK(plan(spec(), {"sweep.blocks=model.latent,optimizer.lr"}).blocks == Names{"model.latent", "optimizer.lr"});
  CHECK(plan(spec(), {"sweep.blocks="}).blocks.empty());
  CHECK(plan(spec(), {"sweep.blocks=[]"}).blocks.empty());
}

TEST_CASE("a block that is no axis is refused with the nearest") {
  CHECK(complaint(spec("blocks = ['dataset.split_sed']")) ==
        "sweep.toml:24: sweep.blocks: 'dataset.split_sed' is no parameter of the space; did you mean "
        "'dataset.split_seed'?");
  CHECK(complaint(spec("blocks = ['model.*']")) ==
        "sweep.toml:24: sweep.blocks: 'model.*' is no parameter of the space; there are: dataset.split_seed, "
        "model.latent, optimizer.lr");
  CHECK(complaint(spec("blocks = [1]")) ==
        "sweep.toml:24: sweep.blocks: found 1, expected keys of the space: [\"dataset.use\"]");
  CHECK(complaint(spec("blocks = true")) ==
        "sweep.toml:24: sweep.blocks: wrong type: found bool true, expected string");
  CHECK(complaint(spec(), {"sweep.blocks=dataset.rows"}) ==
        "command line: sweep.blocks: 'dataset.rows' is no parameter of the space; there are: dataset.split_seed, "
        "model.latent, optimizer.lr");
}

TEST_CASE("blocks that are named make another sweep, those that are there anyhow do not") {
  const std::string usual = plan(spec()).identity;
  CHECK(plan(spec()).sampler.contains("blocks") == false);
  CHECK(plan(spec("blocks = ['dataset.split_seed']")).identity == usual);
  CHECK(plan(spec("blocks = []")).identity != usual);
  CHECK(plan(spec("blocks = ['model.latent']")).sampler.at("blocks") == json{"model.latent"});
  for (const char* blocks : {"blocks = []", "blocks = ['model.latent', 'optimizer.lr']"}) {
    const Expanded first = plan(spec(blocks)), again = plan(first.spec_text);
    CHECK(again.identity == first.identity);
    CHECK(again.blocks == first.blocks);
    CHECK(again.spec_text == first.spec_text);
  }
}

TEST_CASE("who compares configs by their values does not do so across circumstances") {
  const std::string race = "race.on = true", start = "sampler = 'tpe'\nconfigs = 5\nstart_from = 'x'";
  CHECK(complaint(spec(race)) ==
        "sweep.toml:24: sweep.race.on: a race would compare configs across dataset.split_seed: expected none, or "
        "sweep.blocks = [] where that is a choice");
  CHECK(complaint(spec(start)) ==
        "sweep.toml:26: sweep.start_from: results of another sweep would be compared across dataset.split_seed: "
        "expected none, or sweep.blocks = [] where that is a choice");
  for (const std::string& keys : {race, start}) CHECK(complaint(spec(keys + "\nblocks = []")) == "no error");
  for (const char* sampler : {"random", "sobol"})
    CHECK(complaint(spec(fmt::format("sampler = '{}'\nconfigs = 5", sampler))) == "no error");
  CHECK(complaint(spec(kMedian)) == "no error");
}

TEST_CASE("a sampler that learns chooses among the other axes, and each of its points is run in every block") {
  const std::string tpe = "sampler = 'tpe'\nconfigs = 5\ntry = [{ 'model.latent' = 4 }]";
  const Expanded made = plan(spec(tpe));
  CHECK(made.configs.size() == 4);  // the default and the try
  CHECK(static_cast<const ubp::Plan&>(made).configs == 10);
  CHECK(made.crossed == std::vector<ubp::Assignment>{{{"dataset.split_seed", 1}}, {{"dataset.split_seed", 2}}});
  REQUIRE(made.choices->space().size() == 2);
  CHECK(made.search->space().size() == 3);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(made.configs[i].params.at("dataset.split_seed") == 1 + i % 2);
    CHECK(made.configs[i].params.at("model.latent") == (i < 2 ? 64 : 4));
  }
  CHECK(made.default_config == 0);
  CHECK(made.sampler.at("crossed") == json(made.crossed));
  const Expanded again = plan(made.spec_text);
  CHECK(again.identity == made.identity);
  CHECK(again.spec_text == made.spec_text);
  CHECK(plan(spec(tpe + "\nblocks = []")).crossed.empty());
  CHECK(complaint(spec("sampler = 'tpe'\nconfigs = 60_000")) ==
        "sweep.toml:25: sweep.configs: found 60000, expected at most 50000");
  CHECK(complaint(spec("sampler = 'tpe'\nconfigs = 5\nblocks = ['model.latent', 'optimizer.lr', 'dataset.*']")) ==
        "sweep.toml:24: sweep.space: missing: the tpe sampler has nothing to choose from");
}

TEST_CASE("what is forbidden in one block is proposed in none") {
  const auto is_allowed = [](const std::string& forbid, double latent) {
    const Expanded made = plan(spec("sampler = 'tpe'\nconfigs = 5\nforbid = ['" + forbid + "']"));
    return !made.choices->space().allowed || made.choices->space().allowed({latent, 1e-3});  // an index, a number
  };
  const std::string forbid = "model.latent == 16 and dataset.split_seed == 2";
  CHECK_FALSE(is_allowed(forbid, 1));
  CHECK(is_allowed(forbid, 0));
  CHECK(is_allowed("model.latent == 16 and dataset.split_seed == 3", 1));
}

TEST_CASE("blocks and choices that depend on each other are refused where a sampler learns") {
  const std::string tpe = "sampler = 'tpe'\nconfigs = 5\n";
  const std::string when = "'model.dropout' = { choice = [0.1, 0.2], when = 'dataset.split_seed == 1' }\n";
  CHECK(complaint(spec(tpe) + when) ==
        "sweep.toml: sweep.blocks: model.dropout has a meaning only with some values of dataset.split_seed: expected "
        "both among the blocks, or none, where the sampler learns");
  CHECK(complaint(spec() + when) == "no error");
  const std::string use = "'dataset.use' = ['digits', 'rings']\n";
  CHECK(complaint(spec(tpe) + use) == "no error");  // both are blocks
  CHECK_THAT(complaint(spec(tpe + "blocks = ['dataset.use']") + use),
             Catch::StartsWith("sweep.toml:26: sweep.blocks: dataset.split_seed has a meaning only with some values of "
                               "dataset.use"));
}

TEST_CASE("a pruner that is only asked stops nothing, and the sweep is the one without it") {
  const Expanded asked = plan(spec_with(24, fmt::format("dry_prune = true\n{}\npruner.startup_trials = 2", kMedian)));
  CHECK(asked.pruner.use == PrunerKind::none);
  CHECK(asked.dry_pruner.use == PrunerKind::median);
  CHECK(asked.dry_pruner.startup_trials == 2);
  CHECK(asked.dry_pruner.metric == "test.probe_accuracy");
  CHECK(asked.identity == plan().identity);
  const Expanded again = plan(asked.spec_text);
  CHECK(again.dry_pruner.startup_trials == 2);
  CHECK(again.spec_text == asked.spec_text);
  const Expanded pruned = plan(spec_with(24, kMedian));
  CHECK(pruned.dry_pruner.use == PrunerKind::none);
  CHECK(pruned.identity != asked.identity);
  CHECK(plan(pruned.spec_text, {"sweep.dry_prune=true"}).identity == asked.identity);
}

TEST_CASE("a pruner that cannot be asked is refused") {
  CHECK(complaint(spec_with(24, "dry_prune = true")) ==
        "sweep.toml:24: sweep.dry_prune: found true, but there is no [sweep.pruner]");
  CHECK(complaint(spec_with(24, "dry_prune = true\npruner.use = 'promotion'\npruner.min_steps = 3")) ==
        "sweep.toml:24: sweep.dry_prune: promotion judges all trials at a rung: expected a pruner that stops single "
        "ones");
  CHECK_THAT(complaint(spec_with(24, fmt::format("dry_prune = true\n{}\npruner.metric = 'test.m'", kMedian))),
             Catch::StartsWith("sweep.toml:26: sweep.pruner.metric names 'test.m'"));
}

TEST_CASE("the settings of a pruner are the keys that its rule reads") {
  ubp::PrunerOptions pruner;
  pruner.use = PrunerKind::halving;
  pruner.min_steps = 10;
  CHECK(settings_of(pruner) == "min_steps=10 eta=4");
  pruner.use = PrunerKind::threshold;
  pruner.upper = "0.5";
  CHECK(settings_of(pruner) == "upper=0.5");
  CHECK(stop_rule_of(pruner, false, "s") != nullptr);
  pruner.use = PrunerKind::promotion;
  CHECK(stop_rule_of(pruner, false, "s") == nullptr);
}
