// SPDX-License-Identifier: MIT
// Objectives with stages, own parameters and state of their own continue bit for bit, also across a border of stages.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "boundary/trial_bench.hpp"

using namespace ubp;
using testing::Folder;
using testing::Story;

TEST_CASE("every objective that keeps state resumes with the same bits", "[resume]") {
  const auto [objective, model, more] = GENERATE(table<std::string, std::string, std::string>({
      // [objective], [model], [dataset]
      {"use = \"dec\"\nclusters = 3\npretrain_epochs = 2\ninterval = 3\ntolerance = 0.0",
       "use = \"autoencoder\"\nhidden = [8]\nlatent = 2", ""},
      {"use = \"idec\"\nclusters = 3\npretrain_epochs = 2\ninterval = 3\ntolerance = 0.0",
       "use = \"autoencoder\"\nhidden = [8]\nlatent = 2", ""},
      {"use = \"gan\"\nlatent = 4\ncritic_steps = 2",
       "use = \"gan\"\ngenerator_hidden = [8]\ncritic_hidden = [8]\ndropout = 0.3", ""},
      {"use = \"vae\"\nloss = \"mse\"",
       "use = \"variational_autoencoder\"\nhidden = [8]\nlatent = 2\noutput = \"none\"", ""},
      {"use = \"beta_vae\"\nloss = \"mse\"\npressure = \"capacity\"\ngamma = 0.1\ncapacity = 1\ncapacity_steps = 10",
       "use = \"variational_autoencoder\"\nhidden = [8]\nlatent = 2\noutput = \"none\"", ""},
      {"use = \"factor_vae\"\nloss = \"mse\"\ncritic_steps = 2",
       "use = \"variational_autoencoder\"\nhidden = [8]\nlatent = 2\noutput = \"none\"\n[model.critic]\nuse = "
       "\"gan\"\ncritic_hidden = [6]\ndropout = 0.3",
       ""},
      {"use = \"sparse\"\npenalty = \"top_k\"\nk = 2", "use = \"autoencoder\"\nhidden = [8]\nlatent = 4", ""},
      {"use = \"ubp\"\nhidden = [3]\nwindow = 1\nroll_back = true\nfactor = 0.1\ngain = 0.2\nfloor = 1e-3", "",
       "withhold = 0.3"},
      {"use = \"ubp_rows\"\nlatent = 2\nwindow = 1\nfactor = 0.1\ngain = 0.5\nfloor = 1e-3",
       "use = \"decoder\"\nhidden = [3]", "withhold = 0.3"},
  }));
  CAPTURE(objective);
  const std::string toml = fmt::format(
      "[dataset]\nuse = \"blobs\"\nrows = 60\ndims = 6\n{}\n{}[objective]\n{}\n[optimizer]\nuse = \"sgd\"\nlr = 0.01\n"
      "[train]\nepochs = 4\nbatch = 16\nlog_every = 1\n",
      more, model.empty() ? "" : "[model]\n" + model + "\n", objective);
  Folder whole_folder;
  Story whole;
  const TrialEnd end = run_trial(testing::spec_of(toml, whole_folder), whole, whole.stop);
  INFO(end.error);
  REQUIRE(end.how == TrialEnd::How::complete);
  const std::int64_t last = std::get<1>(whole.points.back());
  for (const std::int64_t at : {std::int64_t{1}, std::int64_t{5}, last / 2, last - 1}) {
    CAPTURE(at, last);
    Folder folder;
    const TrialSpec spec = testing::spec_of(toml, folder);
    Story first(at), second;
    REQUIRE(run_trial(spec, first, first.stop).how == TrialEnd::How::interrupted);
    REQUIRE(run_trial(spec, second, second.stop).how == TrialEnd::How::complete);
    CHECK(second.points == whole.points);
  }
}
