// SPDX-License-Identifier: MIT
// When an axis or a parameter means anything: `KEY == VALUE [and KEY != VALUE ...]`; VALUE may be quoted and may be
// several, `a,b`: any of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace ubp {

struct Condition {
  std::string key;
  std::vector<std::string> values;
  bool equal = true;
};

/// Throws Error (usage) `where: ...` if the text is no condition. "" is no condition at all.
std::vector<Condition> read_condition(const std::string& text, const std::string& where);

/// Whether all hold; `value` gives a key's value, null if the key means nothing here (then nothing equals it).
bool holds(const std::vector<Condition>&, const std::function<nlohmann::json(const std::string&)>& value);

}  // namespace ubp
