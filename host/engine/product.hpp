// SPDX-License-Identifier: MIT
// Our own kernel for matrix products of float; blas::gemm chooses between it and OpenBLAS.
#pragma once

#include "engine/engine.hpp"

namespace ubp::product {

/// True where gemm() is to be preferred to OpenBLAS: by the shape alone, so that equal runs have equal bits. Never in a
/// build for processors without AVX2.
bool suits(bool ta, bool tb, i64 m, i64 n, i64 k);

/// c [m,n] = a [m,k] b [k,n] + (add) c, row-major, as blas::gemm's. Every number of c is summed in the order of k,
/// block by block, by the same instructions wherever it stands. m, n, k > 0. `finite`, if not null: set if c is found
/// to have no nan and no infinity while it is written; where it is not set, c may be finite all the same.
void gemm(bool ta, bool tb, i64 m, i64 n, i64 k, const float* a, i64 lda, const float* b, i64 ldb, bool add, float* c,
          i64 ldc, bool* finite = nullptr);

}  // namespace ubp::product
