// SPDX-License-Identifier: MIT
// When a parameter or an axis means anything: one small language for a plugin's `active_if` and a spec's `when`.
//
//   KEY OP VALUE [and KEY OP VALUE ...]          kernel == rbf and momentum > 0
//
//   KEY    in active_if: a parameter of the same component, by name; in `when`: a key of the spec, model.latent
//   OP     == != < <= > >=
//   VALUE  a text without blanks, commas, signs and quotes, or anything between two ' or two "
//          with == and !=, several: a,b. `==` holds for any of them, `!=` for none.
//
// Numbers compare as numbers, whatever their spelling: 0, -0.0 and '0.0' are one value. Bools are true and false, a
// list of numbers is 256+64, [] if empty; of these only == and != are asked. A key that means nothing has no value:
// nothing equals it, and it is neither below nor above anything.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plugin/manifest.hpp"

namespace ubp {

struct Condition {
  std::string key;
  std::string op;                   ///< one of == != < <= > >=
  std::vector<std::string> values;  ///< without their quotes; one, or several of == and !=
};

/// Throws Error (usage) `where: ...` if the text is no condition. "" is no condition at all.
std::vector<Condition> read_condition(const std::string& text, const std::string& where);

/// Throws Error (usage) `where: KEY: ...` if a key declared so cannot be asked that: an order of texts, a choice that
/// it does not have.
void check_condition(const Condition&, const ParamDecl& declaration_of_its_key, const std::string& where);

/// Whether all hold; `value` gives a key's value, null if the key means nothing here.
bool holds(const std::vector<Condition>&, const std::function<nlohmann::json(const std::string&)>& value);

}  // namespace ubp
