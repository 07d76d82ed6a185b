// SPDX-License-Identifier: MIT
// ubp ask: the next trial of a sweep, for a program that runs it; or what a point of a program's comes to.
#include "run/ask.hpp"

#include "base/json.hpp"
#include "cli/session_report.hpp"
#include "plugin/value.hpp"
#include "query/find.hpp"
#include "query/listing.hpp"

namespace ubp {
namespace {

using nlohmann::json;

void declare(Options& o) {
  o.words({"SPEC", "KEY=VALUE"}, 1, true);
  add_session_options(o, false);
  o.value("point", "JSON", "values of your own: {\"lr\": 0.01}, for keys of the space");
  o.flag("json", "the answer as JSON, for programs");
}

std::optional<json> point_of(const Options& o) {
  if (!o.has("point")) return std::nullopt;
  json point = json::parse(o.get("point"), nullptr, false);
  if (!point.is_object())
    fail(Exit::usage, "--point: found '{}', expected a JSON object, as {{\"optimizer.lr\": 0.01}}", o.get("point"));
  return point;
}

std::string name_of(const Plan& plan, const TrialRow& row) {
  return fmt::format("{}/{}.{}", plan.sweep, row.config_number, row.replicate);
}

int print(const Plan& plan, const AskAnswer& answer, bool as_json) {
  if (!answer.trial) {
    message("{}", answer.why);
    return static_cast<int>(Exit::nothing);
  }
  const Asked& asked = *answer.trial;
  const std::string name = name_of(plan, asked.row);
  if (as_json) {
    fmt::print("{}\n", json_text({{"trial", asked.row.trial_id},
                                  {"name", name},
                                  {"sweep_id", asked.sweep_id},
                                  {"config", asked.row.config_number},
                                  {"replicate", asked.row.replicate},
                                  {"seed", asked.seed},
                                  {"params", asked.params}}));
    return 0;
  }
  std::string params;
  for (const auto& [key, value] : asked.params.items()) params += fmt::format(" {}={}", key, shown(value));
  fmt::print("trial {} '{}', seed {}:{}\n", asked.row.trial_id, plain_line(name), asked.seed, plain_line(params));
  return 0;
}

/// ubp trains the point itself.
int run_point(Plan& plan, const SessionOptions& options, const json& point, bool as_json) {
  if (const std::string sampler = plan.sampler.at("use"); sampler != "external")
    fail(Exit::usage,
         "--point: sweep.sampler of '{}': found {}, expected external: its points are those that you bring", plan.sweep,
         sampler);
  prepare(plan, options);
  const std::int64_t config = bring(plan, options, point);
  const SessionResult result = carry_out(plan, options);
  Reader reader(options.database);
  const Query trials = config_listing(result.sweep_id, config);
  reader.query(trials, *printer(as_json ? Format::json : Format::table));
  bool failed = false;
  for (const Row& row : reader.rows(trials)) failed = failed || text_of(row[3]) == "FAILED";
  return static_cast<int>(result.interrupted ? Exit::interrupted : failed ? Exit::some_failed : Exit::ok);
}

int run(const Options& o) {
  const std::optional<json> point = point_of(o);
  Registry registry = registry_of(o);
  Plan plan = make_plan(o.word(0), {o.words().begin() + 1, o.words().end()}, registry, false);
  const SessionOptions options = session_options(o);
  if (plan.by_program) return print(plan, ask(plan, options, point), o.has("json"));
  if (point) return run_point(plan, options, *point, o.has("json"));
  fail(
      Exit::usage,
      "{}: program: missing: `ubp sweep` runs the trials of this spec; expected [program], or --point for one of yours",
      o.word(0));
}

}  // namespace

extern const Verb ask_verb = {
    .name = "ask",
    .synopsis = "SPEC [KEY=VALUE ...]",
    .summary = "the next trial of a sweep, for a program of yours to run",
    .about =
        "For programs that train by themselves. A SPEC with a table [program], whose keys are its parameters, has no\n"
        "model and no data: each call gives the next trial of its sweep, whose values the sampler chose, or --point.\n"
        "`ubp tell` records what it came to; the trial is yours until then.\n"
        "For programs that search by themselves: of any other SPEC, whose sweep.sampler is external, ubp trains the\n"
        "config --point and answers with its trials; what is recorded already is not run again.\n"
        "Exit code 4: there is no trial to give, now or any more.",
    .example = "ubp ask mine.toml --json",
    .declare = declare,
    .run = run};

}  // namespace ubp
