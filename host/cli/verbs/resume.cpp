// SPDX-License-Identifier: MIT
// ubp resume: continues a sweep from the database alone.
#include <algorithm>
#include <iterator>

#include "cli/named.hpp"
#include "cli/session_report.hpp"
#include "plan/planner.hpp"
#include "query/filter/selection.hpp"
#include "query/sweeps.hpp"
#include "run/turn.hpp"

namespace ubp {
namespace {

DeclaredSweep chosen(Reader& reader, const std::string& which, bool retries) {
  if (!which.empty() || retries) return declared_sweep(reader, named_sweep(reader, which));
  const auto unfinished = latest_unfinished(reader);
  if (!unfinished) fail(Exit::nothing, "{}: nothing to resume: every trial has come to an end", reader.file().string());
  return declared_sweep(reader, *unfinished);
}

/// Those that have failed and match --retry.
std::set<std::int64_t> retried(Reader& reader, const DeclaredSweep& sweep, const std::string& filter) {
  const std::vector<std::int64_t> matching = matching_trials(reader, sweep.sweep_id, filter),
                                  failed = failed_trials(reader, sweep.sweep_id);
  std::set<std::int64_t> both;
  std::set_intersection(matching.begin(), matching.end(), failed.begin(), failed.end(),
                        std::inserter(both, both.end()));
  if (both.empty())
    fail(Exit::nothing, "sweep {} '{}': none of its {} failed trials matches: {}", sweep.sweep_id, sweep.name,
         failed.size(), filter);
  return both;
}

/// Results of another behaviour must not join those that are there.
void refuse_change(const DeclaredSweep& declared, const Plan& plan) {
  if (plan.identity == declared.identity) return;
  for (const Manifest* m : plan.plugins) {
    const auto before = declared.versions.find(fmt::format("{} '{}'", kind_name(m->kind), m->id));
    if (before != declared.versions.end() && before->second != m->version)
      fail(Exit::usage,
           "sweep {} '{}': {} behaves differently now: found version {}, declared with {}; `ubp sweep` starts a sweep "
           "with it",
           declared.sweep_id, declared.name, before->first, m->version, before->second);
  }
  if (const std::string other = difference(declared.basis, plan.basis); !other.empty())
    fail(Exit::usage, "sweep {} '{}': {}; `ubp sweep` starts a sweep with that", declared.sweep_id, declared.name,
         other);
  fail(Exit::usage, "sweep {} '{}': its spec means something else to this ubp than to the one that declared it",
       declared.sweep_id, declared.name);
}

void declare(Options& o) {
  o.words({"SWEEP"}, 0);
  o.value("retry", "FILTER", "run those that have failed and match once more, as `ubp find` has it");
  add_session_options(o, true);
}

int run(const Options& o) {
  SessionOptions options = session_options(o);
  await_turn(options);  // what is left to do is known only then
  if (o.has("retry") && o.has("retry-failed"))
    fail(Exit::usage, "resume: found --retry and --retry-failed, which is --retry of all: expected one of them");
  DeclaredSweep declared;
  {
    Reader reader(options.database);
    declared = chosen(reader, o.word(0), o.has("retry"));
    if (o.has("retry")) options.retried = retried(reader, declared, o.get("retry"));
  }
  if (options.retried) options.again = Again::failed;
  require_own(declared);
  if (declared.confirms > 0)
    fail(Exit::usage, "sweep {} '{}': confirms another: `ubp confirm {}`, as it was called, continues it",
         declared.sweep_id, declared.name, declared.confirms);
  Registry registry = registry_of(o);
  Plan plan = plan_of_text(declared.spec, fmt::format("sweep {}", declared.sweep_id), {}, registry, declared.single);
  prepare(plan, options);
  refuse_change(declared, plan);
  if (options.retried) message("failed trials that run again: {}", options.retried->size());
  options.single = declared.single;
  const SessionResult result = carry_out(plan, options);
  return report(plan, options, result,
                fmt::format("ubp resume {} --db {}", result.sweep_id, options.database.string()));
}

}  // namespace

extern const Verb resume_verb = {.name = "resume",
                                 .synopsis = "[SWEEP]",
                                 .summary = "continue what was interrupted",
                                 .about =
                                     "Continues a sweep (id or name; default: the latest that is unfinished) with the "
                                     "spec that the database holds:\n"
                                     "what was interrupted, lost or never begun runs; what is complete never runs "
                                     "again. --retry FILTER: so do those\n"
                                     "trials that have failed and match, once more; --retry-failed: all that have "
                                     "failed. Without a SWEEP --retry is\n"
                                     "about the latest one.",
                                 .example = "ubp resume rings --retry 'reason = memory'",
                                 .declare = declare,
                                 .run = run};

}  // namespace ubp
