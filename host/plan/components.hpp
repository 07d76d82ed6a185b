// SPDX-License-Identifier: MIT
// What planning needs to know about plugins; the registry answers it, tests answer it from a list.
#pragma once

#include <string>
#include <vector>

#include "plugin/manifest.hpp"

namespace ubp {

class Components {
 public:
  virtual ~Components() = default;
  /// The reference stays valid. Throws Error (usage) with a suggestion if there is none, Error (plugin) if it is
  /// broken.
  virtual const Manifest& find(std::int32_t kind, const std::string& id) = 0;
  virtual std::vector<std::string> ids(std::int32_t kind) = 0;
};

}  // namespace ubp
