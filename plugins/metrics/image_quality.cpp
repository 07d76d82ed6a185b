// SPDX-License-Identifier: MIT
// image_quality: how alike reconstructed images look to their originals.
//
//   psnr = mean over images of 10 log10(peak^2 / mse), at most 100
//   ssim = mean over windows, channels and images of
//          (2 m_x m_y + a) (2 c_xy + b) / ((m_x^2 + m_y^2 + a) (v_x + v_y + b)),   a = (0.01 peak)^2, b = (0.03 peak)^2
//   m, v, c: mean, variance and covariance under a Gaussian window, sigma 1.5, that lies wholly in the image
//
// | parameter | type  | range       | default | meaning |
// |-----------|-------|-------------|---------|---------|
// | window    | int   | [3, 31]     | 11      | Side of the window, odd; 11 is the paper's. |
// | peak      | float | (0, 1e+06]  | 1       | The range of a pixel. |
// | height    | int   | [0, 100000] | 0       | Of images that come as flat rows of one channel; 0: as declared. |
// | width     | int   | [0, 100000] | 0       | Likewise. |
//
// Limits: images must be at least as large as the window: for 8 x 8 digits set window = 7. scikit-image's default, a
// uniform 7 x 7 window, gives other numbers; gaussian_weights=True, sigma=1.5, use_sample_covariance=False gives these.
// Source: Wang, Bovik, Sheikh, Simoncelli, IEEE Trans. Image Processing 13(4), 2004.
//
//   [[metric]]
//   use = "image_quality"
#include <ubp/sdk.hpp>

#include "needed.hpp"

namespace {
using namespace ubp;

class ImageQuality : public Metric {
 public:
  static void describe(Describe<ImageQuality>& d) {
    d.id("image_quality")
        .title("PSNR and SSIM")
        .cite("Wang et al., IEEE Trans. Image Processing 13(4), 2004")
        .tag("reconstruction")
        .doc(
            "How alike reconstructed images look to their originals: peak signal-to-noise ratio, structural "
            "similarity.")
        .needs({"input", "reconstruction"})
        .emits("psnr", UBP_HIGHER_IS_BETTER, "Mean peak signal-to-noise ratio in dB, at most 100 an image.")
        .emits("ssim", UBP_HIGHER_IS_BETTER,
               "Mean structural similarity, 11 x 11 Gaussian window unless set otherwise.")
        .param(&ImageQuality::window_, "window", 11, {3, 31}, 0, "Side of the window, odd; 11 is the paper's.")
        .param(&ImageQuality::peak_, "peak", 1, {0, 1e6}, open_min, "The range of a pixel.")
        .param(&ImageQuality::height_, "height", 0, {0, 1e5}, 0,
               "Of images that come as flat rows of one channel; 0: as declared.")
        .param(&ImageQuality::width_, "width", 0, {0, 1e5}, 0, "Likewise.");
  }
  void created() override {
    if (window_ % 2 == 0) throw Error("image_quality: window: " + std::to_string(window_) + " is not odd");
    if ((height_ == 0) != (width_ == 0)) throw Error("image_quality: height and width must be set together");
    double sum = 0;
    for (std::int64_t i = 0; i < window_; ++i) {
      const double x = static_cast<double>(i - window_ / 2) / 1.5;
      sum += weights_.emplace_back(std::exp(-x * x / 2));
    }
    for (double& w : weights_) w /= sum;
  }
  void expect(const RowFacts&, const RowFacts& judged) override {
    const std::vector<std::int64_t>& row = judged.shape;
    std::int64_t size = 1;
    for (const std::int64_t side : row) size *= side;
    const bool is_image = row.size() >= 2;
    check_size(is_image, is_image ? row[row.size() - 2] : 0, is_image ? row.back() : 0, size);
  }
  void begin() override { psnr_ = ssim_ = images_ = 0; }

