// SPDX-License-Identifier: MIT
#include "search/samplers.hpp"

#include "base/error.hpp"
#include "search/sobol.hpp"
#include "search/tpe.hpp"

namespace ubp::search {

std::unique_ptr<Sampler> make_sampler(const std::string& name) {
  if (name == "sobol") return std::make_unique<SobolSampler>();
  if (name == "tpe") return std::make_unique<TpeSampler>();
  fail(Exit::usage, "no sampler '{}'", name);
}

}  // namespace ubp::search
