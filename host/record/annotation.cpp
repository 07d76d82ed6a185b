// SPDX-License-Identifier: MIT
#include "record/annotation.hpp"

#include <optional>

#include "record/beside.hpp"
#include "record/store_impl.hpp"

namespace ubp {
namespace {

using sqlite::Statement;

const char* name_of(Annotation::Kind kind) {
  return kind == Annotation::Kind::tag ? "tag" : kind == Annotation::Kind::untag ? "untag" : "note";
}

void append(sqlite::Connection& db, const std::vector<Annotation>& all) {
  sqlite::Transaction transaction(db);
  // A clock that was set back must not put the later before the earlier.
  std::int64_t t_ms = std::max(now_ms(), db.integer("SELECT coalesce(max(t_ms), 0) FROM annotation") + 1);
  Statement add(db, "INSERT INTO annotation(t_ms, sweep_id, trial_id, kind, text) VALUES(?1, ?2, ?3, ?4, ?5)");
  for (const Annotation& each : all) {
    const auto id_if = [&](Annotation::Of of) { return each.of == of ? std::optional(each.id) : std::nullopt; };
    add.bind_all(t_ms++, id_if(Annotation::Of::sweep), id_if(Annotation::Of::trial), name_of(each.kind), each.text)
        .run();
  }
  transaction.commit();
  db.sync();
}

}  // namespace

void annotate(const std::filesystem::path& database, const std::vector<Annotation>& all) {
  BesideWriter beside(database);
  append(beside.db, all);
}

}  // namespace ubp
