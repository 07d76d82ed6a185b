// SPDX-License-Identifier: MIT
// Ops by name, as a plugin calls them, in tests of the engine.
#pragma once

#include <span>

#include "engine/ops.hpp"

namespace ubp::test {

struct Attribute : ubp_attr {
  Attribute(const char* key, double v) : ubp_attr{sizeof(ubp_attr), key, UBP_P_FLOAT, v, 0, nullptr, nullptr, 0} {}
  Attribute(const char* key, const char* v) : ubp_attr{sizeof(ubp_attr), key, UBP_P_STRING, 0, 0, v, nullptr, 0} {}
};

inline std::vector<Tensor> call(Engine& e, const char* op, std::initializer_list<Tensor> in,
                                std::initializer_list<Attribute> attributes = {}) {
  std::vector<const ubp_attr*> pointers;
  for (const Attribute& a : attributes) pointers.push_back(&a);
  return ops::call(e, op, std::span(in.begin(), in.size()), pointers);
}

}  // namespace ubp::test
