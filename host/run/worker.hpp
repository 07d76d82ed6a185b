// SPDX-License-Identifier: MIT
// The body of a trial process: see run/protocol.hpp for what it inherits and says.
#pragma once

#include <cstdint>
#include <optional>

namespace ubp {

/// Runs the trial that standard input describes. Never returns: it ends the process with 0 once its last word is out,
/// without running anything more of the plugins' code.
/// `parent`: who must live for it to live. `memory_limit_bytes`: of private memory, 0: none.
/// `until_step`: the budget of the job, if it has one.
[[noreturn]] void run_trial_process(std::int64_t parent, std::int64_t memory_limit_bytes,
                                    std::optional<std::int64_t> until_step);

}  // namespace ubp
