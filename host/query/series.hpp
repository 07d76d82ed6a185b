// SPDX-License-Identifier: MIT
// Series of two trials, point by point: equal means equal bits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/reader.hpp"

namespace ubp {

/// One metric of two trials, a and b. Values: NaN where it was, nothing where there is no such point.
struct SeriesPair {
  std::string metric;
  std::int64_t points = 0;           ///< of the longer one
  std::optional<std::int64_t> step;  ///< the first at which they differ; nothing: equal
  std::optional<double> a, b;        ///< there
  std::optional<double> last_a, last_b;
};

/// By the metric's name, without kWallClockMetrics (base/vocabulary.hpp). A trial that was taken over from another
/// sweep has the series of the other. `until_end_of_a`: points of b behind the last step of a, and metrics that only b
/// has, do not count: a was cut short. The databases may be two. REQUIRES: the trials exist.
std::vector<SeriesPair> series_pairs(Reader& of_a, std::int64_t a, Reader& of_b, std::int64_t b,
                                     bool until_end_of_a = false);

/// All digits of a value of a pair; "nan", or "none" where there is no such point.
std::string digits_of(const std::optional<double>&);

}  // namespace ubp
