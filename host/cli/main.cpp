// SPDX-License-Identifier: MIT
// From the command line to a verb, and from whatever it throws to one line and an exit code.
#include <cstdio>
#include <new>

#include <ubp/version.h>

#include "base/error.hpp"
#include "cli/verbs.hpp"
#include "plugin/registry.hpp"
#include "run/require_data.hpp"

namespace ubp {
namespace {

struct Verb {
  const char* name;
  const char* arguments;
  const char* summary;  // "": for ubp itself, not listed
  Run run;
};

constexpr Verb kVerbs[] = {
    {"run", "SPEC [KEY=VALUE ...]", "run one trial, with live progress, and record it", verb_run},
    {"sweep", "SPEC [KEY=VALUE ...]", "run the declared sweep, or continue it", verb_sweep},
    {"resume", "[SWEEP|TRIAL]", "continue what was interrupted", verb_resume},
    {"worker", "", "", verb_worker},
    {"ls", "[SWEEP]", "list sweeps, or the trials of one", verb_ls},
    {"show", "TRIAL", "all that is recorded of one trial", verb_show},
    {"top", "", "what is running, what is left, and the newest trials", verb_top},
    {"best", "[SWEEP]", "the best configs, with means and intervals over replicates", verb_best},
    {"sql", "\"SELECT ...\"", "ask the database in SQL", verb_sql},
    {"export", "csv|jsonl [SWEEP]", "trials, metrics or the leaderboard as a file", verb_export},
    {"plugin", "ls | describe KIND/ID", "the components there are, and their parameters", verb_plugin},
    {"spec", "[TABLE]", "the tables of a spec, and the keys that ubp itself reads", verb_spec},
    {"db", "check", "is the database sound? and the digest of its results", verb_db},
};

int print_help() {
  fmt::print("ubp {}: a workbench for unsupervised backpropagation\n\n", UBP_VERSION);
  for (const Verb& v : kVerbs)
    if (*v.summary) fmt::print("  ubp {:<28}  {}\n", fmt::format("{} {}", v.name, v.arguments), v.summary);
  fmt::print("\n`ubp VERB --help` tells a verb's options. Results are in ubp.db, or --db FILE, or $UBP_DB.\n");
  return 0;
}

int dispatch(const std::string& name, const Words& words) {
  if (name == "help" && !words.empty()) return dispatch(words[0], {"--help"});
  if (name == "help" || name == "--help" || name == "-h") return print_help();
  if (name == "--version") return fmt::print("ubp {}\n", UBP_VERSION), 0;
  // Children of ubp's own, which run plugin code in its place (registry.hpp, require_data.hpp).
  if (name == "__describe" && words.size() == 1) return describe_in_this_process(words[0]);
  if (name == "__decode" && words.empty()) return decode_in_this_process();
  std::vector<std::string> names = {"help"};
  for (const Verb& v : kVerbs) {
    if (name == v.name) return v.run(words);
    if (*v.summary) names.emplace_back(v.name);
  }
  if (name.starts_with('-')) fail(Exit::usage, "{}: options follow the verb: ubp VERB {}", name, name);
  const std::string near = nearest(name, names);
  if (near.empty()) fail(Exit::usage, "there is no verb '{}': `ubp help` lists them", name);
  fail(Exit::usage, "there is no verb '{}'; did you mean '{}'?", name, near);
}

int complain(Exit code, const char* message) {
  std::fflush(stdout);
  fmt::print(stderr, "ubp: {}\n", message);
  return static_cast<int>(code);
}

int run(int argc, char** argv) {
  try {
    const int code = argc < 2 ? print_help() : dispatch(argv[1], {argv + 2, argv + argc});
    if (std::fflush(stdout) != 0 || std::ferror(stdout))
      return complain(Exit::internal, "the output could not be written");
    return code;
  } catch (const Error& e) {
    return complain(e.code(), e.what());
  } catch (const std::bad_alloc&) {
    return complain(Exit::internal, "out of memory");
  } catch (const std::exception& e) {
    return complain(Exit::internal, fmt::format("internal error: {}", e.what()).c_str());
  } catch (...) {
    return complain(Exit::internal, "internal error of an unknown kind");
  }
}

}  // namespace
}  // namespace ubp

int main(int argc, char** argv) { return ubp::run(argc, argv); }
