// SPDX-License-Identifier: MIT
// What is typed as a name, as what it names.
#pragma once

#include "query/find.hpp"
#include "record/optuna.hpp"

namespace ubp {

class Options;

/// If the name is shared, stderr says which sweep was taken.
std::int64_t named_sweep(Reader&, const std::string& text);

/// --for; the later releases by default. Throws Error (usage).
OptunaRelease optuna_release(const Options&);
inline const std::vector<std::string> kOptunaReleases = {"3.1", "3.2"};

}  // namespace ubp
