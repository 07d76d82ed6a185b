// SPDX-License-Identifier: MIT
// A sweep is declared once, however often; an attempt that is lost is followed by another.
#include <catch2/catch.hpp>

#include "support.hpp"

using namespace ubp;

TEST_CASE("declaring a sweep again finds it and adds nothing", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto first = store.declare(a_plan(3, 2), a_machine());
  CHECK(store.missing(first).size() == 6);
  CHECK(store.declare(a_plan(3, 2), a_machine()) == first);
  CHECK(store.missing(first).size() == 6);
  CHECK(store.declare(a_plan(3, 2, "another"), a_machine()) != first);
}

TEST_CASE("a sweep that grew keeps what it has", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(a_plan(2, 1), a_machine());
  for (const TrialRow& t : store.missing(sweep)) run_trial(store, t.trial_id, 0.5);
  store.finish_sweep(sweep);
  CHECK(ask(folder / "a.db", "SELECT state FROM sweeps") == "DONE");

  CHECK(store.declare(a_plan(3, 2), a_machine()) == sweep);
  const auto rows = store.missing(sweep);
  REQUIRE(rows.size() == 4);
  CHECK((rows[0].config_number == 0 && rows[0].replicate == 1));
  CHECK((rows[2].config_number == 2 && rows[2].replicate == 0));
  CHECK(ask(folder / "a.db", "SELECT state || replicates FROM sweeps") == "OPEN2");
}

TEST_CASE("a config that is planned otherwise than recorded is refused, and nothing changes", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  store.declare(a_plan(2), a_machine());
  ListedPlan plan = a_plan(3);
  plan.configs()[1].params["model.act"] = "gelu";
  CHECK_THROWS_WITH(store.declare(plan, a_machine()), Catch::Contains("config 1 is recorded as"));
  CHECK(ask(folder / "a.db", "SELECT count(*) FROM config") == "2");
}

TEST_CASE("a trial that its coordinator left running becomes lost and gets a new attempt", "[record]") {
  const Folder folder;
  std::int64_t sweep = 0, lost = 0;
  {
    Store store(folder / "a.db");
    sweep = store.declare(a_plan(2), a_machine());
    lost = store.missing(sweep)[0].trial_id;
    store.start(lost, 1, 0);
    const MetricPoint point{"test.mse", 0, 0.5, 1};
    store.add_points(lost, {&point, 1});
  }
  Store store(folder / "a.db");
  store.declare(a_plan(2), a_machine());
  const auto rows = store.missing(sweep);
  REQUIRE(rows.size() == 2);
  CHECK((rows[0].config_number == 0 && rows[0].attempt == 1));
  CHECK((rows[1].config_number == 1 && rows[1].attempt == 0));
  CHECK(ask(folder / "a.db", "SELECT state || ' ' || reason FROM trials WHERE trial_id = " + std::to_string(lost)) ==
        "LOST killed");
  CHECK(ask(folder / "a.db", "SELECT count(*) FROM metrics WHERE trial_id = " + std::to_string(lost)) == "1");
  CHECK(store.missing(sweep).size() == 2);  // asking is not attempting
}

TEST_CASE("a trial that runs here is neither lost nor missing", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(a_plan(2), a_machine());
  store.start(store.missing(sweep)[0].trial_id, 1, 0);
  store.declare(a_plan(1, 1, "b"), a_machine());
  CHECK(store.missing(sweep).size() == 1);
  CHECK(store.latest(sweep)[0].state == TrialState::running);
}

TEST_CASE("a worker that dies is replaced by the next attempt with the same seed", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(a_plan(1), a_machine());
  const auto first = store.missing(sweep)[0];
  store.start(first.trial_id, 1, 0);
  Outcome outcome = failed(Failure::killed, "signal 9 from outside");
  outcome.signal = 9;
  const TrialRow second = store.replace_lost(first.trial_id, outcome);
  CHECK((second.attempt == 1 && second.state == TrialState::queued));
  CHECK(ask(folder / "a.db", "SELECT count(DISTINCT seed) FROM trials") == "1");
  CHECK(ask(folder / "a.db", "SELECT state || signal FROM trials") == "LOST9");
}

TEST_CASE("only `again` repeats what is finished", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(a_plan(2), a_machine());
  const auto rows = store.missing(sweep);
  run_trial(store, rows[0].trial_id, 0.5);
  store.start(rows[1].trial_id, 1, 0);
  store.finish(rows[1].trial_id, failed());
  CHECK(store.missing(sweep).empty());
  const auto again = store.missing(sweep, Again::everything);
  REQUIRE(again.size() == 2);
  CHECK((again[0].attempt == 1 && again[1].attempt == 1));
}

