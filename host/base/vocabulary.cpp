// SPDX-License-Identifier: MIT
#include "base/vocabulary.hpp"

#include <iterator>

namespace ubp {
namespace {

constexpr const char* kStates[] = {"QUEUED", "RUNNING", "COMPLETE", "PRUNED", "FAILED", "LOST", "CANCELLED"};
constexpr const char* kFailures[] = {"",      "numeric", "missing", "exception", "plugin",
                                     "data",  "spec",    "memory",  "timeout",   "stalled",
                                     "crash", "abort",   "exit",    "killed",    "internal"};
static_assert(std::size(kStates) == static_cast<std::size_t>(TrialState::cancelled) + 1);
static_assert(std::size(kFailures) == static_cast<std::size_t>(Failure::internal) + 1);

template <class Word, std::size_t n>
std::optional<Word> named(const char* const (&names)[n], std::string_view name) {
  for (std::size_t i = 0; i < n; ++i)
    if (name == names[i]) return static_cast<Word>(i);
  return {};
}

}  // namespace

const char* name_of(TrialState state) { return kStates[static_cast<std::size_t>(state)]; }
std::optional<TrialState> state_named(std::string_view name) { return named<TrialState>(kStates, name); }

const char* name_of(Failure failure) { return kFailures[static_cast<std::size_t>(failure)]; }
std::optional<Failure> failure_named(std::string_view name) { return named<Failure>(kFailures, name); }

bool is_by_chance(Failure failure) {
  switch (failure) {
    case Failure::none:
    case Failure::numeric:
    case Failure::missing:
    case Failure::exception:
    case Failure::plugin:
    case Failure::spec:
      return false;
    default:
      return true;
  }
}

const char* name_of(Goal goal) { return goal == Goal::maximize ? "maximize" : "minimize"; }

}  // namespace ubp
