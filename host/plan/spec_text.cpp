// SPDX-License-Identifier: MIT
#include "plan/spec_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/json.hpp"
#include "plan/host_tables.hpp"
#include "plan/search_space.hpp"
#include "plan/space.hpp"

namespace ubp {
namespace {

using nlohmann::json;

/// A key that TOML needs no quotes for.
std::string toml_key(const std::string& key) {
  const bool bare = std::all_of(key.begin(), key.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  });
  return bare && !key.empty() ? key : toml_value(key);
}

/// JSON's escapes are TOML's, but for one character that JSON takes as it is.
std::string toml_string(const json& v) {
  std::string out;
  for (const char c : json_text(v)) c == 0x7f ? out += "\\u007f" : out += c;
  return out;
}

class Writer {
 public:
  explicit Writer(const Draft& draft) : draft_(draft) {}

  void host(const std::string& table, const std::vector<ParamDecl>& keys) {
    open("[" + table + "]");
    for (const ParamDecl& decl : keys) write(table + "." + decl.name, value_at(draft_, {}, table + "." + decl.name));
  }

  void component(const TableDraft& table) {
    const bool list = table.kind == UBP_K_METRIC || table.kind == UBP_K_TRANSFORM;
    open(list ? fmt::format("[[{}]]", kind_name(table.kind)) : "[" + table.path + "]");
    if (table.candidates.size() != 1) {
      const std::string prefix = table.path + ".";
      for (const auto& [key, fixed] : draft_.fixed)
        if (key.starts_with(prefix) && key.find('.', prefix.size()) == key.npos) write(key, fixed.value);
      return;
    }
    const Manifest& manifest = *table.candidates.front();
    if (table.kind != kProgram) write(table.path + ".use", manifest.id);
    for (const ParamDecl& decl : manifest.params)
      write(table.path + "." + decl.name, value_at(draft_, {}, table.path + "." + decl.name));
    for (const ParamDecl& decl : host_keys_of(table.kind))
      if (!find_key(manifest.params, decl.name))
        write(table.path + "." + decl.name, value_at(draft_, {}, table.path + "." + decl.name));
  }

  void space() {
    if (draft_.axes.empty()) return;
    open("[sweep.space]");
    for (const Axis& axis : draft_.axes) {
      std::string values = axis.has_range() ? toml_value(axis.range.text) : toml_value(axis.choices);
      if (!axis.when.empty())
        values = fmt::format("{{ {} = {}, when = {} }}", axis.has_range() ? "range" : "choice", values,
                             toml_value(axis.when));
      out_ += fmt::format("{} = {}\n", toml_key(axis.key), values);
    }
  }

  void forbid() {
    json texts = json::array();
    for (const Setting& forbid : draft_.forbid) texts.push_back(forbid.value);
    if (!texts.empty()) out_ += fmt::format("forbid = {}\n", toml_value(texts));
  }

  void objectives() {
    for (std::size_t i = 0; i < draft_.objectives; ++i) {
      open("[[sweep.objective]]");
      for (const ParamDecl& decl : objective_keys()) {
        const std::string key = fmt::format("sweep.objective.{}.{}", i, decl.name);
        if (const Fixed* fixed = draft_.find(key)) write(key, fixed->value);
      }
    }
  }

  void tries(const SearchSpace& search) {
    for (const Section& section : draft_.tries) {
      open("[[sweep.try]]");
      for (const auto& [key, value] : search.tried(section))
        out_ += fmt::format("{} = {}\n", toml_key(key), toml_value(value));
    }
  }

  std::string text() && { return std::move(out_); }

 private:
  void open(const std::string& head) { out_ += (out_.empty() ? "" : "\n") + head + "\n"; }

  void write(const std::string& key, const json& value) {
    const bool swept = std::any_of(draft_.axes.begin(), draft_.axes.end(), [&](const Axis& a) { return a.key == key; });
    // A swept key's own value still counts where its axis is not active.
    if (value.is_null() || (swept && !draft_.find(key))) return;
    out_ += fmt::format("{} = {}\n", toml_key(key.substr(key.rfind('.') + 1)), toml_value(value));
  }

  const Draft& draft_;
  std::string out_;
};

}  // namespace

std::string toml_value(const json& v) {
  if (v.is_string()) return toml_string(v);
  if (v.is_number_float()) {
    const double d = v;
    if (!std::isfinite(d)) return std::isnan(d) ? "nan" : d > 0 ? "inf" : "-inf";
    const std::string text = fmt::format("{}", d);
    return text.find_first_of(".en") == text.npos ? text + ".0" : text;
  }
  if (!v.is_array()) return json_text(v);
  std::string out;
  for (const json& item : v) out += (out.empty() ? "" : ", ") + toml_value(item);
  return "[" + out + "]";
}

std::string spec_text(const Draft& draft, const Plan& plan, bool single) {
  Draft named = draft;  // names that came from the file's name must survive without it
  named.fixed["experiment.name"] = {plan.experiment, ""};
  if (!single) named.fixed["sweep.name"] = {plan.sweep, ""};
  Writer writer(named);
  writer.host("experiment", experiment_keys());
  for (const TableDraft& table : draft.tables) writer.component(table);
  if (draft.program) {
    writer.host("train", {*find_key(train_keys(), "seed")});
  } else {
    writer.host("train", train_keys());
    writer.host("artifacts", artifact_keys());
  }
  writer.host("sweep", sweep_keys());
  writer.forbid();
  writer.objectives();
  if (plan.evolution != EvolutionOptions{}) writer.host("sweep.nsga2", evolution_keys());
  if (!plan.limits.retries.empty()) writer.host("sweep.retries", retry_keys());
  if (plan.pruner.use != PrunerKind::none || plan.dry_pruner.use != PrunerKind::none)
    writer.host("sweep.pruner", pruner_keys());
  if (plan.race.on) writer.host("sweep.race", race_keys());
  writer.space();
  if (plan.choices) writer.tries(*plan.choices);
  return std::move(writer).text();
}

std::map<std::string, std::string> spec_keys(const std::string& text) {
  std::map<std::string, std::string> keys;
  std::map<std::string, int> items;
  std::string table;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line.starts_with("[[")) {
      const std::string name = line.substr(2, line.find(']') - 2);
      table = fmt::format("{}.{}", name, items[name]++);
    } else if (line.starts_with("[")) {
      table = line.substr(1, line.rfind(']') - 1);
    } else if (const std::size_t equals = line.find(" = "); equals != line.npos) {
      keys[table + "." + line.substr(0, equals)] = line.substr(equals + 3);
    }
  }
  return keys;
}

}  // namespace ubp
