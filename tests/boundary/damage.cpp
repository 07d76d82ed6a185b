// SPDX-License-Identifier: MIT
// A cached data set or a checkpoint with one byte flipped leads to the numbers of a sound one.
#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

#include "trial_bench.hpp"

namespace {

using namespace ubp;
using testing::Folder;
namespace fs = std::filesystem;

constexpr int kFlips = 200;

/// UBP_CACHE, as long as it lives.
class CacheIn {
 public:
  explicit CacheIn(const fs::path& folder) {
    if (const char* set = std::getenv("UBP_CACHE")) before_ = set;
    setenv("UBP_CACHE", folder.c_str(), 1);
  }
  ~CacheIn() { before_.empty() ? unsetenv("UBP_CACHE") : setenv("UBP_CACHE", before_.c_str(), 1); }

 private:
  std::string before_;
};

std::string table(const Folder& folder) {
  const fs::path file = folder.path() / "table.csv";
  std::ofstream out(file);
  std::mt19937 words(1);
  out << "a,b,c,class\n";
  for (int row = 0; row < 40; ++row)
    out << words() % 100 << "," << words() % 7 << "," << words() % 5 << ",k" << words() % 3 << "\n";
  return "[dataset]\nuse = \"csv\"\nfile = \"" + file.string() +
         "\"\nlabel = \"class\"\nscale = \"standard\"\ntest_share = 0.25\n[model]\nuse = \"autoencoder\"\nhidden = "
         "[4]\n"
         "latent = 2\n[objective]\nuse = \"reconstruction\"\n[optimizer]\nuse = \"sgd\"\nlr = 1e-2\n[train]\nepochs = "
         "3\nbatch = "
         "10\n"
         "log_every = 1\ncheckpoint_seconds = 0\n";
}

void flip(const fs::path& file, std::mt19937& words) {
  std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
  const auto place = static_cast<std::streamoff>(words() % fs::file_size(file));
  bytes.seekg(place);
  const int before = bytes.get();
  bytes.seekp(place);
  bytes.put(static_cast<char>(before ^ (1 << words() % 8)));
}

fs::path decoded(const fs::path& cache) {
  for (const auto& entry : fs::directory_iterator(cache / "datasets"))
    if (entry.path().extension() != ".lock") return entry.path();
  FAIL("no data set was cached");
  return {};
}

using Series = std::vector<std::tuple<std::string, std::int64_t, double>>;

Series whole_run(const TrialSpec& spec) {
  testing::Story story;
  const TrialEnd end = run_trial(spec, story, story.stop);
  INFO(end.error);
  REQUIRE(end.how == TrialEnd::How::complete);
  return story.points;
}

}  // namespace

TEST_CASE("a damaged cache of a data set is decoded anew", "[damage]") {
  const Folder folder;
  const CacheIn cache(folder.path() / "cache");
  const TrialSpec spec = testing::spec_of(table(folder), folder);
  const Series sound = whole_run(spec);
  const fs::path file = decoded(folder.path() / "cache");
  fs::copy(file, folder.path() / "sound");
  std::mt19937 words(2);
  for (int i = 0; i < kFlips; ++i) {
    flip(file, words);
    CHECK(whole_run(spec) == sound);
    fs::copy(folder.path() / "sound", file, fs::copy_options::overwrite_existing);
  }
  fs::resize_file(file, fs::file_size(file) / 2);
  CHECK(whole_run(spec) == sound);
  fs::resize_file(file, 0);
  CHECK(whole_run(spec) == sound);
}

TEST_CASE("a file of other contents, as long and as old as before, is read anew", "[damage]") {
  const Folder folder;
  const CacheIn cache(folder.path() / "cache");
  const TrialSpec spec = testing::spec_of(table(folder), folder);
  const fs::path file = folder.path() / "table.csv";
  const auto time = fs::last_write_time(file);
  const Series before = whole_run(spec);
  std::string text;
  std::getline(std::ifstream(file) >> std::ws, text, '\0');
  std::replace(text.begin() + static_cast<std::ptrdiff_t>(text.find('\n')), text.end(), '1', '7');
  std::ofstream(file) << text;
  fs::last_write_time(file, time);
  CHECK(whole_run(spec) != before);
}

TEST_CASE("a damaged checkpoint is not continued", "[damage]") {
  const Folder folder;
  const CacheIn cache(folder.path() / "cache");
  const TrialSpec spec = testing::spec_of(table(folder), folder);
  const Series sound = whole_run(spec);
  testing::Story first(5);
  REQUIRE(run_trial(spec, first, first.stop).how == TrialEnd::How::interrupted);
  const fs::path file = spec.directory / "checkpoint";
  fs::copy(file, folder.path() / "checkpoint");
  std::mt19937 words(3);
  for (int i = 0; i < kFlips; ++i) {
    fs::copy(folder.path() / "checkpoint", file, fs::copy_options::overwrite_existing);
    flip(file, words);
    CHECK(whole_run(spec) == sound);
  }
}
