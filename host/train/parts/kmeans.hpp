// SPDX-License-Identifier: MIT
// Lloyd's algorithm from k-means++ starts (Arthur & Vassilvitskii, SODA 2007).
#pragma once

#include "engine/engine.hpp"
#include "engine/random.hpp"

namespace ubp {

/// x [n, d] -> centers [k, d], assignment i64 [n]: the best of `restarts` by the sum of squared distances.
/// Throws EngineError (SHAPE) if there are fewer rows than centers.
void kmeans_of(Engine&, Tensor x, i64 k, i64 restarts, Random&, Tensor& centers, Tensor& assignment);

}  // namespace ubp
