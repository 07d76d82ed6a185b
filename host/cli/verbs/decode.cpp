// SPDX-License-Identifier: MIT
// ubp __decode: reads data sets into the cache in place of the ubp that asks (run/require_data.hpp).
#include "cli/options.hpp"
#include "run/require_data.hpp"

namespace ubp {
namespace {

int run(const Options& o) {
  if (!o.words().empty()) fail(Exit::usage, "__decode: a child of ubp itself, which says on stdin what to decode");
  return decode_in_this_process();
}

}  // namespace

extern const Verb decode_verb = {.name = "__decode", .run = run, .hidden = true};

}  // namespace ubp
