// SPDX-License-Identifier: MIT
// ubp resume: continues a sweep from the database alone.
#include <map>

#include "cli/named.hpp"
#include "cli/session_report.hpp"
#include "plan/planner.hpp"

namespace ubp {
namespace {

struct Stored {
  std::int64_t sweep_id = 0;
  std::string name, spec, identity;
  bool single = false;
  std::map<std::string, std::string> versions;  // "model 'autoencoder'" -> "1.0.0"
};

Stored read_stored(const std::filesystem::path& database, const std::string& which) {
  Reader reader(database);
  Stored stored;
  if (which.empty()) {
    const auto open = reader.first("SELECT max(sweep_id) FROM trial WHERE state IN ('QUEUED', 'RUNNING')");
    if (!open || is_null((*open)[0]))
      fail(Exit::nothing, "{}: nothing to resume: every trial has come to an end", database.string());
    stored.sweep_id = std::get<std::int64_t>((*open)[0]);
  } else {
    stored.sweep_id = named_sweep(reader, which);
  }
  const Row row =
      *reader.first("SELECT name, spec, identity, sampler FROM sweep WHERE sweep_id = ?1", {stored.sweep_id});
  stored.name = text_of(row[0]);
  stored.spec = text_of(row[1]);
  stored.identity = text_of(row[2]);
  stored.single = nlohmann::json::parse(text_of(row[3])).value("use", "") == "single";
  for (const Row& spec :
       reader.rows("SELECT s.spec FROM config_spec s JOIN config c USING (config_id) WHERE c.sweep_id = ?1",
                   {stored.sweep_id})) {
    const nlohmann::json resolved = nlohmann::json::parse(text_of(spec[0]));
    for (const nlohmann::json& use : resolved.at("components"))
      stored.versions[fmt::format("{} '{}'", use.at("kind").get<std::string>(), use.at("id").get<std::string>())] =
          use.at("version");
  }
  return stored;
}

/// Results of another behaviour must not join those that are there.
void refuse_change(const Stored& stored, const Plan& plan) {
  if (plan.identity == stored.identity) return;
  for (const Manifest* m : plan.plugins) {
    const auto before = stored.versions.find(fmt::format("{} '{}'", kind_name(m->kind), m->id));
    if (before != stored.versions.end() && before->second != m->version)
      fail(Exit::usage,
           "sweep {} '{}': {} behaves differently now: found version {}, declared with {}; `ubp sweep` starts a sweep "
           "with it",
           stored.sweep_id, stored.name, before->first, m->version, before->second);
  }
  fail(Exit::usage, "sweep {} '{}': its spec means something else to this ubp than to the one that declared it",
       stored.sweep_id, stored.name);
}

}  // namespace

int verb_resume(const Words& words) {
  Options o(
      "resume", "[SWEEP]",
      "Continues a sweep (id or name; default: the latest that is unfinished) with the spec that the database holds.");
  o.words({"SWEEP"}, 0);
  add_session_options(o, true);
  if (!o.parse(words)) return 0;
  SessionOptions options = session_options(o);
  const Stored stored = read_stored(options.database, o.word(0));
  Registry registry = registry_of(o);
  Plan plan = plan_of_text(stored.spec, fmt::format("sweep {}", stored.sweep_id), {}, registry, stored.single);
  refuse_change(stored, plan);
  options.single = stored.single;
  const SessionResult result = carry_out(plan, options);
  return report(plan, options, result,
                fmt::format("ubp resume {} --db {}", result.sweep_id, options.database.string()));
}

}  // namespace ubp
