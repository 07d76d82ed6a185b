// SPDX-License-Identifier: MIT
// Loops over flat arrays by the engine's vector width, for callers that are compiled for any processor.
#pragma once

#include "engine/engine.hpp"

namespace ubp::flat {

/// No nan and no infinity among the n numbers. T: float or double.
template <class T>
bool is_finite(i64 n, const T* x);

/// y[i] = x[i] / 255, as the product with the reciprocal.
void to_unit(i64 n, const std::uint8_t* x, float* y);

}  // namespace ubp::flat
