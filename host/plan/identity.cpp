// SPDX-License-Identifier: MIT
#include "plan/identity.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/build_id.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "plan/host_tables.hpp"

namespace ubp {
namespace {

using nlohmann::json;

void drop_not_identity(json& values, const std::vector<ParamDecl>& decls) {
  for (const ParamDecl& decl : decls)
    if (decl.flags & UBP_PF_NOT_IDENTITY) values.erase(decl.name);
}

/// The parameters of one candidate of a table: "swept", the value in the spec, or the default.
json candidate(const Draft& draft, const TableDraft& table, const Manifest& manifest) {
  json params = json::object();
  const auto add = [&](const ParamDecl& decl) {
    if (decl.flags & UBP_PF_NOT_IDENTITY || params.contains(decl.name)) return;
    json& value = params[decl.name] = decl.fallback;
    for (const std::string& path : {table.parent, table.path}) {
      const std::string key = path + "." + decl.name;
      if (const Fixed* fixed = draft.find(key)) value = fixed->value;
      if (std::any_of(draft.axes.begin(), draft.axes.end(), [&](const Axis& a) { return a.key == key; }))
        value = "swept";
    }
  };
  for (const ParamDecl& decl : manifest.params) add(decl);
  for (const ParamDecl& decl : host_keys_of(manifest.kind)) add(decl);
  return {{"id", manifest.id}, {"version", manifest.version}, {"params", params}};
}

/// Components that no table names: the defaults of roles.
json defaults(const Draft& draft, Components& components) {
  json all = json::object();
  if (draft.program) return all;
  for (const Manifest* objective : draft.table("objective")->candidates)
    for (const RoleDecl& role : objective->roles)
      if (!role.fallback.empty() && !draft.table("model." + role.name) && !draft.table("model"))
        all[role.fallback] = components.find(UBP_K_MODEL, role.fallback).version;
  return all;
}

}  // namespace

std::string declaration_of(const Draft& draft, const Plan& plan, Components& components) {
  json all{{"format", 1},           {"experiment", plan.experiment},
           {"sweep", plan.sweep},   {"sampler", plan.sampler},
           {"space", plan.space},   {"seed", plan.seed},
           {"metric", plan.metric}, {"maximize", plan.goal == Goal::maximize},
           {"reduce", plan.reduce}};
  all["sampler"].erase("configs");
  for (json each : plan.objectives) {  // none where there is one
    each.erase("reference");
    all["objectives"].push_back(each);
  }
  for (auto& [key, axis] : all["space"].items()) axis.erase("range");  // as written; low, high, log, step, n say it all
  for (const TableDraft& table : draft.tables)
    for (const Manifest* manifest : table.candidates)
      all["tables"][table.path].push_back(candidate(draft, table, *manifest));
  for (const char* name : {"train", "artifacts"}) {
    const std::vector<ParamDecl>& keys = std::string(name) == "train" ? train_keys() : artifact_keys();
    all[name] = host_values(draft, {}, name, keys);
    drop_not_identity(all[name], keys);
  }
  all["defaults"] = defaults(draft, components);
  return sha256(json_text(all));
}

json resolved(const Composed& composition, bool with_seed) {
  json out{{"dataset", composition.spec.dataset},
           {"train", composition.spec.train},
           {"artifacts", composition.spec.artifacts}};
  drop_not_identity(out["dataset"], dataset_keys());
  drop_not_identity(out["train"], train_keys());
  drop_not_identity(out["artifacts"], artifact_keys());
  if (!with_seed) out["train"].erase("seed");
  for (const ComponentUse& use : composition.spec.components) {
    json params = use.params;
    drop_not_identity(params, composition.placed.at(use.table).manifest->params);
    out["components"].push_back({{"table", use.table},
                                 {"kind", use.kind == kProgram ? "program" : kind_name(use.kind)},
                                 {"id", use.id},
                                 {"version", use.version},
                                 {"params", params}});
  }
  return out;
}

void seal(Plan& plan, const std::vector<std::vector<SourceFile>>& data) {
  plan.basis.host = build_id();
  for (const Manifest* m : plan.plugins)
    plan.basis.plugins[fmt::format("{} '{}'", kind_name(m->kind), m->id)] = m->sha256;
  for (std::size_t i = 0; i < plan.data.size(); ++i) plan.basis.data[plan.data[i].key] = data.at(i);
  plan.identity = sha256(plan.declaration + digest_of(plan.basis));
}

std::string trial_identity(const Basis& basis, const Config& config, std::size_t replicate) {
  if (basis.host.empty() || config.by_program) return "";
  json all{{"format", 1}, {"host", basis.host}, {"spec", config.resolved}, {"seed", config.seeds.at(replicate)}};
  all["spec"].erase("artifacts");
  for (const auto& [table, manifest] : config.components) all["binaries"][table] = manifest->sha256;
  if (const auto files = basis.data.find(config.data); files != basis.data.end())
    all["data"] = digest_of(files->second);
  return sha256(json_text(all));
}

}  // namespace ubp
