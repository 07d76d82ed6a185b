// SPDX-License-Identifier: MIT
// Losses of rows, rows that count more than others, and a second input beside the first.
#include <fstream>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "story.hpp"

namespace {

using namespace ubp;
using testing::Story;

std::string spec(const std::string& objective, const std::string& weights, const std::string& more = "") {
  return fmt::format(
      "[dataset]\nuse = \"made_rows\"\nweights = \"{}\"\n[objective]\nuse = \"{}\"\n{}\n[optimizer]\nuse = \"sgd\"\n"
      "lr = 0.1\nmomentum = 0\n[train]\nepochs = 60\nbatch = 12\nlog_every = 1\n",
      weights, objective, more);
}

/// The first loss, w and v being 0: of row i, 2 i^2 + 2 i^2 + 49.
double first_loss(bool weighted) {
  double sum = 0, count = 0;
  for (int i = 0; i < 12; ++i) {
    const double w = weighted ? i % 3 : 1;
    sum += w * (4 * i * i + 49), count += w;
  }
  return sum / count;
}

/// What is left at the end: the spread of i about its (weighted) mean, in four columns.
double last_loss(bool weighted) {
  double mean = 0, count = 0, left = 0;
  for (int i = 0; i < 12; ++i) mean += (weighted ? i % 3 : 1) * i, count += weighted ? i % 3 : 1;
  mean /= count;
  for (int i = 0; i < 12; ++i) left += (weighted ? i % 3 : 1) * 4 * (i - mean) * (i - mean) / count;
  return left;
}

}  // namespace

TEST_CASE("the loss of a minibatch is the mean of those of its rows, weighted where rows have weights", "[weights]") {
  const std::string weights = GENERATE("none", "some"), gives = GENERATE("rows", "weighted");
  CAPTURE(weights, gives);
  Story story;
  run(spec("centre_of_rows", weights, "gives = \"" + gives + "\""), story);
  INFO(story.end.error);
  REQUIRE(story.end.how == TrialEnd::How::complete);
  CHECK(story.all("train.loss").front() == Approx(first_loss(weights == "some")));
  CHECK(story.all("train.loss").back() == Approx(last_loss(weights == "some")).epsilon(1e-4));
  CHECK(story.all("train.weight").front() == 12);  // of the rows: 0 + 1 + 2 four times, or 1 each
}

TEST_CASE("a minibatch in which no row counts moves nothing", "[weights]") {
  Story story;
  run(spec("centre_of_rows", "some") + "shuffle = false\nsteps = 3\n", story);
  REQUIRE(story.end.how == TrialEnd::How::complete);
  const std::string one_row = spec("centre_of_rows", "some");
  Story alone;  // rows 0, 1, 2: the first counts nothing
  run(one_row.substr(0, one_row.find("epochs")) + "batch = 1\nlog_every = 1\nshuffle = false\nsteps = 3\n", alone);
  INFO(alone.end.error);
  REQUIRE(alone.end.how == TrialEnd::How::complete);
  CHECK(alone.all("train.loss").at(0) == 0);
  CHECK(alone.all("train.loss").at(1) == Approx(4 + 49));  // w and v have not moved
  CHECK(alone.all("train.loss").at(2) < 16 + 49);
}

TEST_CASE("a loss is one number, or one a row where that is declared", "[weights]") {
  CHECK(testing::refusal(spec("centre", "none")) ==
        "objective 'centre', loss: must return one number, returned shape [12]");
  CHECK(testing::refusal(spec("centre_of_rows", "none", "gives = \"cells\"")) ==
        "objective 'centre_of_rows', loss: must return one number or [12], one a row, returned shape [12, 2]");
  CHECK(testing::refusal(spec("centre", "none", "gives = \"mean\"")) == "");
}

TEST_CASE("weights are numbers from 0, and some row counts", "[weights]") {
  CHECK(testing::refusal(spec("centre_of_rows", "negative")) ==
        "dataset 'made_rows': row 5 of test: weight 'count': found -1, expected a number from 0");
  CHECK(testing::refusal(spec("centre_of_rows", "zero")) ==
        "dataset 'made_rows': weight 'count' of test: every row has 0: nothing counts");
}

TEST_CASE("a row that counts twice counts as two rows", "[weights]") {
  const auto [loss, model] = GENERATE(table<std::string, std::string>({
      {"use = \"reconstruction\"\nloss = \"mse\"", "autoencoder"},
      {"use = \"reconstruction\"\nloss = \"mse\"\nreduction = \"batch\"", "autoencoder"},
      {"use = \"reconstruction\"\nloss = \"l1\"", "autoencoder"},
      {"use = \"reconstruction\"\nloss = \"huber\"", "autoencoder"},
      {"use = \"reconstruction\"\nloss = \"bce_with_logits\"\nreduction = \"batch\"", "autoencoder"},
      {"use = \"reconstruction\"\nloss = \"bce\"", "sigmoid"},
      {"use = \"supervised\"", "classifier"},
  }));
  CAPTURE(loss, model);
  const testing::Folder folder;
  const auto losses = [&](const std::string& name, const std::string& text) {
    const std::filesystem::path file = folder.path() / (name + ".csv");
    std::ofstream(file) << text;
    const std::string network = model == "classifier" ? "use = \"classifier\"\nhidden = [4]\n"
                                : model == "sigmoid"
                                    ? "use = \"autoencoder\"\nhidden = [4]\nlatent = 2\noutput = \"sigmoid\"\n"
                                    : "use = \"autoencoder\"\nhidden = [4]\nlatent = 2\n";
    Story story;
    run(fmt::format("[dataset]\nuse = \"csv\"\nfile = \"{}\"\nlabel = \"kind\"\n{}[objective]\n{}\n[model]\n{}"
                    "[optimizer]\nuse = \"sgd\"\nlr = 0.1\n[train]\nepochs = 20\nbatch = 10\nlog_every = 1\n",
                    file.string(), name == "weighted" ? "weight = \"count\"\n" : "", loss, network),
        story);
    INFO(story.end.error);
    REQUIRE(story.end.how == TrialEnd::How::complete);
    return story.all("train.loss");
  };
  const std::vector<double> weighted = losses(
      "weighted", "a,b,count,kind\n0.25,0.5,1,x\n0.75,0.125,2,y\n0.375,0.875,0,x\n0.625,0.25,1,y\n0.5,0.5,3,x\n");
  const std::vector<double> repeated = losses("repeated",
                                              "a,b,kind\n0.25,0.5,x\n0.75,0.125,y\n0.75,0.125,y\n0.625,0.25,y\n"
                                              "0.5,0.5,x\n0.5,0.5,x\n0.5,0.5,x\n");
  REQUIRE(weighted.size() == 20);
  CHECK(weighted.front() != weighted.back());
  for (std::size_t i = 0; i < weighted.size(); ++i) CHECK(weighted[i] == Approx(repeated[i]).epsilon(1e-4));
}
