// SPDX-License-Identifier: MIT
// The statistics of the leaderboard, against SciPy: reference.py leaderboard prints these rows.
#include <catch2/catch.hpp>

#include "support.hpp"

using namespace ubp;

namespace {

struct Row {
  int rank, config, n;
  double mean, sd, ci95, best, worst;  // -1: NULL
};

constexpr Row kReference[] = {
    {1, 7, 41, 0.5761219512195122, 0.0031717118560110396, 0.0010011157860507762, 0.5800000000000001,
     0.5700000000000001},
    {2, 6, 32, 0.5658750000000001, 0.002825574449159312, 0.0010187282239721247, 0.5700000000000001, 0.561},
    {3, 5, 31, 0.5548709677419355, 0.002872187731606591, 0.001053526965463202, 0.559, 0.55},
    {4, 4, 10, 0.5458000000000001, 0.00261618891604648, 0.0018715088083704238, 0.55, 0.543},
    {5, 3, 5, 0.5347999999999999, 0.002774887385102324, 0.003445477765151346, 0.539, 0.532},
    {6, 2, 3, 0.5220000000000001, 0.0010000000000000009, 0.002484137711843755, 0.523, 0.521},
    {7, 1, 2, 0.5105, 0.0007071067811865482, 0.006353102368216053, 0.511, 0.51},
    {8, 0, 1, 0.5, -1, -1, 0.5, 0.5},
};
constexpr int kReplicates[] = {1, 2, 3, 5, 10, 31, 32, 41};

double result(std::int64_t config, std::int64_t r) {
  return 0.5 + 0.01 * double(config) + 0.001 * double((7 * r * r + 3 * r + config) % 11);
}

void check_number(sqlite::Statement& s, int column, double expected) {
  if (expected < 0)
    CHECK(s.is_null(column));
  else
    CHECK(s.real(column) == Approx(expected).epsilon(1e-7));
}

}  // namespace

TEST_CASE("the leaderboard's statistics are SciPy's, and repeating a run changes none", "[record]") {
  const bool repeated = GENERATE(false, true);
  const Folder folder;
  Store store(folder / "a.db");
  ListedPlan plan = a_plan(8, 41);
  plan.goal = Goal::maximize;
  for (Config& config : plan.configs()) config.seeds.resize(static_cast<std::size_t>(kReplicates[config.number]));
  const auto sweep = store.declare(plan, a_machine());
  if (repeated)  // worse numbers first: only the last attempt counts
    for (const TrialRow& t : store.missing(sweep)) run_trial(store, t.trial_id, 0.1);
  for (const TrialRow& t : store.missing(sweep, repeated ? Again::everything : Again::nothing))
    run_trial(store, t.trial_id, result(t.config_number, t.replicate));
  if (repeated)  // and an attempt that failed counts as none
    for (const TrialRow& t : store.missing(sweep, Again::everything)) {
      store.start(t.trial_id, 1, 0);
      store.finish(t.trial_id, failed());
      if (t.replicate == 2) break;
    }

  sqlite::Connection db(folder / "a.db", SQLITE_OPEN_READONLY);
  sqlite::Statement s(db, "SELECT rank, config, n, mean, sd, ci95, best, worst FROM leaderboard ORDER BY rank");
  for (const Row& row : kReference) {
    REQUIRE(s.step());
    CAPTURE(row.config, repeated);
    CHECK(s.integer(0) == row.rank);
    CHECK(s.integer(1) == row.config);
    CHECK(s.integer(2) == row.n);
    check_number(s, 3, row.mean);
    check_number(s, 4, row.sd);
    check_number(s, 5, row.ci95);
    check_number(s, 6, row.best);
    check_number(s, 7, row.worst);
  }
  CHECK_FALSE(s.step());
}

TEST_CASE("a sweep that minimises ranks the other way round", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(a_plan(3), a_machine());
  for (const TrialRow& t : store.missing(sweep)) run_trial(store, t.trial_id, 1.0 - 0.25 * double(t.config_number));
  CHECK(ask(folder / "a.db", "SELECT group_concat(config) FROM (SELECT config FROM leaderboard ORDER BY rank)") ==
        "2,1,0");
}
