// SPDX-License-Identifier: MIT
#include "query/functions.hpp"

#include <memory>
#include <new>
#include <vector>

#include <sqlite3.h>

#include "base/error.hpp"
#include "base/statistics/estimates.hpp"

namespace ubp {
namespace {

struct Sample {
  std::vector<double> values;
  double p = 0.5;
};

enum class Statistic { median, stdev, quantile, ci95, iqm };

struct Function {
  const char* name;
  int arguments;
  Statistic statistic;
};
constexpr Function kFunctions[] = {{"median", 1, Statistic::median},
                                   {"stdev", 1, Statistic::stdev},
                                   {"quantile", 2, Statistic::quantile},
                                   {"ci95", 1, Statistic::ci95},
                                   {"iqm", 1, Statistic::iqm}};

bool read_p(sqlite3_value* value, Sample& sample) {
  const double p = sqlite3_value_double(value);
  const bool is_number = sqlite3_value_numeric_type(value) != SQLITE_TEXT && sqlite3_value_type(value) != SQLITE_NULL;
  const bool same = sample.values.empty() || p == sample.p;
  sample.p = p;
  return is_number && same && p >= 0 && p <= 1;
}

void add_row(sqlite3_context* context, int arguments, sqlite3_value** argument) {
  try {
    if (sqlite3_value_type(argument[0]) == SQLITE_NULL) return;
    // Zeroed by SQLite before a group's first row.
    auto* const kept = static_cast<Sample**>(sqlite3_aggregate_context(context, sizeof(Sample*)));
    if (!kept) throw std::bad_alloc();
    if (!*kept) *kept = new Sample;
    if (arguments == 2 && !read_p(argument[1], **kept))
      return sqlite3_result_error(context, "quantile(x, p): p must be one number from 0 to 1", -1);
    (*kept)->values.push_back(sqlite3_value_double(argument[0]));
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  }
}

double value_of(Statistic statistic, const Sample& sample) {
  switch (statistic) {
    case Statistic::median:
      return statistics::median(sample.values);
    case Statistic::stdev:
      return statistics::standard_deviation(sample.values);
    case Statistic::ci95:
      return statistics::estimate(sample.values).half_width;
    case Statistic::iqm:
      return statistics::interquartile_mean(sample.values);
    default:
      return statistics::quantile(sample.values, sample.p);
  }
}

void finish(sqlite3_context* context) {
  auto* const kept = static_cast<Sample**>(sqlite3_aggregate_context(context, 0));  // nullptr: there was no row
  if (!kept || !*kept) return sqlite3_result_null(context);
  const std::unique_ptr<Sample> sample(*kept);
  try {
    // NaN becomes NULL: SQLite knows no NaN.
    sqlite3_result_double(context,
                          value_of(static_cast<const Function*>(sqlite3_user_data(context))->statistic, *sample));
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  }
}

}  // namespace

void add_statistics(sqlite3* db) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  for (const Function& f : kFunctions)
    if (sqlite3_create_function_v2(db, f.name, f.arguments, kFlags, const_cast<Function*>(&f), nullptr, add_row, finish,
                                   nullptr) != SQLITE_OK)
      fail(Exit::internal, "{}: {}", f.name, sqlite3_errmsg(db));
}

}  // namespace ubp
