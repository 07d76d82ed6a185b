// SPDX-License-Identifier: MIT
// median, stdev and quantile in SQL are those of base/statistics.hpp.
#include <catch2/catch.hpp>

#include "base/statistics.hpp"
#include "query/reader.hpp"
#include "statistics_reference.hpp"
#include "support.hpp"

using namespace ubp;

namespace {

std::string list(const std::vector<double>& values) {
  std::string text;
  for (const double v : values) text += fmt::format("{}({:.17g})", text.empty() ? "" : ",", v);
  return text;
}

Value ask(Reader& reader, const std::string& sql) { return reader.first({sql}).value().at(0); }

struct Empty {
  Empty() { Store store(folder / "a.db"); }
  Folder folder;
};

}  // namespace

TEST_CASE("the aggregates are the statistics, to the last bit", "[query]") {
  const Empty empty;
  Reader reader(empty.folder / "a.db");
  for (const reference::Sample& s : reference::kSamples) {
    CAPTURE(s.name);
    const std::string from = " FROM (VALUES " + list(s.values) + ")";
    CHECK(ask(reader, "SELECT median(column1)" + from) == Value(statistics::median(s.values)));
    for (const double p : reference::kShares)
      CHECK(ask(reader, fmt::format("SELECT quantile(column1, {}){}", p, from)) ==
            Value(statistics::quantile(s.values, p)));
    CHECK(ask(reader, "SELECT iqm(column1)" + from) == Value(statistics::interquartile_mean(s.values)));
    const Value sd = s.values.size() > 1 ? Value(statistics::standard_deviation(s.values)) : Value();
    CHECK(ask(reader, "SELECT stdev(column1)" + from) == sd);
    const Value half = s.values.size() > 1 ? Value(statistics::estimate(s.values).half_width) : Value();
    CHECK(ask(reader, "SELECT ci95(column1)" + from) == half);
  }
}

TEST_CASE("the aggregates leave out what is NULL, and are NULL of nothing", "[query]") {
  const Empty empty;
  Reader reader(empty.folder / "a.db");
  CHECK(ask(reader, "SELECT median(column1) FROM (VALUES (1), (NULL), (3))") == Value(2.0));
  CHECK(ask(reader, "SELECT median(x) FROM (SELECT 1 AS x WHERE 0)") == Value());
  CHECK(ask(reader, "SELECT quantile(NULL, 0.5)") == Value());
  CHECK(ask(reader, "SELECT stdev(1)") == Value());
  const auto groups = reader.rows(
      {"SELECT column1, median(column2) FROM (VALUES ('a', 1), ('b', 5), ('a', 2), ('b', 7)) GROUP BY 1 ORDER BY 1"});
  CHECK(groups == std::vector<Row>{{"a", 1.5}, {"b", 6.0}});
}

TEST_CASE("a share that is none is a sentence", "[query]") {
  const Empty empty;
  Reader reader(empty.folder / "a.db");
  const std::string share = GENERATE(as<std::string>{}, "1.5", "-0.1", "NULL", "'half'", "column1 / 10.0");
  CAPTURE(share);
  CHECK_THROWS_WITH(ask(reader, "SELECT quantile(column1, " + share + ") FROM (VALUES (1), (2), (3))"),
                    "sql: quantile(x, p): p must be one number from 0 to 1");
  CHECK_THROWS_WITH(ask(reader, "SELECT median(1, 2)"), Catch::StartsWith("sql: wrong number of arguments"));
}

TEST_CASE("no view needs them: another SQLite program reads every view", "[query]") {
  const Empty empty;
  sqlite::Connection plain(empty.folder / "a.db", SQLITE_OPEN_READONLY);
  Reader reader(empty.folder / "a.db");
  for (const Row& view : reader.rows({"SELECT name FROM sqlite_master WHERE type = 'view'"}))
    CHECK_NOTHROW(plain.integer("SELECT count(*) FROM " + text_of(view[0])));
  CHECK_THROWS(plain.integer("SELECT median(1)"));
}
