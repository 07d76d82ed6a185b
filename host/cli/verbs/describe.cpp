// SPDX-License-Identifier: MIT
// ubp __describe FILE: loads a plugin in place of the ubp that asks (plugin/registry.hpp).
#include "cli/options.hpp"
#include "plugin/registry.hpp"

namespace ubp {
namespace {

int run(const Options& o) {
  if (o.words().size() != 1) fail(Exit::usage, "__describe: a child of ubp itself, which names one plugin file");
  return describe_in_this_process(o.word(0));
}

}  // namespace

extern const Verb describe_verb = {.name = "__describe", .run = run, .hidden = true};

}  // namespace ubp
