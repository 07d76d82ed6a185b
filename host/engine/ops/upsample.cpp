// SPDX-License-Identifier: MIT
// Images made larger by a whole factor: a linear map of rows and columns, and its transpose.
#include "engine/op_support.hpp"
#include "engine/simd.hpp"

namespace ubp::ops {
namespace {

enum Mode { kNearest, kBilinear };

Tensor upsample(Engine&, Tensor x, i64 factor, Mode);
Tensor gathered(Engine&, Tensor y, i64 factor, Mode);

const Op kUpsample = {
    "upsample(x [n,c,h,w]; factor = 2, mode = nearest|bilinear) -> [n,c,h',w']",
    "images that are `factor` times as high and wide; bilinear: between the centres of pixels",
    [](Engine& e, Call& c) -> Results { return {upsample(e, c.in(0), c.integer(0), static_cast<Mode>(c.word(1)))}; },
    "[5,2,3,4]\n[5,2,3,4]; factor = 3\n[5,2,3,4]; mode = bilinear\n[1,2,4,3]; factor = 3, mode = bilinear"};

/// A number of the larger side is part1 of the smaller side's number at `at`, and the rest of the next.
struct Tap {
  i64 at, next;
  double rest;
};

std::vector<Tap> taps(i64 size, i64 factor, Mode mode) {
  std::vector<Tap> all;
  for (i64 i = 0; i < size * factor; ++i) {
    if (mode == kNearest) {
      all.push_back({i / factor, i / factor, 0});
      continue;
    }
    const double place =
        std::max(0.0, (static_cast<double>(i) + 0.5) / static_cast<double>(factor) - 0.5);  // edges are repeated
    const i64 at = static_cast<i64>(place);
    all.push_back({at, std::min(at + 1, size - 1), place - static_cast<double>(at)});
  }
  return all;
}

struct Sizes {
  i64 planes, h, w;
  explicit Sizes(const Shape& s) : planes(s[0] * s[1]), h(s[2]), w(s[3]) {}
};

/// to [width] = (1 - rest) a + rest b
template <class T>
void blend(i64 width, double rest, const T* a, const T* b, T* to) {
  if (rest == 0) return void(std::copy_n(a, width, to));
  using B = simd::Batch<T>;
  simd::map(
      width, to, [p = B(static_cast<T>(1 - rest)), q = B(static_cast<T>(rest))](B u, B v) { return p * u + q * v; }, a,
      b);
}

template <class T>
void spread_plane(const Sizes& s, i64 factor, const std::vector<Tap>& rows, const std::vector<Tap>& columns, const T* x,
                  T* y) {
  std::vector<T> line(static_cast<std::size_t>(s.w));
  const i64 wide = s.w * factor;
  for (i64 i = 0; i < s.h * factor; ++i, y += wide) {
    const Tap& r = rows[static_cast<std::size_t>(i)];
    if (i > 0 && r.rest == 0 && rows[static_cast<std::size_t>(i - 1)].at == r.at &&
        rows[static_cast<std::size_t>(i - 1)].rest == 0) {
      std::copy_n(y - wide, wide, y);
      continue;
    }
    blend(s.w, r.rest, x + r.at * s.w, x + r.next * s.w, line.data());
    for (i64 j = 0; j < wide; ++j) {
      const Tap& c = columns[static_cast<std::size_t>(j)];
      const T rest = static_cast<T>(c.rest);
      y[j] = (T(1) - rest) * line[static_cast<std::size_t>(c.at)] + rest * line[static_cast<std::size_t>(c.next)];
    }
  }
}

template <class T>
void gather_plane(const Sizes& s, i64 factor, const std::vector<Tap>& rows, const std::vector<Tap>& columns, const T* y,
                  T* x) {
  std::vector<T> line(static_cast<std::size_t>(s.w));
  std::fill_n(x, s.h * s.w, T(0));
  for (i64 i = 0; i < s.h * factor; ++i, y += s.w * factor) {
    std::fill(line.begin(), line.end(), T(0));
    for (i64 j = 0; j < s.w * factor; ++j) {
      const Tap& c = columns[static_cast<std::size_t>(j)];
      const T rest = static_cast<T>(c.rest);
      line[static_cast<std::size_t>(c.at)] += (T(1) - rest) * y[j];
      line[static_cast<std::size_t>(c.next)] += rest * y[j];
    }
    const Tap& r = rows[static_cast<std::size_t>(i)];
    const T rest = static_cast<T>(r.rest);
    for (i64 j = 0; j < s.w; ++j) {
      x[r.at * s.w + j] += (T(1) - rest) * line[static_cast<std::size_t>(j)];
      x[r.next * s.w + j] += rest * line[static_cast<std::size_t>(j)];
    }
  }
}

void note(Node* n, i64 factor, Mode mode) {
  if (!n) return;
  n->a[0] = factor;
  n->a[1] = mode;
}

Tensor upsample(Engine& e, Tensor x, i64 factor, Mode mode) {
  const Running running(e, kUpsample, {x});
  if (factor < 1) refuse(UBP_E_INVALID_ARG, "upsample: factor {}, expected 1 or more", factor);
  const Sizes s(e.shape(x));
  Shape to = e.shape(x);
  to.dim[2] *= factor;
  to.dim[3] *= factor;
  const Tensor y = e.empty(e.dtype(x), to);
  const std::vector<Tap> rows = taps(s.h, factor, mode), columns = taps(s.w, factor, mode);
  with_real(e.dtype(x), "upsample", [&](auto t) {
    using T = decltype(t);
    for (i64 k = 0; k < s.planes; ++k)
      spread_plane(s, factor, rows, columns, e.data<T>(x) + k * s.h * s.w,
                   out<T>(e, y) + k * s.h * s.w * factor * factor);
  });
  note(record(e, {x}, {y},
              [](Engine& g, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
                din[0] = gathered(g, dout[0], n.a[0], static_cast<Mode>(n.a[1]));
              }),
       factor, mode);
  return y;
}

/// The transpose of upsample.
Tensor gathered(Engine& e, Tensor y, i64 factor, Mode mode) {
  Shape to = e.shape(y);
  to.dim[2] /= factor;
  to.dim[3] /= factor;
  const Sizes s(to);
  const Tensor x = e.empty(e.dtype(y), to);
  const std::vector<Tap> rows = taps(s.h, factor, mode), columns = taps(s.w, factor, mode);
  with_real(e.dtype(y), "upsample", [&](auto t) {
    using T = decltype(t);
    for (i64 k = 0; k < s.planes; ++k)
      gather_plane(s, factor, rows, columns, e.data<T>(y) + k * s.h * s.w * factor * factor,
                   out<T>(e, x) + k * s.h * s.w);
  });
  note(record(e, {y}, {x},
              [](Engine& g, const Node& n, std::span<const Tensor> dout, std::span<Tensor> din) {
                din[0] = upsample(g, dout[0], n.a[0], static_cast<Mode>(n.a[1]));
              }),
       factor, mode);
  return x;
}

}  // namespace

Ops upsample_ops() { return {&kUpsample}; }

}  // namespace ubp::ops
