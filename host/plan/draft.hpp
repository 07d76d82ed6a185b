// SPDX-License-Identifier: MIT
// A spec that has been read, typed and checked key by key, before a point of its space is chosen.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "plan/axis.hpp"
#include "plan/components.hpp"
#include "plan/source.hpp"

namespace ubp {

/// The kind of the table [program], which no plugin stands behind.
constexpr std::int32_t kProgram = 0;

/// A table that names a component: [model], [model.critic], the n-th [[metric]].
struct TableDraft {
  std::string path;    ///< "model", "model.critic", "metric.0"
  std::string parent;  ///< "model" for "model.critic": values that the table lacks come from there; "" for others
  std::int32_t kind = 0;
  std::string where;
  std::vector<const Manifest*> candidates;  ///< one, or one for every choice of a swept `use`
};

struct Fixed {
  nlohmann::json value;  ///< in its declared type
  std::string where;
};

struct Draft {
  std::string name;  ///< of the spec file, for messages about what is missing in it
  std::vector<TableDraft>
      tables;  ///< dataset, model, model.*, objective, optimizer, optimizer.*, environment, transforms, metrics
  std::map<std::string, Fixed> fixed;  ///< by canonical key: "train.epochs", "model.use", "model.latent"
  std::vector<Axis> axes;              ///< sorted by key
  std::vector<Setting> forbid;         ///< the texts of sweep.forbid
  std::vector<Section> tries;          ///< [[sweep.try]], as written
  std::size_t objectives = 0;     ///< how many [[sweep.objective]]; `fixed` has their keys: "sweep.objective.0.goal"
  std::set<std::string> unswept;  ///< keys of [sweep.space] where axes are not wanted
  std::shared_ptr<const Manifest> program;  ///< what [program] says; null: plugins train

  const TableDraft* table(const std::string& path) const;
  const Fixed* find(const std::string& key) const;
};

/// KEY=VALUE, on top of the file. KEY names a table and one of its keys: `model.latent=32`, `optimizer.critic.lr=1e-4`,
/// `metric.0.k=5` or `metric.knn.k=5`, `train.epochs=3`, `objective.use=vicreg`, `sweep.replicates=5`.
/// VALUE is a value, a choice `4,16,64`, a range `1e-4..1e-2:log`; a list is `256+64`, quotes protect a comma.
/// A key that the file sweeps and the command line gives one value is no longer swept.
///
/// `sweep`: whether axes are wanted; if not, [sweep.space] is ignored and any other axis refused.
/// Throws Error (usage).
Draft read_draft(Section root, const std::string& name, const std::vector<std::string>& overrides, Components&,
                 bool sweep);

/// The declaration of `key` of a table with this component: the component's own, else the host's; null if neither.
const ParamDecl* declaration(std::int32_t kind, const Manifest&, const std::string& key);
const std::vector<ParamDecl>& host_keys_of(std::int32_t kind);

}  // namespace ubp
