// SPDX-License-Identifier: MIT
// The pictures that a trial leaves: which, when, and that an interruption does not show in them.
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>

#include "base/hash.hpp"
#include "trial_bench.hpp"

namespace {

using namespace ubp;
using testing::Folder;

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Its pixels, as its header has them.
std::pair<std::uint32_t, std::uint32_t> size_of(const std::filesystem::path& png) {
  const std::string bytes = bytes_of(png);
  REQUIRE(bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  const auto number = [&bytes](std::size_t at) {
    std::uint32_t n = 0;
    for (std::size_t i = at; i < at + 4; ++i) n = n << 8 | static_cast<std::uint8_t>(bytes[i]);
    return n;
  };
  return {number(16), number(20)};
}

/// Stops the trial once it has logged a step; remembers what files it wrote.
class Watcher : public testing::Silent {
 public:
  explicit Watcher(std::int64_t stop_at = -1) : stop_at_(stop_at) {}
  void point(const std::string&, std::int64_t step, double, std::int64_t) override {
    stop = stop_at_ >= 0 && step >= stop_at_;
  }
  void artifact(const std::string&, const std::string& file, const std::string&, std::int64_t) override {
    kept.push_back(file);
    files.push_back(std::filesystem::path(file).filename());
  }
  std::vector<std::string> files, kept;
  std::atomic<bool> stop{false};

 private:
  std::int64_t stop_at_;
};

const std::string kBlobs =
    "[dataset]\nuse = \"blobs\"\nrows = 60\ndims = 6\n[model]\nuse = \"autoencoder\"\nhidden = [8]\nlatent = "
    "3\n[objective]\n"
    "use = \"reconstruction\"\n[optimizer]\nuse = \"adam\"\nlr = 1e-2\n[train]\nepochs = 4\nbatch = 16\nlog_every = "
    "1\neval_every = 1\n"
    "[[metric]]\nuse = \"reconstruction_error\"\n[artifacts]\nscatter = true\ncurves = true\n";

}  // namespace

TEST_CASE("a trial draws its embedding and its curves, interrupted or not", "[figures]") {
  Folder whole_folder, folder;
  Watcher whole, first(5), second;
  const TrialSpec spec = testing::spec_of(kBlobs, whole_folder), again = testing::spec_of(kBlobs, folder);
  REQUIRE(run_trial(spec, whole, whole.stop).how == TrialEnd::How::complete);
  CHECK(whole.files == std::vector<std::string>{"scatter.png", "curves.png"});
  REQUIRE(run_trial(again, first, first.stop).how == TrialEnd::How::interrupted);
  CHECK(first.files.empty());
  REQUIRE(run_trial(again, second, second.stop).how == TrialEnd::How::complete);
  CHECK(second.kept == whole.kept);
  for (const std::string& file : whole.files) {
    CAPTURE(file);
    CHECK(bytes_of(spec.directory / file) == bytes_of(again.directory / file));  // the earlier points, too
  }
  const auto [scatter_width, scatter_height] = size_of(spec.directory / "scatter.png");
  CHECK(scatter_width == 1000);  // five inches
  const auto [width, height] = size_of(spec.directory / "curves.png");
  CHECK(height == Approx(2 * 0.75 / 3 * width).margin(1));  // four metrics: two lines of panels, three to a line
}

TEST_CASE("every version of a picture is kept as it was when it was told", "[figures]") {
  const Folder folder;
  Watcher watcher;
  const TrialSpec spec = testing::spec_of(kBlobs + "every = 1\n", folder);
  REQUIRE(run_trial(spec, watcher, watcher.stop).how == TrialEnd::How::complete);
  const std::set<std::string> versions(watcher.kept.begin(), watcher.kept.end());
  CHECK(versions.size() >= 7);  // four evaluations; curves need a second point
  for (const std::string& file : versions) {
    CAPTURE(file);
    const std::string sum = std::filesystem::path(file).parent_path().filename();
    CHECK(sha256_of_file(spec.directory / file).substr(0, sum.size()) == sum);
  }
  CHECK(bytes_of(spec.directory / watcher.files.back()) == bytes_of(spec.directory / watcher.kept.back()));
}

TEST_CASE("a profile names the ops of the training steps, and their shares make a whole", "[figures]") {
  const Folder folder;
  Watcher watcher;
  const TrialSpec spec =
      testing::spec_of(kBlobs.substr(0, kBlobs.find("[artifacts]")) + "[artifacts]\nprofile = true\n", folder);
  REQUIRE(run_trial(spec, watcher, watcher.stop).how == TrialEnd::How::complete);
  REQUIRE(watcher.files == std::vector<std::string>{"profile.csv"});
  std::istringstream lines(bytes_of(spec.directory / "profile.csv"));
  std::string line;
  std::getline(lines, line);
  CHECK(line == "part,calls,seconds,derivatives,derivative_seconds,share");
  std::map<std::string, std::vector<double>> parts;
  double whole = 0;
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string part, cell;
    std::getline(cells, part, ',');
    while (std::getline(cells, cell, ',')) parts[part].push_back(std::stod(cell));
    whole += parts[part].back();
  }
  CHECK(whole == Approx(1).margin(1e-3));
  const double steps = 4 * 4;  // epochs x batches, of an encoder and a decoder of two layers each
  REQUIRE(parts.count("linear") == 1);
  CHECK(parts["linear"][0] == 4 * steps);
  CHECK(parts["linear"][2] == 4 * steps);
  CHECK(parts.count("mse") == 1);
  CHECK(parts.count("(optimizer)") == 1);
}

TEST_CASE("nothing is drawn that was not asked for or has no second point", "[figures]") {
  Folder quiet_folder, short_folder;
  Watcher quiet, brief;
  std::string toml = kBlobs.substr(0, kBlobs.find("[artifacts]"));
  REQUIRE(run_trial(testing::spec_of(toml, quiet_folder), quiet, quiet.stop).how == TrialEnd::How::complete);
  CHECK(quiet.files.empty());
  toml = kBlobs;
  toml.replace(toml.find("epochs = 4\nbatch = 16\n"), 22, "epochs = 1\nbatch = 60\n");
  REQUIRE(run_trial(testing::spec_of(toml, short_folder), brief, brief.stop).how == TrialEnd::How::complete);
  CHECK(brief.files == std::vector<std::string>{"scatter.png"});
}
