// SPDX-License-Identifier: MIT
// What a person sees. A transcript is a text file of
//   $ command
//   standard output
//   ! standard error
//   = exit code
// UBP_ACCEPT=1 writes what was seen into the file instead of comparing: read the difference before you commit it.
#include <cstdlib>

#include <catch2/catch.hpp>

#include "command.hpp"
#include "records.hpp"

using namespace ubp;

namespace {

std::string shown(const std::filesystem::path& folder, const std::string& command) {
  const Seen seen = run(folder, command);
  std::string text = "$ " + command + "\n" + seen.out;
  if (!text.ends_with('\n')) text += "(no newline)\n";
  std::istringstream errors(seen.err);
  for (std::string line; std::getline(errors, line);) text += "! " + line + "\n";
  text += "= " + std::to_string(seen.code) + "\n";
  return timeless(text);
}

}  // namespace

TEST_CASE("the verbs that read say what their transcripts say", "[cli]") {
  const std::string name = GENERATE(as<std::string>{}, "best", "compare", "db", "errors", "export", "find", "ls",
                                    "show", "spec", "sql", "top");
  const Folder folder;
  make_records(folder / "ubp.db");
  std::filesystem::copy_file(folder / "ubp.db", folder / "newer.db");
  ask(folder / "newer.db", "PRAGMA user_version = 99");
  std::ofstream(folder / "text.db") << std::string(4096, 'x');
  std::ofstream(folder / "empty.db");
  { Store nothing_yet(folder / "fresh.db"); }

  const std::filesystem::path file = std::filesystem::path(UBP_TRANSCRIPTS) / (name + ".txt");
  std::string expected = content_of(file), found;
  std::istringstream lines(expected);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# ")) found += line + "\n";
    if (line.starts_with("$ ")) found += shown(folder / "", line.substr(2)) + "\n";
  }
  if (std::getenv("UBP_ACCEPT")) {
    std::ofstream(file) << found;
    return;
  }
  CAPTURE(name);
  CHECK(found == expected);
}

TEST_CASE("ubp explains itself", "[cli]") {
  const Folder folder;
  for (const char* command : {"ubp", "ubp help", "ubp --help", "ubp -h"}) {
    CAPTURE(command);
    const Seen seen = run(folder / "", command);
    CHECK(seen.code == 0);
    CHECK(seen.err.empty());
    for (const char* verb : {"ls", "show", "top", "best", "sql", "export", "plugin", "db"})
      CHECK_THAT(seen.out, Catch::Contains(std::string("\n  ubp ") + verb));
  }
  for (const std::string verb : {"ls", "show", "top", "best", "sql", "export", "plugin", "db"}) {
    const Seen seen = run(folder / "", "ubp " + verb + " --help");
    CAPTURE(verb);
    CHECK(seen.code == 0);
    CHECK_THAT(seen.out, Catch::StartsWith("Usage: ubp " + verb));
    CHECK(seen.out == run(folder / "", "ubp help " + verb).out);
  }
  CHECK_THAT(run(folder / "", "ubp --version").out,
             Catch::Matches("ubp \\d+\\.\\d+\\.\\d+\n") || Catch::StartsWith("ubp 0."));
}

TEST_CASE("an answer that cannot be written is an error", "[cli]") {
  const Folder folder;
  make_records(folder / "ubp.db");
  const Seen seen = run(folder / "", "ubp ls > /dev/full");
  CHECK(seen.code == 1);
  CHECK(seen.err == "ubp: the output could not be written\n");
}
