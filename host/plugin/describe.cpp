// SPDX-License-Identifier: MIT
#include "plugin/describe.hpp"

#include <cmath>
#include <sstream>

#include "base/error.hpp"
#include "plugin/instance.hpp"

namespace ubp {
namespace {

std::string text(const char* s) { return s ? s : ""; }

std::vector<std::string> list(const char* const* items) {
  std::vector<std::string> all;
  for (; items && *items; ++items) all.emplace_back(*items);
  return all;
}

std::vector<std::string> split(const std::string& s) {
  std::vector<std::string> parts;
  std::istringstream in(s);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

nlohmann::json fallback_of(const ubp_param_desc& d) {
  if (d.flags & UBP_PF_REQUIRED) return nullptr;
  switch (d.type) {
    case UBP_P_FLOAT:
      return d.f_def;
    case UBP_P_INT:
      return d.i_def;
    case UBP_P_BOOL:
      return d.i_def != 0;
    case UBP_P_ENUM:
      return list(d.choices).at(static_cast<std::size_t>(d.i_def));
    case UBP_P_INT_LIST: {
      nlohmann::json values = nlohmann::json::array();
      for (const std::string& part : split(text(d.s_def))) values.push_back(std::stoll(part));
      return values;
    }
    case UBP_P_FLOAT_LIST: {
      nlohmann::json values = nlohmann::json::array();
      for (const std::string& part : split(text(d.s_def))) values.push_back(std::stod(part));
      return values;
    }
    default:
      return text(d.s_def);
  }
}

ParamDecl param_of(const ubp_param_desc& d) {
  ParamDecl p;
  p.name = text(d.name), p.type = d.type, p.flags = d.flags, p.doc = text(d.doc), p.fallback = fallback_of(d);
  const bool real = d.type == UBP_P_FLOAT || d.type == UBP_P_FLOAT_LIST;
  p.min = real ? d.f_min : static_cast<double>(d.i_min);
  p.max = real ? d.f_max : static_cast<double>(d.i_max);
  p.choices = list(d.choices), p.aliases = list(d.aliases);
  p.sweep_lo = d.sweep_lo, p.sweep_hi = d.sweep_hi, p.active_if = text(d.active_if);
  return p;
}

void describe(const ubp_objective_vt& vt, Manifest& m) {
  m.flags = vt.flags, m.n_views = vt.n_views;
  m.fields = list(vt.fields), m.outputs = list(vt.outputs), m.scalars = list(vt.scalars);
  for (std::uint32_t i = 0; i < vt.n_roles; ++i) {
    const ubp_role& r = *vt.roles[i];
    m.roles.push_back({text(r.name), text(r.doc), text(r.def), split(text(r.methods)), r.optional != 0});
  }
  for (std::uint32_t i = 0; i < vt.n_stages; ++i) {
    const ubp_stage& s = *vt.stages[i];
    StageDecl stage{text(s.name), text(s.doc), {}, {}, (s.flags & UBP_STAGE_SKIPPABLE) != 0};
    for (std::uint32_t k = 0; k < s.n_phases; ++k) {
      stage.phases.push_back(text(s.phases[k]->name));
      stage.optimizers.push_back(text(s.phases[k]->optimizer ? s.phases[k]->optimizer : s.phases[k]->name));
    }
    m.stages.push_back(std::move(stage));
  }
}

void describe(const ubp_model_vt& vt, Manifest& m) {
  for (std::uint32_t i = 0; i < vt.n_methods; ++i) m.methods.push_back(text(vt.methods[i]->name));
}

void describe(const ubp_optimizer_vt& vt, Manifest& m) {
  m.flags = vt.flags;
  for (std::uint32_t i = 0; i < vt.n_slots; ++i) m.slots.push_back(text(vt.slots[i]->name));
}

void describe(const ubp_metric_vt& vt, Manifest& m) {
  m.flags = vt.needs, m.uses_train = vt.uses_train != 0;
  for (std::uint32_t i = 0; i < vt.n_emits; ++i)
    m.emits.push_back({text(vt.emits[i]->name), text(vt.emits[i]->doc), vt.emits[i]->higher_is_better != 0});
}

void describe_kind(const ubp_component& c, Manifest& m) {
  switch (c.kind) {
    case UBP_K_MODEL:
      return describe(full_table<ubp_model_vt>(c.vtable), m);
    case UBP_K_OBJECTIVE:
      return describe(full_table<ubp_objective_vt>(c.vtable), m);
    case UBP_K_OPTIMIZER:
      return describe(full_table<ubp_optimizer_vt>(c.vtable), m);
    case UBP_K_METRIC:
      return describe(full_table<ubp_metric_vt>(c.vtable), m);
    case UBP_K_DATASET:
      m.flags = full_table<ubp_dataset_vt>(c.vtable).flags;
      return;
    case UBP_K_ENVIRONMENT:
      m.flags = full_table<ubp_environment_vt>(c.vtable).flags;
      return;
    default:
      return;
  }
}

}  // namespace

std::vector<Manifest> manifests_of(const Plugin& plugin) {
  std::vector<Manifest> all;
  for (std::uint32_t i = 0; i < plugin.entry->count(); ++i) {
    const ubp_component* c = plugin.entry->get(i);
    if (!c || !c->id || !c->vtable || !c->life)
      fail(Exit::plugin, "plugin {}: component {} is incomplete", plugin.file.string(), i);
    Manifest m;
    m.kind = c->kind, m.id = c->id, m.version = text(c->version), m.title = text(c->title), m.doc = text(c->doc);
    m.citation = text(c->citation), m.tags = list(c->tags);
    for (std::uint32_t k = 0; k < c->n_params; ++k) m.params.push_back(param_of(*c->params[k]));
    describe_kind(*c, m);
    m.plugin_name = text(plugin.entry->plugin_name), m.plugin_version = text(plugin.entry->plugin_version);
    m.license = text(plugin.entry->license), m.build_info = text(plugin.entry->build_info), m.file = plugin.file;
    all.push_back(std::move(m));
  }
  return all;
}

}  // namespace ubp
