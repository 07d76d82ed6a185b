// SPDX-License-Identifier: MIT
#include "plan/draft.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "plan/host_tables.hpp"
#include "plan/override.hpp"
#include "plan/program.hpp"

namespace ubp {
namespace {

using nlohmann::json;

ParamDecl use_decl() {
  ParamDecl decl;
  decl.name = "use";
  decl.type = kComponentType;
  return decl;
}

/// Fills a Draft from the tree; one object per call.
class Reader {
 public:
  Reader(Draft& draft, Components& components, bool sweep) : draft_(draft), components_(components), sweep_(sweep) {}

  void read(const Section& root, const std::set<std::string>& overridden) {
    check_top_level(root);
    const Section* sweep = section(root, "sweep");
    const Section* space = sweep ? section(*sweep, "space") : nullptr;
    if (space) read_space(*space, "", root, overridden);
    if (!sweep_) {
      for (const auto& [key, entry] : space_) draft_.unswept.insert(key);
      space_.clear();
    }
    for (const HostTable& table : host_tables())
      if (kind_of(table.name) == 0 && !table.is_list)
        if (const Section* found = section(root, table.name)) read_host(table, *found);
    if (sweep) read_lists(*sweep);
    for (const char* kind : {"dataset", "model", "objective", "optimizer", "environment"})
      if (const Section* found = section(root, kind)) read_component(*found, kind, "", kind_of(kind));
    for (const char* kind : {"transform", "metric"}) read_list(root, kind);
    if (const Section* found = section(root, "program")) read_program(*found);
    for (const auto& [key, setting] : space_)
      if (!used_.contains(key))
        fail(Exit::usage, "{}: {}: no table '{}' in this spec", setting.setting.where, key,
             key.substr(0, key.rfind('.')));
    std::sort(draft_.axes.begin(), draft_.axes.end(), [](const Axis& a, const Axis& b) { return a.key < b.key; });
  }

 private:
  struct SpaceEntry {
    Setting setting;
    std::string when;
  };

  /// `name`: "sweep" or, of a table inside, "sweep.pruner".
  static const Section* section(const Section& in, const std::string& name) {
    const std::size_t dot = name.find('.');
    const auto found = in.sections.find(name.substr(0, dot));
    if (found == in.sections.end()) return nullptr;
    return dot == name.npos ? &found->second : section(found->second, name.substr(dot + 1));
  }

  /// What [sweep] has besides keys and tables.
  void read_lists(const Section& sweep) {
    for (const auto& [name, items] : sweep.lists) {
      if (name == "try")
        draft_.tries = items;
      else if (name == "objective")
        read_objectives(items);
      else
        fail(Exit::usage, "{}: sweep.{}: [[sweep.{}]] is no table{}", items.front().where, name, name,
             suggestion(name, {"try", "objective"}));
    }
    const auto forbid = sweep.settings.find("forbid");
    if (forbid == sweep.settings.end()) return;
    const Setting& all = forbid->second;
    for (const json& text : all.value.is_array() ? all.value : json::array({all.value})) {
      if (!text.is_string())
        fail(Exit::usage,
             "{}: sweep.forbid: found {}, expected conditions: [\"model.latent > 8 and optimizer.use == "
             "sgd\"]",
             all.where, shown(text));
      draft_.forbid.push_back({text, false, all.where});
    }
  }

  void read_objectives(const std::vector<Section>& items) {
    draft_.objectives = items.size();
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::string path = fmt::format("sweep.objective.{}", i);
      const auto unknown = [&](const std::string& name, const std::string& where) {
        fail(Exit::usage, "{}: {}.{}: [[sweep.objective]] has no key '{}'{}", where, path, name, name,
             suggestion(name, names_of(objective_keys())));
      };
      for (const auto& [name, inner] : items[i].sections) unknown(name, inner.where);
      for (const auto& [name, inner] : items[i].lists) unknown(name, inner.front().where);
      for (const auto& [name, setting] : items[i].settings) {
        const ParamDecl* decl = find_key(objective_keys(), name);
        if (!decl) unknown(name, setting.where);
        take(path + "." + decl->name, setting, *decl, false);
      }
      if (!draft_.fixed.contains(path + ".metric"))
        fail(Exit::usage, "{}: {}.metric: missing: expected a series, as \"valid.mse\"", items[i].where, path);
      draft_.fixed.insert({path + ".goal", {"auto", items[i].where}});
    }
  }

