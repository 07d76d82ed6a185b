// SPDX-License-Identifier: MIT
#include "record/view_notes.hpp"

#include <cctype>
#include <sstream>
#include <string_view>

namespace ubp {

extern const char* const kViewsSql;

namespace {

bool is_name(char c) {
  return std::islower(static_cast<unsigned char>(c)) || std::isdigit(static_cast<unsigned char>(c)) || c == '_';
}

void append(std::string& text, std::string_view more) { text += (text.empty() ? "" : " ") + std::string(more); }

/// "a, b (in bytes)" with `text` for all that have no words of their own.
void add_columns(ViewNote& note, std::string_view names, std::string_view text) {
  int depth = 0;
  bool fresh = true;  // a name may begin
  for (std::size_t i = 0; i < names.size(); ++i) {
    const char c = names[i];
    if (c == '(') ++depth;
    if (depth > 0 && !note.columns.empty() && c != '(' && !(c == ')' && depth == 1)) note.columns.back().second += c;
    if (c == ')') --depth;
    if (depth == 0 && c == ',') fresh = true;
    if (depth > 0 || !fresh || !is_name(c)) continue;
    std::size_t end = i;
    while (end < names.size() && is_name(names[end])) ++end;
    note.columns.emplace_back(names.substr(i, end - i), text);
    fresh = false;
    i = end - 1;
  }
}

/// The comment above a view: sentences, and lines of columns, indented by three blanks, whose texts may go on below.
ViewNote note_of(const std::string& view, const std::vector<std::string>& comment) {
  ViewNote note{view, "", {}};
  std::size_t first = 0;  // of the columns that the last line names
  for (std::string_view line : comment) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    line.remove_prefix(indent);
    if (indent < 3) {
      append(note.about, line);
    } else if (indent > 3) {
      for (std::size_t c = first; c < note.columns.size(); ++c) append(note.columns[c].second, line);
    } else {
      const std::size_t gap = std::min(line.find("  "), line.size());
      const std::size_t text = std::min(line.find_first_not_of(' ', gap), line.size());
      first = note.columns.size();
      add_columns(note, line.substr(0, gap), line.substr(text));
    }
  }
  std::erase_if(note.columns, [](const auto& column) { return column.second.empty(); });
  return note;
}

/// The view of which this line makes another one, as it is; "": of none.
std::string original_of(const std::string& line) {
  constexpr std::string_view kAll = " AS SELECT * FROM ";
  const std::size_t at = line.find(kAll);
  return at == line.npos ? "" : line.substr(at + kAll.size(), line.find(';') - at - kAll.size());
}

}  // namespace

std::vector<ViewNote> view_notes() {
  constexpr std::string_view kCreate = "CREATE VIEW ";
  std::vector<ViewNote> notes;
  std::vector<std::string> comment;
  std::istringstream lines(kViewsSql);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("--")) {
      comment.push_back(line.substr(2));
      continue;
    }
    if (line.starts_with(kCreate)) {
      notes.push_back(note_of(line.substr(kCreate.size(), line.find(' ', kCreate.size()) - kCreate.size()), comment));
      const std::string original = original_of(line);
      for (const ViewNote& note : notes)
        if (note.name == original) notes.back().columns = note.columns;
    }
    comment.clear();
  }
  return notes;
}

}  // namespace ubp
