// SPDX-License-Identifier: MIT
#include "train/data/splits.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/error.hpp"
#include "engine/random.hpp"

namespace ubp {
namespace {

using Rows = std::vector<i64>;

Random stream(const DataOptions& options, const char* name) {
  return Random(static_cast<std::uint64_t>(options.split_seed), name);
}

i64 count_of(const char* key, double share, i64 rows) {
  const i64 count = std::lround(share * static_cast<double>(rows));
  if (count > 0 && count < rows) return count;
  fail(Exit::usage, "dataset.{}: a split has no rows: found {} of {} rows, expected a share of 1 to {} rows", key,
       share, rows, rows - 1);
}

Rows last_of(Rows& from, i64 count) {
  Rows taken(from.end() - std::min<i64>(count, static_cast<i64>(from.size())), from.end());
  from.resize(from.size() - taken.size());
  return taken;
}

/// `rows` class by class, in random order within a class: who takes from it at even distances takes of every class.
Rows by_class(const Rows& rows, const std::vector<i64>& labels, Random random) {
  Rows order(rows.size());
  random.permutation(order);
  for (i64& at : order) at = rows[static_cast<std::size_t>(at)];
  if (!labels.empty())
    std::stable_sort(order.begin(), order.end(), [&](i64 a, i64 b) {
      return labels[static_cast<std::size_t>(a)] < labels[static_cast<std::size_t>(b)];
    });
  return order;
}

/// Takes the rows whose place in `order` is wanted out of `from`.
Rows deal(Rows& from, const Rows& order, const std::function<bool(i64 place)>& is_wanted) {
  Rows taken, left;
  for (std::size_t place = 0; place < order.size(); ++place)
    (is_wanted(static_cast<i64>(place)) ? taken : left).push_back(order[place]);
  std::sort(taken.begin(), taken.end());
  std::sort(left.begin(), left.end());
  from = std::move(left);
  return taken;
}

Rows take_fold(Rows& from, const RowsToSplit& data, const DataOptions& options) {
  const i64 rows = static_cast<i64>(from.size());
  if (options.folds > rows)
    fail(Exit::usage, "dataset.folds: a part has no rows: found {}, expected at most the {} rows that are dealt",
         options.folds, rows);
  if (options.fold < 0)
    fail(Exit::usage, "dataset.fold: found {} with {} folds, expected the part to hold out", options.fold,
         options.folds);
  return deal(from, by_class(from, data.labels, stream(options, "folds")),
              [&](i64 place) { return place % options.folds == options.fold; });
}

Rows take_test(Rows& from, const RowsToSplit& data, const DataOptions& options) {
  if (options.folds > 0 && options.fold_rows == FoldRows::test) return take_fold(from, data, options);
  if (options.test_share == 0) return {};
  const i64 count = count_of("test_share", options.test_share, data.rows);
  if (options.test_from == TestRows::random) stream(options, "split").permutation(from);
  Rows taken = last_of(from, count);
  std::sort(from.begin(), from.end());
  std::sort(taken.begin(), taken.end());
  return taken;
}

Rows take_valid(Rows& from, const RowsToSplit& data, const DataOptions& options) {
  if (options.folds > 0 && options.fold_rows == FoldRows::valid) return take_fold(from, data, options);
  if (options.valid_share == 0) return {};
  const i64 count = count_of("valid_share", options.valid_share, data.rows), rows = static_cast<i64>(from.size());
  if (options.valid_from == TestRows::last) return last_of(from, count);
  const auto due = [&](i64 place) { return place * count / rows; };
  return deal(from, by_class(from, data.labels, stream(options, "valid")),
              [&](i64 place) { return due(place + 1) > due(place); });
}

void refuse_two_sources(const RowsToSplit& data, const DataOptions& options) {
  const auto refuse = [](const char* key, const char* name, const auto& found) {
    fail(Exit::usage, "dataset.{}: the data set has {} rows of its own: found {}, expected 0", key, name, found);
  };
  if (data.own_valid && options.valid_share > 0) refuse("valid_share", "validation", options.valid_share);
  if (options.folds == 0) return;
  if (data.own_valid && options.fold_rows == FoldRows::valid) refuse("folds", "validation", options.folds);
  if (data.own_test && options.fold_rows == FoldRows::test) refuse("folds", "test", options.folds);
}

}  // namespace

RowSplits split_rows(const RowsToSplit& data, const DataOptions& options) {
  refuse_two_sources(data, options);
  RowSplits splits;
  splits.train.resize(static_cast<std::size_t>(data.rows));
  std::iota(splits.train.begin(), splits.train.end(), i64{0});
  if (!data.own_test) splits.test = take_test(splits.train, data, options);
  splits.valid = take_valid(splits.train, data, options);
  if (splits.train.empty())
    fail(Exit::usage, "dataset: {} test and {} validation rows leave no training row", splits.test.size(),
         splits.valid.size());
  return splits;
}

}  // namespace ubp
