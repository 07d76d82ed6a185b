// SPDX-License-Identifier: MIT
// Matrix products, row-major: by OpenBLAS, through xtensor-blas's interface, or, after the shape, by product.hpp.
#pragma once

#include "engine/engine.hpp"

namespace ubp::blas {

/// Before any product. One thread in OpenBLAS, as the order of summation must not depend on how many there are: a large
/// product is divided into parts here, the same ones for any number of threads. And the kernels for what the processor
/// can do: OpenBLAS goes by its name, and for one that is newer than itself it takes those of 2004, five times slower.
/// OPENBLAS_CORETYPE in the environment decides, where it is set.
void set_up();

/// c [m,n] = a [m,k] b [k,n] + beta c. `ta`: a is stored as [k,m]; `tb`: b as [n,k]. ld*: elements from row to row.
/// `finite`, if not null: set if c was looked at while it was written, and has no nan and no infinity.
template <class T>
void gemm(bool ta, bool tb, i64 m, i64 n, i64 k, const T* a, i64 lda, const T* b, i64 ldb, T beta, T* c, i64 ldc,
          bool* finite = nullptr);

/// The same with dense operands.
template <class T>
void gemm(bool ta, bool tb, i64 m, i64 n, i64 k, const T* a, const T* b, T beta, T* c, bool* finite = nullptr) {
  gemm(ta, tb, m, n, k, a, ta ? m : k, b, tb ? k : n, beta, c, n, finite);
}

}  // namespace ubp::blas
