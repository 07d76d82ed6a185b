// SPDX-License-Identifier: MIT
// What a trial has learnt is what is loaded again, to the bit; its layers are those that its model has.
#include <iterator>

#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "train/evaluate/restored_trial.hpp"
#include "trial_bench.hpp"

namespace {

using namespace ubp;
using testing::Folder;

std::string spec_text(const std::string& model, const std::string& dataset,
                      const std::string& objective = "reconstruction") {
  return "[dataset]\n" + dataset + "\n[model]\n" + model + "\n[objective]\nuse = \"" + objective +
         "\"\n[optimizer]\nuse = \"adam\"\nlr = 1e-2\n[train]\nsteps = 6\nbatch = 16\n" +
         "[artifacts]\nembedding = true\ncheckpoint = true\n";
}

const std::string kBlobs = "use = \"blobs\"\nrows = 60\ntest_rows = 40\ndims = 6";
const std::string kDense = "use = \"autoencoder\"\nhidden = [9, 8]\nlatent = 3";

/// Trains it, and loads it again.
std::unique_ptr<RestoredTrial> trained(const TrialSpec& spec) {
  testing::Silent sink;
  const std::atomic<bool> stop{false};
  const TrialEnd end = run_trial(spec, sink, stop);
  INFO(end.error);
  REQUIRE(end.how == TrialEnd::How::complete);
  const std::optional<Checkpoint> checkpoint = Checkpoint::read(spec.directory / "learnt.ubp");
  REQUIRE(checkpoint);
  return std::make_unique<RestoredTrial>(spec, *checkpoint);
}

/// The numbers of an NPY file of doubles.
std::vector<double> numbers_of(const std::filesystem::path& npy) {
  std::ifstream in(npy, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::uint16_t header = 0;
  std::memcpy(&header, bytes.data() + 8, sizeof header);
  std::vector<double> all((bytes.size() - 10 - header) / sizeof(double));
  std::memcpy(all.data(), bytes.data() + 10 + header, all.size() * sizeof(double));
  return all;
}

std::vector<std::string> names_of(const std::vector<LayerCodes>& layers) {
  std::vector<std::string> names;
  for (const LayerCodes& layer : layers) names.push_back(layer.name);
  return names;
}

}  // namespace

TEST_CASE("a trial that is loaded again has the codes that it left, bit for bit", "[restored]") {
  for (const char* objective : {"reconstruction", "denoising"}) {
    CAPTURE(objective);
    const Folder folder;
    const auto trial = trained(testing::spec_of(spec_text(kDense, kBlobs, objective), folder));
    CHECK(trial->split() == "test");
    CHECK(trial->evaluator.matrix("embedding", "test", 0, trial->rows()).values ==
          numbers_of(trial->spec.directory / "embedding.npy"));
  }
}

TEST_CASE("layers are named by their parameters, in the order in which they compute", "[restored]") {
  const Folder folder;
  const auto trial = trained(testing::spec_of(spec_text(kDense, kBlobs), folder));
  const std::vector<i64> rows = trial->sample(25);
  CHECK(rows.size() == 25);
  CHECK(std::is_sorted(rows.begin(), rows.end()));
  CHECK(trial->sample(40).back() == 39);
  const std::vector<LayerCodes> layers = layers_of(trial->parts, trial->evaluator, "test", rows);
  CHECK(names_of(layers) ==
        std::vector<std::string>{"encoder.0", "encoder.1", "encoder.2", "decoder.0", "decoder.1", "decoder.2"});
  const i64 widths[] = {9, 8, 3, 8, 9, 6};
  for (std::size_t i = 0; i < layers.size(); ++i) {
    CHECK(layers[i].codes.rows == 25);
    CHECK(layers[i].codes.width == widths[i]);
  }
  // The last of the encoder is the code, the last of the decoder the reconstruction; the others have their activation.
  const Scope scope(trial->parts.engine);
  CHECK(layers[2].codes.values == doubles(trial->parts.engine, trial->evaluator.output("embedding", "test", rows)));
  CHECK(layers[5].codes.values ==
        doubles(trial->parts.engine, trial->evaluator.output("reconstruction", "test", rows)));
  for (const double v : layers[0].codes.values) CHECK(v >= 0);
}

TEST_CASE("layers of images, of a variational model, and of two roles", "[restored]") {
  const Folder a, b;
  const auto images = trained(
      testing::spec_of(spec_text("use = \"conv_autoencoder\"\nchannels = [3, 4]\nlatent = 5", "use = \"digits\""), a));
  CHECK(names_of(layers_of(images->parts, images->evaluator, images->split(), images->sample(20))) ==
        std::vector<std::string>{"encoder.0", "encoder.1", "to_code.0", "from_code.0", "decoder.1", "decoder.0"});
  const auto variational = trained(
      testing::spec_of(spec_text("use = \"variational_autoencoder\"\nhidden = [7]\nlatent = 2", kBlobs, "vae"), b));
  const std::vector<std::string> names =
      names_of(layers_of(variational->parts, variational->evaluator, "test", variational->sample(20)));
  CHECK(names.size() >= 4);
  CHECK(names.front().find("encoder") != std::string::npos);
  CHECK(names.back().find("decoder") != std::string::npos);
}

TEST_CASE("equal rows have one digest, however they are scaled; other rows another", "[restored]") {
  const Folder a, b, c;
  const auto plain = trained(testing::spec_of(spec_text(kDense, kBlobs), a)),
             scaled = trained(testing::spec_of(spec_text(kDense, kBlobs + "\nscale = \"standard\""), b)),
             other = trained(testing::spec_of(spec_text(kDense, kBlobs + "\nseed = 5"), c));
  const std::vector<i64> rows = plain->sample(30);
  CHECK(plain->digest_of(rows) == scaled->digest_of(rows));
  CHECK(plain->digest_of(rows) != other->digest_of(rows));
}

TEST_CASE("a checkpoint of another model or format is refused by name", "[restored]") {
  const Folder a, b;
  const auto small = trained(testing::spec_of(spec_text(kDense, kBlobs), a));
  const TrialSpec deeper =
      testing::spec_of(spec_text("use = \"autoencoder\"\nhidden = [9, 8, 7]\nlatent = 3", kBlobs), b);
  Checkpoint checkpoint = *Checkpoint::read(small->spec.directory / "learnt.ubp");
  CHECK_THROWS_WITH(RestoredTrial(deeper, checkpoint), Catch::Contains("the checkpoint has no parameter '"));
  checkpoint.put("format", "1");
  CHECK_THROWS_WITH(RestoredTrial(small->spec, checkpoint),
                    Catch::Contains("the checkpoint is of another format: found '1', expected '"));
}
