// SPDX-License-Identifier: MIT
// What a score of codes is held against: the same network untrained, principal components, the rows themselves.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "story.hpp"

namespace {

using namespace ubp;
using testing::Story;

std::string spec(const std::string& train, const std::string& metric = "use = \"code_teller\"\nbaselines = true") {
  return fmt::format(
      "[dataset]\nuse = \"made_rows\"\n[objective]\nuse = \"reconstruction\"\n[model]\nuse = \"autoencoder\"\n"
      "hidden = [4]\nlatent = 2\n[optimizer]\nuse = \"sgd\"\n{}\n[[metric]]\n{}\n",
      train, metric);
}

double only(const Story& story, const std::string& series) {
  CAPTURE(series);
  REQUIRE(story.all(series).size() == 1);
  return story.all(series).front();
}

}  // namespace

TEST_CASE("a score of codes has the untrained network, PCA and the raw input beside it", "[baselines]") {
  Story story;
  run(spec("lr = 1e-4\n[train]\nepochs = 20"), story);
  INFO(story.end.error);
  REQUIRE(story.end.how == TrialEnd::How::complete);
  // Rows (i, -i), i = 0 to 11, in both splits: one direction of variance, so one component of the two asked for.
  CHECK(only(story, "test.width") == 2);
  CHECK(only(story, "test.width_pca") == 1);
  CHECK(only(story, "test.width_raw") == 2);
  CHECK(only(story, "test.squares_pca") == Approx(2 * 2 * 143));
  CHECK(only(story, "test.squares_raw") == Approx(2 * 2 * 506));
  CHECK(only(story, "test.decoded_gap_pca") < 1e-9);
  CHECK(story.all("test.decoded_gap_raw").empty());  // there is no way back from rows to rows
  CHECK(only(story, "test.squares_untrained") != only(story, "test.squares"));
  CHECK(only(story, "test.decoded_gap_untrained") > only(story, "test.decoded_gap"));
  // Above the best of them: more width is better, fewer squares are.
  CHECK(only(story, "test.width_gain") == 0);
  const double best = std::min({only(story, "test.squares_untrained"), 2.0 * 2 * 143, 2.0 * 2 * 506});
  CHECK(only(story, "test.squares_gain") == Approx(best - only(story, "test.squares")));
}

TEST_CASE("the untrained network is the one that this seed begins with, bit by bit", "[baselines]") {
  Story story;
  run(spec("lr = 1e-30\n[train]\nepochs = 1"), story);  // too small to move a float
  REQUIRE(story.end.how == TrialEnd::How::complete);
  CHECK(only(story, "test.squares") == only(story, "test.squares_untrained"));
  CHECK(only(story, "test.decoded_gap") == only(story, "test.decoded_gap_untrained"));
}

TEST_CASE("baselines move nothing of the trial, and are told at every evaluation", "[baselines]") {
  const std::string train = "lr = 1e-4\n[train]\nepochs = 4\neval_every = 2\nlog_every = 1";
  Story with, without;
  run(spec(train), with);
  run(spec(train, "use = \"code_teller\""), without);
  REQUIRE(with.end.how == TrialEnd::How::complete);
  for (const char* series : {"train.loss", "test.squares", "test.decoded_gap"}) {
    CAPTURE(series);
    CHECK(with.all(series) == without.all(series));
  }
  CHECK(without.all("test.squares_pca").empty());
  CHECK(with.all("test.squares_pca") == std::vector<double>(2, with.all("test.squares_pca").front()));
  CHECK(with.all("test.squares_gain").size() == 2);
  CHECK(with.all("test.squares_gain")[0] != with.all("test.squares_gain")[1]);
}

TEST_CASE("baselines are for what reads codes, and nothing else that a trial gives", "[baselines]") {
  const std::string train = "lr = 1e-4\n[train]\nepochs = 1";
  CHECK(
      testing::refusal(spec(train, "use = \"reconstruction_error\"\nbaselines = true"))
          .find("baselines: metric 'reconstruction_error' judges a trial's 'reconstruction': expected one that judges "
                "codes alone") != std::string::npos);
}
