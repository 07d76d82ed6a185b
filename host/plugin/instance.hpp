// SPDX-License-Identifier: MIT
// A component at work: its table, completed to this host's size, and one instance made from resolved parameters.
#pragma once

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ubp/abi.h>
#include <nlohmann/json.hpp>

namespace ubp {

/// A copy of a plugin's table in which slots that the plugin's version did not have are null.
template <class Table>
Table full_table(const void* from) {
  Table table{};
  std::uint32_t size;
  std::memcpy(&size, from, sizeof size);
  std::memcpy(static_cast<void*>(&table), from, std::min<std::size_t>(size, sizeof table));
  return table;
}

/// Whether a metric asks for what goes by that name; see ubp_metric_vt.needs.
inline bool needs(const ubp_metric_vt& metric, std::string_view what) {
  for (const char* const* name = metric.needs; name && *name; ++name)
    if (*name == what) return true;
  return false;
}

/// Fails with a sentence "objective 'vicreg', loss: ..." if `status` is not OK.
/// Throws EngineError with the plugin's status.
void require_ok(ubp_status status, const std::string& who, const char* callback);

/// The slots that a table must fill. Throws EngineError (UNSUPPORTED) "optimizer 'lion' has no step()" for the first
/// that it leaves out.
void require_slots(const std::string& who, std::initializer_list<std::pair<const char*, bool>> slots);

/// Owns one instance of a component.
class Instance {
 public:
  /// Loads the file if need be. A parameter whose active_if does not hold has no effect: the component is given its
  /// default, whatever `params` say. Throws Error (plugin), EngineError (the component refuses the
  /// parameters).
  Instance(const std::string& file, std::int32_t kind, const std::string& id, const nlohmann::json& params);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  void* self() const { return self_; }
  const ubp_component& component() const { return *component_; }
  const std::string& who() const { return who_; }
  const char* id() const { return component_->id; }
  template <class Table>
  Table table() const {
    return full_table<Table>(component_->vtable);
  }

  std::string save() const;  ///< private state; "" if the component has none
  void load(const std::string& bytes) const;
  /// A ubp_num: a number, or the value of one of this component's parameters. Null text: `fallback`.
  double number(ubp_num text, double fallback) const;

 private:
  ubp_status created(const std::vector<const ubp_param_value*>&);  // self_, by the component
  const ubp_component* component_;
  std::string who_;
  nlohmann::json params_;
  void* self_ = nullptr;
};

}  // namespace ubp
