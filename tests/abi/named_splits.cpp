// SPDX-License-Identifier: MIT
// Splits of a data set's own names: judged where the spec names them, within an objective's reach.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "story.hpp"
#include "train/evaluate/evaluate.hpp"

namespace {

using namespace ubp;
using testing::Story;
using Names = std::vector<std::string>;

std::string spec(const std::string& names, const std::string& eval_split) {
  return fmt::format(
      "[dataset]\nuse = \"made_series\"\nlengths = \"none\"\nnames = \"{}\"\n[objective]\nuse = \"reconstruction\"\n"
      "[model]\nuse = \"autoencoder\"\nhidden = [4]\nlatent = 2\n[[metric]]\nuse = \"reconstruction_error\"\n"
      "[optimizer]\nuse = \"sgd\"\nlr = 0.0001\n[train]\nepochs = 2\nbatch = 10\neval_split = \"{}\"\n",
      names, eval_split);
}

}  // namespace

TEST_CASE("names joined by +, each once; auto and test are what there is of them", "[splits]") {
  const Names all{"train", "valid", "test", "shifted"}, two{"train", "shifted"};
  CHECK(judged_splits("auto", all) == Names{"valid", "test"});
  CHECK(judged_splits("auto+shifted", all) == Names{"valid", "test", "shifted"});
  CHECK(judged_splits("shifted+test+shifted", all) == Names{"shifted", "test"});
  CHECK(judged_splits("train", all) == Names{"train"});
  CHECK(judged_splits("auto", two) == Names{"train"});
  CHECK(judged_splits("test+shifted", two) == Names{"shifted"});
  CHECK(judged_splits("shiftd", two) == Names{"shiftd"});
}

TEST_CASE("metrics judge a named split in a series of its own", "[splits]") {
  Story story;
  run(spec("one", "auto+shifted"), story);
  INFO(story.end.error);
  REQUIRE(story.end.how == TrialEnd::How::complete);
  CHECK(story.last("shifted.mse") > 1000 * story.last("test.mse") / 100);
  CHECK(story.last("shifted.mse") == Approx(100.0 * 100).epsilon(0.3));  // the rows are those of test, by 100
  Story without;
  run(spec("one", "auto"), without);
  CHECK(without.all("shifted.mse").empty());
  CHECK(without.last("test.mse") == story.last("test.mse"));
}

TEST_CASE("an objective reaches a named split as any other", "[splits]") {
  const std::string toml =
      "[dataset]\nuse = \"made_series\"\nnames = \"{}\"\n[objective]\nuse = \"length_teller\"\n[optimizer]\n"
      "use = \"sgd\"\nlr = 0.1\n[train]\nepochs = 1\n";
  Story story;
  run(fmt::format(fmt::runtime(toml), "one"), story);
  INFO(story.end.error);
  REQUIRE(story.end.how == TrialEnd::How::complete);
  CHECK(story.last("train.shifted_rows") == 5);
  CHECK(story.last("train.shifted_first") == 101);
  CHECK(story.last("train.missing_rows") == 0);
}

TEST_CASE("a split's name is a name, once, and none of the three", "[splits]") {
  const std::string who = "dataset 'made_series', splits: found ";
  CHECK(testing::refusal(spec("twice", "auto")) ==
        who + "'shifted' twice, expected each name once, and not train, valid or test");
  CHECK(testing::refusal(spec("train", "auto")) ==
        who + "'train' twice, expected each name once, and not train, valid or test");
  CHECK(testing::refusal(spec("capital", "auto")) ==
        who + "'Shifted', expected a name of letters a-z, digits and _, a letter first");
}

TEST_CASE("a split that there is not is refused before anything runs", "[splits]") {
  const std::string refused = testing::told("run", spec("one", "auto+shiftd"));
  CAPTURE(refused);
  CHECK(refused.find("train.eval_split: found 'shiftd', but the data set has only train, test, shifted; did you mean "
                     "'shifted'?") != refused.npos);
  const std::string shown = testing::told("data", spec("one", "auto"));
  CAPTURE(shown);
  CHECK(shown.find("shifted          5") != shown.npos);
}
