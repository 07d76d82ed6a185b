// SPDX-License-Identifier: MIT
// Every objective with every model that fits it: the gradient that training uses against central differences in f64,
// through the plugin boundary as it is used in a trial.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "trial_bench.hpp"

namespace {

using namespace ubp;
using testing::Bench;

struct Pair {
  const char* objective;            ///< the [objective] table's body
  const char* model;                ///< the [model] table's body
  std::vector<const char*> phases;  ///< `train` list of each (stage 0, phase k); null: everything
  const char* more = "";
  std::uint32_t stage = 0;
};

constexpr const char* kImages = "use = \"blobs\"\ndims = 12";
// Smooth activations: a kink inside the difference's step would be no defect of the derivative.
constexpr const char* kAutoencoder = "use = \"autoencoder\"\nhidden = [7]\nlatent = 3\nactivation = \"tanh\"";
constexpr const char* kVae = "use = \"variational_autoencoder\"\nhidden = [7]\nlatent = 3\nactivation = \"tanh\"";
constexpr const char* kVaeAndCritic =
    "use = \"variational_autoencoder\"\nhidden = [7]\nlatent = 3\nactivation = \"tanh\"\n"
    "[model.critic]\nuse = \"gan\"\ncritic_hidden = [5]";
constexpr const char* kProjector =
    "use = \"projector\"\nhidden = [8]\nfeatures = 6\nhead_hidden = [5]\nprojection = 4\nactivation = \"tanh\"";
constexpr const char* kViews = "[[transform]]\nuse = \"noise\"\n";

std::string spec(const Pair& p) {
  return fmt::format(
      "[dataset]\n{}\n[model]\n{}\n[objective]\n{}\n[optimizer]\nuse = \"sgd\"\nlr = 0.1\n[train]\ndtype = \"f64\"\n{}",
      kImages, p.model, p.objective, p.more);
}

// |fd - g| / (|fd| + |g| + 1e-3 max|g|): purely relative, a null direction fails with 1e-11 on both sides.
double worst_error(Bench& bench, std::uint32_t stage, std::uint32_t phase, const char* train) {
  const i64 kRows = bench.parts.table.rows() > 0 ? bench.parts.table.rows() : 6;
  std::vector<Param*> trained = bench.parts.params.select(train);
  std::vector<GradTarget> targets;
  for (Param* p : trained) {
    bench.parts.engine.set_requires_grad(p->tensor, true);
    p->touched.clear();
    targets.push_back({p->tensor, bench.parts.params.grads(*p), p->row_sparse() ? &p->touched : nullptr});
  }
  bench.loss(stage, phase, kRows);  // makes the streams, so that every later call sets them back to one position
  bench.loss(stage, phase, kRows, &targets);
  double most = 0;
  for (Param* p : trained)
    for (i64 i = 0; i < p->shape.count(); ++i)
      most = std::max(most, std::abs(static_cast<double*>(bench.parts.params.grads(*p))[i]));
  REQUIRE(most > 0);
  double worst = 0;
  for (Param* p : trained) {
    auto* x = static_cast<double*>(bench.parts.params.values(*p));
    const auto* g = static_cast<const double*>(bench.parts.params.grads(*p));
    for (i64 i = 0; i < p->shape.count(); i += 1 + p->shape.count() / 40) {  // a spread of 40 numbers of each parameter
      const double before = x[i], h = 1e-5 * std::max(1.0, std::abs(before));
      x[i] = before + h;
      const double up = bench.loss(stage, phase, kRows);
      x[i] = before - h;
      const double down = bench.loss(stage, phase, kRows);
      x[i] = before;
      const double fd = (up - down) / (2 * h);
      const double error = std::abs(fd - g[i]) / (std::abs(fd) + std::abs(g[i]) + 1e-3 * most);
      if (error > worst) {
        worst = error;
        UNSCOPED_INFO(p->full_name() << "[" << i << "]: differences " << fd << ", gradient " << g[i]);
      }
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("every objective's gradient agrees with central differences, with every model that fits", "[gradient]") {
  const Pair pair = GENERATE_COPY(values<Pair>({
      {"use = \"reconstruction\"\nloss = \"mse\"", kAutoencoder, {nullptr}},
      {"use = \"reconstruction\"\nloss = \"huber\"", kVae, {nullptr}},
      {"use = \"reconstruction\"\nloss = \"bce_with_logits\"", kAutoencoder, {nullptr}},
      {"use = \"denoising\"\nnoise = \"gaussian\"", kAutoencoder, {nullptr}},
      {"use = \"denoising\"\nnoise = \"masking\"", kVae, {nullptr}},
      {"use = \"vae\"\nloss = \"mse\"", kVae, {nullptr}},
      {"use = \"beta_vae\"\nloss = \"mse\"", kVae, {nullptr}},
      {"use = \"beta_vae\"\nloss = \"bce_with_logits\"\npressure = \"capacity\"", kVae, {nullptr}},
      {"use = \"beta_tcvae\"\nloss = \"mse\"", kVae, {nullptr}},
      {"use = \"beta_tcvae\"\nloss = \"mse\"\nsampling = \"stratified\"", kVae, {nullptr}},
      {"use = \"factor_vae\"\nloss = \"mse\"", kVaeAndCritic, {"autoencoder", "critic"}},
      {"use = \"gan\"\nlatent = 5",
       "use = \"gan\"\ngenerator_hidden = [6]\ncritic_hidden = [7]",
       {"critic", "generator"}},
      {"use = \"supervised\"", "use = \"classifier\"\nhidden = [7]\nactivation = \"tanh\"", {nullptr}},
      {"use = \"sparse\"",
       "use = \"autoencoder\"\nhidden = [7]\nlatent = 4\nactivation = \"tanh\"\nlatent_activation = \"sigmoid\"",
       {nullptr}},
      {"use = \"sparse\"\npenalty = \"l1_decoder\"",
       "use = \"autoencoder\"\nhidden = [7]\nlatent = 4\nactivation = \"tanh\"\nlatent_activation = \"sigmoid\"",
       {nullptr}},
      {"use = \"contractive\"\njacobian = \"exact\"", kAutoencoder, {nullptr}},
      {"use = \"contractive\"\njacobian = \"sampled\"", kVae, {nullptr}},
      {"use = \"nt_xent\"", kProjector, {nullptr}, kViews},
      {"use = \"barlow_twins\"", kProjector, {nullptr}, kViews},
      {"use = \"dec\"\nclusters = 3", kAutoencoder, {"autoencoder"}},
      {"use = \"idec\"\nclusters = 3", kAutoencoder, {"autoencoder"}},
      {"use = \"ubp_rows\"\nlatent = 3\nlatent_scale = 1",
       "use = \"decoder\"\nhidden = [5]\nactivation = \"tanh\"",
       {"linear,self"}},
      {"use = \"ubp_rows\"\nlatent = 3\nlatent_scale = 1",
       "use = \"decoder\"\nhidden = [5]\nactivation = \"tanh\"",
       {"network,self"},
       "",
       2},
  }));
  CAPTURE(pair.objective, pair.model, pair.stage);
  Bench bench(spec(pair));
  for (std::uint32_t phase = 0; phase < pair.phases.size(); ++phase) {
    CAPTURE(phase);
    CHECK(worst_error(bench, pair.stage, phase, pair.phases[phase]) <= 1e-6);
  }
}

TEST_CASE("the convolutional models' gradients agree with central differences", "[gradient]") {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist")) {
    WARN("skipped: Debian's dataset-fashion-mnist is not installed");
    return;
  }
  const auto [model, objective] = GENERATE(table<std::string, std::string>(
      {{"use = \"conv_autoencoder\"\nlatent = 4", "use = \"reconstruction\""},
       {"use = \"conv_variational_autoencoder\"\nlatent = 4", "use = \"beta_tcvae\""},
       {"use = \"conv_projector\"\nfeatures = 4\nhead_hidden = [6]\nprojection = 3", "use = \"barlow_twins\""},
       {"use = \"conv_projector\"\nfeatures = 4\nhead_hidden = [6]\nprojection = 3", "use = \"nt_xent\""}}));
  CAPTURE(model, objective);
  // Rectifiers have kinks; start values that no cell sits on keep differences away from them.
  Bench bench(
      fmt::format("[dataset]\nuse = \"fashion_mnist\"\nrows = 8\n[[transform]]\nuse = "
                  "\"crop_shift\"\n[model]\n{}\nchannels = [2, 3]\n"
                  "[objective]\n{}\n[optimizer]\nuse = \"sgd\"\nlr = 0.1\n[train]\ndtype = \"f64\"\n",
                  model, objective));
  CHECK(worst_error(bench, 0, 0, nullptr) <= 1e-5);
}

TEST_CASE("the reward objectives' gradients agree with central differences on collected rows", "[gradient]") {
  const std::string objective = GENERATE("reinforce", "a2c");
  CAPTURE(objective);
  Bench bench(
      fmt::format("[environment]\nuse = \"cartpole\"\ninstances = 3\n[model]\nuse = \"policy\"\nhidden = "
                  "[6]\nactivation = \"tanh\"\n"
                  "[objective]\nuse = \"{}\"\n[optimizer]\nuse = \"sgd\"\nlr = 0.1\n[train]\ndtype = \"f64\"\n",
                  objective));
  bench.collect();
  CHECK(worst_error(bench, 0, 0, nullptr) <= 1e-6);
}