  void check_top_level(const Section& root) {
    const std::vector<std::string> tables = top_level_tables();
    const auto known = [&](const std::string& name, const std::string& where) {
      if (std::find(tables.begin(), tables.end(), name) == tables.end())
        fail(Exit::usage, "{}: no table '{}'{}", where, name, suggestion(name, tables));
    };
    for (const auto& [name, setting] : root.settings) {
      known(name, setting.where);
      fail(Exit::usage, "{}: {}: found a value, expected a table [{}]", setting.where, name, name);
    }
    for (const auto& [name, inner] : root.sections) {
      known(name, inner.where);
      if (is_list_table(name))
        fail(Exit::usage, "{}: {}: found [{}], expected [[{}]]: there may be several", inner.where, name, name, name);
    }
    for (const auto& [name, items] : root.lists) {
      known(name, items.front().where);
      if (!is_list_table(name))
        fail(Exit::usage, "{}: {}: found [[{}]], expected [{}]: there is only one", items.front().where, name, name,
             name);
    }
  }

  void read_space(const Section& space, const std::string& prefix, const Section& root,
                  const std::set<std::string>& overridden) {
    const auto add = [&](const std::string& name, Setting setting, std::string when) {
      const std::string key = canonical_key(root, prefix + name, setting.where);
      if (!overridden.contains(key)) space_[key] = {std::move(setting), std::move(when)};
    };
    for (const auto& [name, setting] : space.settings) add(name, setting, "");
    for (const auto& [name, inner] : space.sections) {
      const auto values = std::find_if(inner.settings.begin(), inner.settings.end(),
                                       [](const auto& s) { return s.first == "range" || s.first == "choice"; });
      if (values == inner.settings.end()) {
        read_space(inner, prefix + name + ".", root, overridden);
        continue;
      }
      for (const auto& [key, setting] : inner.settings)
        if (key != values->first && key != "when")
          fail(Exit::usage, "{}: sweep.space: {}: found '{}', expected range or choice, and when", setting.where,
               prefix + name, key);
      const auto when = inner.settings.find("when");
      add(name, values->second, when == inner.settings.end() ? "" : shown(when->second.value));
    }
  }

  void read_host(const HostTable& table, const Section& section) {
    const bool is_sweep = std::string_view(table.name) == "sweep";
    for (const auto& [name, setting] : section.settings) {
      if (is_sweep && name == "forbid") continue;
      if (is_sweep && name == "objective")
        fail(Exit::usage, "{}: sweep.objective: found {}, expected tables [[sweep.objective]]", setting.where,
             shown(setting.value));
      if (is_sweep && name == "retries") {
        take("sweep.retries.any", setting, retry_keys().front(), false);
        continue;
      }
      const ParamDecl* decl = find_key(table.keys(), name);
      if (!decl)
        fail(Exit::usage, "{}: {}.{}: [{}] has no key '{}'{}", setting.where, table.name, name, table.name, name,
             suggestion(name, is_sweep ? sweep_names() : names_of(table.keys())));
      const bool is_list = is_sweep && name == "blocks";
      take(fmt::format("{}.{}", table.name, decl->name), is_list ? joined(setting) : setting, *decl,
           !is_fixed_only(table));
    }
    for (const auto& [name, inner] : section.sections) {
      if (is_sweep && name == "objective")
        fail(Exit::usage,
             "{}: sweep.objective: found [sweep.objective], expected [[sweep.objective]]: there may be "
             "several",
             inner.where);
      if (!is_sweep || (name != "space" && name != "pruner" && name != "race" && name != "retries" && name != "nsga2"))
        fail(Exit::usage, "{}: {}.{}: [{}] has no key '{}'{}", inner.where, table.name, name, table.name, name,
             suggestion(name, is_sweep ? sweep_names() : names_of(table.keys())));
    }
    const bool fixed_only = is_fixed_only(table);
    for (const ParamDecl& decl : table.keys()) {
      const auto found = space_.find(fmt::format("{}.{}", table.name, decl.name));
      if (fixed_only && found != space_.end())
        fail(Exit::usage, "{}: {}: this key cannot be swept", found->second.setting.where, found->first);
      take_axis(table.name, decl);
    }
  }

  /// A list of texts as one, and a command line's commas as no choice.
  static Setting joined(const Setting& list) {
    Setting joined = list;
    joined.text = false;
    if (list.text && list.value == "[]") joined.value = "";
    if (!list.value.is_array()) return joined;
    std::string keys;
    for (const json& key : list.value) {
      if (!key.is_string())
        fail(Exit::usage, "{}: sweep.blocks: found {}, expected keys of the space: [\"dataset.use\"]", list.where,
             shown(key));
      keys += (keys.empty() ? "" : ",") + key.get<std::string>();
    }
    joined.value = keys;
    return joined;
  }

  static std::vector<std::string> sweep_names() {
    std::vector<std::string> names = names_of(sweep_keys());
    names.insert(names.end(), {"space", "pruner", "race", "retries", "nsga2", "objective", "try", "forbid"});
    return names;
  }

