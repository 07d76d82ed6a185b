// SPDX-License-Identifier: MIT
// Scripts by which shells complete a command of ubp, made from the verbs. Names of sweeps, trials, components and keys
// are asked of ubp itself when they are wanted.
#pragma once

#include <string>
#include <vector>

#include "cli/options.hpp"

namespace ubp {

std::string bash_completion();
std::string zsh_completion();  ///< for a file `_ubp` in a folder of $fpath
std::string fish_completion();

// ---- what the three share ----

/// What may stand in one place, by its placeholder (see Options): "files", "folders", "sweeps", "trials", "components",
/// "keys", "tables", "choices:a b c", or "" where nothing is known.
std::string candidates(const std::string& placeholder, const std::vector<std::string>& choices = {});

/// A list that ubp itself gives, as a pipeline for any shell that prints one name a line.
struct NamedList {
  const char* name;  ///< "sweeps"
  const char* pipeline;
};
extern const std::vector<NamedList> kNamedLists;

/// The verbs that people see.
std::vector<const Verb*> listed_verbs();

}  // namespace ubp
