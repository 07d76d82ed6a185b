// SPDX-License-Identifier: MIT
#include "plugin/describe.hpp"

#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "plugin/instance.hpp"
#include "plugin/validate.hpp"
#include "plugin/value.hpp"

namespace ubp {
namespace {

/// A plugin's text, as text.
std::string text(const char* s) { return plain(s ? s : ""); }

std::vector<std::string> list(const char* const* items) {
  std::vector<std::string> all;
  for (; items && *items; ++items) all.push_back(text(*items));
  return all;
}

std::vector<std::string> split(const std::string& s) {
  return s.empty() ? std::vector<std::string>{} : split_outside(s, ',');
}

/// The numbers of a list's default, "64,64"; null if one is none: no default, then.
nlohmann::json numbers(const std::string& s, bool whole) {
  nlohmann::json values = nlohmann::json::array();
  for (const std::string& part : split(s)) {
    const std::optional<double> v = number_of(part);
    if (!v || (whole && *v != std::trunc(*v))) return nullptr;
    values.push_back(whole ? nlohmann::json(static_cast<std::int64_t>(*v)) : nlohmann::json(*v));
  }
  return values;
}

/// Null if the parameter is required, or if its default is none of the values that its type has.
nlohmann::json fallback_of(const ubp_param_desc& d) {
  if (d.flags & UBP_PF_REQUIRED) return nullptr;
  switch (d.type) {
    case UBP_P_FLOAT:
      return d.f_def;
    case UBP_P_INT:
      return d.i_def;
    case UBP_P_BOOL:
      return d.i_def != 0;
    case UBP_P_ENUM: {
      const std::vector<std::string> choices = list(d.choices);
      const bool known = d.i_def >= 0 && d.i_def < static_cast<std::int64_t>(choices.size());
      return known ? nlohmann::json(choices[static_cast<std::size_t>(d.i_def)]) : nlohmann::json();
    }
    case UBP_P_INT_LIST:
    case UBP_P_FLOAT_LIST:
      return numbers(text(d.s_def), d.type == UBP_P_INT_LIST);
    default:
      return text(d.s_def);
  }
}

void describe(const ubp_objective_vt& objective, Manifest& m) {
  m.flags = objective.flags, m.n_views = objective.n_views;
  m.fields = list(objective.fields), m.outputs = list(objective.outputs), m.scalars = list(objective.scalars);
  for (std::uint32_t i = 0; i < objective.n_roles; ++i) {
    const ubp_role& r = *objective.roles[i];
    m.roles.push_back({text(r.name), text(r.doc), text(r.def), split(text(r.methods)), r.optional != 0});
  }
  for (std::uint32_t i = 0; i < objective.n_stages; ++i) {
    const ubp_stage& s = *objective.stages[i];
    StageDecl stage{text(s.name), text(s.doc), {}, {}};
    for (std::uint32_t k = 0; k < s.n_phases; ++k) {
      stage.phases.push_back(text(s.phases[k]->name));
      stage.optimizers.push_back(text(s.phases[k]->optimizer ? s.phases[k]->optimizer : s.phases[k]->name));
    }
    m.stages.push_back(std::move(stage));
  }
}

void describe(const ubp_model_vt& model, Manifest& m) {
  for (std::uint32_t i = 0; i < model.n_methods; ++i) m.methods.push_back(text(model.methods[i]->name));
}

void describe(const ubp_optimizer_vt& optimizer, Manifest& m) {
  m.flags = optimizer.flags;
  for (std::uint32_t i = 0; i < optimizer.n_slots; ++i) m.slots.push_back(text(optimizer.slots[i]->name));
}

void describe(const ubp_metric_vt& metric, Manifest& m) {
  m.needs = list(metric.needs), m.uses_train = metric.uses_train != 0;
  for (std::uint32_t i = 0; i < metric.n_emits; ++i)
    m.emits.push_back({text(metric.emits[i]->name), text(metric.emits[i]->doc),
                       metric.emits[i]->higher_is_better == UBP_HIGHER_IS_BETTER});
}

void describe(const ubp_dataset_vt& dataset, Manifest& m) {
  m.source = text(dataset.source), m.licence = text(dataset.licence);
}

void describe_kind(const ubp_component& c, Manifest& m) {
  switch (c.kind) {
    case UBP_K_MODEL:
      return describe(full_table<ubp_model_vt>(c.vtable), m);
    case UBP_K_OBJECTIVE:
      return describe(full_table<ubp_objective_vt>(c.vtable), m);
    case UBP_K_OPTIMIZER:
      return describe(full_table<ubp_optimizer_vt>(c.vtable), m);
    case UBP_K_DATASET:
      return describe(full_table<ubp_dataset_vt>(c.vtable), m);
    case UBP_K_METRIC:
      return describe(full_table<ubp_metric_vt>(c.vtable), m);
    default:
      return;
  }
}

/// What a component cannot be without; the plugin is at fault by file and number, as there may be no name.
void require_whole(const ubp_component* c, const Plugin& plugin, std::uint32_t index) {
  const auto lacks = [&](const char* what) {
    fail(Exit::plugin, "plugin {}: component {}{}: {} is missing", plugin.file.string(), index,
         c && c->id && *c->id ? fmt::format(" ('{}')", text(c->id)) : "", what);
  };
  if (!c) lacks("its description");
  if (!c->id || !*c->id) lacks("its id");
  if (!c->vtable) lacks("its table");
  if (!c->life || !c->life->create) lacks("its create()");
  if (c->kind < 1 || c->kind > static_cast<std::int32_t>(kind_names().size()))
    fail(Exit::plugin, "plugin {}: component {} ('{}'): no kind: found {}", plugin.file.string(), index, text(c->id),
         c->kind);
}

}  // namespace

ParamDecl declared(const ubp_param_desc& d) {
  ParamDecl p;
  p.name = text(d.name), p.type = d.type, p.flags = d.flags, p.doc = text(d.doc), p.fallback = fallback_of(d);
  const bool real = d.type == UBP_P_FLOAT || d.type == UBP_P_FLOAT_LIST;
  p.min = real ? d.f_min : static_cast<double>(d.i_min);
  p.max = real ? d.f_max : static_cast<double>(d.i_max);
  p.choices = list(d.choices), p.aliases = list(d.aliases);
  p.sweep_lo = d.sweep_lo, p.sweep_hi = d.sweep_hi, p.active_if = text(d.active_if);
  return p;
}

std::vector<Manifest> manifests_of(const Plugin& plugin) {
  std::vector<Manifest> all;
  for (std::uint32_t i = 0; i < plugin.entry->count(); ++i) {
    const ubp_component* c = plugin.entry->get(i);
    require_whole(c, plugin, i);
    Manifest m;
    m.kind = c->kind, m.id = text(c->id), m.version = text(c->version), m.title = text(c->title), m.doc = text(c->doc);
    m.citation = text(c->citation), m.tags = list(c->tags);
    for (std::uint32_t k = 0; k < c->n_params; ++k) m.params.push_back(declared(*c->params[k]));
    describe_kind(*c, m);
    m.plugin_name = text(plugin.entry->plugin_name), m.plugin_version = text(plugin.entry->plugin_version);
    m.license = text(plugin.entry->license), m.build_info = text(plugin.entry->build_info), m.file = plugin.file;
    require_valid(m, *c);
    for (const Manifest& other : all)
      if (other.kind == m.kind)
        fail(Exit::plugin, "plugin {}: holds {} '{}' twice", plugin.file.string(), kind_name(m.kind), m.id);
    all.push_back(std::move(m));
  }
  return all;
}

}  // namespace ubp