TEST_CASE("a trial that fails is tried again as often as its class allows, across commands", "[record]") {
  const Folder folder;
  const Retries retries{{Failure::crash, 2}, {Failure::memory, 1}};
  std::int64_t sweep = 0;
  const auto fail_once = [&](Store& store, Failure failure) {
    const std::int64_t id = store.latest(sweep).at(0).trial_id;
    store.start(id, 1, 0);
    return store.finish(id, failed(failure), retries).next;
  };
  {
    Store store(folder / "a.db");
    sweep = store.declare(a_plan(1), a_machine());
    const std::optional<TrialRow> next = fail_once(store, Failure::crash);
    REQUIRE(next);
    CHECK((next->attempt == 1 && next->state == TrialState::queued));
    CHECK(fail_once(store, Failure::memory));
    store.finish_sweep(sweep);
    CHECK(ask(folder / "a.db", "SELECT state FROM sweeps") == "OPEN");
  }
  Store store(folder / "a.db");
  store.declare(a_plan(1), a_machine());
  CHECK(fail_once(store, Failure::crash));
  CHECK_FALSE(fail_once(store, Failure::crash));
  CHECK(store.missing(sweep, Again::nothing, retries).empty());
  CHECK(ask(folder / "a.db", "SELECT group_concat(state || ' ' || reason, ', ') FROM trials") ==
        "FAILED crash, FAILED memory, FAILED crash, FAILED crash");
  CHECK(ask(folder / "a.db", "SELECT count(DISTINCT seed) FROM trials") == "1");
  CHECK(store.missing(sweep, Again::nothing, {{Failure::memory, 9}}).empty());
  CHECK(store.missing(sweep, Again::nothing, {{Failure::crash, 3}}).size() == 1);
}

TEST_CASE("only a class that is named is tried again; a trial without a value has failed, too", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(a_plan(2), a_machine());
  const auto rows = store.missing(sweep);
  store.start(rows[0].trial_id, 1, 0);
  CHECK_FALSE(store.finish(rows[0].trial_id, failed(Failure::plugin), {{Failure::crash, 1}}).next);
  store.start(rows[1].trial_id, 1, 0);
  CHECK(store.finish(rows[1].trial_id, Outcome{}, {{Failure::missing, 1}}).next);
}

TEST_CASE("a reused trial has at a rung what its series says there, or is not reused", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sealed = [](const std::string& identity, std::int64_t first_rung) {
    ListedPlan plan = a_plan(1, 1, identity);
    plan.basis.host = "this build";
    if (first_rung > 0) plan.pruner.use = PrunerKind::promotion;
    plan.pruner.min_steps = first_rung;
    plan.pruner.max_steps = 80;
    plan.pruner.eta = 2;
    return plan;
  };
  const auto first = store.declare(sealed("a", 0), a_machine());
  run_trial(store, store.missing(first)[0].trial_id, 0.25);     // 1.0 at step 0, 0.625 at step 10, 0.25 at step 20
  const auto off = store.declare(sealed("b", 5), a_machine());  // at step 5 it has no value
  CHECK(store.reuse(off) == 0);
  CHECK(store.latest(off)[0].state == TrialState::queued);
  const auto on = store.declare(sealed("c", 10), a_machine());
  CHECK(store.reuse(on) == 1);
  const std::int64_t id = store.latest(on)[0].trial_id;
  const std::optional<Recorded> reached = store.at_rung(id, 10);
  REQUIRE(reached);
  CHECK((reached->state == TrialState::queued && reached->value == 0.625));
  CHECK_FALSE(store.at_rung(id, 20));  // there it is complete
  CHECK(store.recorded(id).value == 0.25);
}

TEST_CASE("a race takes over a trial that has run elsewhere when it asks for it, and no other", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sealed = [](const std::string& identity, bool races) {
    ListedPlan plan = a_plan(1, 3, identity);
    plan.basis.host = "this build";
    plan.race.on = races;
    return plan;
  };
  const auto all = store.declare(sealed("a", false), a_machine());
  for (const TrialRow& t : store.missing(all)) run_trial(store, t.trial_id, 0.25);
  const auto states = [&](std::int64_t sweep) {
    return ask(folder / "a.db", "SELECT group_concat(state) FROM (SELECT state FROM trial WHERE sweep_id = " +
                                    std::to_string(sweep) + " ORDER BY trial_id)");
  };
  const auto raced = store.declare(sealed("b", true), a_machine());
  CHECK(store.reuse(raced) == 0);
  CHECK(store.reuse_asked(store.latest(raced)[1].trial_id));
  CHECK(states(raced) == "QUEUED,COMPLETE,QUEUED");
  CHECK(store.recorded(store.latest(raced)[1].trial_id).value == 0.25);
  CHECK(store.add_config(raced, sealed("b", true).configs()[0])[0].state == TrialState::queued);
  const auto whole = store.declare(sealed("c", false), a_machine());
  CHECK_FALSE(store.reuse_asked(store.latest(whole)[0].trial_id));
  CHECK(store.reuse(whole) == 3);
}

