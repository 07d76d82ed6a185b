// SPDX-License-Identifier: MIT
// The keys that ubp itself understands, declared exactly like the parameters of a plugin: one place for names, types,
// ranges and meaning; the checks and the resolved spec read it. options.hpp has the values as types, and the defaults.
#pragma once

#include <vector>

#include "plugin/manifest.hpp"

namespace ubp {

const std::vector<ParamDecl>& experiment_keys();  ///< [experiment]
const std::vector<ParamDecl>& dataset_keys();     ///< [dataset], besides `use` and the plugin's parameters
const std::vector<ParamDecl>&
optimizer_keys();  ///< [optimizer], [optimizer.NAME]: travel with the component's parameters
const std::vector<ParamDecl>& environment_keys();  ///< [environment]: travel with the component's parameters
const std::vector<ParamDecl>& metric_keys();       ///< [[metric]]: travel with the component's parameters
const std::vector<ParamDecl>& train_keys();        ///< [train]
const std::vector<ParamDecl>& artifact_keys();     ///< [artifacts]
const std::vector<ParamDecl>& sweep_keys();        ///< [sweep], besides its tables and sweep.forbid
const std::vector<ParamDecl>& retry_keys();        ///< [sweep.retries]: `any`, and every class of failure
const std::vector<ParamDecl>& pruner_keys();       ///< [sweep.pruner]
const std::vector<ParamDecl>& race_keys();         ///< [sweep.race]
const std::vector<ParamDecl>& evolution_keys();    ///< [sweep.nsga2]
const std::vector<ParamDecl>& objective_keys();    ///< [[sweep.objective]]

/// Every table with host keys: {"train", train_keys()}, ...; for listings and for checking the documentation.
struct HostTable {
  const char* name;
  const char* doc;
  const std::vector<ParamDecl>& (*keys)();
  bool is_list = false;  ///< [[sweep.objective]]: there may be several
};
const std::vector<HostTable>& host_tables();

}  // namespace ubp
