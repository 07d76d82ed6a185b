// SPDX-License-Identifier: MIT
#include "plan/program.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "plan/host_tables.hpp"
#include "plan/space.hpp"

namespace ubp {
namespace {

using nlohmann::json;

constexpr double kInf = std::numeric_limits<double>::infinity();

/// UBP_P_*, or 0: it is no value that a parameter can have.
std::int32_t type_of_value(const json& value) {
  if (value.is_boolean()) return UBP_P_BOOL;
  if (value.is_number_integer()) return UBP_P_INT;
  if (value.is_number()) return UBP_P_FLOAT;
  return value.is_string() ? UBP_P_STRING : 0;
}

/// As it would be in a spec: a number, a flag, or a text.
json value_of_text(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  const std::optional<double> number = number_of(text);
  if (!number) return text;
  const bool whole = text.find_first_of(".eEn") == text.npos && std::abs(*number) < 1e15;
  return whole ? json(static_cast<std::int64_t>(*number)) : json(*number);
}

/// What was written, value by value: of a range its two ends.
std::vector<json> values_in(const Setting& setting) {
  if (setting.value.is_array()) return setting.value.get<std::vector<json>>();
  if (!setting.value.is_string()) return {setting.value};
  const std::string& text = setting.value.get_ref<const std::string&>();
  if (const std::size_t dots = text.find(".."); dots != text.npos) {
    const json low = value_of_text(text.substr(0, dots));
    const json high = value_of_text(text.substr(dots + 2, text.find(':') - dots - 2));
    if (low.is_number() && high.is_number()) return {low, high};
  }
  if (!setting.text) return {setting.value};
  std::vector<json> values;
  for (const std::string& part : split_outside(text, ',')) values.push_back(value_of_text(part));
  return values;
}

/// Of values of which `type` is that of those before, or 0.
std::int32_t type_of(const std::string& key, const Setting& setting, std::int32_t type) {
  for (const json& value : values_in(setting)) {
    const std::int32_t own = type_of_value(value);
    const bool mixes = (own == UBP_P_INT && type == UBP_P_FLOAT) || (own == UBP_P_FLOAT && type == UBP_P_INT);
    if (own == 0 || (type != 0 && own != type && !mixes))
      fail(Exit::usage, "{}: {}: found {}, expected {}", setting.where, key, shown(setting.value),
           type == 0 ? "numbers, texts, or true and false"
                     : fmt::format("the type of its other values, {}", type_name(type)));
    type = mixes ? UBP_P_FLOAT : own;
  }
  if (type == 0) fail(Exit::usage, "{}: {}: found no value, expected one or more", setting.where, key);
  return type;
}

bool is_name(const std::string& name) {
  return !name.empty() && name != "use" &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; });
}

}  // namespace

Manifest described_program(const Section& program, const std::map<std::string, Setting>& swept) {
  Manifest manifest;
  manifest.id = "program";
  for (const auto& [name, inner] : program.sections)
    fail(Exit::usage, "{}: program.{}: [program] has no tables inside", inner.where, name);
  for (const auto& [name, list] : program.lists)
    fail(Exit::usage, "{}: program.{}: [program] has no tables inside", list.front().where, name);
  std::map<std::string, Setting> all = swept;
  for (const auto& [name, setting] : program.settings) all.insert_or_assign(name, setting);
  for (const auto& [name, setting] : all) {
    if (!is_name(name))
      fail(Exit::usage, "{}: program: found the name '{}', expected letters, digits, _ and -, and not 'use'",
           setting.where, name);
    ParamDecl decl;
    decl.name = name;
    decl.type = type_of("program." + name, setting, 0);
    if (const auto in_space = swept.find(name); in_space != swept.end())
      decl.type = type_of("program." + name, in_space->second, decl.type);
    decl.flags = UBP_PF_MIN_OPEN | UBP_PF_MAX_OPEN;
    decl.min = -kInf;
    decl.max = kInf;
    decl.sweep_lo = decl.sweep_hi = std::numeric_limits<double>::quiet_NaN();
    manifest.params.push_back(std::move(decl));
  }
  return manifest;
}

void refuse_beside_program(const Draft& draft) {
  if (!draft.program) return;
  const auto refuse = [](const std::string& where, const std::string& key) {
    fail(Exit::usage, "{}: {}: trials of [program] are run by a program that ubp knows nothing of: expected no {}",
         where, key, key);
  };
  for (const TableDraft& table : draft.tables)
    if (table.path != "program") refuse(table.where, table.path);
  for (const Axis& axis : draft.axes)
    if (!axis.key.starts_with("program.") && axis.key != "train.seed") refuse(axis.where, axis.key);
  const bool only_asks = value_at(draft, {}, "sweep.dry_prune");  // what a pruner would have done
  for (const auto& [key, fixed] : draft.fixed) {
    const bool trains = (key.starts_with("train.") && key != "train.seed") || key.starts_with("artifacts.");
    const bool limits = (key.starts_with("sweep.pruner.") && !only_asks) || key.starts_with("sweep.retries.") ||
                        key == "sweep.trial_wall" || key == "sweep.trial_stall" || key == "sweep.trial_memory";
    if (!trains && !limits) continue;
    const std::string table = key.substr(0, key.rfind('.')), name = key.substr(key.rfind('.') + 1);
    for (const HostTable& host : host_tables())
      if (table == host.name)
        if (const ParamDecl* decl = find_key(host.keys(), name); decl && decl->fallback != fixed.value)
          refuse(fixed.where, key);
  }
}

}  // namespace ubp
