// SPDX-License-Identifier: MIT
// What the comments of views.sql say is said of columns that there are.
#include <algorithm>

#include <catch2/catch.hpp>

#include "query/datasette.hpp"
#include "record/view_notes.hpp"
#include "support.hpp"

using namespace ubp;

TEST_CASE("every view has a comment, and every column that it names exists", "[export]") {
  const Folder folder;
  { Store fresh(folder / "ubp.db"); }
  Reader reader(folder / "ubp.db");
  const std::vector<ViewNote> notes = view_notes();
  CHECK(reader.rows({"SELECT name FROM sqlite_schema WHERE type = 'view'"}).size() == notes.size());
  for (const ViewNote& note : notes) {
    CAPTURE(note.name);
    CHECK_THAT(note.about, Catch::StartsWith("One row a"));
    std::vector<std::string> names;
    for (const Row& row : reader.rows({"SELECT name FROM pragma_table_info(?1)", {note.name}}))
      names.push_back(text_of(row[0]));
    for (const auto& [column, text] : note.columns) {
      CAPTURE(column, text);
      CHECK(std::count(names.begin(), names.end(), column) == 1);
    }
  }
}

TEST_CASE("lines of columns give each its words, also below and in parentheses", "[export]") {
  const auto said = [](const std::string& view, const std::string& column) -> std::string {
    for (const ViewNote& note : view_notes())
      for (const auto& [name, text] : note.columns)
        if (note.name == view && name == column) return text;
    return "";
  };
  CHECK(said("trials", "trial_id") == "id, and SWEEP/CONFIG.REPLICATE");
  CHECK(said("trials", "name") == "id, and SWEEP/CONFIG.REPLICATE");
  CHECK(said("trials", "config") == "its number");
  CHECK(said("trials", "attempt") == "");
  CHECK(said("metrics", "value") == "NULL: it was NaN");
  CHECK_THAT(said("sweeps", "metric"), Catch::EndsWith("(of several objectives the first: `objectives` has all)"));
  CHECK(said("artifacts", "size") == "bytes");
}

TEST_CASE("every table is hidden, and no view", "[export]") {
  const Folder folder;
  { Store fresh(folder / "ubp.db"); }
  Reader reader(folder / "ubp.db");
  const nlohmann::json tables = datasette_metadata(reader, "ubp")["databases"]["ubp"]["tables"];
  for (const Row& row : reader.rows({"SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view')"})) {
    CAPTURE(text_of(row[0]));
    CHECK(tables.at(text_of(row[0])).value("hidden", false) == (text_of(row[1]) == "table"));
  }
}
