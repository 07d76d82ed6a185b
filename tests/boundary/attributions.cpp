// SPDX-License-Identifier: MIT
// Maps add up to what they explain, slopes are those of central differences, and looking changes nothing.
#include <cmath>
#include <numeric>

#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "train/evaluate/restored_trial.hpp"
#include "train/explain/attribution.hpp"
#include "trial_bench.hpp"

namespace {

using namespace ubp;
using testing::Folder;

std::string spec_text(const std::string& objective, const std::string& model = "autoencoder") {
  return "[dataset]\nuse = \"blobs\"\nrows = 60\ntest_rows = 40\ndims = 6\n[model]\nuse = \"" + model +
         "\"\nhidden = [9]\nlatent = 3\nactivation = \"tanh\"\n[objective]\n" + objective +
         "\n[optimizer]\nuse = \"adam\"\nlr = 1e-2\n[train]\nsteps = 60\nbatch = 16\ndtype = \"f64\"\n"
         "[artifacts]\ncheckpoint = true\n";
}

struct Learnt {
  explicit Learnt(const std::string& toml) : spec(testing::spec_of(toml, folder)) {
    testing::Silent sink;
    const std::atomic<bool> stop{false};
    const TrialEnd end = run_trial(spec, sink, stop);
    INFO(end.error);
    REQUIRE(end.how == TrialEnd::How::complete);
    trial = std::make_unique<RestoredTrial>(spec, *Checkpoint::read(spec.directory / "learnt.ubp"));
    TrialSpec other_spec = spec;
    ++other_spec.seed;
    other = std::make_unique<RestoredTrial>(other_spec);
  }
  RowScalar scalar(const std::string& name) { return {trial->parts, trial->services, trial->evaluator, name}; }
  std::vector<double> row(i64 index) {
    const Scope scope(trial->parts.engine);
    return doubles(trial->parts.engine,
                   trial->parts.data->gather(trial->parts.engine, "test", nullptr, std::span(&index, 1)));
  }
  std::vector<double> parameters() const {
    std::vector<double> all;
    for (const Param* p : trial->parts.params.all()) {
      const std::vector<double> values = doubles(trial->parts.engine, p->tensor);
      all.insert(all.end(), values.begin(), values.end());
    }
    return all;
  }

  Folder folder;
  TrialSpec spec;
  std::unique_ptr<RestoredTrial> trial, other;
};

}  // namespace

TEST_CASE("the slope of a number of a row is that of central differences", "[attribution]") {
  const auto [objective, model, name] = GENERATE(table<std::string, std::string, std::string>({
      {"use = \"reconstruction\"", "autoencoder", "score"},
      {"use = \"reconstruction\"", "autoencoder", "code.2"},
      {"use = \"reconstruction\"", "autoencoder", "loss"},
      {"use = \"denoising\"", "autoencoder", "loss"},  // with noise: the same draw for every point
      {"use = \"denoising\"\ntest_level = 0.3", "autoencoder", "score"},
      {"use = \"vae\"\nloss = \"mse\"", "variational_autoencoder", "kl"},
      {"use = \"vae\"\nloss = \"mse\"", "variational_autoencoder", "loss"},
  }));
  CAPTURE(objective, name);
  Learnt learnt(spec_text(objective, model));
  const RowScalar scalar = learnt.scalar(name);
  const std::vector<double> row = learnt.row(3), slope = scalar.at(row, true).slope;
  REQUIRE(slope.size() == row.size());
  constexpr double kStep = 1e-5;
  for (std::size_t j = 0; j < row.size(); ++j) {
    std::vector<double> both = row;
    both.insert(both.end(), row.begin(), row.end());
    both[j] += kStep, both[row.size() + j] -= kStep;
    const std::vector<double> f = scalar.at(both, false).f;
    CHECK(slope[j] == Approx((f[0] - f[1]) / (2 * kStep)).epsilon(1e-5).margin(1e-8));
  }
}

