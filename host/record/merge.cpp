// SPDX-License-Identifier: MIT
#include "record/merge.hpp"

#include <vector>

#include "base/hash.hpp"
#include "base/vocabulary.hpp"
#include "record/lock.hpp"
#include "record/schema.hpp"
#include "record/store_impl.hpp"

namespace ubp {

using sqlite::Connection;
using sqlite::Statement;

extern const char* const kMergeSql;

namespace {

namespace fs = std::filesystem;

/// The first pair of records that cannot be of one sweep: what is wrong, as a sentence.
constexpr const char* kMisfits[] = {
    "SELECT printf('sweep ''%s'': config %d is %s there and %s here: these are not parts of one sweep', s.name, "
    "t.number, t.params, o.params) FROM shard.sweep s JOIN main.sweep m USING (identity) JOIN shard.config t ON "
    "t.sweep_id = s.sweep_id JOIN main.config o ON o.sweep_id = m.sweep_id AND o.number = t.number WHERE t.params <> "
    "o.params OR t.told IS NOT o.told",
    "SELECT printf('sweep ''%s'': replicate %d of config %d has another seed there than here', s.name, t.replicate, "
    "c.number) FROM shard.sweep s JOIN main.sweep m USING (identity) JOIN shard.config c ON c.sweep_id = s.sweep_id "
    "JOIN main.config d ON d.sweep_id = m.sweep_id AND d.number = c.number JOIN shard.trial t ON t.config_id = "
    "c.config_id JOIN main.trial o ON o.config_id = d.config_id AND o.replicate = t.replicate WHERE t.seed <> o.seed",
    "SELECT printf('sweep ''%s'': config %d, replicate %d has other results there than an equal trial (%d) here: is "
    "the machine another one?', s.name, c.number, t.replicate, o.trial_id) FROM shard.trial t JOIN main.trial o USING "
    "(identity) JOIN shard.config c ON c.config_id = t.config_id JOIN shard.sweep s ON s.sweep_id = t.sweep_id WHERE "
    "t.state = 'COMPLETE' AND o.state = 'COMPLETE' AND t.same_as IS NULL AND o.same_as IS NULL AND (EXISTS(SELECT "
    "n.name, m.step, m.value FROM shard.metric m JOIN shard.metric_name n USING (metric_id) WHERE m.trial_id = "
    "t.trial_id AND n.name NOT IN wall_clock EXCEPT SELECT n.name, m.step, m.value FROM main.metric m JOIN "
    "main.metric_name n USING (metric_id) WHERE m.trial_id = o.trial_id) OR EXISTS(SELECT n.name, m.step, m.value FROM "
    "main.metric m JOIN main.metric_name n USING (metric_id) WHERE m.trial_id = o.trial_id AND n.name NOT IN "
    "wall_clock EXCEPT SELECT n.name, m.step, m.value FROM shard.metric m JOIN shard.metric_name n USING (metric_id) "
    "WHERE m.trial_id = t.trial_id))"};

void refuse_misfits(Connection& db, const fs::path& shard) {
  db.run("CREATE TEMP TABLE wall_clock(name TEXT PRIMARY KEY)");
  Statement add(db, "INSERT INTO wall_clock VALUES(?1)");
  for (const std::string_view metric : kWallClockMetrics) add.bind(1, metric).run();
  for (const char* sql : kMisfits)
    if (Statement misfit(db, fmt::format("{} LIMIT 1", sql)); misfit.step())
      fail(Exit::usage, "{}: {}", shard.string(), misfit.text(0));
}

/// While it lives, a finished trial can be replaced by a record that came further. REQUIRES: a transaction; without
/// restore() it has to be rolled back.
class SuspendedTriggers {
 public:
  explicit SuspendedTriggers(Connection& db) : db_(db) {
    std::vector<std::string> names;
    Statement all(db, "SELECT name, sql FROM main.sqlite_schema WHERE type = 'trigger' ORDER BY rowid");
    while (all.step()) names.push_back(all.text(0)), sql_.push_back(all.text(1));
    for (const std::string& name : names) db.run("DROP TRIGGER main.\"" + name + "\"");
  }
  void restore() {
    for (const std::string& sql : sql_) db_.run(sql);
  }