  /// Keys that say what the sweep is, not what a trial does.
  static bool is_fixed_only(const HostTable& table) {
    return std::string_view(table.name).starts_with("sweep") || std::string_view(table.name) == "experiment";
  }

  void read_list(const Section& root, const std::string& kind) {
    const auto found = root.lists.find(kind);
    if (found == root.lists.end()) return;
    for (std::size_t i = 0; i < found->second.size(); ++i)
      read_component(found->second[i], fmt::format("{}.{}", kind, i), "", kind_of(kind));
  }

  void read_program(const Section& section) {
    const std::string prefix = "program.";
    std::map<std::string, Setting> swept;
    for (const auto& [key, entry] : space_)
      if (key.starts_with(prefix)) swept[key.substr(prefix.size())] = entry.setting;
    draft_.program = std::make_shared<const Manifest>(described_program(section, swept));
    draft_.tables.push_back({"program", "", kProgram, section.where, {draft_.program.get()}});
    for (const auto& [name, setting] : section.settings)
      take(prefix + name, setting, *find_key(draft_.program->params, name), true);
    for (const ParamDecl& decl : draft_.program->params) take_axis("program", decl);
  }

  void read_component(const Section& section, const std::string& path, const std::string& parent, std::int32_t kind) {
    TableDraft table{path, parent, kind, section.where, candidates(section, path, parent, kind)};
    draft_.tables.push_back(table);
    for (const auto& [name, setting] : section.settings) {
      if (name == "use") continue;
      const ParamDecl& decl = declared(table, name, setting.where);
      take(path + "." + decl.name, setting, decl, true);
    }
    for (const Manifest* manifest : table.candidates)
      for (const ParamDecl& decl : manifest->params) take_axis(path, decl);
    for (const ParamDecl& decl : host_keys_of(kind)) take_axis(path, decl);
    for (const auto& [key, entry] : space_)  // what no candidate declares
      if (key.starts_with(path + ".") && !used_.contains(key) && key.find('.', path.size() + 1) == key.npos)
        declared(table, key.substr(path.size() + 1), entry.setting.where);
    const bool has_roles = (kind == UBP_K_MODEL || kind == UBP_K_OPTIMIZER) && parent.empty();
    for (const auto& [name, inner] : section.sections) {
      if (!has_roles) fail(Exit::usage, "{}: {}.{}: [{}] has no tables inside", inner.where, path, name, path);
      read_component(inner, path + "." + name, path, kind);
    }
  }

  std::vector<const Manifest*> candidates(const Section& section, const std::string& path, const std::string& parent,
                                          std::int32_t kind) {
    const std::string key = path + ".use";
    if (const auto found = section.settings.find("use"); found != section.settings.end())
      take(key, found->second, use_decl(), true);
    take_axis(path, use_decl());
    std::vector<std::pair<std::string, std::string>> ids;  // id, where
    if (const Axis* axis = axis_named(key))
      for (const json& id : axis->choices) ids.emplace_back(id, axis->where);
    else if (const Fixed* fixed = draft_.find(key))
      ids.emplace_back(fixed->value, fixed->where);
    else if (!parent.empty())
      return draft_.table(parent)->candidates;
    else
      fail(Exit::usage, "{}: {}.use: missing: expected the id of {} {}{}", section.where, path,
           kind == UBP_K_OBJECTIVE || kind == UBP_K_OPTIMIZER || kind == UBP_K_ENVIRONMENT ? "an" : "a",
           kind_name(kind), suggestion("", components_.ids(kind)));
    std::vector<const Manifest*> found;
    for (const auto& [id, where] : ids) {
      try {
        found.push_back(&components_.find(kind, id));
      } catch (const Error& error) {
        fail(error.code(), "{}: {}: {}", where, key, error.what());
      }
    }
    return found;
  }

  const ParamDecl& declared(const TableDraft& table, const std::string& name, const std::string& where) {
    std::vector<std::string> names = names_of(host_keys_of(table.kind));
    for (const Manifest* manifest : table.candidates) {
      if (const ParamDecl* decl = declaration(table.kind, *manifest, name)) return *decl;
      for (const std::string& known : names_of(manifest->params)) names.push_back(known);
    }
    std::string who;
    for (const Manifest* manifest : table.candidates)
      who += fmt::format("{}'{}'", who.empty() ? "" : ", ", manifest->id);
    fail(Exit::usage, "{}: {}.{}: {} {} has no parameter '{}'{}", where, table.path, name, kind_name(table.kind), who,
         name, suggestion(name, names));
  }

