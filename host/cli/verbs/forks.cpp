// SPDX-License-Identifier: MIT
// ubp __forks PARENT: starts the trial processes of a sweep (run/fork_server.hpp).
#include "base/error.hpp"
#include "cli/options.hpp"
#include "run/fork_server.hpp"

namespace ubp {
namespace {

int run(const Options& o) {
  if (o.words().size() != 1) fail(Exit::usage, "__forks: started by `ubp sweep` and `ubp resume` only");
  return serve_forks(std::stoll(o.word(0)));
}

}  // namespace

extern const Verb forks_verb = {.name = "__forks", .run = run, .hidden = true};

}  // namespace ubp
