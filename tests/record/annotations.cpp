// SPDX-License-Identifier: MIT
// What people say of records stays beside them.
#include <catch2/catch.hpp>

#include "record/annotation.hpp"
#include "support.hpp"

using namespace ubp;

namespace {

constexpr auto kTrial = Annotation::Of::trial, kSweep = Annotation::Of::sweep;
constexpr auto kTag = Annotation::Kind::tag, kUntag = Annotation::Kind::untag, kNote = Annotation::Kind::note;

/// One complete trial; its id is 1, and so is its sweep's.
void fill(const std::filesystem::path& file) {
  Store store(file);
  run_trial(store, store.missing(store.declare(a_plan(1), a_machine()))[0].trial_id, 0.5);
}

std::string tags(const std::filesystem::path& file) {
  return ask(file, "SELECT coalesce(group_concat(t), '') FROM (SELECT name || ':' || tag AS t FROM tags ORDER BY 1)");
}

std::string refusal(const std::filesystem::path& file, const std::string& sql) {
  try {
    ask(file, sql);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("of a tag and its removal the later one counts", "[record]") {
  const Folder folder;
  const auto file = folder / "a.db";
  fill(file);
  annotate(file, {{kTrial, 1, kTag, "keep"}, {kTrial, 1, kTag, "odd"}, {kSweep, 1, kTag, "keep"}});
  CHECK(tags(file) == "rings-latent/0.0:keep,rings-latent/0.0:odd,rings-latent:keep");
  annotate(file, {{kTrial, 1, kUntag, "keep"}});
  CHECK(tags(file) == "rings-latent/0.0:odd,rings-latent:keep");
  annotate(file, {{kTrial, 1, kTag, "keep"}, {kTrial, 1, kUntag, "odd"}, {kTrial, 1, kNote, "why?"}});
  CHECK(tags(file) == "rings-latent/0.0:keep,rings-latent:keep");
  CHECK(ask(file, "SELECT name || ' ' || note || ' ' || sweep_id || trial_id FROM notes") ==
        "rings-latent/0.0 why? 11");
}

TEST_CASE("a clock that was set back does not undo what was said last", "[record]") {
  const Folder folder;
  const auto file = folder / "a.db";
  fill(file);
  ask(file, "INSERT INTO annotation(t_ms, trial_id, kind, text) VALUES(99999999999999, 1, 'tag', 'keep') RETURNING 1");
  annotate(file, {{kTrial, 1, kUntag, "keep"}});
  CHECK(tags(file).empty());
}

TEST_CASE("annotations are only appended, and touch no record", "[record]") {
  const Folder folder;
  const auto file = folder / "a.db";
  fill(file);
  const std::string before = ask(file, "SELECT group_concat(json_array(state, value, finished_ms)) FROM trial");
  annotate(file, {{kTrial, 1, kTag, "keep"}});
  for (const char* sql : {"UPDATE annotation SET text = 'x'", "DELETE FROM annotation",
                          "REPLACE INTO annotation VALUES(1, 1, 1, NULL, 'tag', 'x')"})
    CHECK_THAT(refusal(file, sql), Catch::Contains("annotations are only appended"));
  CHECK_FALSE(refusal(file, "INSERT INTO annotation(t_ms, kind, text) VALUES(1, 'tag', 'of nothing')").empty());
  CHECK(ask(file, "SELECT group_concat(json_array(state, value, finished_ms)) FROM trial") == before);
  CHECK_THROWS_AS(annotate(file, {{kTrial, 99, kTag, "keep"}}), Error);
  CHECK(tags(file) == "rings-latent/0.0:keep");
}

TEST_CASE("what is said while another process writes arrives", "[record]") {
  const Folder folder;
  const auto file = folder / "a.db";
  Store store(file);  // held by this process, which counts as another one
  const auto rows = store.missing(store.declare(a_plan(2), a_machine()));
  run_trial(store, rows[0].trial_id, 0.5);
  annotate(file, {{kTrial, rows[0].trial_id, kTag, "keep"}});
  run_trial(store, rows[1].trial_id, 0.25);
  annotate(file, {{kTrial, rows[1].trial_id, kTag, "keep"}});
  store.finish_sweep(1);
  CHECK(tags(file) == "rings-latent/0.0:keep,rings-latent/1.0:keep");
  CHECK(ask(file, "SELECT count(*) FROM trials WHERE state = 'COMPLETE'") == "2");
}

TEST_CASE("a database of schema 4 keeps its records, gets a backup, and can be annotated", "[record]") {
  const Folder folder;
  const auto file = folder / "a.db";
  fill(file);
  ask(file, "PRAGMA journal_mode = DELETE");
  {  // as an ubp of schema 4 left it
    sqlite::Connection db(file.string(), SQLITE_OPEN_READWRITE);
    db.run("DROP VIEW tags; DROP VIEW notes; DROP TABLE annotation; PRAGMA user_version = 4");
  }
  annotate(file, {{kTrial, 1, kTag, "keep"}});
  CHECK(tags(file) == "rings-latent/0.0:keep");
  CHECK(ask(file, "SELECT value FROM trials") == "0.5");
  CHECK(ask(folder / "a.db.v4.bak", "PRAGMA user_version") == "4");
  CHECK(ask(folder / "a.db.v4.bak", "SELECT value FROM trials") == "0.5");
  CHECK(ask(folder / "a.db.v4.bak", "SELECT count(*) FROM sqlite_master WHERE name = 'annotation'") == "0");
}

TEST_CASE("a database of schema 4 that another process writes is not annotated", "[record]") {
  const Folder folder;
  const auto file = folder / "a.db";
  Store store(file);
  ask(file, "PRAGMA user_version = 4");
  try {
    annotate(file, {{kTrial, 1, kTag, "keep"}});
    FAIL("it was annotated");
  } catch (const Error& e) {
    CHECK(e.code() == Exit::locked);
    CHECK_THAT(e.what(), Catch::Contains("another process writes this database"));
  }
}