  /// Files a written value: as an axis if it names several values, else as the key's value.
  void take(const std::string& key, const Setting& setting, const ParamDecl& decl, bool may_sweep) {
    const bool from_file_too = draft_.fixed.contains(key);
    if (from_file_too && !setting.text && draft_.fixed[key].where != "command line")
      fail(Exit::usage, "{}: {}: given twice, also at {}", setting.where, key, draft_.fixed[key].where);
    if (from_file_too && !setting.text) return;
    if (auto axis = axis_of(key, setting, decl)) {
      if (!may_sweep)
        fail(Exit::usage, "{}: {}: found several values, expected one: this key cannot be swept", setting.where, key);
      if (!sweep_)
        fail(Exit::usage,
             "{}: {}: found several values, expected one: `ubp run` is one trial, `ubp sweep` takes several",
             setting.where, key);
      if (!space_.contains(key)) draft_.axes.push_back(std::move(*axis));  // the space's entry wins
      return;
    }
    draft_.fixed[key] = {setting.text
                             ? checked_text(decl, setting.value.get_ref<const std::string&>(), setting.where, key)
                             : checked(decl, setting.value, setting.where, key),
                         setting.where};
  }

  /// Files the space's entry for a key of the table at `path`, if there is one.
  void take_axis(const std::string& path, const ParamDecl& decl) {
    std::vector<std::string> names = decl.aliases;
    names.push_back(decl.name);
    for (const std::string& name : names) {
      const auto found = space_.find(path + "." + name);
      if (found == space_.end() || !used_.insert(found->first).second) continue;
      const std::string key = path + "." + decl.name;
      Setting setting = found->second.setting;
      if (is_list(decl) && setting.value.is_array())  // in the space every list is a choice: [16, 64] is [16] or [64]
        for (json& item : setting.value)
          if (item.is_number()) item = json::array({item});
      if (setting.value == "auto" && decl.type != UBP_P_STRING) setting.value = own_range(decl, setting.where, key);
      auto axis = axis_of(key, setting, decl);
      if (!axis) axis = Axis{key, setting.where, "", decl, {checked(decl, setting.value, setting.where, key)}, {}};
      axis->when = found->second.when;
      draft_.axes.push_back(std::move(*axis));
    }
  }

  /// What a component says is worth searching: the text or the list of choices that a person would write.
  static json own_range(const ParamDecl& decl, const std::string& where, const std::string& key) {
    if (decl.type == UBP_P_BOOL) return {false, true};
    if (decl.type == UBP_P_ENUM) {
      if (std::find(decl.choices.begin(), decl.choices.end(), "auto") != decl.choices.end()) return "auto";
      return decl.choices;
    }
    if (!is_number(decl) || !std::isfinite(decl.sweep_lo) || !std::isfinite(decl.sweep_hi))
      fail(Exit::usage, "{}: {}: found auto, but it declares no search range: expected values or a range", where, key);
    return fmt::format("{}..{}{}", decl.sweep_lo, decl.sweep_hi, decl.flags & UBP_PF_LOG ? ":log" : "");
  }

  const Axis* axis_named(const std::string& key) const {
    const auto found =
        std::find_if(draft_.axes.begin(), draft_.axes.end(), [&](const Axis& a) { return a.key == key; });
    return found == draft_.axes.end() ? nullptr : &*found;
  }

  Draft& draft_;
  Components& components_;
  bool sweep_;
  std::map<std::string, SpaceEntry> space_;
  std::set<std::string> used_;  // keys of space_ that a table declares
};

}  // namespace

const TableDraft* Draft::table(const std::string& path) const {
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const TableDraft& t) { return t.path == path; });
  return found == tables.end() ? nullptr : &*found;
}

const Fixed* Draft::find(const std::string& key) const {
  const auto found = fixed.find(key);
  return found == fixed.end() ? nullptr : &found->second;
}

const std::vector<ParamDecl>& host_keys_of(std::int32_t kind) {
  static const std::vector<ParamDecl> none;
  if (kind == UBP_K_DATASET) return dataset_keys();
  if (kind == UBP_K_OPTIMIZER) return optimizer_keys();
  if (kind == UBP_K_METRIC) return metric_keys();
  return kind == UBP_K_ENVIRONMENT ? environment_keys() : none;
}

const ParamDecl* declaration(std::int32_t kind, const Manifest& manifest, const std::string& key) {
  if (const ParamDecl* own = find_key(manifest.params, key)) return own;
  return find_key(host_keys_of(kind), key);
}

Draft read_draft(Section root, const std::string& name, const std::vector<std::string>& overrides,
                 Components& components, bool sweep) {
  Draft draft;
  draft.name = name;
  const std::set<std::string> overridden = apply_overrides(root, overrides);
  Reader(draft, components, sweep).read(root, overridden);
  return draft;
}

}  // namespace ubp
