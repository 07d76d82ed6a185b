// SPDX-License-Identifier: MIT
// ubp __relay FILE: between a trial on this machine and its coordinator on another (run/relay.hpp).
#include "run/relay.hpp"

#include "base/error.hpp"
#include "cli/options.hpp"

namespace ubp {
namespace {

int run(const Options& o) {
  if (o.words().size() != 1) fail(Exit::usage, "__relay: started by `ubp sweep --runner slurm` only");
  return relay(o.word(0));
}

}  // namespace

extern const Verb relay_verb = {.name = "__relay", .run = run, .hidden = true};

}  // namespace ubp
