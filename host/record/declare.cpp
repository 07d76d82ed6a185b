// SPDX-License-Identifier: MIT
#include "record/store_impl.hpp"

#include "base/hash.hpp"
#include "base/json.hpp"

namespace ubp {

using nlohmann::json;
using sqlite::Statement;
using sqlite::Transaction;

namespace {

std::int64_t as_stored(std::uint64_t seed) { return static_cast<std::int64_t>(seed); }

std::int64_t find_or_add(sqlite::Connection& db, Statement& find, Statement& add) {
  if (find.step()) {
    const std::int64_t id = find.integer(0);
    find.reset();
    return id;
  }
  add.run();
  return db.last_row();
}

std::string build_of(const Manifest& m) {
  return fmt::format("{} {}; {}", m.plugin_name, m.plugin_version, m.build_info);
}

/// Records configs of one sweep with their trials, where they are not recorded yet. REQUIRES: a transaction that
/// outlives it.
class ConfigWriter {
 public:
  ConfigWriter(Store::Impl& store, std::int64_t sweep_id) : store_(store), sweep_id_(sweep_id) {}

  /// Returns how many trials are new.
  std::int64_t add(const Config& config) {
    json params = json::object();
    for (const auto& [name, value] : config.params) params[name] = value;
    const std::int64_t config_id = find_or_add_config(config, params.dump());
    note_components(config);
    std::int64_t added = 0;
    for (std::size_t replicate = 0; replicate < config.seeds.size(); ++replicate) {
      const std::string identity = trial_identity(store_.basis, config, replicate);
      add_trial_
          .bind_all(sweep_id_, config_id, static_cast<std::int64_t>(replicate), as_stored(config.seeds[replicate]),
                    now_, identity.empty() ? std::nullopt : std::optional(identity))
          .run();
      added += store_.db.changes();
    }
    return added;
  }

 private:
  std::int64_t find_or_add_config(const Config& config, const std::string& params) {
    find_config_.bind_all(sweep_id_, config.number);
    if (find_config_.step()) {
      const std::int64_t config_id = find_config_.integer(0);
      const std::string recorded = find_config_.text(1);
      find_config_.reset();
      if (recorded != params)
        fail(Exit::internal, "sweep {}: config {} is recorded as {}, but planned as {}", sweep_id_, config.number,
             recorded, params);
      return config_id;
    }
    find_config_.reset();
    const std::optional<std::string> told = config.told ? std::optional(json(*config.told).dump()) : std::nullopt;
    add_config_.bind_all(sweep_id_, config.number, config.supervised ? 1 : 0, params, files_of(config), told).run();
    const std::int64_t config_id = store_.db.last_row();
    add_spec_.bind_all(config_id, config.resolved.dump()).run();
    for (const auto& [name, value] : config.params) add_param(add_param_, config_id, name, value);
    return config_id;
  }

  std::string files_of(const Config& config) const {
    const auto files = store_.basis.data.find(config.data);
    return files == store_.basis.data.end() ? "[]" : json_text(files->second);
  }

  // Also of a config that is known: the binaries may differ from those of an earlier session.
  void note_components(const Config& config) {
    auto& tables = store_.plugins[{sweep_id_, config.number}];
    for (const auto& [table, manifest] : config.components) {
      std::int64_t& id = plugin_ids_[manifest];
      if (id == 0) id = plugin_id(*manifest);
      tables[table] = id;
    }
  }

