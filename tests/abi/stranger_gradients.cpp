// SPDX-License-Identifier: MIT
// Derivatives through the boundary that training by a plain loss does not exercise, against central differences in f64.
#include <cmath>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "story.hpp"

namespace {

using namespace ubp;
using testing::Bench;
using testing::refusal;

constexpr i64 kRows = 6;

// |fd - g| / (|fd| + |g| + 1e-3 max|g|): purely relative, a null direction fails with 1e-11 on both sides.
double worst_error(Bench& bench, std::uint32_t phase, const char* train) {
  const std::vector<Param*> trained = bench.parts.params.select(train);
  std::vector<GradTarget> targets;
  for (Param* p : trained) {
    bench.parts.engine.set_requires_grad(p->tensor, true);
    targets.push_back({p->tensor, bench.parts.params.grads(*p), nullptr});
  }
  bench.loss(0, phase, kRows);  // creates the random streams, which are set back from now on
  bench.loss(0, phase, kRows, &targets);
  const auto gradient = [&](const Param* p) { return static_cast<const double*>(bench.parts.params.grads(*p)); };
  double most = 0, worst = 0;
  for (const Param* p : trained)
    for (i64 i = 0; i < p->shape.count(); ++i) most = std::max(most, std::abs(gradient(p)[i]));
  REQUIRE(most > 0);
  for (const Param* p : trained)
    for (i64 i = 0; i < p->shape.count(); ++i) {
      double& x = static_cast<double*>(bench.parts.params.values(*p))[i];
      const double before = x, h = 1e-5 * std::max(1.0, std::abs(before)), g = gradient(p)[i];
      x = before + h;
      const double up = bench.loss(0, phase, kRows);
      x = before - h;
      const double fd = (up - bench.loss(0, phase, kRows)) / (2 * h);
      x = before;
      worst = std::max(worst, std::abs(fd - g) / (std::abs(fd) + std::abs(g) + 1e-3 * most));
    }
  return worst;
}

std::string spec(const std::string& objective, const std::string& model, const char* dtype = "f64") {
  return fmt::format(
      "[dataset]\nuse = \"blobs\"\nrows = 32\ndims = 4\n[model]\n{}\n[objective]\n{}\n[optimizer]\nuse = \"sgd\"\nlr = "
      "0.01\n"
      "[train]\nepochs = 2\nbatch = 8\nlog_every = 1\ndtype = \"{}\"\n",
      model, objective, dtype);
}

std::string wgan(const char* dtype = "f64") {
  return spec("use = \"wgan_gp\"", "use = \"gan\"\ngenerator_hidden = [6]\ncritic_hidden = [7, 5]\noutput = \"none\"",
              dtype);
}

std::string agreement(const std::string& how, const char* dtype = "f64") {
  return spec("use = \"log_cosh\"\n" + how, "use = \"autoencoder\"\nhidden = [5]\nlatent = 3\nactivation = \"tanh\"",
              dtype) +
         "[[transform]]\nuse = \"noise\"\nsd = 0.5\n";
}

}  // namespace

TEST_CASE("the gradient of a gradient agrees with central differences", "[gradient]") {
  Bench bench(wgan());
  CHECK(worst_error(bench, 0, "critic") <= 1e-6);
  CHECK(worst_error(bench, 1, "generator") <= 1e-6);
}

TEST_CASE("every op for methods has its derivative through the boundary", "[gradient]") {
  Bench bench(spec("use = \"method_mix\"", "use = \"autoencoder\"\nhidden = [5]\nlatent = 4\nactivation = \"tanh\""));
  CHECK(worst_error(bench, 0, "encoder") <= 1e-6);
}

TEST_CASE("a phase that repeats takes its steps on minibatches of its own", "[program]") {
  testing::Story story;
  run(wgan("f32"), story);
  INFO(story.end.error);
  REQUIRE(story.end.how == TrialEnd::How::complete);
  CHECK(story.steps() == 4);  // 4 minibatches an epoch, 2 a round
  CHECK(story.all("train.critic_calls") == std::vector<double>{8});
  CHECK(story.all("train.generator_calls") == std::vector<double>{4});
  CHECK(story.all("train.penalty").size() == 4);
}

TEST_CASE("an op on views has the gradient of its formula", "[custom]") {
  Bench bench(agreement(""));
  CHECK(worst_error(bench, 0, "encoder") <= 1e-6);
}

TEST_CASE("an op on views whose derivative is made of host ops can be differentiated twice", "[custom]") {
  Bench bench(agreement("op = \"twice\"\npenalty = 0.5"));
  CHECK(worst_error(bench, 0, "encoder") <= 1e-6);
}

TEST_CASE("an op on views serves both types of number, and says what it refuses", "[custom]") {
  CHECK(refusal(agreement("", "f32")) == "");
  CHECK(refusal(agreement("penalty = 1")) ==
        "objective 'log_cosh', loss: log_cosh: this op has no derivative that can be differentiated again");
  CHECK(refusal(agreement("op = \"misshapen\"")) ==
        "objective 'log_cosh', loss: log_cosh, infer: two matrices of one shape are expected");
}
