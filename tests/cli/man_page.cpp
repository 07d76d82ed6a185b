// SPDX-License-Identifier: MIT
// The man page: whole, and as man reads it.
#include <catch2/catch.hpp>

#include "called.hpp"
#include "cli/man_page.hpp"
#include "cli/options.hpp"

using namespace ubp;

namespace {

/// Without the escapes that its texts need.
std::string plain(std::string text) {
  for (std::size_t at; (at = text.find("\\(dq")) != std::string::npos;) text.replace(at, 4, "\"");
  std::erase(text, '\\');
  return text;
}

std::string call_of(const Verb& v) { return fmt::format("ubp {}{}{}", v.name, *v.synopsis ? " " : "", v.synopsis); }

}  // namespace

TEST_CASE("the man page has every verb with every option, and no hidden one", "[cli]") {
  CHECK(call({"__man"}).out == man_page());
  CHECK(call({"__man", "x"}).code == 2);
  const std::string page = plain(man_page());
  CHECK_THAT(page, Catch::StartsWith(".TH UBP 1 "));
  for (const Verb* v : verbs()) {
    CAPTURE(v->name);
    CHECK((page.find(".SS " + call_of(*v) + "\n") != std::string::npos) == !v->hidden);
    if (v->hidden) continue;
    CHECK_THAT(page, Catch::Contains(v->synopsis));
    for (const OptionDecl& o : options_of(*v)) CHECK_THAT(page, Catch::Contains("--" + o.name));
  }
  for (const char* code : {"0", "1", "2", "3", "4", "5", "6", "7", "75"})
    CHECK_THAT(page, Catch::Contains(fmt::format(".TP\n.B {}\n", code)));
}

TEST_CASE("man finds nothing wrong with it, and shows its texts as they are", "[cli]") {
  if (!has_program("man") || !has_program("groff")) {
    WARN("skipped: there is no man, or no groff");
    return;
  }
  const Called shown =
      shell("LC_ALL=C.UTF-8 MANWIDTH=300 man --warnings -E UTF-8 -l -Tutf8 -P cat $FILE | col -bx", man_page());
  CHECK(shown.err == "");
  CHECK(shown.code == 0);
  for (const Verb* v : verbs())
    if (!v->hidden) CHECK_THAT(shown.out, Catch::Contains(call_of(*v)));
  CHECK_THAT(shown.out, Catch::Contains("WHERE state = 'COMPLETE' ORDER BY value"));
  CHECK_THAT(shown.out, Catch::Contains("-k, --limit N"));
}
