// SPDX-License-Identifier: MIT
// ubp top: what is going on.
#include <chrono>
#include <thread>

#include <unistd.h>

#include "cli/options.hpp"
#include "query/front.hpp"
#include "query/pages.hpp"
#include "query/print.hpp"
#include "record/lock.hpp"

namespace ubp {
namespace {

void print_part(Reader& reader, const PagePart& part, Format format) {
  const auto sink = printer(format);
  if (part.name != "sweeps") return void(reader.query(part.query, *sink));
  FrontCells fronts(reader, *sink);
  reader.query(part.query, fronts);
}

void print_json(const std::filesystem::path& file) {
  Reader reader(file);
  const auto writer = writer_of(file);
  fmt::print("{{\"writer_pid\":{}", writer ? fmt::format("{}", writer->pid) : "null");
  for (const PagePart& part : activity_page()) {
    fmt::print(",\n\"{}\":", part.name);
    print_part(reader, part, Format::json);
  }
  fmt::print("}}\n");
}

/// Returns whether a live process writes the database.
bool print_screen(const std::filesystem::path& file) {
  Reader reader(file);  // anew each time: a long snapshot would make the writer's log grow
  const auto writer = writer_of(file);
  fmt::print("{}: {}\n", plain_line(file.string()),
             writer ? fmt::format("written by process {}", writer->pid) : "no process writes it");
  for (const PagePart& part : activity_page()) {
    if (reader.rows(part.query).empty()) continue;
    fmt::print("\n{}\n", part.name);
    print_part(reader, part, Format::table);
  }
  return writer.has_value();
}

void declare(Options& o) { o.flag("once", "draw it once").with_database().with_format({"table", "json"}); }

int run(const Options& o) {
  if (o.format() == Format::json) return print_json(o.database()), 0;
  const bool live = isatty(STDOUT_FILENO) && !o.has("once");
  while (true) {
    if (live) fmt::print("\033[H\033[2J");
    if (!print_screen(o.database()) || !live) return 0;
    std::fflush(stdout);
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

}  // namespace

extern const Verb top_verb = {
    .name = "top",
    .synopsis = "",
    .summary = "what is running, what is left, and the newest trials",
    .about =
        "Sweeps with their progress, the trials that run, and those that ended last. On a terminal it is drawn "
        "anew every\n"
        "second for as long as a process writes the database.",
    .declare = declare,
    .run = run};

}  // namespace ubp
