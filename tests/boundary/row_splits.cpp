// SPDX-License-Identifier: MIT
// Which rows train, choose and judge; and the series in which they are told.
#include <set>

#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "engine/random.hpp"
#include "train/data/splits.hpp"
#include "trial_bench.hpp"

namespace {

using namespace ubp;
using testing::Folder;
using testing::Story;
using Rows = std::vector<i64>;

/// 97 rows of classes with 60, 30, 5, 1 and 1 rows, mixed.
RowsToSplit unequal() {
  Rows classes;
  for (const auto& [label, count] : {std::pair<i64, i64>{0, 60}, {1, 30}, {2, 5}, {3, 1}, {4, 1}})
    classes.insert(classes.end(), static_cast<std::size_t>(count), label);
  Rows order(classes.size());
  Random(1, "mixed").permutation(order);
  RowsToSplit data;
  data.rows = static_cast<i64>(classes.size());
  for (const i64 at : order) data.labels.push_back(classes[static_cast<std::size_t>(at)]);
  return data;
}

std::map<i64, double> classes_of(const Rows& rows, const RowsToSplit& data) {
  std::map<i64, double> counts;
  for (const i64 row : rows) ++counts[data.labels[static_cast<std::size_t>(row)]];
  return counts;
}

void check_each_row_once(const RowSplits& splits, i64 rows) {
  std::vector<i64> all;
  for (const Rows* split : {&splits.train, &splits.valid, &splits.test}) {
    CHECK(std::is_sorted(split->begin(), split->end()));
    all.insert(all.end(), split->begin(), split->end());
  }
  CHECK(static_cast<i64>(all.size()) == rows);
  CHECK(static_cast<i64>(std::set<i64>(all.begin(), all.end()).size()) == rows);
}

std::string refusal(const RowsToSplit& data, const DataOptions& options) {
  try {
    split_rows(data, options);
    return "";
  } catch (const Error& e) {
    return e.what();
  }
}

std::string blobs(const std::string& dataset, const std::string& train, const std::string& test_rows = "0") {
  return "[dataset]\nuse = \"blobs\"\nrows = 60\ntest_rows = " + test_rows + "\ndims = 6\n" + dataset +
         "\n[model]\nuse = \"autoencoder\"\nhidden = [8]\nlatent = 2\n[objective]\nuse = \"reconstruction\"\n"
         "[optimizer]\nuse = \"adam\"\nlr = 1e-2\n[train]\nbatch = 20\n" +
         train + "\n[[metric]]\nuse = \"reconstruction_error\"\n[[metric]]\nuse = \"knn_probe\"\n";
}

void tell(const std::string& toml, Story& story) {
  const Folder folder;
  story.end = run_trial(testing::spec_of(toml, folder), story, story.stop);
  INFO(story.end.error);
  REQUIRE(story.end.how == TrialEnd::How::complete);
}

std::set<std::string> splits_told(const std::string& toml) {
  Story story;
  tell(toml, story);
  std::set<std::string> splits;
  for (const auto& [name, step, value] : story.points)
    if (name.ends_with(".mse")) splits.insert(name.substr(0, name.find('.')));
  return splits;
}

}  // namespace

TEST_CASE("test rows are those that seed 0 always gave; other seeds give others", "[splits]") {
  RowsToSplit data = unequal();
  DataOptions options;
  options.test_share = 0.2;
  Rows order(97);
  Random(0, "split").permutation(order);
  Rows last(order.end() - 19, order.end());
  std::sort(last.begin(), last.end());
  CHECK(split_rows(data, options).test == last);
  options.valid_share = 0.3;  // moves no test row
  const RowSplits splits = split_rows(data, options);
  CHECK(splits.test == last);
  CHECK(splits.valid.size() == 29);
  check_each_row_once(splits, 97);
  options.split_seed = 1;
  CHECK(split_rows(data, options).test != last);
  CHECK(split_rows(data, options).valid != splits.valid);
}

TEST_CASE("validation rows hold every class in its share, and the last ones are the last", "[splits]") {
  const RowsToSplit data = unequal();
  DataOptions options;
  options.valid_share = GENERATE(0.1, 0.25, 0.5);
  options.split_seed = GENERATE(0, 1, 2, 3);
  const RowSplits splits = split_rows(data, options);
  CHECK(static_cast<i64>(splits.valid.size()) == std::lround(97 * options.valid_share));
  check_each_row_once(splits, 97);
  std::map<i64, double> valid = classes_of(splits.valid, data), all = classes_of(Rows(splits.train), data);
  for (const auto& [label, count] : valid) all[label] += count;
  for (const auto& [label, count] : all) CHECK(std::abs(valid[label] - options.valid_share * count) < 1.01);
  CHECK(split_rows(data, options).valid == splits.valid);
  options.valid_from = TestRows::last;
  CHECK(split_rows(data, options).valid.back() == 96);
  CHECK(split_rows(data, options).train.back() == 96 - std::lround(97 * options.valid_share));
}

