// SPDX-License-Identifier: MIT
// Columns as a trial gets them, beside those of scikit-learn (reference.py).
#include <numeric>
#include <sstream>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "boundary/trial_bench.hpp"
#include "train/evaluate/evaluate.hpp"

namespace {

using namespace ubp;

/// The numbers of a file of data/, row after row; a missing cell is NAN.
std::vector<double> numbers(const std::string& name, std::vector<std::string>* header = nullptr) {
  std::ifstream file(fmt::format("{}/{}.csv", SCALE_TEST_DATA, name));
  std::vector<double> all;
  std::string line;
  std::getline(file, line);
  std::istringstream names(line);
  for (std::string word; std::getline(names, word, ',') && header;) header->push_back(word);
  while (std::getline(file, line)) {
    std::istringstream words(line + ",");
    for (std::string word; std::getline(words, word, ',');) all.push_back(word.empty() ? NAN : std::stod(word));
  }
  return all;
}

std::string spec(const std::filesystem::path& file, const std::string& scale, const std::string& dtype) {
  return fmt::format(
      "[dataset]\nuse = \"csv\"\nfile = \"{}\"\nscale = \"{}\"\n[objective]\nuse = \"ubp\"\n[optimizer]\nuse = "
      "\"sgd\"\nlr = 0.1\n[train]\ndtype = \"{}\"\n",
      file.string(), scale, dtype);
}

std::vector<double> scaled(testing::Bench& bench) {
  std::vector<i64> rows(static_cast<std::size_t>(bench.parts.data->rows("train")));
  std::iota(rows.begin(), rows.end(), i64{0});
  return doubles(bench.parts.engine, bench.parts.data->gather(bench.parts.engine, "train", nullptr, rows));
}

}  // namespace

TEST_CASE("columns of any size are scaled as scikit-learn scales them, constants are 0, and the way back is exact",
          "[scale]") {
  const std::string scale = GENERATE("standard", "minmax"), dtype = GENERATE("f32", "f64");
  std::vector<std::string> names;
  const std::vector<double> raw = numbers("table", &names), expected = numbers(scale);
  testing::Bench bench(spec(std::filesystem::path(SCALE_TEST_DATA) / "table.csv", scale, dtype));
  std::vector<double> got = scaled(bench);
  REQUIRE(got.size() == expected.size());
  const auto is_constant = [](const std::string& name) {
    return name == "tenth" || name == "rounding" || name == "zero" || name == "large_constant";
  };
  for (std::size_t i = 0; i < got.size(); ++i) {
    const std::string& name = names[i % names.size()];
    CAPTURE(scale, dtype, name, i / names.size());
    if (is_constant(name))
      CHECK(got[i] == 0);
    else
      CHECK(std::abs(got[i] - expected[i]) <= 2e-7 + 1e-6 * std::abs(expected[i]));
  }
  if (dtype != "f64") return;
  bench.parts.data->unscale(got);
  for (std::size_t i = 0; i < got.size(); ++i) {
    double largest = 0;
    for (std::size_t k = i % names.size(); k < raw.size(); k += names.size())
      if (!std::isnan(raw[k])) largest = std::max(largest, std::abs(raw[k]));
    CAPTURE(scale, names[i % names.size()], raw[i]);
    if (!std::isnan(raw[i])) CHECK(std::abs(got[i] - raw[i]) <= 1e-14 * largest);
  }
}

TEST_CASE("a number that the training rows never showed keeps its distance from a constant column", "[scale]") {
  const testing::Folder folder;
  std::ofstream file(folder.path() / "table.csv");
  file << "a,b\n";
  for (int row = 0; row < 7; ++row) file << row << ",0.1\n";
  file << "7,2.1\n";
  file.close();
  const std::string scale = GENERATE("standard", "minmax");
  std::string toml = spec(folder.path() / "table.csv", scale, "f64");
  toml.insert(toml.find("scale"), "test_share = 0.125\ntest_from = \"last\"\n");
  testing::Bench bench(toml);
  const std::vector<double> test =
      doubles(bench.parts.engine, bench.parts.data->gather(bench.parts.engine, "test", nullptr, std::vector<i64>{0}));
  CHECK(test[1] == Approx(2.0));
}
