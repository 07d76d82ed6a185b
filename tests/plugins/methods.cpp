// SPDX-License-Identifier: MIT
// What the methods promise, on data whose answer is known.
#include <cmath>
#include <random>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "boundary/trial_bench.hpp"
#include "plugins/story.hpp"

namespace {

using namespace ubp;
using testing::Folder;
using testing::Story;

double last(const std::string& toml, const std::string& metric) {
  Folder folder;
  Story story;
  const TrialEnd end = run_trial(testing::spec_of(toml, folder), story, story.stop);
  INFO(end.error);
  REQUIRE(end.how == TrialEnd::How::complete);
  return story.last(metric);
}

}  // namespace

TEST_CASE("one_layer finds the same Jacobian as exact for a single sigmoid layer", "[contractive]") {
  const auto loss = [](const std::string& jacobian) {
    testing::Bench bench(fmt::format("[dataset]\nuse = \"blobs\"\ndims = 9\n[model]\nuse = \"autoencoder\"\nhidden = []\nlatent = 4\n"
                                     "latent_activation = \"sigmoid\"\n[objective]\nuse = \"contractive\"\nlambda = 3.0\njacobian = \"{}\"\n"
                                     "[optimizer]\nuse = \"sgd\"\nlr = 0.1\n[train]\ndtype = \"f64\"\n", jacobian));
    return bench.loss(0, 0, 7);
  };
  CHECK(loss("exact") == Approx(loss("one_layer")).epsilon(1e-12));
}

namespace {

/// The table of the authors' own test: 300 rows of 5 columns that hang together.
void write_linked_table(const std::filesystem::path& file, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform;
  std::normal_distribution<double> normal;
  std::ofstream out(file);
  out << "x0,x1,x2,x3,x4\n";
  for (int i = 0; i < 300; ++i) {
    const double a = uniform(random), c = uniform(random), b = normal(random), s = normal(random);
    out << fmt::format("{},{},{},{},{}\n", a + 0.2 * c + s, 0.2 * a + 0.2 * b + c * c + 0.2 + s, 0.6 * a + 0.1 * b + 0.2 * c * c * c - 0.3 + s,
                       0.5 * a + 0.5 * b - 0.5 * c + s, -0.2 * a + 0.4 * b - 0.3 * std::sin(c) + 0.1 + s);
  }
}

double imputation_mse(const std::filesystem::path& file, const std::string& variant, unsigned seed) {
  const double rmse = last(fmt::format("[dataset]\nuse = \"csv\"\nfile = \"{}\"\nwithhold = 0.5\nwithhold_seed = {}\n[objective]\nuse = \"ubp\"\n"
                                       "latent = 3\nhidden = [3]\n{}\n[optimizer]\nuse = \"sgd\"\nlr = 0.1\n[train]\ndtype = \"f64\"\nbatch = 300\n"
                                       "seed = {}\n[[metric]]\nuse = \"imputation\"\nunit = \"raw\"\n", file.string(), seed, variant, seed + 1),
                           "train.imputation_rmse");
  return rmse * rmse;
}

}  // namespace

TEST_CASE("ubp fills in the authors' own table as well as their program does", "[ubp]") {
  const auto [variant, bound] = GENERATE(table<std::string, double>({
      {"activation = \"tanh\"\nwindow = 1\nfactor = 0.97\nroll_back = true", 0.19},  // B; the column mean is at 1.08 .. 1.28
      {"activation = \"logistic\"\nwindow = 1\ngain = 1e-5\nfloor = 1e-4", 0.23},    // C's schedule, started as A
  }));
  CAPTURE(variant);
  Folder folder;
  double sum = 0;
  for (unsigned draw = 0; draw < 3; ++draw) {
    const auto file = folder.path() / fmt::format("linked{}.csv", draw);
    write_linked_table(file, 11 + draw);
    sum += imputation_mse(file, variant, draw);
  }
  CHECK(sum / 3 <= bound);
}

TEST_CASE("dec and idec find well separated clusters and stop", "[dec]") {
  const std::string objective = GENERATE("dec", "idec");
  CAPTURE(objective);
  const std::string toml = fmt::format("[dataset]\nuse = \"blobs\"\nrows = 300\ndims = 8\nclasses = 3\n[model]\nuse = \"autoencoder\"\nhidden = [16]\nlatent = 3\n"
                                       "[objective]\nuse = \"{}\"\nclusters = 3\npretrain_epochs = 20\ninterval = 20\n[optimizer]\nuse = \"adam\"\nlr = 1e-3\n"
                                       "[train]\nepochs = 1000\nbatch = 50\n[[metric]]\nuse = \"clustering\"\n", objective);
  CHECK(last(toml, "test.cluster_accuracy") > 0.95);
}
