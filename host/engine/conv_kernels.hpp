// SPDX-License-Identifier: MIT
// The three products of convolution between a large image side [n, c, h, w] and a small one [n, o, oh, ow], linked by
// a kernel [o, c, kh, kw].
//
// All of them work on "lanes": a block of images turned so that the image index runs fastest, [c, h, w, block]. Then
// every tap of the kernel at every pixel is one multiply-add of whole registers, whatever the stride and the padding,
// and nothing is copied per tap as im2col would.
#pragma once

#include "engine/engine.hpp"

namespace ubp::conv {

struct Geometry {
  i64 n, c, h, w;  // large side
  i64 o, oh, ow;   // small side
  i64 kh, kw, stride, pad;

  i64 large() const { return c * h * w; }
  i64 small() const { return o * oh * ow; }
  i64 taps() const { return kh * kw; }
  i64 kernel() const { return o * c * taps(); }
};

/// Images in a full block, and in the block that begins at image `at` (a multiple of the register's width).
template <class T>
i64 full_block();
template <class T>
i64 block_at(const Geometry&, i64 at);

/// x [images, count] -> lanes [count, block], zeros behind the last image; and back.
template <class T>
void to_lanes(i64 images, i64 count, i64 block, const T* x, T* lanes);
template <class T>
void from_lanes(i64 images, i64 count, i64 block, const T* lanes, T* x);

/// The kernel in the order in which small_from_large (`to_small`) or large_from_small reads it.
template <class T>
void pack_kernel(const Geometry&, bool to_small, const T* k, T* packed);

/// Convolution of one block: large lanes -> small lanes.
template <class T>
void small_from_large(const Geometry&, i64 block, const T* packed, const T* large, T* small);
/// Its transpose: small lanes -> large lanes.
template <class T>
void large_from_small(const Geometry&, i64 block, const T* packed, const T* small, T* large);
/// dk += sum over images and pixels of small x large.
template <class T>
void add_filter_grad(const Geometry&, i64 block, const T* large, const T* small, T* dk);

}  // namespace ubp::conv
