// SPDX-License-Identifier: MIT
// SQLite does not check a view when it is created: every one is read here, and its columns are the documented ones.
#include <catch2/catch.hpp>

#include "support.hpp"

using namespace ubp;

namespace {

struct View {
  const char* name;
  std::string columns;  // only ever appended to: people's queries depend on them
  int rows;
};

const std::vector<View> kViews = {
    {"sweeps",
     "sweep_id sweep experiment question state metric goal reduce configs replicates trials complete running queued "
     "failed lost pruned cancelled best supervised seed identity created finished",
     1},
    {"executions",
     "trial_id name sweep_id sweep config_id config replicate attempt seed state reason error value seconds "
     "cpu_seconds max_rss_mb exit_code signal pid resumed_from_step supervised created started finished params same_as "
     "identity",
     4},
    {"trials",
     "trial_id name sweep_id sweep config_id config replicate attempt seed state reason error value seconds "
     "cpu_seconds max_rss_mb exit_code signal pid resumed_from_step supervised created started finished params same_as "
     "identity",
     4},
    {"params", "trial_id sweep_id config_id name kind num text value", 12},
    {"metrics", "trial_id metric step value t_ms", 8},
    {"metric_stats", "trial_id metric n n_nan first last last_step min min_step max max_step mean", 4},
    {"leaderboard",
     "sweep_id sweep rank config_id config n failed mean sd ci95 best worst metric goal params adjusted_mean", 2},
    {"noise_floor", "sweep_id sweep metric sd source config n", 0},
    {"objectives", "sweep_id sweep objective metric goal reduce reference", 1},
    {"objective_values", "trial_id sweep_id config_id objective metric goal value", 2},
    {"objective_stats", "sweep_id config_id config objective metric goal n mean sd ci95", 2},
    {"pareto", "sweep_id sweep config_id config n rank front means params", 0},
    {"fronts", "sweep_id sweep objectives configs front hypervolume", 0},
    {"failures",
     "trial_id name sweep_id sweep config replicate attempt state reason error exit_code signal finished log", 1},
    {"provenance",
     "trial_id name sweep_id sweep seed host os kernel cpu n_cpu mem_bytes compiler build blas host_sha256 "
     "git_sha branch dirty diff_sha256 plugins spec data",
     3},
    {"artifacts", "trial_id name sweep_id sweep kind artifact step path size sha256 mime", 1},
    {"tags", "sweep_id trial_id name tag since", 0},
    {"notes", "sweep_id trial_id name note written", 0},
};

/// Two complete trials, one failed, one queued, one artifact.
void fill(Store& store) {
  const auto rows = store.missing(store.declare(a_plan(4), a_machine()));
  run_trial(store, rows[0].trial_id, 0.25);
  run_trial(store, rows[1].trial_id, 0.5);
  store.start(rows[2].trial_id, 1, 0);
  store.add_artifact(rows[2].trial_id, {"image", "grid.png", "00", "image/png", 5, 10, "a.files/grid.png"});
  store.finish(rows[2].trial_id, failed());
}

}  // namespace

TEST_CASE("every view can be read and has its documented columns", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  fill(store);
  sqlite::Connection db(folder / "a.db", SQLITE_OPEN_READONLY);
  CHECK(db.integer("SELECT count(*) FROM sqlite_master WHERE type = 'view'") ==
        static_cast<std::int64_t>(kViews.size()));
  for (const View& view : kViews) {
    CAPTURE(view.name);
    sqlite::Statement s(db, std::string("SELECT * FROM ") + view.name);
    std::string columns;
    for (int c = 0; c < s.columns(); ++c) columns += (c ? " " : "") + s.name(c);
    CHECK(columns == view.columns);
    int rows = 0;
    while (s.step()) ++rows;
    CHECK(rows == view.rows);
  }
}

TEST_CASE("a trial shows what it was", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  fill(store);
  const auto ask = [&](const std::string& sql) { return ubp::ask(folder / "a.db", sql); };
  CHECK(ask("SELECT name || ' ' || state || ' ' || value FROM trials WHERE trial_id = 2") ==
        "rings-latent/1.0 COMPLETE 0.5");
  CHECK(ask("SELECT params FROM trials WHERE trial_id = 2") ==
        R"({"model.act":"tanh","model.latent":8,"optimizer.lr":0.002})");
  CHECK(ask("SELECT seed FROM trials WHERE trial_id = 1") == "18446744073709551600");  // unsigned
  CHECK(ask("SELECT seed FROM trials WHERE trial_id = 2") == "84");                    // wrapped around
  CHECK(ask("SELECT started LIKE '20__-__-__ __:__:__.___' AND started > datetime('now', '-1 day') AND started < "
            "datetime('now', '+1 day') FROM trials") == "1");
  CHECK(ask("SELECT group_concat(name || '=' || value, ' ') FROM params WHERE trial_id = 2") ==
        "model.act=tanh model.latent=8 optimizer.lr=0.002");
  CHECK(ask("SELECT group_concat(config) FROM leaderboard ORDER BY rank") == "0,1");
  CHECK(ask("SELECT complete || failed || queued || best FROM sweeps") == "2110.25");
  CHECK(ask("SELECT error FROM failures") == "it threw");
  CHECK(ask("SELECT spec FROM provenance WHERE trial_id = 2") == R"({"model":{"latent":8}})");
}

TEST_CASE("a trial is supervised if its own objective is given labels", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  ListedPlan plan = a_plan(2);
  plan.configs()[1].supervised = true;
  store.declare(plan, a_machine());
  CHECK(ask(folder / "a.db", "SELECT group_concat(supervised) FROM trials") == "0,1");
  CHECK(ask(folder / "a.db", "SELECT supervised FROM sweeps") == "1");
}
