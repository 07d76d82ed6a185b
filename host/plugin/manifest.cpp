// SPDX-License-Identifier: MIT
#include "plugin/manifest.hpp"

#include <cmath>
#include <limits>

namespace ubp {
namespace {

const std::vector<std::string> kKinds = {"model",  "objective", "optimizer",  "dataset",
                                         "metric", "transform", "environment"};

// JSON has no infinities: bounds travel as null (none) or text.
nlohmann::json number_to_json(double v) {
  if (std::isnan(v)) return nullptr;
  if (std::isinf(v)) return v > 0 ? "inf" : "-inf";
  return v;
}

double number_from_json(const nlohmann::json& j) {
  if (j.is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (j.is_string()) return j == "inf" ? INFINITY : -INFINITY;
  return j.get<double>();
}

}  // namespace

const std::vector<std::string>& metric_needs() {
  static const std::vector<std::string> names = {"input",          "label",      "factors", "embedding",
                                                 "reconstruction", "samples",    "score",   "imputed",
                                                 "decoder",        "assignment", "episodes"};
  return names;
}

const std::vector<std::string>& kind_names() { return kKinds; }

const char* kind_name(std::int32_t kind) {
  return kind >= 1 && kind <= static_cast<std::int32_t>(kKinds.size())
             ? kKinds[static_cast<std::size_t>(kind - 1)].c_str()
             : "component";
}

std::int32_t kind_of(std::string_view name) {
  for (std::size_t i = 0; i < kKinds.size(); ++i)
    if (kKinds[i] == name || kKinds[i] + "s" == name) return static_cast<std::int32_t>(i + 1);
  return 0;
}

const char* type_name(std::int32_t type) {
  switch (type) {
    case UBP_P_FLOAT:
      return "float";
    case UBP_P_INT:
      return "int";
    case UBP_P_BOOL:
      return "bool";
    case UBP_P_ENUM:
      return "choice";
    case UBP_P_STRING:
      return "string";
    case UBP_P_INT_LIST:
      return "list of int";
    case UBP_P_FLOAT_LIST:
      return "list of float";
    case kComponentType:
      return "component";
    default:
      return "unknown";
  }
}

void to_json(nlohmann::json& j, const ParamDecl& p) {
  j = {{"name", p.name},
       {"type", p.type},
       {"flags", p.flags},
       {"doc", p.doc},
       {"min", number_to_json(p.min)},
       {"max", number_to_json(p.max)},
       {"default", p.fallback},
       {"choices", p.choices},
       {"aliases", p.aliases},
       {"sweep_lo", number_to_json(p.sweep_lo)},
       {"sweep_hi", number_to_json(p.sweep_hi)},
       {"active_if", p.active_if}};
}

void from_json(const nlohmann::json& j, ParamDecl& p) {
  p = {j.at("name"),
       j.at("type"),
       j.at("flags"),
       j.at("doc"),
       number_from_json(j.at("min")),
       number_from_json(j.at("max")),
       j.at("default"),
       j.at("choices"),
       j.at("aliases"),
       number_from_json(j.at("sweep_lo")),
       number_from_json(j.at("sweep_hi")),
       j.at("active_if")};
}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RoleDecl, name, doc, fallback, methods, optional)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StageDecl, name, doc, phases, optimizers)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(EmitDecl, name, doc, higher_is_better)

void to_json(nlohmann::json& j, const Manifest& m) {
  j = {{"kind", m.kind},
       {"id", m.id},
       {"version", m.version},
       {"title", m.title},
       {"doc", m.doc},
       {"citation", m.citation},
       {"tags", m.tags},
       {"params", m.params},
       {"flags", m.flags},
       {"methods", m.methods},
       {"roles", m.roles},
       {"stages", m.stages},
       {"n_views", m.n_views},
       {"fields", m.fields},
       {"outputs", m.outputs},
       {"scalars", m.scalars},
       {"emits", m.emits},
       {"needs", m.needs},
       {"uses_train", m.uses_train},
       {"slots", m.slots},
       {"source", m.source},
       {"licence", m.licence},
       {"plugin_name", m.plugin_name},
       {"plugin_version", m.plugin_version},
       {"license", m.license},
       {"build_info", m.build_info},
       {"file", m.file.string()},
       {"sha256", m.sha256}};
}

void from_json(const nlohmann::json& j, Manifest& m) {
  const auto read = [&j](const char* key, auto& field) { j.at(key).get_to(field); };
  read("kind", m.kind), read("id", m.id), read("version", m.version), read("title", m.title), read("doc", m.doc);
  read("citation", m.citation), read("tags", m.tags), read("params", m.params), read("flags", m.flags);
  read("methods", m.methods), read("roles", m.roles), read("stages", m.stages), read("n_views", m.n_views);
  read("fields", m.fields), read("outputs", m.outputs), read("scalars", m.scalars), read("emits", m.emits);
  read("needs", m.needs), read("source", m.source), read("licence", m.licence);
  read("uses_train", m.uses_train), read("slots", m.slots), read("plugin_name", m.plugin_name);
  read("plugin_version", m.plugin_version), read("license", m.license), read("build_info", m.build_info);
  m.file = j.at("file").get<std::string>();
  read("sha256", m.sha256);
}

}  // namespace ubp
