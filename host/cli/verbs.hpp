// SPDX-License-Identifier: MIT
// The verbs of the command line. Each is one file; main.cpp lists them.
#pragma once

#include <string>
#include <vector>

namespace ubp {

using Words = std::vector<std::string>;  ///< what follows the verb

/// Returns the exit code; throws Error for what a person must act on. Data on stdout, all else on stderr.
using Run = int (*)(const Words&);

int verb_run(const Words&);
int verb_sweep(const Words&);
int verb_resume(const Words&);
int verb_worker(const Words&);

int verb_ls(const Words&);
int verb_show(const Words&);
int verb_top(const Words&);
int verb_best(const Words&);
int verb_sql(const Words&);
int verb_export(const Words&);
int verb_plugin(const Words&);
int verb_spec(const Words&);
int verb_db(const Words&);

}  // namespace ubp
