// SPDX-License-Identifier: MIT
#include "engine/flat.hpp"

#include "engine/simd.hpp"

namespace ubp::flat {

// A sum of x * 0 is nan exactly if some x is not finite.
template <class T>
bool is_finite(i64 n, const T* x) {
  return simd::sum(
             n, [zero = simd::Batch<T>(T(0))](auto v) { return v * zero; }, x) == 0;
}

template bool is_finite(i64, const float*);
template bool is_finite(i64, const double*);

void to_unit(i64 n, const std::uint8_t* x, float* y) {
  constexpr float factor = static_cast<float>(1.0 / 255.0);
  for (i64 i = 0; i < n; ++i) y[i] = static_cast<float>(x[i]) * factor;
}

}  // namespace ubp::flat
