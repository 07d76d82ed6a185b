// SPDX-License-Identifier: MIT
// What is withheld reaches metrics only, whole, and only at the end.
#include <numeric>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "boundary/trial_bench.hpp"
#include "train/evaluate/evaluate.hpp"

namespace {

using namespace ubp;
using testing::Folder;
using testing::Story;

constexpr i64 kRows = 90;

using Texts = std::vector<std::string>;  // rows of x0, x1, colour, x2

Texts table_of_four() {
  static const char* const colours[] = {"blue", "green", "red"};
  Random random(3, "table");
  Texts cells;
  for (i64 i = 0; i < kRows; ++i) {
    const double a = random.next_uniform(), b = random.next_uniform();
    cells.insert(cells.end(), {fmt::format("{}", a), fmt::format("{}", a + b), colours[static_cast<int>(3 * a)],
                               fmt::format("{}", b * b)});
  }
  return cells;
}

std::filesystem::path write(const Folder& folder, const std::string& name, const Texts& cells) {
  const std::filesystem::path file = folder.path() / name;
  std::ofstream out(file);
  out << "x0,x1,colour,x2";
  for (std::size_t i = 0; i < cells.size(); ++i) out << (i % 4 ? "," : "\n") << cells[i];
  out << "\n";
  return file;
}

const char* const kUbp = "use = \"ubp\"\nhidden = [3]\nwindow = 5\nfloor = 0.02\n";
const char* const kRowsOfUbp = "use = \"ubp_rows\"\nlatent = 2\nfloor = 0.02\n[model]\nuse = \"decoder\"\n";

std::string spec(const std::filesystem::path& file, const std::string& dataset, const std::string& objective,
                 const std::string& rest = "") {
  return fmt::format(
      "[dataset]\nuse = \"csv\"\nfile = \"{}\"\n{}[objective]\n{}[optimizer]\nuse = \"sgd\"\nlr = 0.1\n[train]\nbatch "
      "= 100\n{}",
      file.string(), dataset, objective, rest);
}

struct Told {
  std::vector<std::tuple<std::string, std::int64_t, double>> points;
  double last(const std::string& metric) const {
    const auto found =
        std::find_if(points.rbegin(), points.rend(), [&](const auto& p) { return std::get<0>(p) == metric; });
    REQUIRE(found != points.rend());
    return std::get<2>(*found);
  }
};

Told tell(const std::string& toml) {
  const Folder folder;
  Story story;
  const TrialEnd end = run_trial(testing::spec_of(toml, folder), story, story.stop);
  INFO(end.error);
  REQUIRE(end.how == TrialEnd::How::complete);
  return {story.points};
}

/// 1 where `data` hides a cell from training, [rows, columns]; columns: x0, x1, blue, green, red, x2.
std::vector<double> hidden(const std::string& toml) {
  testing::Bench bench(toml);
  std::vector<i64> rows(static_cast<std::size_t>(kRows));
  std::iota(rows.begin(), rows.end(), i64{0});
  std::vector<double> cells = doubles(bench.parts.engine, bench.parts.data->mask(bench.parts.engine, "train", rows));
  for (double& c : cells) c = 1 - c;
  return cells;
}

std::vector<double> judged(const std::string& toml) {
  testing::Bench bench(toml);
  std::vector<i64> rows(static_cast<std::size_t>(kRows));
  std::iota(rows.begin(), rows.end(), i64{0});
  return bench.parts.data->withheld("train", rows);
}

/// The table with other values in the cells that are `hidden`.
Texts spoilt(Texts cells, const std::vector<double>& hidden) {
  static const std::size_t column[] = {0, 1, 2, 5};
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (hidden[i / 4 * 6 + column[i % 4]] != 0)
      cells[i] = i % 4 == 2 ? (cells[i] == "red" ? "blue" : "red") : fmt::format("{}", 1e4 + static_cast<double>(i));
  return cells;
}

}  // namespace

TEST_CASE("what is withheld changes no weight, no vector and no prediction", "[withheld]") {
  const std::string objective = GENERATE(kUbp, kRowsOfUbp), scale = GENERATE("none", "minmax");
  CAPTURE(objective, scale);
  const Folder folder;
  const std::string dataset = "withhold = 0.4\nscale = \"" + scale + "\"\n";
  const Texts cells = table_of_four();
  const std::string told = spec(write(folder, "told.csv", cells), dataset, objective);
  const std::string other = spec(write(folder, "other.csv", spoilt(cells, hidden(told))), dataset, objective);
  CHECK(tell(told).points == tell(other).points);
}

