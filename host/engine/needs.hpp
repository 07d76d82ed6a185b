// SPDX-License-Identifier: MIT
// What the engine's kernels ask of a processor.
#pragma once

namespace ubp {

/// The instruction sets that the compiler was allowed to use in the kernels (-march), by the names of
/// __builtin_cpu_supports; ends with a null pointer. Constant data: reading it needs none of them.
extern const char* const kEngineNeeds[];

}  // namespace ubp
