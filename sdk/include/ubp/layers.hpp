// SPDX-License-Identifier: MIT
// Small building blocks for models: layers that create their parameters in build() and find them again in call().
#pragma once

#include <ubp/components.hpp>

namespace ubp {
inline namespace UBP_HIDDEN v0 {

/// A stack of dense layers: widths[0] -> ... -> widths.back(), `hidden` between, `last` at the end.
/// Parameters: "NAME.0.weight" [in, out], "NAME.0.bias" [out], ...; PyTorch's default start values.
class Mlp {
 public:
  Mlp() = default;
  Mlp(const std::string& name, std::vector<std::int64_t> widths, const std::string& hidden, const std::string& last)
      : widths_(std::move(widths)), hidden_(hidden), last_(last) {
    for (std::size_t i = 0; i + 1 < widths_.size(); ++i) {
      weights_.push_back(name + "." + std::to_string(i) + ".weight");
      biases_.push_back(name + "." + std::to_string(i) + ".bias");
    }
  }

  void build(Ctx& c) const {
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      const double bound = 1 / std::sqrt(static_cast<double>(widths_[i]));
      c.param(weights_[i].c_str(), {widths_[i], widths_[i + 1]}, Init::uniform(-bound, bound));
      c.param(biases_[i].c_str(), {widths_[i + 1]}, Init::uniform(-bound, bound), UBP_PARAM_NO_DECAY);
    }
  }

  /// x [n, widths[0]] -> [n, widths.back()]
  Tensor operator()(Ctx& c, Tensor x) const {
    for (std::size_t i = 0; i < weights_.size(); ++i)
      x = linear(x, c.param(weights_[i].c_str()), c.param(biases_[i].c_str()),
                 (i + 1 < weights_.size() ? hidden_ : last_).c_str());
    return x;
  }

  std::int64_t in() const { return widths_.front(); }
  std::int64_t out() const { return widths_.back(); }

 private:
  std::vector<std::int64_t> widths_;
  std::string hidden_, last_;
  std::vector<std::string> weights_, biases_;
};

/// in, hidden..., out as one list of widths.
inline std::vector<std::int64_t> widths(std::int64_t in, const std::vector<std::int64_t>& hidden, std::int64_t out) {
  std::vector<std::int64_t> all{in};
  all.insert(all.end(), hidden.begin(), hidden.end());
  all.push_back(out);
  return all;
}

inline std::vector<std::int64_t> reversed(const std::vector<std::int64_t>& v) { return {v.rbegin(), v.rend()}; }

}  // namespace v0
}  // namespace ubp