TEST_CASE("a nominal cell is withheld whole, other cells as NumPy's generator draws", "[withheld]") {
  const Folder folder;
  const std::vector<double> cells = hidden(spec(write(folder, "table.csv", table_of_four()), "withhold = 0.5\n", kUbp));
  const double first_rows[] = {0, 0, 0, 0, 0, 0,  // RandomState(0).rand(90, 6) < 0.5, columns 3 and 4 as column 2
                               1, 0, 0, 0, 0, 0};
  CHECK(std::equal(std::begin(first_rows), std::end(first_rows), cells.begin()));
  double whole = 0;
  for (std::size_t at = 0; at < cells.size(); at += 6) {
    CHECK(cells[at + 2] == cells[at + 3]);
    CHECK(cells[at + 2] == cells[at + 4]);
    whole += cells[at + 2];
  }
  CHECK(whole > 30);
  CHECK(whole < 60);
}

TEST_CASE("a mask file withholds the cells it lists, a one-hot group by its first column", "[withheld]") {
  const Folder folder;
  const std::filesystem::path table = write(folder, "table.csv", table_of_four());
  const auto hides = [&](const std::string& mask) {
    const std::filesystem::path file = folder.path() / "mask.txt";
    std::ofstream(file) << mask;
    return hidden(spec(table, fmt::format("withhold_file = \"{}\"\n", file.string()), kUbp));
  };
  const auto refusal = [&](const std::string& mask) -> std::string {
    try {
      hides(mask);
      return "no error";
    } catch (const Error& e) {
      const std::string told = e.what();
      return told.substr(told.rfind('/') + 1);
    }
  };
  std::string lines = "1,0,1,0,0,0\n0 0 0 1 1 1\n";
  for (i64 i = 2; i < kRows; ++i) lines += "0 0 0 0 0 0\n";
  const std::vector<double> cells = hides(lines);
  const double first_rows[] = {1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1};
  CHECK(std::equal(std::begin(first_rows), std::end(first_rows), cells.begin()));
  CHECK(std::accumulate(cells.begin(), cells.end(), 0.0) == 5);

  CHECK(refusal("1,0,1,0,0\n") ==
        "mask.txt:1: found 5 cells, expected one for each of the 6 columns of the data set's input");
  CHECK(refusal("1 0 1 0 0 0\nx 0 0 0 0 0\n") ==
        "mask.txt:2: found 'x', expected 0 and 1, separated by blanks or commas");
  CHECK(refusal("1 0 1 0 0 0\n") == "mask.txt: found 1 rows, expected one for each of the 90 of the data set");
}

// SimpleImputer of scikit-learn 1.2.1, with masks of numpy.random.RandomState(seed).rand(rows, columns) < 0.5.
TEST_CASE("the cells that are withheld from known tables, and what their column means miss them by, are those of NumPy",
          "[withheld]") {
  struct Known {
    const char* id;
    std::vector<double> cells;  ///< withheld with seeds 0, 1, 2
    double rmse;                ///< of the column mean, in ranges of the column; mean over the seeds
  };
  const Known known = GENERATE(Known{"iris", {301, 288, 311}, 0.2670}, Known{"wine", {1147, 1124, 1204}, 0.2059},
                               Known{"breast_cancer", {8705, 8471, 8604}, 0.1451});
  CAPTURE(known.id);
  if (!std::filesystem::exists("/usr/lib/python3/dist-packages/sklearn/datasets/data")) {
    WARN("skipped: python3-sklearn is not installed");
    return;
  }
  double rmse = 0;
  for (std::size_t seed = 0; seed < 3; ++seed) {
    testing::Bench bench(
        fmt::format("[dataset]\nuse = \"{}\"\nwithhold = 0.5\nwithhold_seed = {}\n[objective]\n{}[optimizer]\nuse = "
                    "\"sgd\"\nlr = 0.1\n",
                    known.id, seed, kUbp));
    const Data& data = *bench.parts.data;
    std::vector<i64> rows(static_cast<std::size_t>(data.rows("train")));
    std::iota(rows.begin(), rows.end(), i64{0});
    const std::vector<double> x = data.raw_input("train", rows), hides = data.withheld("train", rows);
    const std::size_t width = x.size() / rows.size();
    double squares = 0, cells = 0;
    for (std::size_t c = 0; c < width; ++c) {
      double sum = 0, n = 0, least = INFINITY, most = -INFINITY;
      for (std::size_t i = c; i < x.size(); i += width)
        sum += (1 - hides[i]) * x[i], n += 1 - hides[i], least = std::min(least, x[i]), most = std::max(most, x[i]);
      for (std::size_t i = c; i < x.size(); i += width)
        squares += hides[i] * std::pow((x[i] - sum / n) / (most - least), 2), cells += hides[i];
    }
    CHECK(cells == known.cells[seed]);
    rmse += std::sqrt(squares / cells) / 3;
  }
  CHECK(rmse == Approx(known.rmse).margin(1e-4));
}

