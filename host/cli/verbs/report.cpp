// SPDX-License-Identifier: MIT
// ubp report: what a sweep says, as a page that one sends to a colleague.
#include "report/report.hpp"

#include "cli/named.hpp"
#include "cli/output_file.hpp"
#include "cli/session_report.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.value("output,o", "FILE", "the page, HTML in one file; without it the answer and the checks are printed");
  add_where(o);
  o.values("plugin-path", "DIR", "look for plugins here first; repeatable").with_database().words({"SWEEP"}, 0);
}

int run(const Options& o) {
  Reader reader(o.database());
  Registry registry = registry_of(o);
  ChartRequest request{chosen_sweep(reader, o, o.word(0))};
  request.where = o.get("where");
  request.registry = &registry;
  if (!o.has("output")) {
    fmt::print("{}", text_of(report_of(reader, request)));
    return 0;
  }
  const std::string text = html_of(drawn_report_of(reader, request));
  write_file(o.get("output"), text);
  message("{}: {} KB", o.get("output"), text.size() / 1000 + 1);
  return 0;
}

}  // namespace

extern const Verb report_verb = {
    .name = "report",
    .synopsis = "[SWEEP]",
    .summary = "what a sweep says, and whether it can be trusted: a page to send",
    .about =
        "The answer of a sweep (default: the latest that has results) in sentences: the best config, what it cannot\n"
        "be told apart from, what mattered, what the default and fresh seeds give; and eleven health checks, each\n"
        "with what was found and what to do. -o FILE writes a page of HTML that needs nothing beside itself: with\n"
        "the leaderboard, figures, pictures, failures by cause, what the numbers stand on, and the command behind\n"
        "each. An equal database gives the same bytes.",
    .example = "ubp report rings -o report.html",
    .declare = declare,
    .run = run};

}  // namespace ubp
