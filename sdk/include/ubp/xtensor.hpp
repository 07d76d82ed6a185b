// SPDX-License-Identifier: MIT
// Views as xtensor expressions, for ops of your own (custom.hpp), data sets and metrics. Not part of sdk.hpp: it needs
// xtensor's headers. Containers stay on your side of the boundary; only views cross it.
#pragma once

#include <type_traits>

#include <ubp/core.hpp>
#include <xtensor/xadapt.hpp>

namespace ubp {
inline namespace UBP_HIDDEN v0 {

/// The view's numbers in place, row-major. T: float, double, std::int64_t or std::uint8_t, matching the view.
/// The adaptor owns nothing and is valid as long as the view. Throws Error (DTYPE).
template <class T>
auto as_xtensor(const View& v) {
  const ubp_view& raw = v.raw();
  const bool real = raw.dtype_code == 2;
  if (raw.dtype_bits != 8 * sizeof(T) || real != std::is_floating_point_v<T>)
    throw Error("as_xtensor: the view holds other numbers", UBP_E_DTYPE);
  if (!(raw.flags & UBP_VIEW_CONTIGUOUS)) throw Error("as_xtensor: the view is not contiguous", UBP_E_UNSUPPORTED);
  const std::vector<std::size_t> shape(raw.shape, raw.shape + raw.ndim);
  return xt::adapt(v.data<T>(), static_cast<std::size_t>(v.count()), xt::no_ownership(), shape);
}

}  // namespace v0
}  // namespace ubp
