// SPDX-License-Identifier: MIT
#include "record/store_impl.hpp"

#include "base/hash.hpp"

namespace ubp {

using nlohmann::json;
using sqlite::Statement;
using sqlite::Transaction;

namespace {

std::int64_t as_stored(std::uint64_t seed) { return static_cast<std::int64_t>(seed); }

void add_param(Statement& add, std::int64_t config_id, const ConfigParam& p) {
  const json& v = p.value;
  const char* kind = v.is_boolean()          ? "bool"
                     : v.is_number_integer() ? "int"
                     : v.is_number()         ? "float"
                     : v.is_string()         ? "text"
                                             : "list";
  add.bind_all(config_id, p.name, kind);
  if (v.is_boolean())
    add.bind(4, v.get<bool>() ? 1.0 : 0.0).bind_null(5);
  else if (v.is_number())
    add.bind(4, v.get<double>()).bind_null(5);
  else
    add.bind_null(4).bind(5, v.is_string() ? v.get<std::string>() : v.dump());
  add.run();
}

// A sweep over objectives can hold both kinds of config.
bool is_supervised(const Plan& plan, const TrialSpec& spec) {
  bool found = false, supervised = false;
  for (const ComponentUse& use : spec.components)
    for (const Manifest* m : plan.plugins)
      if (use.kind == UBP_K_OBJECTIVE && m->kind == use.kind && m->id == use.id) {
        found = true;
        supervised |= m->supervised();
      }
  return found ? supervised : plan.supervised;
}

std::int64_t find_or_add(sqlite::Connection& db, Statement& find, Statement& add) {
  if (find.step()) {
    const std::int64_t id = find.integer(0);
    find.reset();
    return id;
  }
  add.run();
  return db.last_row();
}

std::string build_of(const Plan& plan, const ComponentUse& use) {
  for (const Manifest* m : plan.plugins)
    if (m->kind == use.kind && m->id == use.id)
      return fmt::format("{} {}; {}", m->plugin_name, m->plugin_version, m->build_info);
  return "";
}

}  // namespace

std::int64_t Store::declare(const Plan& plan, const Provenance& provenance) { return impl_->declare(plan, provenance); }

std::int64_t Store::Impl::declare(const Plan& plan, const Provenance& provenance) {
  write_points();
  const Durable durable(db);
  Transaction transaction(db);
  lose_orphans();
  const std::int64_t sweep_id = find_or_add_sweep(plan);
  add_missing_configs(plan, sweep_id);
  remember_provenance(plan, provenance, sweep_id);
  transaction.commit();
  return sweep_id;
}

std::int64_t Store::Impl::find_or_add_sweep(const Plan& plan) {
  Statement known(db, "SELECT sweep_id FROM sweep WHERE identity = ?1");
  known.bind(1, plan.identity);
  if (known.step()) return known.integer(0);

  const std::int64_t now = now_ms();
  Statement(db,
            "INSERT INTO experiment(name, question, created_ms) VALUES(?1, ?2, ?3) "
            "ON CONFLICT DO UPDATE SET question = excluded.question")
      .bind_all(plan.experiment, plan.question, now)
      .run();
  const bool optimises = !plan.metric.empty();
  const auto if_optimises = [&](const std::string& text) { return optimises ? std::optional(text) : std::nullopt; };
  Statement add(db,
                "INSERT INTO sweep(experiment_id, name, identity, spec, space, sampler, seed, replicates, metric, "
                "goal, reduce, state, created_ms) VALUES((SELECT experiment_id FROM experiment WHERE name = ?1), "
                "?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'OPEN', ?12)");
  add.bind_all(plan.experiment, plan.sweep, plan.identity, plan.spec_text, plan.space.dump(), plan.sampler.dump(),
               as_stored(plan.seed), plan.replicates, if_optimises(plan.metric),
               if_optimises(plan.maximize ? "maximize" : "minimize"), if_optimises(plan.reduce), now);
  add.run();
  return db.last_row();
}

// The same sweep may have grown: more replicates, more configs. What is there stays.
void Store::Impl::add_missing_configs(const Plan& plan, std::int64_t sweep_id) {
  std::map<std::int64_t, std::pair<std::int64_t, std::string>> recorded;  // number -> id, params
  Statement known(db, "SELECT number, config_id, params FROM config WHERE sweep_id = ?1");
  for (known.bind(1, sweep_id); known.step();) recorded[known.integer(0)] = {known.integer(1), known.text(2)};

  Statement add_config(db, "INSERT INTO config(sweep_id, number, supervised, params) VALUES(?1, ?2, ?3, ?4)");
  Statement add_spec(db, "INSERT INTO config_spec VALUES(?1, ?2)");
  Statement add_typed(db, "INSERT INTO param(config_id, name, kind, num, text) VALUES(?1, ?2, ?3, ?4, ?5)");
  Statement add_trial(db,
                      "INSERT INTO trial(sweep_id, config_id, replicate, attempt, seed, state, created_ms) "
                      "SELECT ?1, ?2, ?3, 0, ?4, 'QUEUED', ?5 WHERE NOT EXISTS(SELECT 1 FROM trial "
                      "WHERE config_id = ?2 AND replicate = ?3)");
  const std::int64_t now = now_ms();
  std::int64_t added = 0;
  for (const PlannedTrial& trial : plan.trials) {
    const PlannedConfig& config = plan.configs.at(static_cast<std::size_t>(trial.config));
    json params = json::object();
    for (const ConfigParam& p : config.params) params[p.name] = p.value;
    auto [place, is_new] = recorded.try_emplace(config.number, 0, params.dump());
    if (is_new) {
      add_config.bind_all(sweep_id, config.number, is_supervised(plan, trial.spec) ? 1 : 0, params.dump()).run();
      place->second.first = db.last_row();
      add_spec.bind_all(place->second.first, config.resolved.dump()).run();
      for (const ConfigParam& p : config.params) add_param(add_typed, place->second.first, p);
    } else if (place->second.second != params.dump()) {
      fail(Exit::internal, "sweep {}: config {} is recorded as {}, but planned as {}", sweep_id, config.number,
           place->second.second, params.dump());
    }
    add_trial.bind_all(sweep_id, place->second.first, trial.replicate, as_stored(trial.spec.seed), now).run();
    added += db.changes();
  }
  if (added == 0) return;
  Statement(db,
            "UPDATE sweep SET spec = ?2, replicates = max(replicates, ?3), state = 'OPEN', finished_ms = NULL "
            "WHERE sweep_id = ?1")
      .bind_all(sweep_id, plan.spec_text, plan.replicates)
      .run();
}

void Store::Impl::remember_provenance(const Plan& plan, const Provenance& p, std::int64_t sweep_id) {
  const std::string identity =
      sha256(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", p.host, p.os, p.kernel, p.cpu, p.n_cpu, p.mem_bytes,
                         p.compiler, p.build, p.blas, p.host_sha256));
  Statement find_env(db, "SELECT environment_id FROM environment WHERE sha256 = ?1");
  find_env.bind(1, identity);
  Statement add_env(db,
                    "INSERT INTO environment(sha256, host, os, kernel, cpu, n_cpu, mem_bytes, compiler, build, blas, "
                    "host_sha256) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
  add_env.bind_all(identity, p.host, p.os, p.kernel, p.cpu, p.n_cpu, p.mem_bytes, p.compiler, p.build, p.blas,
                   p.host_sha256);
  environment_id = find_or_add(db, find_env, add_env);

  Statement find_source(db,
                        "SELECT source_id FROM source WHERE git_sha = ?1 AND branch = ?2 AND dirty = ?3 AND "
                        "diff_sha256 = ?4");
  Statement add_source(db, "INSERT INTO source(git_sha, branch, dirty, diff_sha256) VALUES(?1, ?2, ?3, ?4)");
  for (Statement* s : {&find_source, &add_source}) s->bind_all(p.git_sha, p.branch, p.dirty ? 1 : 0, p.diff_sha256);
  source_id = find_or_add(db, find_source, add_source);

  std::map<std::string, std::int64_t> known;  // what identifies a component -> plugin_id
  Statement find(db, "SELECT plugin_id FROM plugin WHERE kind = ?1 AND id = ?2 AND version = ?3 AND sha256 = ?4");
  Statement add(db,
                "INSERT INTO plugin(kind, id, version, sha256, file, build, first_seen_ms) "
                "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  std::set<std::int64_t> done;  // replicates have the same components
  for (const PlannedTrial& trial : plan.trials) {
    if (!done.insert(trial.config).second) continue;
    auto& tables = plugins[{sweep_id, plan.configs.at(static_cast<std::size_t>(trial.config)).number}];
    for (const ComponentUse& use : trial.spec.components) {
      std::int64_t& id = known[fmt::format("{}/{}@{}#{}", use.kind, use.id, use.version, use.sha256)];
      if (id == 0) {
        find.bind_all(kind_name(use.kind), use.id, use.version, use.sha256);
        add.bind_all(kind_name(use.kind), use.id, use.version, use.sha256, use.file.string(), build_of(plan, use),
                     now_ms());
        id = find_or_add(db, find, add);
      }
      tables[use.table] = id;
    }
  }
}

}  // namespace ubp