TEST_CASE("an interrupted trial waits again, with its points", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(a_plan(1), a_machine());
  const auto id = store.missing(sweep)[0].trial_id;
  store.start(id, 1, 0);
  const MetricPoint point{"test.mse", 0, 0.5, 1};
  store.add_points(id, {&point, 1});
  store.requeue(id, "interrupted");
  REQUIRE(store.missing(sweep).size() == 1);
  CHECK(store.missing(sweep)[0].trial_id == id);
  CHECK(ask(folder / "a.db", "SELECT state || reason FROM trials") == "QUEUEDinterrupted");
  CHECK(ask(folder / "a.db", "SELECT count(*) FROM metrics") == "1");
  CHECK(run_trial(store, id, 0.25).value == 0.25);
  CHECK(ask(folder / "a.db", "SELECT reason IS NULL FROM trials") == "1");
}

TEST_CASE("a sweep is done when no trial is left", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(a_plan(2), a_machine());
  const auto rows = store.missing(sweep);
  run_trial(store, rows[0].trial_id, 0.5);
  store.finish_sweep(sweep);
  CHECK(ask(folder / "a.db", "SELECT state FROM sweeps") == "OPEN");
  run_trial(store, rows[1].trial_id, 0.5);
  store.finish_sweep(sweep);
  CHECK(ask(folder / "a.db", "SELECT state FROM sweeps") == "DONE");
  CHECK(std::filesystem::file_size(folder / "a.db-wal") == 0);  // the one file can be copied
}

TEST_CASE("a trial records the binaries of the session that started it", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  ListedPlan plan = a_plan(2);
  const auto sweep = store.declare(plan, a_machine());
  run_trial(store, store.missing(sweep)[0].trial_id, 0.5);
  Manifest rebuilt = a_model();
  rebuilt.sha256 = "def";
  for (Config& config : plan.configs()) config.components["model"] = &rebuilt;
  Provenance later = a_machine();
  later.dirty = true;
  store.declare(plan, later);
  run_trial(store, store.missing(sweep)[0].trial_id, 0.5);
  CHECK(ask(folder / "a.db", "SELECT group_concat(plugins || dirty, ' ') FROM provenance") ==
        R"({"model":"model/linear@1#abc"}0 {"model":"model/linear@1#def"}1)");
}

TEST_CASE("a sweep grows by a config while it runs", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(a_plan(1, 2), a_machine());
  for (const TrialRow& row : store.missing(sweep)) run_trial(store, row.trial_id, 0.5);
  store.finish_sweep(sweep);
  ListedPlan larger = a_plan(2, 2);
  const std::vector<TrialRow> rows = store.add_config(sweep, larger.configs()[1]);
  REQUIRE(rows.size() == 2);
  CHECK((rows[1].config_number == 1 && rows[1].replicate == 1 && rows[1].state == TrialState::queued));
  CHECK(ask(folder / "a.db", "SELECT state FROM sweeps") == "OPEN");
  run_trial(store, rows[0].trial_id, 0.25);
  const std::vector<TrialRow> again = store.add_config(sweep, larger.configs()[1]);
  CHECK((again[0].trial_id == rows[0].trial_id && again[0].state == TrialState::complete));
  CHECK(ask(folder / "a.db", "SELECT count(*) FROM trials") == "4");
  CHECK(ask(folder / "a.db", "SELECT plugins FROM provenance WHERE trial_id = 3") ==
        R"({"model":"model/linear@1#abc"})");
}

TEST_CASE("a trial that pauses is queued with what it has logged, and tells its value so far", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(a_plan(1), a_machine());
  const auto id = store.missing(sweep)[0].trial_id;
  store.start(id, 1, 0);
  CHECK_FALSE(store.pause(id, 5).value);
  store.start(id, 1, 0);
  const MetricPoint point{"test.mse", 10, 0.75, 1};
  store.add_points(id, {&point, 1});
  const Recorded paused = store.pause(id, 10);
  CHECK((paused.state == TrialState::queued && paused.value == 0.75));
  CHECK((store.at_rung(id, 5) && !store.at_rung(id, 5)->value && store.at_rung(id, 10)->value == 0.75));
  CHECK_FALSE(store.at_rung(id, 11));
  CHECK(ask(folder / "a.db", "SELECT state || reason FROM trials") == "QUEUEDpaused");
  CHECK(ask(folder / "a.db", "SELECT last FROM metric_stats") == "0.75");
  Outcome worse;
  worse.state = TrialState::pruned;
  worse.error = "worse than the best half at step 10";
  CHECK(store.finish(id, worse).state == TrialState::pruned);
  CHECK(ask(folder / "a.db", "SELECT state || ' ' || error FROM trials") ==
        "PRUNED worse than the best half at step 10");
}

TEST_CASE("finishing answers with what was recorded, not with what was told", "[record]") {
  const Folder folder;
  Store store(folder / "a.db");
  const auto sweep = store.declare(a_plan(2), a_machine());
  const auto rows = store.missing(sweep);
  store.start(rows[0].trial_id, 1, 0);
  CHECK(store.finish(rows[0].trial_id, Outcome{}).failure == Failure::missing);
  store.start(rows[1].trial_id, 1, 0);
  const MetricPoint point{"test.mse", 10, 0.75, 1};
  store.add_points(rows[1].trial_id, {&point, 1});
  const Recorded good = store.finish(rows[1].trial_id, Outcome{});
  CHECK((good.state == TrialState::complete && good.value == 0.75));
}
