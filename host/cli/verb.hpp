// SPDX-License-Identifier: MIT
// The verbs of the command line. Each is one file of verbs/, which defines one value, and one line of verbs.cpp; the
// usage text, `ubp VERB --help`, the man page and the completions of shells are made from these values.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ubp {

class Options;
using Words = std::vector<std::string>;

struct Verb {
  const char* name;                      ///< "ls"
  const char* synopsis = "";             ///< what follows it, as the usage line shows it: "[SWEEP]"
  const char* summary = "";              ///< half a line: "list sweeps, or the trials of one"
  const char* about = "";                ///< what it does, in one or more lines
  const char* example = "";              ///< a command as it is typed, or several, one a line
  void (*declare)(Options&) = nullptr;   ///< says which options and words it takes
  int (*run)(const Options&) = nullptr;  ///< returns the exit code; throws Error for what a person must act on.
                                         ///< Data on stdout, all else on stderr.
  bool hidden = false;                   ///< for ubp itself or for packagers: not listed, its words taken literally
};

/// What it does and its examples, as its help and the man page have them.
std::string text_of(const Verb&);

/// All of them, in the order of the usage text.
std::span<const Verb* const> verbs();

}  // namespace ubp
