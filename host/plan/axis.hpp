// SPDX-License-Identifier: MIT
// One dimension of a search space: a choice among values, or a range.
//
//   list of values   [4, 16, 64]     "4,16,64"
//   range            "a..b[:MOD[,MOD...]]"   MOD: log | log2 | step=X | n=K
//
// | range        | grid                                        | random                              |
// |--------------|---------------------------------------------|-------------------------------------|
// | a..b         | int: every one; float: refused, say n= or step= | uniform                         |
// | a..b:log     | one value per factor of ten, both ends      | log-uniform                         |
// | a..b:log2    | a, 2a, 4a, ... up to b                      | one of those                        |
// | a..b:step=X  | a, a+X, ... up to b                         | one of those                        |
// | a..b:n=K     | K values, evenly spaced (log: in log)       | one of those                        |
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/source.hpp"
#include "plugin/value.hpp"
#include "search/space.hpp"

namespace ubp {

struct Interval {
  double lo = 0, hi = 0;
  bool log = false, base2 = false;
  double step = 0;     ///< 0: none
  std::int64_t n = 0;  ///< 0: none
  std::string text;    ///< as it was written
};

struct Axis {
  std::string key;  ///< canonical: "model.latent", "metric.0.k"
  std::string where;
  std::string when;                     ///< "objective.use == 'vicreg'", or ""
  ParamDecl decl;                       ///< of the key; where several components declare it, the first one's
  std::vector<nlohmann::json> choices;  ///< typed; empty: see `range`
  Interval range;

  bool has_range() const { return choices.empty(); }
};

/// Reads what a person wrote for `key`: an axis if it names several values, else nothing (then it is one plain value).
/// Every choice and both ends of a range are checked against the declaration.
/// Throws Error (usage).
std::optional<Axis> axis_of(const std::string& key, const Setting&, const ParamDecl&);

/// The values of a grid along the axis, in order, each once. Throws Error (usage) if a float range does not say how
/// fine.
std::vector<nlohmann::json> grid_values(const Axis&);

/// The value at `u` in [0, 1). Floats are rounded to 6 significant digits: short to read, equal under every libm.
nlohmann::json draw(const Axis&, double u);

/// The axis in the terms of samplers: a range as it is, but where only some of its values are meant, these by index, as
/// an ordered list of numbers is; other choices as classes.
search::Dimension dimension_of(const Axis&);
nlohmann::json value_of(const Axis&, double coordinate);
/// The inverse; of a value that the axis does not have, the nearest one's, or the first choice's.
double coordinate_of(const Axis&, const nlohmann::json& value);

/// How many values the axis has; 0: a continuum.
std::int64_t count_values(const Axis&);

/// {"type": "int", "choices": [...]} or {"type": "float", "low", "high", "log"[, "step"][, "n"]}, plus "when".
nlohmann::json describe(const Axis&);

}  // namespace ubp
