// SPDX-License-Identifier: MIT
// A trial comes to the same bits with one thread and with several, interrupted or not.
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "boundary/trial_bench.hpp"
#include "train/state/checkpoint.hpp"

namespace {

using namespace ubp;
using testing::Folder;
using testing::Story;

constexpr i64 kSteps = 5;

/// A workload of the benchmark, shortened.
TrialSpec workload(const std::string& name, i64 threads, const Folder& folder) {
  Registry registry({UBP_PLUGIN_FOLDER}, UBP_PROGRAM);
  const std::vector<std::string> shorter = {"dataset.rows=700", "dataset.test_rows=100",
                                            "train.steps=" + std::to_string(kSteps + 2), "train.log_every=1",
                                            "train.threads=" + std::to_string(threads)};
  TrialSpec spec =
      make_plan(std::filesystem::path(UBP_SPECS) / (name + ".toml"), shorter, registry, true).compiler->trial({}, 0);
  spec.directory = folder.path() / "trial";
  return spec;
}

/// What was learned, and what was told of it.
struct Bits {
  std::map<std::string, std::string> sections;
  std::vector<std::tuple<std::string, i64, double>> points;
  bool operator==(const Bits&) const = default;
};

Bits bits_at_pause(const std::string& name, i64 threads) {
  const Folder folder;
  const TrialSpec spec = workload(name, threads, folder);
  Story story;
  const TrialEnd end = run_trial(spec, story, story.stop, kSteps);
  INFO(end.error);
  REQUIRE(end.how == TrialEnd::How::paused);
  Bits bits{{}, story.points};
  const std::optional<Checkpoint> checkpoint = Checkpoint::read(spec.directory / "checkpoint");
  REQUIRE(checkpoint);
  for (const auto& [section, bytes] : checkpoint->sections())
    if (section.starts_with("param/") || section.starts_with("slot/") || section.starts_with("state/"))
      bits.sections[section] = bytes;
  REQUIRE(bits.sections.size() > 3);
  REQUIRE(bits.points.size() >= kSteps);
  return bits;
}

}  // namespace

TEST_CASE("parameters, moments and series of the benchmark's workloads are equal for 1, 2 and 4 threads") {
  for (const std::string name : {"deep_ae_256", "conv_ae_64", "vae_128", "gan_64", "nt_xent_256"}) {
    const Bits expected = bits_at_pause(name, 1);
    for (const i64 threads : {2, 4}) {
      INFO(name << ", " << threads << " threads");
      CHECK((bits_at_pause(name, threads) == expected));
    }
  }
}

TEST_CASE("a trial of two threads that was interrupted and continued is one of one thread that was not") {
  const Folder whole_folder, folder;
  Story whole;
  REQUIRE(run_trial(workload("conv_ae_64", 1, whole_folder), whole, whole.stop).how == TrialEnd::How::complete);
  Story first(3);
  REQUIRE(run_trial(workload("conv_ae_64", 2, folder), first, first.stop).how == TrialEnd::How::interrupted);
  SECTION("with two threads") {
    Story second;
    REQUIRE(run_trial(workload("conv_ae_64", 2, folder), second, second.stop).how == TrialEnd::How::complete);
    CHECK(second.points == whole.points);
    CHECK(second.notes.empty());
  }
  SECTION("with one") {
    Story second;
    REQUIRE(run_trial(workload("conv_ae_64", 1, folder), second, second.stop).how == TrialEnd::How::complete);
    CHECK(second.points == whole.points);
    CHECK(second.notes.empty());  // none of a checkpoint that is left alone
  }
}
