// SPDX-License-Identifier: MIT
// What rows were made from reaches metrics, and nobody who trains.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "plugin/registry.hpp"
#include "story.hpp"

namespace {

using namespace ubp;
using testing::Story;

std::string spec(const std::string& dataset, const std::string& more = "") {
  return fmt::format(
      "[dataset]\n{}\n[objective]\nuse = \"reconstruction\"\n[model]\nuse = \"autoencoder\"\nhidden = [4]\nlatent = 2\n"
      "[optimizer]\nuse = \"sgd\"\nlr = 1e-3\n[train]\nepochs = 1\n{}\n[[metric]]\nuse = \"factor_teller\"\n"
      "[[metric]]\nuse = \"collapse\"\n",
      dataset, more);
}

}  // namespace

TEST_CASE("a metric is given the factors by name and kind, and a way back from codes", "[factors]") {
  Story story;
  run(spec("use = \"made_rows\""), story);
  INFO(story.end.error);
  REQUIRE(story.end.how == TrialEnd::How::complete);
  CHECK(story.all("test.size_sum") == std::vector<double>{66.0 / 4});
  CHECK(story.all("test.kind_sum") == std::vector<double>{18});
  CHECK(story.all("test.decoded_gap") == std::vector<double>{0});
}

TEST_CASE("where the data set states no factors, the metric is left out and the trial keeps the rest", "[factors]") {
  Story story;
  run(spec("use = \"two_moons\""), story);
  REQUIRE(story.end.how == TrialEnd::How::complete);
  CHECK(story.all("test.size_sum").empty());
  CHECK(story.all("test.effective_rank").size() == 1);
  CHECK(story.notes ==
        std::vector<std::string>{"left out: metric 'factor_teller' needs factors, and the data set states none"});
}

TEST_CASE("an objective gets no factor, and none is named to it", "[factors]") {
  const auto asking = [](const std::string& field) {
    return testing::refusal(fmt::format(
        "[dataset]\nuse = \"made_rows\"\n[objective]\nuse = \"centre_of_rows\"\nreads = \"{}\"\n[optimizer]\nuse = "
        "\"sgd\"\nlr = 0.1\n[train]\nepochs = 1\n",
        field));
  };
  CHECK(asking("size") == "objective 'centre_of_rows', loss: field 'size' is a factor, which metrics alone see");
  CHECK(asking("sizes") == "objective 'centre_of_rows', loss: the data set has no field 'sizes'; there are: x, second");
}

TEST_CASE("a factor is one number", "[factors]") {
  CHECK(testing::refusal(spec("use = \"made_rows\"\nwide_factor = true")) ==
        "dataset 'made_rows', fields: 'size': a factor, a weight or a length is one number a row: found shape [2]");
}

TEST_CASE("a data set says where it comes from and under which licence", "[factors]") {
  Registry registry({UBP_PLUGIN_FOLDER}, UBP_PROGRAM);
  const Manifest& made = registry.find(UBP_K_DATASET, "made_rows");
  CHECK(made.source == "made up here");
  CHECK(made.licence == "CC0-1.0");
}
