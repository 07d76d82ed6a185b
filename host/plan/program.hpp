// SPDX-License-Identifier: MIT
// [program]: trials that no plugin trains, but a program of the user's: `ubp ask` gives them to it, `ubp tell` takes
// what they came to. The table's keys are that program's parameters, typed, swept and recorded as a plugin's.
#pragma once

#include <map>
#include <string>

#include "plan/draft.hpp"

namespace ubp {

/// What the table says as the description of a component without bounds: a parameter for each of its keys, and for each
/// of `swept`, which the space alone gives values, by name. Its type is that of the values that were written: a whole
/// number is an int, also as the ends of a range. Throws Error (usage): a name that no parameter can have, values of
/// several types, a table inside.
Manifest described_program(const Section& program, const std::map<std::string, Setting>& swept);

/// Throws Error (usage) if the spec says something that a trial of a program can not heed: a component, a key of
/// [train] or [artifacts] but for train.seed, a limit of trials, a pruner that is to stop some. Nothing, if it has no
/// [program].
void refuse_beside_program(const Draft&);

}  // namespace ubp