TEST_CASE("folds hold every row out once, every class in its share", "[splits]") {
  const RowsToSplit data = unequal();
  DataOptions options;
  options.folds = GENERATE(2, 5, 97);
  options.fold_rows = GENERATE(FoldRows::valid, FoldRows::test);
  const bool nested = options.fold_rows == FoldRows::test && options.folds < 97;
  if (nested) options.valid_share = 0.2;
  std::vector<i64> held_out;
  std::set<Rows> chosen_by;
  for (options.fold = 0; options.fold < options.folds; ++options.fold) {
    const RowSplits splits = split_rows(data, options);
    check_each_row_once(splits, 97);
    const Rows& part = options.fold_rows == FoldRows::test ? splits.test : splits.valid;
    CHECK((options.fold_rows == FoldRows::test ? splits.valid : splits.test).size() == (nested ? 19u : 0u));
    held_out.insert(held_out.end(), part.begin(), part.end());
    const double share = 1 / static_cast<double>(options.folds);
    for (const auto& [label, count] : classes_of(part, data))
      CHECK(std::abs(count - share * (label == 0 ? 60 : label == 1 ? 30 : label == 2 ? 5 : 1)) < 1);
  }
  std::sort(held_out.begin(), held_out.end());
  Rows all(97);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<i64>(i);
  CHECK(held_out == all);
}

TEST_CASE("splits that come out empty, or that the data set has already, are refused", "[splits]") {
  DataOptions options;
  options.test_share = 0.1;
  CHECK(refusal({4, {}, false, false}, options) ==
        "dataset.test_share: a split has no rows: found 0.1 of 4 rows, expected a share of 1 to 3 rows");
  CHECK(refusal({4, {}, false, true}, options).empty());
  options = {};
  options.valid_share = 0.1;
  CHECK(refusal({4, {}, false, false}, options) ==
        "dataset.valid_share: a split has no rows: found 0.1 of 4 rows, expected a share of 1 to 3 rows");
  CHECK(refusal({40, {}, true, false}, options) ==
        "dataset.valid_share: the data set has validation rows of its own: found 0.1, expected 0");
  options = {};
  options.test_share = 0.6, options.valid_share = 0.39;
  CHECK(refusal({3, {}, false, false}, options) == "dataset: 2 test and 1 validation rows leave no training row");
  options = {};
  options.folds = 5, options.fold = 0;
  CHECK(refusal({4, {}, false, false}, options) ==
        "dataset.folds: a part has no rows: found 5, expected at most the 4 rows that are dealt");
  CHECK(refusal({40, {}, true, false}, options) ==
        "dataset.folds: the data set has validation rows of its own: found 5, expected 0");
  options.fold_rows = FoldRows::test;
  CHECK(refusal({40, {}, false, true}, options) ==
        "dataset.folds: the data set has test rows of its own: found 5, expected 0");
}

TEST_CASE("every split that is held out is judged in series of its own", "[splits]") {
  using Told = std::set<std::string>;
  const std::string valid = "valid_share = 0.25";
  CHECK(splits_told(blobs("", "epochs = 1")) == Told{"train"});
  CHECK(splits_told(blobs("", "epochs = 1", "20")) == Told{"test"});
  CHECK(splits_told(blobs(valid, "epochs = 1")) == Told{"valid"});
  CHECK(splits_told(blobs(valid, "epochs = 1", "20")) == Told{"valid", "test"});
  CHECK(splits_told(blobs(valid, "epochs = 1\neval_split = \"valid\"", "20")) == Told{"valid"});
  CHECK(splits_told(blobs(valid, "epochs = 1\neval_split = \"test\"", "20")) == Told{"test"});
  CHECK(splits_told(blobs(valid, "epochs = 1\neval_split = \"train\"", "20")) == Told{"train"});
}

TEST_CASE("validation rows neither train nor change what is said of test rows", "[splits]") {
  // 15 of 60 rows choose; the same 45 rows as a data set of their own train the same network.
  Story both, chosen;
  tell(blobs("valid_share = 0.25\nvalid_from = \"last\"", "epochs = 2\neval_every = 1", "20"), both);
  std::string without = blobs("", "epochs = 2\neval_every = 1", "20");
  without.replace(without.find("rows = 60"), 9, "rows = 45");
  tell(without, chosen);
  CHECK(both.all("test.mse") == chosen.all("test.mse"));
  CHECK(both.all("test.knn_accuracy") == chosen.all("test.knn_accuracy"));
  CHECK(both.all("valid.mse").size() == 2);
  CHECK(chosen.all("valid.mse").empty());
}

TEST_CASE("early stopping can name validation rows", "[splits]") {
  Story story;
  tell(blobs("valid_share = 0.25",
             "epochs = 50\neval_every = 1\nearly_stop = \"valid.knn_accuracy\"\nearly_stop_patience = 1"),
       story);
  CHECK(story.steps() < 150);
  REQUIRE(story.notes.size() == 1);
  CHECK_THAT(story.notes[0], Catch::Contains("valid.knn_accuracy has not improved"));
}
