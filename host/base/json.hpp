// SPDX-License-Identifier: MIT
// JSON as text, the one way it is written: a byte that is no UTF-8 becomes a replacement character and never an
// exception.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace ubp {

/// On one line, or with `indent` blanks a level.
inline std::string json_text(const nlohmann::json& value, int indent = -1) {
  return value.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace ubp
