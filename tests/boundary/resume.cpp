// SPDX-License-Identifier: MIT
// A trial that is stopped at any step and continued tells the same story, bit for bit.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "trial_bench.hpp"

namespace {

using namespace ubp;
using testing::Folder;
using testing::Story;

std::string blobs(const std::string& objective, const std::string& model, const std::string& more = "") {
  return fmt::format(
      "[dataset]\nuse = \"blobs\"\nrows = 60\ndims = 6\n[model]\n{}\n[objective]\n{}\n[optimizer]\nuse = \"adam\"\nlr "
      "= 1e-2\n"
      "[train]\nepochs = 4\nbatch = 16\nlog_every = 1\n{}\n[[metric]]\nuse = \"reconstruction_error\"\n",
      model, objective, more);
}

constexpr const char* kAutoencoder = "use = \"autoencoder\"\nhidden = [8]\nlatent = 2";

}  // namespace

TEST_CASE("a trial stopped at any step and resumed ends with the same bits", "[resume]") {
  const std::string toml =
      GENERATE(blobs("use = \"reconstruction\"", kAutoencoder),
               blobs("use = \"denoising\"", kAutoencoder, "schedule = \"cosine\"\nclip_norm = 1.0"),
               blobs("use = \"reconstruction\"", kAutoencoder,
                     "schedule = \"plateau\"\nschedule_patience = 1\neval_every = 1\nearly_stop = \"test.mse\""),
               blobs("use = \"reconstruction\"", kAutoencoder, "dtype = \"f64\""),
               blobs("use = \"dec\"\nclusters = 3\npretrain_epochs = 1", kAutoencoder, "eval_stages = true"),
               std::string("[environment]\nuse = \"cartpole\"\ninstances = 2\nepisodes = 3\n[model]\nuse = "
                           "\"policy\"\nhidden = [6]\n[objective]\nuse = \"a2c\"\n"
                           "[optimizer]\nuse = \"adam\"\nlr = 1e-2\n[train]\nepochs = 6\nlog_every = "
                           "1\n[[metric]]\nuse = \"episode_return\"\n"));
  CAPTURE(toml);
  Folder whole_folder;
  Story whole;
  const TrialEnd end = run_trial(testing::spec_of(toml, whole_folder), whole, whole.stop);
  INFO(end.error);
  REQUIRE(end.how == TrialEnd::How::complete);
  REQUIRE(whole.points.size() > 8);
  for (const std::int64_t at : {1, 3, 5}) {
    CAPTURE(at);
    Folder folder;
    const TrialSpec spec = testing::spec_of(toml, folder);
    Story first(at);
    REQUIRE(run_trial(spec, first, first.stop).how == TrialEnd::How::interrupted);
    CHECK(first.checkpoints == 1);
    Story second;
    REQUIRE(run_trial(spec, second, second.stop).how == TrialEnd::How::complete);
    CHECK(second.points == whole.points);
  }
}

TEST_CASE("a damaged checkpoint is no checkpoint: the trial starts again and ends with the same bits", "[resume]") {
  const std::string toml = blobs("use = \"reconstruction\"", kAutoencoder);
  Folder whole_folder, folder;
  Story whole, first(3), second;
  run_trial(testing::spec_of(toml, whole_folder), whole, whole.stop);
  const TrialSpec spec = testing::spec_of(toml, folder);
  run_trial(spec, first, first.stop);
  const auto file = spec.directory / "checkpoint";
  REQUIRE(std::filesystem::exists(file));
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 7);
  run_trial(spec, second, second.stop);
  CHECK(second.points == whole.points);
}

TEST_CASE("the cosine reaches a trial that acts in an environment", "[schedule]") {
  const auto losses = [](const char* schedule) {
    Folder folder;
    Story story;
    run_trial(testing::spec_of(fmt::format("[environment]\nuse = \"cartpole\"\ninstances = 2\n[model]\nuse = "
                                           "\"policy\"\nhidden = [6]\n[objective]\n"
                                           "use = \"a2c\"\n[optimizer]\nuse = \"adam\"\nlr = 1e-1\n[train]\nepochs = "
                                           "6\nlog_every = 1\nschedule = \"{}\"\n",
                                           schedule),
                               folder),
              story, story.stop);
    std::vector<double> all;
    for (const auto& [name, step, value] : story.points)
      if (name == "train.loss") all.push_back(value);
    return all;
  };
  const std::vector<double> constant = losses("constant"), cosine = losses("cosine");
  REQUIRE(constant.size() == 6);
  CHECK(cosine[1] == constant[1]);  // the first epoch's rate is the whole one
  CHECK(cosine[3] != constant[3]);
}

TEST_CASE("another seed gives other numbers", "[resume]") {
  Folder a_folder, b_folder;
  Story a, b;
  const std::string toml = blobs("use = \"reconstruction\"", kAutoencoder);
  run_trial(testing::spec_of(toml, a_folder), a, a.stop);
  run_trial(testing::spec_of(blobs("use = \"reconstruction\"", kAutoencoder, "seed = 2"), b_folder), b, b.stop);
  CHECK(a.points.size() == b.points.size());
  CHECK(a.points != b.points);
}

TEST_CASE("a trial that never records what its sweep compares fails, and says what it recorded", "[resume]") {
  Folder folder;
  TrialSpec spec = testing::spec_of(blobs("use = \"reconstruction\"", kAutoencoder), folder);
  spec.objective_metric = "train.mse";
  Story story;
  const TrialEnd end = run_trial(spec, story, story.stop);
  CHECK(end.how == TrialEnd::How::failed);
  CHECK(end.failure == Failure::spec);
  CHECK(end.error == "sweep.metric: 'train.mse' was never recorded by this trial; did you mean 'test.mse'?");
}
