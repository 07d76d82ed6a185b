// SPDX-License-Identifier: MIT
// What a component declares about itself, as plain data: all that planning needs, without plugin code in the process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <ubp/abi.h>
#include <nlohmann/json.hpp>

namespace ubp {

/// The type of `use`, a component's id: beside UBP_P_*, and of no parameter that a plugin declares.
inline constexpr std::int32_t kComponentType = 8;

/// One declared parameter; also used for the keys of the host's own tables ([train], [dataset], ...).
struct ParamDecl {
  std::string name;
  std::int32_t type = UBP_P_FLOAT;  ///< UBP_P_*, kComponentType
  std::uint32_t flags = 0;          ///< UBP_PF_*
  std::string doc;
  double min = 0, max = 0;  ///< numbers and list elements; +-infinity: unbounded
  nlohmann::json fallback;  ///< the default, in the parameter's own JSON type; null if required
  std::vector<std::string> choices, aliases;
  double sweep_lo = 0, sweep_hi = 0;  ///< NaN: none
  std::string active_if;
};

struct RoleDecl {
  std::string name, doc, fallback;
  std::vector<std::string> methods;
  bool optional = false;
};

struct StageDecl {
  std::string name, doc;
  std::vector<std::string> phases;      ///< names, in order
  std::vector<std::string> optimizers;  ///< per phase: the NAME of its [optimizer.NAME] table
};

struct EmitDecl {
  std::string name, doc;
  bool higher_is_better = true;
};

/// A component's manifest. Fields that its kind does not have are empty.
struct Manifest {
  std::int32_t kind = 0;  ///< UBP_K_*
  std::string id, version, title, doc, citation;
  std::vector<std::string> tags;
  std::vector<ParamDecl> params;

  std::uint32_t flags = 0;                            ///< objective UBP_OBJ_*, optimizer UBP_OPT_*
  std::vector<std::string> methods;                   ///< model
  std::vector<RoleDecl> roles;                        ///< objective
  std::vector<StageDecl> stages;                      ///< objective
  std::uint32_t n_views = 0;                          ///< objective
  std::vector<std::string> fields, outputs, scalars;  ///< objective
  std::vector<EmitDecl> emits;                        ///< metric
  std::vector<std::string> needs;                     ///< metric
  bool uses_train = false;                            ///< metric
  std::vector<std::string> slots;                     ///< optimizer
  std::string source, licence;                        ///< dataset; "" where it does not say

  std::string plugin_name, plugin_version, license, build_info;
  std::filesystem::path file;  ///< canonical
  std::string sha256;          ///< of the file
  std::string stamp;           ///< rested_stamp_of() the file before it was hashed

  bool supervised() const { return kind == UBP_K_OBJECTIVE && (flags & UBP_OBJ_NEEDS_LABELS); }
};

/// What a metric may need: ubp_metric_vt.needs.
const std::vector<std::string>& metric_needs();
const char* kind_name(std::int32_t kind);        ///< "model"
std::int32_t kind_of(std::string_view name);     ///< 0 if there is none
const char* type_name(std::int32_t param_type);  ///< "float", "list of int"
const std::vector<std::string>& kind_names();

void to_json(nlohmann::json&, const Manifest&);
void from_json(const nlohmann::json&, Manifest&);

}  // namespace ubp
