// SPDX-License-Identifier: MIT
// SQL has two rooms: host/record, which reads what it writes, and host/query, which reads for everybody else. And all
// rooms share one namespace: a name means one type.
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The sources of host/, by their path in it.
std::map<std::string, std::string> sources() {
  const fs::path host = UBP_HOST_FOLDER;
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(host))
    if (entry.path().extension() == ".cpp" || entry.path().extension() == ".hpp")
      all[entry.path().lexically_relative(host).string()] = text_of(entry.path());
  return all;
}

bool may_ask(const std::string& file) {
  // The verb that passes on what the user asks has an example in its help, and so has the program.
  return file.starts_with("record/") || file.starts_with("query/") || file == "cli/sql.cpp" || file == "cli/main.cpp";
}

/// The types that a header defines in the namespace itself: "struct NAME {" or "class NAME ..." at the margin.
std::vector<std::string> types_of(const std::string& header) {
  std::vector<std::string> names;
  std::istringstream lines(header);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string kind, name;
    if ((line.starts_with("struct ") || line.starts_with("class ")) && line.find('{') != std::string::npos &&
        words >> kind >> name)
      names.push_back(name);
  }
  return names;
}

}  // namespace

TEST_CASE("only the rooms of the database know SQL", "[query]") {
  std::vector<std::string> strangers;
  int rooms = 0;
  for (const auto& [file, text] : sources()) {
    if (text.find("SELECT ") == std::string::npos) continue;
    if (may_ask(file))
      ++rooms;
    else
      strangers.push_back(file);
  }
  CHECK(rooms > 3);  // that it looks at the right folder
  CHECK(strangers == std::vector<std::string>{});
}

// The linker keeps one destructor for two types of one name, and says nothing.
TEST_CASE("no two headers define a type of one name", "[query]") {
  std::map<std::string, std::string> known;
  for (const auto& [file, text] : sources()) {
    if (!file.ends_with(".hpp")) continue;
    for (const std::string& name : types_of(text)) {
      CAPTURE(name, file, known[name]);
      CHECK(known[name].empty());
      known[name] = file;
    }
  }
  CHECK(known.contains("Reader"));
}
