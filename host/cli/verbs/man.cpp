// SPDX-License-Identifier: MIT
// ubp __man: the source of its man page, for packages.
#include "cli/man_page.hpp"
#include "cli/options.hpp"

namespace ubp {
namespace {

int run(const Options& o) {
  if (!o.words().empty()) fail(Exit::usage, "__man: found '{}', expected nothing", o.word(0));
  fmt::print("{}", man_page());
  return 0;
}

}  // namespace

extern const Verb man_verb = {.name = "__man", .run = run, .hidden = true};

}  // namespace ubp
