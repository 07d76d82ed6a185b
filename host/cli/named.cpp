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

}  // namespace ubp
