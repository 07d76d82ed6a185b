// SPDX-License-Identifier: MIT
// Shapes with and without the axis of rows, which comes first.
#pragma once

#include "engine/engine.hpp"

namespace ubp {

/// [n, row...]
inline Shape of_rows(i64 n, const Shape& row) {
  Shape s{n};
  for (int i = 0; i < row.nd; ++i) s.dim[s.nd++] = row.dim[i];
  return s;
}

/// Of one row of [n, row...].
inline Shape row_of(const Shape& rows) { return Shape(rows.dim + 1, rows.nd - 1); }

}  // namespace ubp
