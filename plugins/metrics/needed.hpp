// SPDX-License-Identifier: MIT
// What a metric asked the host for, looked at before it is used.
#pragma once

#include <ubp/components.hpp>

namespace metrics {

/// Of a batch, what a metric asked for, as doubles or (labels, assignments) 64-bit integers. Throws Error if the host
/// gave none, or gave other numbers.
inline ubp::View needed(const ubp::View& v, const char* who, const char* what, bool is_index = false) {
  if (!v) throw ubp::Error(std::string(who) + ": the host gave no " + what, UBP_E_STATE);
  if (v.raw().dtype_code != (is_index ? 0 : 2) || v.raw().dtype_bits != 64)
    throw ubp::Error(std::string(who) + ": the host gave " + what + " of another type", UBP_E_DTYPE);
  return v;
}
inline ubp::View needed_index(const ubp::View& v, const char* who, const char* what) {
  return needed(v, who, what, true);
}
inline ubp::View optional(const ubp::View& v, const char* who, const char* what) {
  return v ? needed(v, who, what) : v;
}

}  // namespace metrics