 private:
  Connection& db_;
  std::vector<std::string> sql_;
};

/// Where in a database's folder of files an artifact lies: `IDENTITY/CONFIG-REPLICATE/...`, whatever the database that
/// recorded it was called.
fs::path place_of(const fs::path& recorded, const std::string& sweep, const std::string& trial) {
  fs::path place = fs::path(sweep) / trial;
  auto part = std::find(recorded.begin(), recorded.end(), sweep);
  if (part == recorded.end() || ++part == recorded.end()) return place / recorded.filename();
  while (++part != recorded.end()) place /= *part;
  return place;
}

/// Whole or not at all, and not again.
bool bring(const fs::path& from, const fs::path& to, const std::string& sha256) {
  std::error_code error;
  if (fs::equivalent(from, to, error)) return true;
  if (fs::exists(to, error) && sha256_of_file(to) == sha256) return true;
  if (!fs::exists(from, error)) return false;
  fs::create_directories(to.parent_path());
  const fs::path part = to.string() + ".part";
  fs::copy_file(from, part, fs::copy_options::overwrite_existing);
  fs::rename(part, to);
  return true;
}

std::int64_t bring_files(Connection& db, const fs::path& database, const fs::path& shard) {
  const fs::path here = fs::absolute(database).parent_path(), there = fs::absolute(shard).parent_path();
  const std::string files = database.filename().string() + ".files";
  std::int64_t missing = 0;
  Statement artifacts(db,
                      "SELECT a.artifact_id, a.path, a.sha256, substr(s.identity, 1, 12), c.number || '-' || "
                      "t.replicate FROM taken x JOIN main.artifact a ON a.trial_id = x.ours JOIN main.trial t ON "
                      "t.trial_id = x.ours JOIN main.config c USING (config_id) JOIN main.sweep s ON s.sweep_id = "
                      "t.sweep_id ORDER BY a.artifact_id");
  Statement move(db, "UPDATE main.artifact SET path = ?2 WHERE artifact_id = ?1");
  while (artifacts.step()) {
    const fs::path recorded = artifacts.text(1);
    const fs::path place = files / place_of(recorded, artifacts.text(3), artifacts.text(4));
    missing += !bring(there / recorded, here / place, artifacts.text(2));
    move.bind_all(artifacts.integer(0), place.generic_string()).run();
  }
  return missing;
}

}  // namespace

void require_shard(const fs::path& database, const fs::path& shard) {
  std::error_code error;
  if (!fs::is_regular_file(shard)) fail(Exit::usage, "{}: there is no such database to merge", shard.string());
  if (fs::equivalent(database, shard, error))
    fail(Exit::usage, "{}: is the database that others are merged into", shard.string());
  if (const std::optional<Writer> writer = writer_of(shard))
    fail(Exit::locked, "{}: is being written by another ubp, process {}: wait for it, or stop it", shard.string(),
         writer->pid);
  require_log(shard);
  Connection db(sqlite::readable_uri(shard), SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI);
  const std::int64_t version = version_of(db), ours = migrations().back().version;
  if (version == 0) fail(Exit::usage, "{}: is empty", shard.string());
  if (version != ours)
    fail(Exit::usage,
         "{}: was written by an earlier ubp (schema {}, expected {}): `ubp ls --db {}` brings it up to date",
         shard.string(), version, ours, shard.string());
}

Merged merge(const fs::path& database, const fs::path& shard) {
  require_shard(database, shard);
  const Store locked(database);
  Connection db(sqlite::uri_of(database, "mode=rw"), SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI);
  db.run("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536");
  Statement(db, "ATTACH ?1 AS shard").bind(1, sqlite::readable_uri(shard)).run();
  Merged merged;
  sqlite::Transaction transaction(db);
  refuse_misfits(db, shard);
  SuspendedTriggers triggers(db);
  db.run(kMergeSql);
  merged.trials = db.integer("SELECT count(*) FROM taken");
  merged.files_missing = bring_files(db, database, shard);
  triggers.restore();
  transaction.commit();
  db.sync();
  return merged;
}

}  // namespace ubp
