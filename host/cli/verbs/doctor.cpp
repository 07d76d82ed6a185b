// SPDX-License-Identifier: MIT
// ubp doctor: what is wrong here, and what to do about it.
#include "run/doctor.hpp"

#include "cli/session_report.hpp"

namespace ubp {
namespace {

void declare(Options& o) {
  o.with_database()
      .values("plugin-path", "DIR", "look for plugins here first; repeatable")
      .with_format({"table", "json"});
}

int run(const Options& o) {
  const Format format = o.format();
  const auto folders = o.all("plugin-path");
  Registry registry({folders.begin(), folders.end()});
  const std::vector<Trouble> all = all_troubles(o.database(), registry, this_machine(cache_folder() / "contents").blas);
  if (format == Format::json) {
    const auto sink = printer(format);
    sink->columns({"area", "trouble", "cure"});
    for (const Trouble& each : all) sink->row({each.area, each.what, each.cure});
    sink->end();
  } else {
    for (const Trouble& each : all)
      fmt::print("{}: {}\n  cure: {}\n", each.area, plain_line(each.what), plain_line(each.cure));
    if (all.empty()) fmt::print("nothing is wrong\n");
  }
  return all.empty() ? 0 : static_cast<int>(Exit::found);
}

}  // namespace

extern const Verb doctor_verb = {
    .name = "doctor",
    .synopsis = "",
    .summary = "what is wrong with this machine, folder, database, plugins; and the cure",
    .about =
        "Looks at the limits of this process, the BLAS and its kernels, drawing, the plugins that are found, the "
        "database, its\n"
        "records, their files and the data that they were made of, and prints what is wrong, a sentence each with its "
        "cure.\n"
        "Changes nothing. Ends with 0 if nothing is wrong, with 8 if something is.",
    .example = "ubp doctor",
    .declare = declare,
    .run = run};

}  // namespace ubp
