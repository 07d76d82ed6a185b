// SPDX-License-Identifier: MIT
#include "search/samplers.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "search/cmaes.hpp"
#include "search/gp.hpp"
#include "search/nsga2.hpp"
#include "search/sobol.hpp"
#include "search/tpe.hpp"

namespace ubp::search {
namespace {

class RandomSampler final : public Sampler {
 public:
  Point propose(const Question& question) override { return uniform_point(question); }
};

using Make = std::function<std::unique_ptr<Sampler>()>;

/// A new sampler has one line here.
const std::vector<std::pair<std::string, Make>> kSamplers = {
    {"random", [] { return std::make_unique<RandomSampler>(); }},
    {"sobol", [] { return std::make_unique<SobolSampler>(); }},
    {"tpe", [] { return std::make_unique<TpeSampler>(); }},
    {"tpe-independent", [] { return std::make_unique<TpeSampler>(TpeOptions{.independent = true}); }},
    {"cmaes", [] { return std::make_unique<CmaEsSampler>(); }},
    {"gp", [] { return std::make_unique<GaussianProcessSampler>(); }},
    {"nsga2", [] { return std::make_unique<Nsga2Sampler>(); }},
};

}  // namespace

const std::vector<std::string>& sampler_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& [name, make] : kSamplers) all.push_back(name);
    return all;
  }();
  return names;
}

std::unique_ptr<Sampler> make_sampler(const std::string& name) {
  return std::find_if(kSamplers.begin(), kSamplers.end(), [&](const auto& each) { return each.first == name; })
      ->second();
}

}  // namespace ubp::search
