// SPDX-License-Identifier: MIT
// Rows of different lengths: padded, with lengths beside them and a mask that says the same.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "story.hpp"

namespace {

using namespace ubp;
using testing::Story;

std::string spec(const std::string& lengths, const std::string& dataset = "", const std::string& objective = "") {
  return fmt::format(
      "[dataset]\nuse = \"made_series\"\nlengths = \"{}\"\n{}[objective]\n{}\n[optimizer]\nuse = \"sgd\"\nlr = 0.1\n"
      "[train]\nepochs = 3\nbatch = 10\nlog_every = 1\n",
      lengths, dataset, objective.empty() ? "use = \"length_teller\"" : objective);
}

constexpr const char* kNetwork = "[model]\nuse = \"autoencoder\"\nhidden = [4]\nlatent = 2\n";

}  // namespace

TEST_CASE("a batch has the lengths of its rows, a mask that ends with them, and 0 behind them", "[lengths]") {
  Story story;
  run(spec("right"), story);
  INFO(story.end.error);
  REQUIRE(story.end.how == TrialEnd::How::complete);
  CHECK(story.all("train.lengths").front() == 10 + 2 * (0 + 1 + 2 + 3) + 1);  // of ten rows 1 + i mod 4
  CHECK(story.all("train.known").front() == 2 * 23);
  CHECK(story.all("train.padding").front() == 0);
  double squares = 0;
  for (int i = 0; i < 10; ++i)
    for (int t = 0; t < 1 + i % 4; ++t) squares += 2.0 * (i + t + 1) * (i + t + 1);
  CHECK(story.all("train.loss").front() == Approx(squares / 46));  // w is 0
}

TEST_CASE("rows without lengths are as long as the first axis", "[lengths]") {
  Story story;
  run(spec("none"), story);
  INFO(story.end.error);
  CHECK(story.all("train.lengths").front() == 40);
  CHECK(story.all("train.known").front() == 80);
}

TEST_CASE("padding is judged by nobody", "[lengths]") {
  const std::string objective =
      std::string("use = \"denoising\"\n") + kNetwork + "[[metric]]\nuse = \"reconstruction_error\"\n";
  Story story;
  run(spec("right", "", objective), story);
  INFO(story.end.error);
  REQUIRE(story.end.how == TrialEnd::How::complete);
  CHECK(story.last("test.mse") < 1e4);  // the square of padding is 1e6
}

TEST_CASE("a column of rows of different lengths is scaled as one, over their entries", "[lengths]") {
  Story story;
  run(spec("right", "scale = \"minmax\"\n"), story);
  INFO(story.end.error);
  double squares = 0;
  for (int i = 0; i < 10; ++i)
    for (int t = 0; t < 1 + i % 4; ++t) {  // numbers from 1 to 11, and their negatives
      const double x = (i + t + 1 - 1) / 10.0;
      squares += x * x + (1 - x) * (1 - x);
    }
  CHECK(story.all("train.loss").front() == Approx(squares / 46));
  CHECK(story.all("train.padding").front() == 0);
}

TEST_CASE("who minds no mask is refused rows of different lengths", "[lengths]") {
  CHECK(testing::refusal(spec("right", "", std::string("use = \"reconstruction\"\n") + kNetwork)) ==
        "objective 'reconstruction' takes no mask, but rows of the data set have different lengths");
  CHECK(testing::refusal(spec("right", "missing_cells = \"mean\"\n")) ==
        "dataset.missing_cells: the rows of 'made_series' have different lengths, and what is behind their end is no "
        "missing cell: expected refuse");
}

TEST_CASE("so is a sweep of it, before any trial", "[lengths]") {
  const std::string refused =
      testing::told("run", spec("right", "", std::string("use = \"reconstruction\"\n") + kNetwork));
  CAPTURE(refused);
  CHECK(refused.find("objective 'reconstruction' cannot train with rows of different lengths: expected one that "
                     "declares UBP_OBJ_HANDLES_MASK, which tells it where a row ends") != refused.npos);
}

TEST_CASE("a length is a whole number from 1 to the first axis, and one a row", "[lengths]") {
  CHECK(testing::refusal(spec("long")) == "dataset 'made_series': row 3 of test: length 'n': found 5, expected 1 to 4");
  CHECK(testing::refusal(spec("zero")) == "dataset 'made_series': row 0 of test: length 'n': found 0, expected 1 to 4");
  CHECK(testing::refusal(spec("float")) ==
        "dataset 'made_series', fields: 'n': a length is a whole number: found f32, expected i64");
  CHECK(testing::refusal(spec("two")) ==
        "dataset 'made_series', fields: 'n': a factor, a weight or a length is one number a row: found shape [2]");
}