TEST_CASE("integrated gradients add up to what they explain, and are those of differences on the way",
          "[attribution]") {
  Learnt learnt(spec_text("use = \"reconstruction\""));
  const RowScalar scalar = learnt.scalar("score");
  const std::vector<double> row = learnt.row(5), absent(row.size(), 0.0);
  const Attribution found = attribute(scalar, AttributionMethod::integrated_gradients, row, absent);
  CHECK(found.gap < 1e-3);
  const double sum = std::accumulate(found.values.begin(), found.values.end(), 0.0);
  CHECK(sum == Approx(found.f - found.f_absent).epsilon(1e-3));
  // Independently: 4000 steps of the midpoint rule, each slope from two values of f.
  constexpr int kSteps = 4000;
  constexpr double kStep = 1e-4;
  for (std::size_t j = 0; j < row.size(); ++j) {
    std::vector<double> points;
    for (int k = 0; k < kSteps; ++k)
      for (const double sign : {1.0, -1.0})
        for (std::size_t i = 0; i < row.size(); ++i)
          points.push_back((k + 0.5) / kSteps * row[i] + (i == j ? sign * kStep : 0));
    const std::vector<double> f = scalar.at(points, false).f;
    double mean = 0;
    for (std::size_t k = 0; k < f.size(); k += 2) mean += (f[k] - f[k + 1]) / (2 * kStep) / kSteps;
    CHECK(found.values[j] == Approx(row[j] * mean).epsilon(2e-3).margin(2e-3 * std::abs(found.f - found.f_absent)));
  }
}

TEST_CASE("a judged map says whether it is complete and whether it forgets, and leaves the network as it was",
          "[attribution]") {
  Learnt learnt(spec_text("use = \"reconstruction\""));
  const RowScalar scalar = learnt.scalar("code.0");
  std::vector<double> rows = learnt.row(1);
  const std::vector<double> second = learnt.row(2), absent(second.size(), 0.0), before = learnt.parameters();
  rows.insert(rows.end(), second.begin(), second.end());
  const JudgedAttributions found = judged_attributions(scalar, learnt.trial->parts, learnt.other->parts, rows, absent);
  CHECK(learnt.parameters() == before);
  REQUIRE(found.scores.size() == 3);
  for (const AttributionScore& score : found.scores) {
    CHECK(score.randomised.size() == score.randomised_to.size());
    CHECK(score.randomised.size() >= 4);
    // The decoder does not reach a code: to replace it changes nothing.
    CHECK(score.randomised_to.front().find("decoder") != std::string::npos);
    CHECK(score.randomised.front() == Approx(1));
    CHECK(std::abs(score.randomised.back()) < 1);
  }
  CHECK(found.scores[1].is_complete());
  CHECK_FALSE(found.scores[0].is_complete());
}

TEST_CASE("the whole row in is f, and nothing in is what stands for nothing", "[attribution]") {
  Learnt learnt(spec_text("use = \"reconstruction\""));
  const RowScalar scalar = learnt.scalar("score");
  const std::vector<double> row = learnt.row(4), absent(row.size(), 0.5);
  const Attribution found = attribute(scalar, AttributionMethod::smooth_grad, row, absent);
  CHECK(found.f == scalar.at(row, false).f.front());
  CHECK(found.f_absent == scalar.at(absent, false).f.front());
}

TEST_CASE("a number that no row has is refused by name", "[attribution]") {
  Learnt learnt(spec_text("use = \"reconstruction\""));
  CHECK_THROWS_WITH(learnt.scalar("scor"), "no number of a row is called 'scor'; did you mean 'score'?");
  CHECK_THROWS_WITH(learnt.scalar("code.3"), "code.3: a code has 3 numbers: expected code.0 to code.2");
  CHECK_THROWS_WITH(learnt.scalar("code.x"), "code.x: a code has 3 numbers: expected code.0 to code.2");
}
