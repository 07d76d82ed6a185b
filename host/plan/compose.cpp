// SPDX-License-Identifier: MIT
#include "plan/compose.hpp"

#include <algorithm>
#include <functional>

#include <fmt/ranges.h>

#include "base/error.hpp"
#include "plan/host_tables.hpp"

namespace ubp {
namespace {

using nlohmann::json;

/// Where a person can change `key` of the table: its own line, else the table's.
std::string where_of(const Draft& draft, const TableDraft& table, const std::string& name) {
  for (const std::string& path : {table.path, table.parent}) {
    const std::string key = path + "." + name;
    for (const Axis& axis : draft.axes)
      if (axis.key == key) return axis.where;
    if (const Fixed* fixed = draft.find(key)) return fixed->where;
  }
  return table.where;
}

json value_of(const Draft& draft, const Assignment& point, const TableDraft& table, const ParamDecl& decl) {
  const std::string key = table.path + "." + decl.name;
  const json value = value_at(draft, point, key);
  if (!value.is_null()) return checked(decl, value, where_of(draft, table, decl.name), key);
  const bool swept = std::any_of(draft.axes.begin(), draft.axes.end(), [&](const Axis& a) { return a.key == key; });
  if (decl.flags & UBP_PF_REQUIRED || swept)
    fail(Exit::usage, "{}: {}: missing: expected {}{}", table.where, key, expectation(decl),
         draft.unswept.contains(key) ? fmt::format("; only [sweep.space] gives it: choose a value, {}=...", key) : "");
  return value;
}

/// What a [model.ROLE] or [optimizer.NAME] table writes must mean something to the component chosen at some point; at
/// this one, a key that only another candidate declares is passed over.
void add(Composed& out, const Draft& draft, const Assignment& point, const TableDraft& table) {
  const Manifest& manifest = component_at(point, table);
  ComponentUse use{table.path,      manifest.kind,    manifest.id,    manifest.file,
                   manifest.sha256, manifest.version, json::object(), manifest.stamp};
  for (const ParamDecl& decl : manifest.params) use.params[decl.name] = value_of(draft, point, table, decl);
  json host = manifest.kind == UBP_K_DATASET ? json(DataOptions{}) : json::object();
  for (const ParamDecl& decl : host_keys_of(manifest.kind))
    if (!find_key(manifest.params, decl.name))  // the component's own parameter wins
      host[decl.name] = value_of(draft, point, table, decl);
  if (manifest.kind == UBP_K_DATASET)
    out.spec.dataset = host;
  else
    use.params.update(host);
  out.placed[table.path] = {&manifest, table.where};
  out.spec.components.push_back(std::move(use));
}

/// A parameter that only the space gives, and not at this point, has no value.
void add_program(Composed& out, const Draft& draft, const Assignment& point, const TableDraft& table) {
  ComponentUse use{table.path, kProgram, draft.program->id, {}, "", "", json::object()};
  for (const ParamDecl& decl : draft.program->params) {
    const std::string key = table.path + "." + decl.name;
    if (const json value = value_at(draft, point, key); !value.is_null())
      use.params[decl.name] = checked(decl, value, where_of(draft, table, decl.name), key);
  }
  out.placed[table.path] = {draft.program.get(), table.where};
  out.spec.components.push_back(std::move(use));
}

void add_default(Composed& out, const std::string& path, const Manifest& manifest, const std::string& where) {
  ComponentUse use{path,           manifest.kind, manifest.id, manifest.file, manifest.sha256, manifest.version,
                   json::object(), manifest.stamp};
  for (const ParamDecl& decl : manifest.params) use.params[decl.name] = decl.fallback;
  out.placed[path] = {&manifest, where};
  out.spec.components.push_back(std::move(use));
}

bool offers(const Manifest& model, const RoleDecl& role) {
  return std::all_of(role.methods.begin(), role.methods.end(), [&](const std::string& method) {
    return std::find(model.methods.begin(), model.methods.end(), method) != model.methods.end();
  });
}

/// A sub-table whose name no candidate of the objective knows is a typo; one that only another candidate knows is not.
void refuse_unknown(const Draft& draft, const std::string& path, const std::vector<std::string>& names_here,
                    const char* what, const std::function<std::vector<std::string>(const Manifest&)>& names) {
  for (const TableDraft& table : draft.tables) {
    if (table.parent != path) continue;
    const std::string name = table.path.substr(path.size() + 1);
    bool known = false;
    for (const Manifest* objective : draft.table("objective")->candidates) {
      const std::vector<std::string> all = names(*objective);
      known = known || std::find(all.begin(), all.end(), name) != all.end();
    }
    if (!known)
      fail(Exit::usage, "{}: {}: objective '{}' has no {} '{}'{}", table.where, table.path,
           draft.table("objective")->candidates.front()->id, what, name, suggestion(name, names_here));
  }
}

std::vector<std::string> roles_of(const Manifest& objective) {
  std::vector<std::string> names;
  for (const RoleDecl& role : objective.roles) names.push_back(role.name);
  return names;
}

std::vector<std::string> optimizers_of(const Manifest& objective) {
  std::vector<std::string> names;
  for (const StageDecl& stage : objective.stages)
    for (const std::string& name : stage.optimizers)
      if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return names;
}

void place_models(Composed& out, const Draft& draft, const Assignment& point, const Manifest& objective,
                  Components& components) {
  refuse_unknown(draft, "model", roles_of(objective), "role", roles_of);
  const TableDraft* shared = draft.table("model");
  bool shared_used = false, any = false;
  for (const RoleDecl& role : objective.roles) {
    const TableDraft* own = draft.table("model." + role.name);
    if (own) {
      add(out, draft, point, *own);
    } else if (shared && (offers(component_at(point, *shared), role) || role.fallback.empty())) {
      if (!shared_used) add(out, draft, point, *shared);
      shared_used = true;
    } else if (!role.fallback.empty()) {
      add_default(out, "model." + role.name, components.find(UBP_K_MODEL, role.fallback), draft.name);
    } else if (!role.optional) {
      fail(Exit::usage, "{}: model: missing: objective '{}' needs role '{}' with method{} {}", draft.name, objective.id,
           role.name, role.methods.size() > 1 ? "s" : "", fmt::join(role.methods, ", "));
    }
    any = true;
  }
  if (shared && !any && draft.table("objective")->candidates.size() == 1)
    fail(Exit::usage, "{}: model: objective '{}' uses no model", shared->where, objective.id);
}

void place_optimizers(Composed& out, const Draft& draft, const Assignment& point, const Manifest& objective) {
  refuse_unknown(draft, "optimizer", optimizers_of(objective), "optimizer", optimizers_of);
  const TableDraft* shared = draft.table("optimizer");
  bool needs_shared = objective.stages.empty();
  for (const StageDecl& stage : objective.stages) {
    needs_shared = needs_shared || stage.optimizers.empty();
    for (const std::string& name : stage.optimizers)
      needs_shared = needs_shared || name.empty() || !draft.table("optimizer." + name);
  }
  if (needs_shared && !shared)
    fail(Exit::usage, "{}: optimizer: missing: expected a table [optimizer] with use and lr", draft.name);
  if (needs_shared) add(out, draft, point, *shared);
  for (const std::string& name : optimizers_of(objective))
    if (const TableDraft* own = draft.table("optimizer." + name)) add(out, draft, point, *own);
}

void place_data(Composed& out, const Draft& draft, const Assignment& point, const Manifest& objective) {
  const TableDraft* dataset = draft.table("dataset");
  const TableDraft* environment = draft.table("environment");
  const bool needs_environment = objective.flags & UBP_OBJ_NEEDS_ENV;
  if (objective.n_views > 0 && !dataset)
    fail(Exit::usage, "{}: dataset: missing: objective '{}' learns from data, expected a table [dataset]", draft.name,
         objective.id);
  if (needs_environment && !environment)
    fail(Exit::usage, "{}: environment: missing: objective '{}' acts in one, expected a table [environment]",
         draft.name, objective.id);
  const bool only = draft.table("objective")->candidates.size() == 1;
  if (environment && !needs_environment && only)
    fail(Exit::usage, "{}: environment: objective '{}' does not act in one", environment->where, objective.id);
  if (dataset) add(out, draft, point, *dataset);
  if (environment && needs_environment) add(out, draft, point, *environment);
}

}  // namespace

json host_values(const Draft& draft, const Assignment& point, const std::string& table,
                 const std::vector<ParamDecl>& keys) {
  json values = json::object();
  for (const ParamDecl& decl : keys) values[decl.name] = value_at(draft, point, table + "." + decl.name);
  return values;
}

Composed compose(const Draft& draft, const Assignment& point, Components& components) {
  Composed out;
  out.spec.train = host_values(draft, point, "train", train_keys());
  out.spec.artifacts = host_values(draft, point, "artifacts", artifact_keys());
  if (const TableDraft* program = draft.table("program")) return add_program(out, draft, point, *program), out;
  const TableDraft* objective_table = draft.table("objective");
  if (!objective_table) fail(Exit::usage, "{}: objective: missing: expected a table [objective] with use", draft.name);
  const Manifest& objective = component_at(point, *objective_table);
  place_data(out, draft, point, objective);
  place_models(out, draft, point, objective, components);
  add(out, draft, point, *objective_table);
  place_optimizers(out, draft, point, objective);
  for (const TableDraft& table : draft.tables)
    if (table.kind == UBP_K_TRANSFORM || table.kind == UBP_K_METRIC) add(out, draft, point, table);
  if (const std::vector<std::string> all = misfits(out); !all.empty()) fail(Exit::usage, "{}", fmt::join(all, "; "));
  return out;
}

}  // namespace ubp
