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

std::string cartpole(const std::string& objective, const std::string& more = "") {
  return fmt::format(
      "[environment]\nuse = \"cartpole\"\ninstances = 2\nepisodes = 3\n[model]\nuse = \"policy\"\nhidden = [6]\n"
      "[objective]\nuse = \"{}\"\n[optimizer]\nuse = \"adam\"\nlr = 1e-2\n[train]\nepochs = 6\nlog_every = 1\n{}\n"
      "[[metric]]\nuse = \"episode_return\"\n",
      objective, more);
}

/// Trials that differ in what a checkpoint must hold: schedules, early stop, types, stages, environments.
std::vector<std::string> every_kind() {
  return {blobs("use = \"reconstruction\"", kAutoencoder),
          blobs("use = \"denoising\"", kAutoencoder, "schedule = \"cosine\"\nclip_norm = 1.0"),
          blobs("use = \"reconstruction\"", kAutoencoder,
                "schedule = \"plateau\"\nschedule_patience = 1\neval_every = 1\nearly_stop = \"test.mse\""),
          blobs("use = \"reconstruction\"", kAutoencoder,
                "dtype = \"f64\"\neval_every = 1\n[[metric]]\nuse = \"linear_probe\"\n[[metric]]\nuse = \"collapse\""),
          blobs("use = \"dec\"\nclusters = 3\npretrain_epochs = 1", kAutoencoder, "eval_stages = true"),
          cartpole("a2c"),
          cartpole("reinforce", "eval_every = 2\nschedule = \"cosine\"")};
}

/// The checkpoint of a trial that was stopped early, with one section replaced.
void tamper(const TrialSpec& spec, const std::string& section, const std::string& text) {
  Story first(3);
  REQUIRE(run_trial(spec, first, first.stop).how == TrialEnd::How::interrupted);
  std::optional<Checkpoint> checkpoint = Checkpoint::read(spec.directory / "checkpoint");
  REQUIRE(checkpoint);
  checkpoint->put(section, text);
  checkpoint->write(spec.directory / "checkpoint");
}

}  // namespace

TEST_CASE("a trial stopped at any step and resumed ends with the same bits", "[resume]") {
  const std::string toml = GENERATE(from_range(every_kind()));
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
    CHECK(second.times.size() == whole.times.size());
    CHECK(std::is_sorted(second.times.begin(), second.times.end()));
    REQUIRE(first.times.size() <= second.times.size());
    CHECK(std::equal(first.times.begin(), first.times.end(), second.times.begin()));  // told again as they were
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

TEST_CASE("a checkpoint of another program is not continued: the trial starts afresh, and says so", "[resume]") {
  struct Case {
    std::string section, text, what;
  };
  const Case c = GENERATE(Case{"format", "1", "format"}, Case{"host", "0123", "build of ubp"},
                          Case{"spec", "0123", "spec or of other plugins"});
  const std::string toml = blobs("use = \"reconstruction\"", kAutoencoder);
  Folder whole_folder, folder;
  Story whole, second;
  run_trial(testing::spec_of(toml, whole_folder), whole, whole.stop);
  CHECK(whole.notes.empty());
  const TrialSpec spec = testing::spec_of(toml, folder);
  tamper(spec, c.section, c.text);
  REQUIRE(run_trial(spec, second, second.stop).how == TrialEnd::How::complete);
  CHECK(second.notes ==
        std::vector<std::string>{"the checkpoint is of another " + c.what + ": the trial starts afresh"});
  CHECK(second.points == whole.points);
}

TEST_CASE("a trial paused at budgets and continued tells the story of one that never paused", "[budget]") {
  const std::string toml = GENERATE(from_range(every_kind()));
  // In the middle of an epoch, at its end, twice, and twice at the same step; 6 is in the second stage of `dec`.
  const auto budgets = GENERATE(values<std::vector<std::int64_t>>({{1}, {4}, {3, 5}, {4, 4}, {2, 4, 5}}));
  CAPTURE(toml, budgets);
  Folder whole_folder, folder;
  Story whole;
  REQUIRE(run_trial(testing::spec_of(toml, whole_folder), whole, whole.stop).how == TrialEnd::How::complete);
  const TrialSpec spec = testing::spec_of(toml, folder);
  for (const std::int64_t budget : budgets) {
    Story part;
    REQUIRE(run_trial(spec, part, part.stop, budget).how == TrialEnd::How::paused);
    CHECK(part.checkpoints == 1);
    REQUIRE(part.steps() == budget);
    // What a pruner asks for is there, once: the evaluation at the budget.
    const std::string metric = std::get<0>(part.points.back());
    CHECK(metric.starts_with("test."));
    CHECK(std::count_if(part.points.begin(), part.points.end(), [&](const auto& point) {
            return std::get<0>(point) == metric && std::get<1>(point) == budget;
          }) == 1);
  }
  Story last;
  REQUIRE(run_trial(spec, last, last.stop).how == TrialEnd::How::complete);
  CHECK(last.points == whole.points);
}

TEST_CASE("a budget that a trial does not reach changes nothing; one below 1 is refused", "[budget]") {
  const std::string toml = blobs("use = \"reconstruction\"", kAutoencoder);
  Folder whole_folder, folder;
  Story whole, bounded;
  run_trial(testing::spec_of(toml, whole_folder), whole, whole.stop);
  const std::int64_t budget = GENERATE(16, 17, 1000);  // it has 16 steps
  const TrialSpec spec = testing::spec_of(toml, folder);
  REQUIRE(run_trial(spec, bounded, bounded.stop, budget).how == TrialEnd::How::complete);
  CHECK(bounded.points == whole.points);
  for (const std::int64_t none : {0, -3})
    CHECK_THROWS_WITH(run_trial(spec, bounded, bounded.stop, none),
                      fmt::format("until_step: no trial stops there: found {}, expected 1 or more", none));
}
