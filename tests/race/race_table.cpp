// SPDX-License-Identifier: MIT
// Prints what racing saves and what it costs: ninja race_table && tests/race/race_table
#include <fmt/core.h>

#include "sweeps.hpp"

int main() {
  using namespace ubp;
  fmt::print("10 configs, 3 to 20 seeds, 1000 sweeps; one config better by 0, 1 or 2 sd\n");
  fmt::print("{:30} {:>6} {:>7} {:>8} {:>8} {:>8} {:>8}\n", "noise", "aside", "better", "claims", "wrong", "same",
             "trials");
  for (const double aside : {0.0, 0.02, 0.05, 0.1})
    for (const Noise& noise : kNoises)
      for (const double better : {0.0, 1.0, 2.0}) {
        const RaceFigures f = figures(noise, better, {.aside = aside});
        fmt::print("{:30} {:6} {:7} {:7.1f}% {:7.1f}% {:7.1f}% {:7.1f}%\n", noise.name, aside, better, 100 * f.claims,
                   100 * f.wrong, 100 * f.same, 100 * f.trials);
      }
}
