// SPDX-License-Identifier: MIT
#include "query/noise.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/statistics/estimates.hpp"

namespace ubp {

NoiseFloor noise_floor(const std::vector<SeededResults>& configs, std::optional<std::int64_t> default_config,
                       std::optional<std::int64_t> of) {
  const std::optional<std::int64_t> wanted = of ? of : default_config;
  const auto found = std::find_if(configs.begin(), configs.end(),
                                  [&](const SeededResults& c) { return wanted && c.config == *wanted; });
  if (of || (found != configs.end() && found->values.size() > 1)) {
    NoiseFloor floor{std::nan(""), of ? NoiseFloor::Of::given : NoiseFloor::Of::standard, *wanted, 0, {}};
    if (found == configs.end()) return floor;
    floor.sd = statistics::standard_deviation(found->all());
    floor.n = found->values.size();
    return floor;
  }
  std::vector<std::vector<double>> samples;
  NoiseFloor floor{0, NoiseFloor::Of::pooled, 0, 0, default_config};
  for (const SeededResults& config : configs) {
    if (config.values.size() < 2) continue;
    samples.push_back(config.all());
    floor.n += config.values.size();
  }
  floor.sd = statistics::pooled_standard_deviation(samples);
  return floor;
}

NoiseFloor noise_floor(Reader& reader, const SweepFacts& sweep, std::optional<std::int64_t> of) {
  return noise_floor(seeded_results(reader, sweep), sweep.default_config, of);
}

std::string sentence_of(const NoiseFloor& floor) {
  if (floor.of != NoiseFloor::Of::pooled)
    return fmt::format("noise floor {:.4g}: standard deviation of config {}{} over {} seeds", floor.sd, floor.config,
                       floor.of == NoiseFloor::Of::standard ? ", the default," : "", floor.n);
  const std::string why = floor.lacks ? fmt::format("config {}, the default, has no two", *floor.lacks)
                                      : std::string("no config is the default");
  if (std::isnan(floor.sd)) return "noise floor unknown: no config has two results";
  return fmt::format("noise floor {:.4g}: pooled standard deviation within configs, of {} results; {}", floor.sd,
                     floor.n, why);
}

}  // namespace ubp
