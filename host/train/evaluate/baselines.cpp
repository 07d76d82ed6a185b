// SPDX-License-Identifier: MIT
#include "train/evaluate/baselines.hpp"

#include <algorithm>
#include <optional>

#include "draw/principal.hpp"
#include "train/evaluate/evaluate.hpp"
#include "train/evaluate/restored_trial.hpp"

namespace ubp {
namespace {

constexpr i64 kFitted = 10'000;  ///< rows that principal components are fitted to, at most

/// A second trial of the same spec that never makes a step.
class Untrained final : public Baseline {
 public:
  explicit Untrained(const TrialSpec& spec) : spec_(spec) {}

  Matrix codes(const std::string& split, const std::vector<i64>& rows) override {
    return trial().evaluator.matrix("embedding", split, rows);
  }
  const ubp_decoder* decoder() override { return trial().evaluator.decoder().abi(); }

 private:
  RestoredTrial& trial() {
    if (!trial_) trial_.emplace(spec_);
    return *trial_;
  }

  const TrialSpec& spec_;
  std::optional<RestoredTrial> trial_;
};

class Principal final : public Baseline {
 public:
  Principal(Composition& parts, i64 width) : parts_(parts), wanted_(static_cast<std::size_t>(width)) {}

  Matrix codes(const std::string& split, const std::vector<i64>& rows) override {
    fit();
    const Matrix x = inputs_of(parts_, split, rows);
    const i64 width = components();
    Matrix z{x.rows, width, Shape{width}, std::vector<double>(static_cast<std::size_t>(x.rows * width))};
    for (i64 i = 0; i < x.rows; ++i)
      for (i64 k = 0; k < width; ++k) {
        const double *row = &x.values[static_cast<std::size_t>(i * x.width)], *axis = axis_at(k);
        double along = 0;
        for (i64 j = 0; j < x.width; ++j) along += (row[j] - fitted_.mean[static_cast<std::size_t>(j)]) * axis[j];
        z.values[static_cast<std::size_t>(i * width + k)] = along;
      }
    return z;
  }
  const ubp_decoder* decoder() override {
    fit();
    return &face_;
  }

 private:
  struct Face : ubp_decoder {
    const Principal* self;
  };
  i64 components() const { return static_cast<i64>(fitted_.variances.size()); }
  const double* axis_at(i64 k) const { return &fitted_.axes[static_cast<std::size_t>(k) * fitted_.mean.size()]; }

  void fit() {
    if (!fitted_.mean.empty()) return;
    const i64 all = parts_.data->rows("train"), n = std::min(all, kFitted);
    std::vector<i64> rows;
    for (i64 i = 0; i < n; ++i) rows.push_back(i * all / n);
    const Matrix x = inputs_of(parts_, "train", rows);
    fitted_ = principal_axes(x.values, static_cast<std::size_t>(x.width), wanted_);
    face_.size = sizeof(ubp_decoder);
    face_.width = components(), face_.row = x.width, face_.self = this;
    face_.decode = [](const ubp_decoder* decoder, const double* codes, std::int64_t n_codes, double* out) {
      const Principal& self = *static_cast<const Face*>(decoder)->self;
      for (i64 i = 0; i < n_codes; ++i, codes += self.face_.width, out += self.face_.row) {
        std::copy(self.fitted_.mean.begin(), self.fitted_.mean.end(), out);
        for (i64 k = 0; k < self.face_.width; ++k)
          for (i64 j = 0; j < self.face_.row; ++j) out[j] += codes[k] * self.axis_at(k)[j];
      }
      return static_cast<ubp_status>(UBP_OK);
    };
  }

  Composition& parts_;
  std::size_t wanted_;
  PrincipalAxes fitted_;
  Face face_{};
};

class Raw final : public Baseline {
 public:
  explicit Raw(Composition& parts) : parts_(parts) {}
  Matrix codes(const std::string& split, const std::vector<i64>& rows) override {
    return inputs_of(parts_, split, rows);
  }
  const ubp_decoder* decoder() override { return nullptr; }

 private:
  Composition& parts_;
};

}  // namespace

std::vector<std::unique_ptr<Baseline>> baselines_of(Composition& parts, i64 width) {
  std::vector<std::unique_ptr<Baseline>> all;
  all.push_back(std::make_unique<Untrained>(parts.spec));
  all.push_back(std::make_unique<Principal>(parts, width));
  all.push_back(std::make_unique<Raw>(parts));
  return all;
}

}  // namespace ubp
