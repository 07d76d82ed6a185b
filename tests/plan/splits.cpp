// SPDX-License-Identifier: MIT
// What a spec says of validation rows and folds, trial by trial.
#include <set>

#include <catch2/catch.hpp>

#include "fake_components.hpp"

using namespace ubp::test;

namespace {

std::string spec(const std::string& dataset, const std::string& sweep = "") {
  return "[objective]\nuse='reconstruction'\n[model]\nuse='autoencoder'\n[optimizer]\nuse='adam'\nlr=0.001\n[dataset]"
         "\nuse='digits'\n" +
         dataset + "[sweep]\n" + sweep;
}

std::vector<std::pair<std::int64_t, std::int64_t>> parts(const std::string& text, bool single = false) {
  std::vector<std::pair<std::int64_t, std::int64_t>> all;
  for (const Expanded::Trial& trial : plan(text, {}, single).trials)
    all.emplace_back(trial.spec.dataset.fold, trial.spec.dataset.split_seed);
  return all;
}

}  // namespace

TEST_CASE("a config has a trial for every fold and replicate, and a round over the folds splits anew if asked",
          "[splits]") {
  using Parts = std::vector<std::pair<std::int64_t, std::int64_t>>;
  CHECK(parts(spec("folds=3\nsplit_by_replicate=true\nsplit_seed=7\n", "replicates=2\n")) ==
        Parts{{0, 7}, {1, 7}, {2, 7}, {0, 8}, {1, 8}, {2, 8}});
  CHECK(parts(spec("folds=3\n", "replicates=2\n")) == Parts{{0, 0}, {1, 0}, {2, 0}, {0, 0}, {1, 0}, {2, 0}});
  CHECK(parts(spec("folds=3\nfold=2\n", "replicates=2\n")) == Parts{{2, 0}, {2, 0}});
  CHECK(parts(spec("valid_share=0.2\nsplit_by_replicate=true\n", "replicates=2\n")) == Parts{{-1, 0}, {-1, 1}});
  CHECK(parts(spec("folds=3\n"), true) == Parts{{0, 0}});
}

TEST_CASE("folds of a sweep each have a seed of their own", "[splits]") {
  const Expanded all = plan(spec("folds=3\n", "replicates=2\n"));
  CHECK(std::set<std::uint64_t>(all.configs.at(0).seeds.begin(), all.configs.at(0).seeds.end()).size() == 6);
}

TEST_CASE("every key of the splits is part of what a sweep is", "[splits]") {
  const std::string plain = plan(spec("")).identity;
  for (const char* key : {"valid_share=0.1", "valid_share=0.1\nvalid_from='last'", "split_seed=1",
                          "split_by_replicate=true", "folds=3", "folds=3\nfold_rows='test'", "folds=3\nfold=1"}) {
    CAPTURE(key);
    CHECK(plan(spec(std::string(key) + "\n")).identity != plain);
  }
}

TEST_CASE("options of splits that contradict each other are refused, with the line", "[splits]") {
  const auto said = [](const std::string& dataset) { return complaint(spec(dataset)); };
  CHECK(said("test_share=0.5\nvalid_share=0.5\n") ==
        "sweep.toml:8: dataset.valid_share: found 0.5, expected less than 1 with test_share 0.5");
  CHECK(said("folds=1\n") == "sweep.toml:8: dataset.folds: found 1, expected 0 or at least 2");
  CHECK(said("fold=0\n") == "sweep.toml:8: dataset.fold: found 0, expected -1 without folds");
  CHECK(said("folds=3\nfold=3\n") == "sweep.toml:8: dataset.fold: found 3, expected less than folds 3");
  CHECK(said("folds=3\nvalid_share=0.1\n") ==
        "sweep.toml:8: dataset.valid_share: found 0.1, expected 0: the folds are the validation rows");
  CHECK(said("folds=3\nfold_rows='test'\ntest_share=0.1\n") ==
        "sweep.toml:8: dataset.test_share: found 0.1, expected 0: the folds are the test rows");
  CHECK(said("folds=[2, 3]\n").find("sweep.toml:10: dataset.folds: ") == 0);
  CHECK(complaint(spec(""), {"dataset.folds=2,3"}) ==
        "command line: dataset.folds: found several values, expected one: all configs have equally many trials");
}
