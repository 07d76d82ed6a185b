// SPDX-License-Identifier: MIT
// ubp explain: what one trial has learnt, as a page.
#include "explain/explain.hpp"

#include <fmt/ranges.h>

#include "base/scratch.hpp"
#include "cli/named.hpp"
#include "cli/output_file.hpp"
#include "cli/session_report.hpp"
#include "query/find.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.value("output,o", "FILE", "the page, HTML in one file (default: explain.html)")
      .values("only", "PART", fmt::format("this part; repeatable: {}", fmt::join(explain::part_names(), ", ")))
      .value("rows", "N", "look at so many rows at the most (default: 1000)")
      .value("scalar", "NAME",
             "what is attributed: score, code.K, loss, or what the objective logs (default: the first that there is)")
      .value("absent", "WHAT", "what stands for nothing in a row: mean (default) or zeros")
      .values("plugin-path", "DIR", "look for plugins here first; repeatable")
      .flag("quiet,q", "no progress")
      .with_database()
      .words({"TRIAL"}, 1);
}

int run(const Options& o) {
  Reader reader(o.database());
  Registry registry = registry_of(o);
  explain::Request request;
  request.rows = o.integer("rows", request.rows);
  if (request.rows < 2) fail(Exit::usage, "--rows: found {}, expected 2 or more", request.rows);
  request.scalar = o.get("scalar");
  const std::string absent = o.get("absent", "mean");
  if (absent != "mean" && absent != "zeros") fail(Exit::usage, "--absent: found '{}', expected mean or zeros", absent);
  request.absent_is_zero = absent == "zeros";
  explain::require_parts(o.all("only"));
  const RecordedTrial trial = recorded_trial(reader, find_trial(reader, o.word(0)));
  Page page;
  if (is_kept(reader, trial) || trial.state != "COMPLETE") {
    page = explain::explained(reader, registry, trial.trial_id, o.word(0), request, o.all("only"));
  } else {
    message("trial {} '{}' has not kept what it learnt (artifacts.checkpoint): it is run again", trial.trial_id,
            trial.name);
    const ScratchFolder folder("explain");
    const Rerun again = learn_again(reader, trial, registry, folder.path(), o.has("quiet"));
    if (again.interrupted) return static_cast<int>(Exit::interrupted);
    if (again.came_to.state != TrialState::complete)
      fail(Exit::usage, "trial {} '{}': run again, it ended as {}: {}; `ubp reproduce` says what differs",
           trial.trial_id, trial.name, name_of(again.came_to.state), again.came_to.error);
    Reader database(again.database);
    page = explain::explained(database, registry, again.trial_id, o.word(0), request, o.all("only"));
  }
  const std::string text = html_of(page), file = o.get("output", "explain.html");
  write_file(file, text);
  for (const PageGap& gap : page.absent) message("{}: left out: {}", gap.name, gap.why);
  message("{}: {} parts, {} KB", file, page.figures.size(), text.size() / 1000 + 1);
  return page.figures.empty() ? static_cast<int>(Exit::nothing) : 0;
}

}  // namespace

extern const Verb explain_verb = {
    .name = "explain",
    .synopsis = "TRIAL",
    .summary = "what one trial has learnt, and how far that may be believed: a page",
    .about =
        "The trial is loaded again from what it kept (artifacts.checkpoint = true; one that kept nothing is run again\n"
        "from its record, bit by bit, which takes as long as it took) and looked at on held-out rows:\n"
        "scores beside those of the untrained network, PCA and the raw input; layers beside the untrained ones; codes\n"
        "on a plane, and how they came there; traversals, interpolations, clusters, neighbours, features, weights;\n"
        "attributions, judged by completeness, deletion and insertion, and by what is left of them when the weights\n"
        "are random. Each figure names its command; what does not apply says why. Nothing is trained or recorded.",
    .example = "ubp explain rings/3.0 -o rings.html",
    .declare = declare,
    .run = run};

}  // namespace ubp