TEST_CASE("a data set tells imputation which of its cells are names", "[withheld]") {
  const Folder folder;
  const std::string toml = spec(write(folder, "table.csv", table_of_four()), "withhold = 0.3\n", kUbp);
  const auto hamming = [&](const std::string& nominal) {
    return tell(toml + "[[metric]]\nuse = \"imputation\"\n" + nominal).last("train.imputation_hamming");
  };
  CHECK(hamming("") > 0);
  CHECK(hamming("") == hamming("nominal = \"2-4\""));
}

TEST_CASE(
    "cells that validate are known ones, hidden as well; withheld cells then reach nobody, not even who stops early",
    "[withheld]") {
  const Folder folder;
  const std::string dataset = "withhold = 0.3\nvalidate = 0.2\nvalidate_seed = 7\n",
                    rest =
                        "eval_every = 5\nearly_stop = \"train.imputation_rmse\"\nearly_stop_patience = "
                        "3\n[[metric]]\nuse = \"imputation\"\nunit = \"raw\"\n";
  const Texts cells = table_of_four();
  const std::filesystem::path file = write(folder, "told.csv", cells);
  const std::string told = spec(file, dataset, kUbp, rest);
  const std::vector<double> withheld = hidden(spec(file, "withhold = 0.3\n", kUbp)), unseen = hidden(told),
                            judges = judged(told);
  double validate = 0;
  for (std::size_t i = 0; i < withheld.size(); ++i) {
    CHECK(judges[i] * withheld[i] == 0);
    CHECK(unseen[i] == judges[i] + withheld[i]);
    validate += judges[i];
  }
  CHECK(validate / static_cast<double>(withheld.size()) == Approx(0.2 * 0.7).margin(0.04));
  const Told story = tell(told),
             other = tell(spec(write(folder, "other.csv", spoilt(cells, withheld)), dataset, kUbp, rest));
  CHECK(story.last("train.imputation_rmse") > 0);
  CHECK(story.points == other.points);
  CHECK(story.points != tell(spec(write(folder, "third.csv", spoilt(cells, judges)), dataset, kUbp, rest))
                            .points);  // so it could be seen
}

TEST_CASE("one seed withholds and validates different cells, as NumPy draws them; seeds beyond NumPy's are refused",
          "[withheld]") {
  const Folder folder;
  const std::filesystem::path file = write(folder, "table.csv", table_of_four());
  // numpy.random.RandomState(5).rand(2, 90, 6) < 0.5, rows 0 and 1 of each table, columns 3 and 4 as column 2
  const std::vector<double> withholds = {1, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0},
                            validates = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1};
  const auto first_rows = [](std::vector<double> cells) {
    cells.resize(12);
    return cells;
  };
  CHECK(first_rows(hidden(spec(file, "withhold = 0.5\nwithhold_seed = 5\n", kUbp))) == withholds);
  CHECK(first_rows(hidden(spec(file, "validate = 0.5\nvalidate_seed = 5\n", kUbp))) == validates);
  const std::string key = GENERATE("withhold", "validate");
  const auto hidden_by = [&](const std::string& seed) {
    return hidden(spec(file, fmt::format("{0} = 0.5\n{0}_seed = {1}\n", key, seed), kUbp));
  };
  for (const char* seed : {"4294967296", "4294967297", "8589934593", "9223372036854775807", "-1"})
    CHECK_THROWS_WITH(hidden_by(seed),
                      Catch::Contains(fmt::format("dataset.{}_seed: {} is outside [0, 4294967295]", key, seed)));
  CHECK(hidden_by("4294967295") != hidden_by("0"));
  CHECK(hidden_by("4294967295") != hidden_by("2147483647"));
}

TEST_CASE("imputation is judged on rows that lost cells", "[withheld]") {
  const Folder folder;
  const std::string metric = "[[metric]]\nuse = \"imputation\"\n";
  const std::filesystem::path file = write(folder, "table.csv", table_of_four());
  CHECK(tell(spec(file, "withhold = 0.3\ntest_share = 0.2\n", kUbp, metric)).last("test.imputation_rmse") > 0);
  CHECK(tell(spec(file, "withhold = 0.3\ntest_share = 0.2\n", kUbp, "eval_split = \"train\"\n" + metric))
            .last("train.imputation_rmse") > 0);
  const std::string blobs =
      std::string("[dataset]\nuse = \"blobs\"\nrows = 60\ntest_rows = 20\nwithhold = 0.3\n[objective]\n") + kUbp +
      "[optimizer]\nuse = \"sgd\"\nlr = 0.1\n[train]\nbatch = 100\n";
  CHECK(tell(blobs + "eval_split = \"train\"\n" + metric).last("train.imputation_rmse") > 0);
  Folder trial;
  Story story;
  const TrialEnd end = run_trial(testing::spec_of(blobs + metric, trial), story, story.stop);
  CHECK(
      end.error ==
      "imputation is judged on rows that lose cells: the data set's own test rows lose none; expected train.eval_split "
      "train");
}
