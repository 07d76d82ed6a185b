// SPDX-License-Identifier: MIT
// Images made larger by a whole factor: a linear map of rows and columns, and its transpose.
#include "engine/op_support.hpp"

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

struct Sizes {
  i64 planes, h, w;
  explicit Sizes(const Shape& s) : planes(s[0] * s[1]), h(s[2]), w(s[3]) {}
};

/// A number of the larger side: part of the smaller side's number at `at`, and rest of the next.
template <class T>
struct Tap {
  i64 at, next;
  T part, rest;
};

/// Between the centres of pixels; the edges go on.
template <class T>
std::vector<Tap<T>> taps(i64 size, i64 factor) {
  std::vector<Tap<T>> all;
  for (i64 i = 0; i < size * factor; ++i) {
    const double place = std::max(0.0, (static_cast<double>(i) + 0.5) / static_cast<double>(factor) - 0.5);
    const i64 at = static_cast<i64>(place);
    const double rest = place - static_cast<double>(at);
    all.push_back({at, std::min(at + 1, size - 1), static_cast<T>(1 - rest), static_cast<T>(rest)});
  }
  return all;
}

/// One mode: planes of the smaller side to planes of the larger one, and the transpose, which adds to x.
template <class T>
class Nearest {
 public:
  Nearest(const Sizes& s, i64 factor) : s_(s), factor_(factor) {}

  void spread(const T* x, T* y) const {
    const i64 wide = s_.w * factor_;
    for (i64 i = 0; i < s_.h; ++i, x += s_.w, y += wide * factor_) {
      for (i64 j = 0; j < s_.w; ++j) std::fill_n(y + j * factor_, factor_, x[j]);
      for (i64 k = 1; k < factor_; ++k) std::copy_n(y, wide, y + k * wide);
    }
  }
  void gather(const T* y, T* x) const {
    for (i64 i = 0; i < s_.h * factor_; ++i, y += s_.w * factor_)
      for (i64 j = 0; j < s_.w; ++j) {
        T sum = 0;
        for (i64 k = 0; k < factor_; ++k) sum += y[j * factor_ + k];
        x[i / factor_ * s_.w + j] += sum;
      }
  }

 private:
  Sizes s_;
  i64 factor_;
};

template <class T>
class Bilinear {
 public:
  Bilinear(const Sizes& s, i64 factor) : s_(s), rows_(taps<T>(s.h, factor)), columns_(taps<T>(s.w, factor)) {}

  void spread(const T* x, T* y) {
    line_.resize(static_cast<std::size_t>(s_.w));
    for (const Tap<T>& r : rows_) {
      const T *a = x + r.at * s_.w, *b = x + r.next * s_.w;
      for (i64 j = 0; j < s_.w; ++j) line_[static_cast<std::size_t>(j)] = r.part * a[j] + r.rest * b[j];
      for (const Tap<T>& c : columns_) *y++ = c.part * line_[at(c.at)] + c.rest * line_[at(c.next)];
    }
  }
  void gather(const T* y, T* x) {
    for (const Tap<T>& r : rows_) {
      line_.assign(static_cast<std::size_t>(s_.w), T(0));
      for (const Tap<T>& c : columns_) {
        line_[at(c.at)] += c.part * *y;
        line_[at(c.next)] += c.rest * *y++;
      }
      for (i64 j = 0; j < s_.w; ++j) {
        x[r.at * s_.w + j] += r.part * line_[at(j)];
        x[r.next * s_.w + j] += r.rest * line_[at(j)];
      }
    }
  }

 private:
  static std::size_t at(i64 k) { return static_cast<std::size_t>(k); }

  Sizes s_;
  std::vector<Tap<T>> rows_, columns_;
  std::vector<T> line_;  // between rows and columns
};

/// f(map) for the planes [lo, hi), with a map of the mode.
template <class T, class F>
void each_plane(const Sizes& s, i64 factor, Mode mode, F&& f) {
  parallel_rows(s.planes, s.h * s.w * factor * factor, [&](i64 lo, i64 hi) {
    const auto run = [&](auto map) {
      for (i64 k = lo; k < hi; ++k) f(map, k * s.h * s.w, k * s.h * s.w * factor * factor);
    };
    mode == kNearest ? run(Nearest<T>(s, factor)) : run(Bilinear<T>(s, factor));
  });
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
  with_real(e.dtype(x), "upsample", [&](auto t) {
    using T = decltype(t);
    const T* from = e.data<T>(x);
    T* to_numbers = out<T>(e, y);
    each_plane<T>(s, factor, mode,
                  [&](auto& map, i64 small, i64 large) { map.spread(from + small, to_numbers + large); });
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
  const Tensor x = e.full(e.dtype(y), to, 0);
  with_real(e.dtype(y), "upsample", [&](auto t) {
    using T = decltype(t);
    const T* from = e.data<T>(y);
    T* to_numbers = out<T>(e, x);
    each_plane<T>(s, factor, mode,
                  [&](auto& map, i64 small, i64 large) { map.gather(from + large, to_numbers + small); });
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
