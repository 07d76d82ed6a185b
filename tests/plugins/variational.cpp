// SPDX-License-Identifier: MIT
// What beta_vae, beta_tcvae and factor_vae promise beyond their gradients.
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "boundary/trial_bench.hpp"
#include "kl_parts_reference.hpp"

namespace {

using namespace ubp;
using testing::Folder;
using testing::Story;
using Numbers = std::vector<double>;

constexpr const char* kModel =
    "[model]\nuse = \"variational_autoencoder\"\nhidden = [8]\nlatent = 3\noutput = \"none\"\n";

/// What a trial on 60 rows logs of these series, in 12 minibatches of 20.
std::vector<Numbers> logged(const std::string& objective, const std::vector<std::string>& series,
                            const std::string& model = kModel) {
  Folder folder;
  Story story;
  const TrialEnd end = run_trial(
      testing::spec_of(fmt::format("[dataset]\nuse = \"blobs\"\nrows = 60\ndims = 5\n{}[objective]\n{}\n[optimizer]\n"
                                   "use = \"adam\"\nlr = 1e-2\n[train]\nepochs = 4\nbatch = 20\nlog_every = 1\n"
                                   "dtype = \"f64\"\n",
                                   model, objective),
                       folder),
      story, story.stop);
  INFO(end.error);
  REQUIRE(end.how == TrialEnd::How::complete);
  std::vector<Numbers> found;
  for (const std::string& name : series) found.push_back(story.all("train." + name));
  return found;
}

}  // namespace

TEST_CASE("the parts of the KL term are NumPy's", "[variational]") {
  const struct PluginPath {  // for this test alone: others look at what is shipped
    PluginPath() { setenv("UBP_PLUGIN_PATH", UBP_TOLD_FOLDER, 1); }
    ~PluginPath() { unsetenv("UBP_PLUGIN_PATH"); }
  } path;
  const auto [sampling, expected] = GENERATE(table<const char*, const double*>(
      {{"weighted", kl_reference::kWeighted}, {"stratified", kl_reference::kStratified}}));
  CAPTURE(sampling);
  const auto found = logged(fmt::format("use = \"kl_teller\"\nsampling = \"{}\"", sampling),
                            {"mutual_information", "total_correlation", "dimension_kl"}, "");
  for (std::size_t part = 0; part < 3; ++part) {
    CAPTURE(part);
    REQUIRE(!found[part].empty());
    CHECK(found[part].front() == Approx(expected[part]).epsilon(1e-9));
  }
}

TEST_CASE("without pressure the relatives are vae, bit for bit", "[variational]") {
  const std::vector<std::string> series{"loss", "reconstruction", "kl", "elbo"};
  const auto vae = logged("use = \"vae\"\nloss = \"mse\"", series);
  REQUIRE(vae[0].size() == 12);
  CHECK(logged("use = \"beta_vae\"\nbeta = 1\nloss = \"mse\"", series) == vae);
  CHECK(logged("use = \"beta_vae\"\nbeta = 4\nloss = \"mse\"", series) != vae);
  CHECK(logged("use = \"beta_tcvae\"\nbeta = 1\nloss = \"mse\"", series) == vae);
  CHECK(logged("use = \"beta_tcvae\"\nbeta = 6\nloss = \"mse\"", series) != vae);
}

TEST_CASE("the capacity grows step by step to what it may be, and the KL term follows", "[variational]") {
  const auto found = logged(
      "use = \"beta_vae\"\npressure = \"capacity\"\ngamma = 10\ncapacity = 3\ncapacity_steps = 6\nloss = \"mse\"",
      {"capacity", "loss", "reconstruction", "kl"});
  CHECK(found[0] == Numbers{0, 0.5, 1, 1.5, 2, 2.5, 3, 3, 3, 3, 3, 3});
  for (std::size_t i = 0; i < 12; ++i)
    CHECK(found[1][i] == Approx(found[2][i] + 10 * std::abs(found[3][i] - found[0][i])));
}

TEST_CASE("the parts sum up to an estimate of the KL term", "[variational]") {
  const auto found =
      logged("use = \"beta_tcvae\"\nloss = \"mse\"", {"kl", "mutual_information", "total_correlation", "dimension_kl"});
  double kl = 0, parts = 0;
  for (std::size_t i = 0; i < found[0].size(); ++i) kl += found[0][i], parts += found[1][i] + found[2][i] + found[3][i];
  CHECK(parts == Approx(kl).epsilon(0.15));  // one draw per row: 240 of them
}

TEST_CASE("a critic that cannot tell codes from shuffled ones has the loss log 2, and both players move",
          "[variational]") {
  const std::string model = std::string(kModel) + "[model.critic]\nuse = \"gan\"\ncritic_hidden = [6]\n";
  const auto found =
      logged("use = \"factor_vae\"\nloss = \"mse\"", {"critic_loss", "total_correlation", "elbo"}, model);
  REQUIRE(found[0].size() == 12);
  CHECK(found[0].front() == Approx(std::log(2.0)).margin(0.2));
  CHECK(found[0].front() != found[0].back());
  CHECK(found[2].back() > found[2].front());
}