  void update(const MetricBatch& b) override {
    const View x = metrics::needed(b.input(), kId, "inputs"),
               y = metrics::needed(b.reconstruction(), kId, "reconstructions");
    if (x.count() != y.count()) throw Error("image_quality: inputs and reconstructions differ in size", UBP_E_SHAPE);
    const bool is_image = x.nd() >= 3;
    check_size(is_image, is_image ? x.dim(-2) : 0, is_image ? x.dim(-1) : 0, x.row_count());
    const std::int64_t h = height_ ? height_ : x.dim(-2), w = width_ ? width_ : x.dim(-1), size = x.row_count();
    for (std::int64_t i = 0; i < x.rows(); ++i) {
      const double *a = x.row<double>(i), *r = y.row<double>(i);
      double squares = 0, ssim = 0;
      for (std::int64_t j = 0; j < size; ++j) squares += (a[j] - r[j]) * (a[j] - r[j]);
      const double mse = squares / static_cast<double>(size);
      if (!std::isfinite(mse)) throw Error("image_quality: a reconstruction is not finite", UBP_E_NUMERIC);
      psnr_ += std::min(100.0, 10 * std::log10(peak_ * peak_ / mse));
      for (std::int64_t at = 0; at < size; at += h * w) ssim += similarity(a + at, r + at, h, w);
      ssim_ += ssim * static_cast<double>(h * w) / static_cast<double>(size);
      images_ += 1;
    }
  }

  void finish(const Emit& emit) override {
    if (images_ == 0) throw Error("image_quality: no images");
    emit("psnr", psnr_ / images_);
    emit("ssim", ssim_ / images_);
  }

 private:
  /// `height` and `width` as the data set declares them.
  void check_size(bool is_image, std::int64_t height, std::int64_t width, std::int64_t size) const {
    if (height_ == 0 && !is_image) throw Error("image_quality: the input is no image: set height and width");
    const std::int64_t h = height_ ? height_ : height, w = width_ ? width_ : width;
    if (size % (h * w) != 0)
      throw Error("image_quality: rows of " + std::to_string(size) + " numbers are no images of " + std::to_string(h) +
                      " x " + std::to_string(w),
                  UBP_E_SHAPE);
    if (h < window_ || w < window_)
      throw Error("image_quality: images of " + std::to_string(h) + " x " + std::to_string(w) +
                  " are smaller than the window: set window below " + std::to_string(window_));
  }

  static constexpr const char* kId = "image_quality";

  /// One channel: the five moments under the window, along the rows, then along the columns.
  double similarity(const double* x, const double* y, std::int64_t h, std::int64_t w) {
    const std::int64_t out_h = h - window_ + 1, out_w = w - window_ + 1;
    const double c1 = 0.01 * peak_ * 0.01 * peak_, c2 = 0.03 * peak_ * 0.03 * peak_;
    along_rows_.assign(static_cast<std::size_t>(5 * h * out_w), 0.0);
    for (std::int64_t i = 0; i < h; ++i)
      for (std::int64_t k = 0; k < window_; ++k)
        for (std::int64_t j = 0; j < out_w; ++j) {
          const double a = x[i * w + j + k], b = y[i * w + j + k], g = weights_[k];
          double* m = &along_rows_[5 * (i * out_w + j)];
          m[0] += g * a, m[1] += g * b, m[2] += g * a * a, m[3] += g * b * b, m[4] += g * a * b;
        }
    double sum = 0;
    for (std::int64_t i = 0; i < out_h; ++i)
      for (std::int64_t j = 0; j < out_w; ++j) {
        double m[5] = {};
        for (std::int64_t k = 0; k < window_; ++k)
          for (std::int64_t q = 0; q < 5; ++q) m[q] += weights_[k] * along_rows_[5 * ((i + k) * out_w + j) + q];
        const double vx = m[2] - m[0] * m[0], vy = m[3] - m[1] * m[1], cxy = m[4] - m[0] * m[1];
        sum += (2 * m[0] * m[1] + c1) * (2 * cxy + c2) / ((m[0] * m[0] + m[1] * m[1] + c1) * (vx + vy + c2));
      }
    return sum / static_cast<double>(out_h * out_w);
  }

  std::int64_t window_ = 0, height_ = 0, width_ = 0;
  double peak_ = 0, psnr_ = 0, ssim_ = 0, images_ = 0;
  std::vector<double> weights_, along_rows_;
};

}  // namespace

UBP_EXPORT_PLUGIN("image_quality", "1.0.0", "MIT", ImageQuality);
