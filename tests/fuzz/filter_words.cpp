// SPDX-License-Identifier: MIT
// Any text as a filter of a small database: it selects, or it is refused with a sentence; it is never wrong SQL, and
// the database stays as it is.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "query/findings.hpp"
#include "support.hpp"

using namespace ubp;

namespace {

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Database {
  Folder folder;
  std::filesystem::path file = folder / "ubp.db";
  std::optional<Reader> reader;
  std::string before;

  Database() {
    {
      Store store(file);
      const auto rows = store.missing(store.declare(a_plan(4, 2), a_machine()));
      for (std::size_t i = 0; i + 1 < rows.size(); ++i) run_trial(store, rows[i].trial_id, 0.1 * double(i));
    }
    before = bytes_of(file);
    reader.emplace(file);
  }
  ~Database() {
    if (bytes_of(file) == before) return;
    std::fputs("a filter wrote to the database\n", stderr);
    std::_Exit(1);
  }
};

/// Words that a grammar of bytes would hardly make, drawn by the bytes of the input.
std::string drawn(const std::uint8_t* data, std::size_t size) {
  static const std::string kWords[] = {"and",
                                       "or",
                                       "not",
                                       "in",
                                       "between",
                                       "is",
                                       "undefined",
                                       "contains",
                                       "(",
                                       ")",
                                       "[",
                                       "]",
                                       ",",
                                       "=",
                                       "!=",
                                       "<",
                                       "<=",
                                       ">",
                                       ">=",
                                       "~",
                                       "^=",
                                       "lr",
                                       "latent",
                                       "act",
                                       "mse",
                                       "value",
                                       "state",
                                       "1e-3",
                                       "4",
                                       "relu",
                                       "complete",
                                       "started",
                                       "-7d",
                                       "2026-11-20",
                                       "host",
                                       "git.dirty",
                                       "mean",
                                       "ci95",
                                       "test.mse.at",
                                       "10",
                                       "test.mse.min",
                                       "n_seeds",
                                       "plugin.model.sha",
                                       "'x y'",
                                       "\"model.act\"",
                                       "*"};
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += kWords[data[i] % std::size(kWords)] + " ";
  return text;
}

/// Comparisons that have a chance to be right, with texts that would end one in SQL.
std::string composed(const std::uint8_t* data, std::size_t size) {
  static const std::string kLeft[] = {"lr", "act", "mse.min", "value", "state", "started", "mean(mse)", "name", "host"},
                           kTests[] = {"= ",
                                       "!= ",
                                       "< ",
                                       ">= ",
                                       "~ ",
                                       "^= ",
                                       "contains ",
                                       "in [1, ",
                                       "in ['', ",
                                       "not in [relu, ",
                                       "between 0 and ",
                                       "is undefined"},
                           kRight[] = {"1e-3", "relu", "'it''s'",  "\"a\"\"b\"", "'; DROP TABLE trial; --'",
                                       "?1",   "'%'",  "complete", "-7d",        "value",
                                       "'*[x'"},
                           kBetween[] = {" and ", " or ", " and not ", " or not "};
  std::string text;
  for (std::size_t i = 0; i + 3 < size; i += 4) {
    const std::string& test = kTests[data[i + 1] % std::size(kTests)];
    text += i ? kBetween[data[i + 3] % std::size(kBetween)] : "";
    text += kLeft[data[i] % std::size(kLeft)] + " " + test;
    if (test.ends_with(' ')) text += kRight[data[i + 2] % std::size(kRight)];
    if (test.find('[') != test.npos) text += "]";
  }
  return text;
}

void ask(const std::string& filter) {
  static Database db;
  try {
    Selection selection(*db.reader);
    selection.require(filter);
    db.reader->rows({selection.trial_ids(), selection.arguments()});
  } catch (const Error& e) {
    // "filter: ..." or "filter, character 3: ..."; what SQLite says begins with "sql".
    if (e.code() != Exit::usage || !std::string_view(e.what()).starts_with("filter")) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ask(std::string(reinterpret_cast<const char*>(data), size));
  ask(drawn(data, std::min<std::size_t>(size, 40)));
  ask(composed(data, std::min<std::size_t>(size, 4)));
  ask(composed(data, std::min<std::size_t>(size, 16)));
  return 0;
}
