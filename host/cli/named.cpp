// SPDX-License-Identifier: MIT
#include "cli/named.hpp"

#include "cli/options.hpp"

namespace ubp {

std::int64_t named_sweep(Reader& reader, const std::string& text) {
  const FoundSweep sweep = find_sweep(reader, text);
  if (!sweep.others.empty())
    message("ubp: {} sweeps are called '{}': this is the latest, {}; by id there {} also {}", sweep.others.size() + 1,
            sweep.name, sweep.sweep_id, sweep.others.size() == 1 ? "is" : "are", fmt::join(sweep.others, ", "));
  return sweep.sweep_id;
}

OptunaRelease optuna_release(const Options& o) {
  const std::string release = o.get("for", "3.2");
  if (std::find(kOptunaReleases.begin(), kOptunaReleases.end(), release) == kOptunaReleases.end())
    fail(Exit::usage, "--for: there is no release '{}'{}", release, suggestion(release, kOptunaReleases));
  return release == "3.1" ? OptunaRelease::of_3_1 : OptunaRelease::since_3_2;
}

}  // namespace ubp
