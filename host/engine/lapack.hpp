// SPDX-License-Identifier: MIT
// LAPACK on small row-major matrices [n, n], in place. Nothing is shared between calls.
#pragma once

#include "engine/engine.hpp"

namespace ubp::lapack {

/// a = l l^T: l into the lower triangle, zeros above it. False: a is not positive definite.
template <class T>
bool cholesky(i64 n, T* a);

/// b [n, m] = l^-1 b, or l^-T b if `transposed`; l is lower triangular.
template <class T>
void solve_lower(i64 n, i64 m, const T* l, T* b, bool transposed);

/// Returns log |det a|; a becomes its inverse if `invert`, else its factors. -infinity: a is singular.
template <class T>
double log_det(i64 n, T* a, bool invert);

/// Of a symmetric a: its eigenvalues, ascending, and a's rows become its eigenvectors, the largest number of each
/// positive. False: no convergence, as with infinite cells.
template <class T>
bool eigh(i64 n, T* a, T* values);

}  // namespace ubp::lapack
