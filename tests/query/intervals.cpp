// SPDX-License-Identifier: MIT
// The leaderboard's interval is written in SQL, that any program may run it, and once more in C++: both say the same.
#include <cmath>

#include <catch2/catch.hpp>

#include "base/statistics.hpp"
#include "query/reader.hpp"
#include "statistics_reference.hpp"
#include "support.hpp"

using namespace ubp;

namespace {

/// The value of replicate r: like accuracies, most digits in use.
double value_of(std::int64_t r) { return 0.8 + 0.001 * double((7 * r * r + 3 * r) % 101) / 7; }

/// One config a size, with so many complete replicates; written past the Store, which would take its time.
void declare(const std::filesystem::path& file, const std::vector<reference::At>& sizes) {
  {
    Store store(file);
    store.declare(a_plan(static_cast<std::int64_t>(sizes.size())), a_machine());
  }
  sqlite::Connection db(file, SQLITE_OPEN_READWRITE);
  sqlite3_db_config(db.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  db.run("DELETE FROM trial; BEGIN");
  sqlite::Statement insert(
      db,
      "INSERT INTO trial(sweep_id, config_id, replicate, attempt, seed, state, value, created_ms, started_ms, "
      "finished_ms) VALUES (1, ?1, ?2, 0, 0, 'COMPLETE', ?3, 0, 0, 0)");
  for (std::size_t config = 0; config < sizes.size(); ++config)
    for (std::int64_t r = 0; r < std::int64_t(sizes[config].x); ++r)
      insert.bind_all(static_cast<std::int64_t>(config + 1), r, value_of(r)).run();
  db.run("COMMIT");
}

}  // namespace

TEST_CASE("the view's intervals and those of C++ agree, and both with SciPy", "[query]") {
  const Folder folder;
  declare(folder / "a.db", reference::kIntervals);
  Reader reader(folder / "a.db");
  const auto rows = reader.rows({"SELECT n, mean, sd, ci95 FROM leaderboard ORDER BY n"});
  REQUIRE(rows.size() == reference::kIntervals.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& [n, t] = reference::kIntervals[i];
    CAPTURE(n);
    std::vector<double> values;
    for (std::int64_t r = 0; r < std::int64_t(n); ++r) values.push_back(value_of(r));
    const statistics::Estimate e = statistics::estimate(values);
    const auto real = [&](std::size_t column) { return std::get<double>(rows[i][column]); };
    REQUIRE(std::get<std::int64_t>(rows[i][0]) == std::int64_t(n));
    CHECK(real(1) == Approx(e.mean).epsilon(1e-12));
    CHECK(real(2) == Approx(e.sd).epsilon(1e-9));
    // The view's quantile is tabulated to 12 digits, and beyond the table an expansion with an error below 3e-8.
    CHECK(real(3) == Approx(e.half_width).epsilon(3e-8));
    CHECK(real(3) == Approx(t * e.sd / std::sqrt(n)).epsilon(3e-8));
    CHECK(e.half_width == Approx(t * e.sd / std::sqrt(n)).epsilon(1e-12));
  }
}
