// SPDX-License-Identifier: MIT
// ubp __complete SHELL: the script by which a shell completes its commands, for packages.
#include "cli/completion.hpp"
#include "cli/options.hpp"

namespace ubp {
namespace {

int run(const Options& o) {
  const std::vector<std::string> shells = {"bash", "zsh", "fish"};
  if (o.words().size() != 1) fail(Exit::usage, "__complete: expected a shell: {}", fmt::join(shells, ", "));
  if (o.word(0) == "bash") return fmt::print("{}", bash_completion()), 0;
  if (o.word(0) == "zsh") return fmt::print("{}", zsh_completion()), 0;
  if (o.word(0) == "fish") return fmt::print("{}", fish_completion()), 0;
  fail(Exit::usage, "__complete: there is no shell '{}'{}", o.word(0), suggestion(o.word(0), shells));
}

}  // namespace

extern const Verb complete_verb = {.name = "__complete", .run = run, .hidden = true};

}  // namespace ubp
