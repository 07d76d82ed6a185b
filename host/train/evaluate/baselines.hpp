// SPDX-License-Identifier: MIT
// What a trial's codes are held against: a score of a representation says something only beside these.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "train/parts/composition.hpp"
#include "train/parts/services.hpp"

namespace ubp {

/// Rows of one output over a split, as doubles: [rows, width].
struct Matrix {
  i64 rows = 0, width = 0;
  Shape row;
  std::vector<double> values;
};

/// Codes of rows that no training has made.
class Baseline {
 public:
  virtual ~Baseline() = default;
  /// [rows, width]
  virtual Matrix codes(const std::string& split, const std::vector<i64>& rows) = 0;
  /// From codes back to rows; null: there is no way back.
  virtual const ubp_decoder* decoder() = 0;
};

/// One for each of kBaselines, in their order: the same network with the parameters that this seed begins with; the
/// principal components of the training rows (of 10,000 of them, evenly, where there are more), as many as `width`, or
/// as there are; the rows themselves. Each is made when it is first asked for codes. `parts` outlives them.
std::vector<std::unique_ptr<Baseline>> baselines_of(Composition& parts, i64 width);

}  // namespace ubp
