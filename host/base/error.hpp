// SPDX-License-Identifier: MIT
// The one error type of the host, and the one list of exit codes.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace ubp {

/// What a process ends with; printed in the README, part of the public contract.
enum class Exit : int {
  ok = 0,        ///< every requested trial is complete (or pruned)
  internal = 1,  ///< a defect of ubp itself
  /// Wrong command line or spec: nothing was started, nothing was recorded. Or what a sweep stands on has changed: no
  /// trial was begun with it.
  usage = 2,
  some_failed = 3,     ///< finished, but some trials failed
  nothing = 4,         ///< nothing matched
  newer_database = 5,  ///< the database was written by a newer ubp
  locked = 6,          ///< another live ubp writes this database
  plugin = 7,          ///< a plugin could not be loaded
  found = 8,           ///< looked and found: `ubp reproduce` a number that differs, `ubp doctor` a trouble
  discarded = 9,       ///< `ubp gate`: decided, and the candidate is not kept
  interrupted = 75,    ///< stopped early, resumable: the same command continues
};

/// One sentence for the person who must act: `where: what is wrong: what was found, what was expected`.
class Error : public std::runtime_error {
 public:
  Error(Exit code, const std::string& message) : std::runtime_error(message), code_(code) {}
  Exit code() const { return code_; }

 private:
  Exit code_;
};

/// What was declared is something else by now: nothing was done.
class Changed : public Error {
 public:
  explicit Changed(const std::string& message) : Error(Exit::usage, message) {}
};

template <class... Args>
[[noreturn]] void fail(Exit code, fmt::format_string<Args...> text, Args&&... args) {
  throw Error(code, fmt::format(text, std::forward<Args>(args)...));
}

/// The candidate nearest to `name` by edit distance, or "" if none is near enough to be a likely typo.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

/// "; did you mean 'latent'?" or, where nothing is near, "; there are: a, b, c".
std::string suggestion(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace ubp