  std::int64_t plugin_id(const Manifest& m) {
    Statement find(store_.db,
                   "SELECT plugin_id FROM plugin WHERE kind = ?1 AND id = ?2 AND version = ?3 AND sha256 = ?4");
    find.bind_all(kind_name(m.kind), m.id, m.version, m.sha256);
    Statement add(store_.db,
                  "INSERT INTO plugin(kind, id, version, sha256, file, build, first_seen_ms) "
                  "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    add.bind_all(kind_name(m.kind), m.id, m.version, m.sha256, m.file.string(), build_of(m), now_);
    return find_or_add(store_.db, find, add);
  }

  Store::Impl& store_;
  const std::int64_t sweep_id_;
  const std::int64_t now_ = now_ms();
  std::map<const Manifest*, std::int64_t> plugin_ids_;
  Statement find_config_{store_.db, "SELECT config_id, params FROM config WHERE sweep_id = ?1 AND number = ?2"};
  Statement add_config_{
      store_.db, "INSERT INTO config(sweep_id, number, supervised, params, data, told) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"};
  Statement add_spec_{store_.db, "INSERT INTO config_spec VALUES(?1, ?2)"};
  Statement add_param_{store_.db, "INSERT INTO param(config_id, name, kind, num, text) VALUES(?1, ?2, ?3, ?4, ?5)"};
  Statement add_trial_{store_.db,
                       "INSERT INTO trial(sweep_id, config_id, replicate, attempt, seed, state, created_ms, identity) "
                       "SELECT ?1, ?2, ?3, 0, ?4, 'QUEUED', ?5, ?6 WHERE NOT EXISTS(SELECT 1 FROM trial "
                       "WHERE config_id = ?2 AND replicate = ?3)"};
};

}  // namespace

void add_param(Statement& add, std::int64_t config_id, const std::string& name, const json& v) {
  const char* kind = v.is_boolean()          ? "bool"
                     : v.is_number_integer() ? "int"
                     : v.is_number()         ? "float"
                     : v.is_string()         ? "text"
                                             : "list";
  add.bind_all(config_id, name, kind);
  if (v.is_boolean())
    add.bind(4, v.get<bool>() ? 1.0 : 0.0).bind_null(5);
  else if (v.is_number())
    add.bind(4, v.get<double>()).bind_null(5);
  else
    add.bind_null(4).bind(5, v.is_string() ? v.get<std::string>() : v.dump());
  add.run();
}

std::int64_t Store::declare(const Plan& plan, const Provenance& provenance) {
  flush();
  Transaction transaction(impl_->db);
  impl_->lose_orphans();
  impl_->basis = plan.basis;
  impl_->pauses = pauses_of(plan);
  impl_->races = plan.race.on;
  const std::int64_t sweep_id = impl_->find_or_add_sweep(plan);
  impl_->remember_provenance(provenance);
  std::int64_t added = 0, number = 0;
  ConfigWriter configs(*impl_, sweep_id);
  for (const Assignment& assignment : plan.assignments)
    added += configs.add(plan.compiler->config(number++, assignment));
  // The same sweep may have grown: more replicates, more configs. What is there stays.
  if (added > 0)
    Statement(impl_->db,
              "UPDATE sweep SET spec = ?2, replicates = max(replicates, ?3), state = 'OPEN', finished_ms = NULL "
              "WHERE sweep_id = ?1")
        .bind_all(sweep_id, plan.spec_text, plan.replicates)
        .run();
  transaction.commit();
  impl_->db.sync();
  return sweep_id;
}

std::vector<TrialRow> Store::add_config(std::int64_t sweep_id, const Config& config) {
  impl_->write_points();
  impl_->has_news = true;
  Transaction transaction(impl_->db);
  const std::int64_t added = ConfigWriter(*impl_, sweep_id).add(config);
  for (const TrialRow& row : impl_->latest(sweep_id, config.number))
    if (row.state == TrialState::queued && !impl_->races) impl_->adopt(row.trial_id);
  if (added > 0)
    Statement(impl_->db, "UPDATE sweep SET state = 'OPEN', finished_ms = NULL WHERE sweep_id = ?1")
        .bind(1, sweep_id)
        .run();
  std::vector<TrialRow> rows = impl_->latest(sweep_id, config.number);
  transaction.commit();
  return rows;
}

std::int64_t Store::Impl::find_or_add_sweep(const Plan& plan) {
  Statement known(db, "SELECT sweep_id FROM sweep WHERE identity = ?1");
  known.bind(1, plan.identity);
  json sampler = plan.sampler;
  if (!plan.objectives.empty()) sampler["objectives"] = plan.objectives;
  if (known.step()) {
    const std::int64_t sweep_id = known.integer(0);
    known.reset();
    if (!plan.objectives.empty()) remember_references(sweep_id, plan, sampler["objectives"]);
    return sweep_id;
  }

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
                "goal, reduce, state, created_ms, basis, declaration, default_config) VALUES((SELECT experiment_id "
                "FROM experiment "
                "WHERE name = ?1), "
                "?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'OPEN', ?12, ?13, nullif(?14, ''), ?15)");
  add.bind_all(plan.experiment, plan.sweep, plan.identity, plan.spec_text, plan.space.dump(), sampler.dump(),
               as_stored(plan.seed), plan.replicates, if_optimises(plan.metric), if_optimises(name_of(plan.goal)),
               if_optimises(plan.reduce), now, json_text(plan.basis), plan.declaration, plan.default_config);
  add.run();
  return db.last_row();
}

/// The references of objectives are no part of what a sweep is: those that were given last count.
void Store::Impl::remember_references(std::int64_t sweep_id, const Plan& plan, const json& objectives) {
  Statement(db,
            "UPDATE sweep SET sampler = json_set(sampler, '$.objectives', json(?2)), spec = ?3 WHERE sweep_id = ?1 AND "
            "json_extract(sampler, '$.objectives') <> json(?2)")
      .bind_all(sweep_id, objectives.dump(), plan.spec_text)
      .run();
}

void Store::Impl::remember_provenance(const Provenance& p) {
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
}

}  // namespace ubp
