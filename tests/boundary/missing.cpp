// SPDX-License-Identifier: MIT
// What becomes of cells that a table lacks, against what a pencil says.
#include <cmath>
#include <numeric>

#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "train/evaluate/evaluate.hpp"
#include "trial_bench.hpp"

namespace {

using namespace ubp;
using testing::Bench;
using testing::Folder;
using Numbers = std::vector<double>;

// Rows 0 to 5 train, 6 and 7 test. Of the training rows a knows 1, 2, 3, 10 (mean 4, median 2.5), b knows all but one.
const char* const kTable =
    "a,b,c\n"
    "1,10,0\n"
    "2,,0\n"
    ",30,0\n"
    "3,40,1\n"
    ",50,1\n"
    "10,60,1\n"
    ",70,1\n"
    "100,80,0\n";

std::string spec(const Folder& folder, const std::string& dataset, const std::string& table = kTable,
                 const std::string& objective = "reconstruction") {
  const std::filesystem::path file = folder.path() / "table.csv";
  std::ofstream(file) << table;
  const std::string model = objective == "ubp" ? "" : "[model]\nuse = \"autoencoder\"\n";
  return "[dataset]\nuse = \"csv\"\nfile = \"" + file.string() + "\"\ntest_share = 0.25\ntest_from = \"last\"\n" +
         dataset + "\n" + model + "[objective]\nuse = \"" + objective + "\"\n[optimizer]\nuse = \"sgd\"\nlr = 1e-2\n";
}

Numbers input(Bench& bench, const std::string& split) {
  std::vector<i64> rows(static_cast<std::size_t>(bench.parts.data->rows(split)));
  std::iota(rows.begin(), rows.end(), i64{0});
  return doubles(bench.parts.engine, bench.parts.data->gather(bench.parts.engine, split, nullptr, rows));
}

Numbers trained_on(const std::string& dataset) {
  const Folder folder;
  Bench bench(spec(folder, dataset));
  CHECK_FALSE(bench.parts.data->has_mask());
  return input(bench, "train");
}

Numbers judged_on(const std::string& dataset) {
  const Folder folder;
  Bench bench(spec(folder, dataset));
  return input(bench, "test");
}

std::string refusal(const std::string& dataset, const std::string& table) {
  const Folder folder;
  try {
    Bench bench(spec(folder, dataset, table));
    return "";
  } catch (const Error& e) {
    return e.what();
  }
}

}  // namespace

TEST_CASE("missing cells are filled from the training rows, in the test rows, too", "[missing]") {
  CHECK(trained_on("missing_cells = \"mean\"") == Numbers{1, 10, 0, 2, 38, 0, 4, 30, 0, 3, 40, 1, 4, 50, 1, 10, 60, 1});
  CHECK(judged_on("missing_cells = \"mean\"") == Numbers{4, 70, 1, 100, 80, 0});
  CHECK(trained_on("missing_cells = \"median\"") ==
        Numbers{1, 10, 0, 2, 40, 0, 2.5, 30, 0, 3, 40, 1, 2.5, 50, 1, 10, 60, 1});
  CHECK(judged_on("missing_cells = \"median\"") == Numbers{2.5, 70, 1, 100, 80, 0});
}

TEST_CASE("the mask can be further columns, which no scale touches", "[missing]") {
  CHECK(judged_on("missing_cells = \"mean\"\nmissing_mask = true") == Numbers{4, 70, 1, 0, 1, 1, 100, 80, 0, 1, 1, 1});
  const Numbers scaled = judged_on("missing_cells = \"mean\"\nmissing_mask = true\nscale = \"minmax\"");
  const Numbers by_hand = {3.0 / 9, 60.0 / 50, 1, 0, 1, 1, 99.0 / 9, 70.0 / 50, 0, 1, 1, 1};
  REQUIRE(scaled.size() == by_hand.size());
  for (std::size_t i = 0; i < by_hand.size(); ++i) CHECK(scaled[i] == Approx(by_hand[i]));
  const Folder folder;
  Bench bench(spec(folder, "missing_cells = \"mean\"\nmissing_mask = true"));
  CHECK(bench.parts.data->row_shape(nullptr) == Shape{6});
  CHECK(std::isfinite(bench.loss(0, 0, 6)));  // the model is built for the wider rows
}

TEST_CASE("rows or columns that lack a cell are left out, before rows are split", "[missing]") {
  // 4 rows are whole, the last quarter of them is row 7.
  CHECK(trained_on("missing_cells = \"drop_rows\"") == Numbers{1, 10, 0, 3, 40, 1, 10, 60, 1});
  CHECK(judged_on("missing_cells = \"drop_rows\"") == Numbers{100, 80, 0});
  CHECK(trained_on("missing_cells = \"drop_columns\"") == Numbers{0, 0, 0, 1, 1, 1});
  CHECK(judged_on("missing_cells = \"drop_columns\"") == Numbers{1, 0});
}

TEST_CASE("what is withheld fills nothing, and what is filled has no truth", "[missing]") {
  const Folder folder;
  const auto filled = [&](const std::string& a_of_row_3) {
    std::string table = kTable;
    table.replace(table.find("\n3,40"), 5, "\n" + a_of_row_3 + ",40");
    std::string mask;
    for (int row = 0; row < 8; ++row) mask += row == 3 ? "1 0 0\n" : row == 4 ? "1 0 0\n" : "0 0 0\n";
    const std::filesystem::path file = folder.path() / "mask.txt";
    std::ofstream(file) << mask;
    Bench bench(spec(folder, "missing_cells = \"mean\"\nwithhold_file = \"" + file.string() + "\"", table, "ubp"));
    CHECK(bench.parts.data->withheld("train", std::vector<i64>{3, 4}) == Numbers{1, 0, 0, 0, 0, 0});
    return input(bench, "train").at(2 * 3);
  };
  CHECK(filled("3") == Approx(13.0 / 3));
  CHECK(filled("1000") == Approx(13.0 / 3));
}

TEST_CASE("a one-hot group keeps its columns together where others are left out", "[missing]") {
  const Folder folder;
  Bench bench(
      spec(folder, "missing_cells = \"drop_columns\"", "a,colour,b\n1,red,1\n,blue,2\n3,green,3\n4,red,4\n", "ubp"));
  CHECK(bench.parts.data->row_shape(nullptr) == Shape{4});
  CHECK(bench.parts.data->nominal() == std::vector<i64>{0, 2});
}

TEST_CASE("nothing left, and nothing to fill with, are refused", "[missing]") {
  CHECK(refusal("missing_cells = \"drop_rows\"", "a,b\n1,\n,2\n3,\n,4\n") ==
        "dataset.missing_cells: every row lacks a cell: found drop_rows, which leaves none");
  CHECK(refusal("missing_cells = \"drop_columns\"", "a,b\n1,\n,2\n3,\n,4\n") ==
        "dataset.missing_cells: every column lacks a cell: found drop_columns, which leaves none");
  CHECK(refusal("missing_cells = \"median\"", "a,b\n,1\n,2\n,3\n4,4\n") ==
        "dataset.missing_cells: no training row knows column 0: nothing to fill it with");
}
