// SPDX-License-Identifier: MIT
// The table at the head of a plugin's source is what the plugin declares.
#include <cmath>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "plugin/describe.hpp"

namespace {

using namespace ubp;
namespace fs = std::filesystem;

std::string trimmed(const std::string& s) {
  const auto first = s.find_first_not_of(' '), last = s.find_last_not_of(' ');
  return first == std::string::npos ? "" : s.substr(first, last - first + 1);
}

/// The rows of the first table, without its head: name, type, range, default, meaning.
std::vector<std::vector<std::string>> table_of(const fs::path& source) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream in(source);
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("// |", 0) != 0) {
      if (inside) break;
      continue;
    }
    inside = true;
    std::vector<std::string> cells;
    std::size_t at = line.find('|') + 1;
    for (std::size_t bar; (bar = line.find('|', at)) != std::string::npos; at = bar + 1)
      cells.push_back(trimmed(line.substr(at, bar - at)));
    rows.push_back(cells);
  }
  if (rows.size() >= 2) rows.erase(rows.begin(), rows.begin() + 2);
  return rows;
}

std::string range_of(const ParamDecl& p) {
  if (p.type == UBP_P_BOOL) return "true, false";
  if (p.type == UBP_P_STRING) return "any";
  if (p.type == UBP_P_ENUM) return fmt::format("{}", fmt::join(p.choices, ", "));
  const bool open_lo = std::isinf(p.min) || (p.flags & UBP_PF_MIN_OPEN),
             open_hi = std::isinf(p.max) || (p.flags & UBP_PF_MAX_OPEN);
  return fmt::format("{}{:g}, {:g}{}", open_lo ? '(' : '[', p.min, p.max, open_hi ? ')' : ']');
}

std::string default_of(const ParamDecl& p) {
  if (p.fallback.is_null()) return "required";
  if (p.fallback.is_number_float()) return fmt::format("{:g}", p.fallback.get<double>());
  if (p.fallback.is_array()) {
    std::vector<std::string> items;
    for (const auto& v : p.fallback) items.push_back(v.dump());
    return fmt::format("[{}]", fmt::join(items, ","));
  }
  return p.fallback.is_string() ? p.fallback.get<std::string>() : p.fallback.dump();
}

}  // namespace

TEST_CASE("the table on a plugin's first page is what the plugin declares", "[pages]") {
  for (const char* kind : {"models", "objectives", "optimizers", "transforms", "datasets", "metrics", "environments"})
    for (const auto& file : fs::directory_iterator(fs::path(UBP_SOURCE_FOLDER) / "plugins" / kind)) {
      if (file.path().extension() != ".cpp") continue;
      CAPTURE(file.path().string());
      const std::string id = file.path().stem().string();
      const std::vector<Manifest> all = manifests_of(load_plugin(fs::path(UBP_PLUGIN_FOLDER) / kind / (id + ".so")));
      REQUIRE(all.size() == 1);
      CHECK(all[0].id == id);
      CHECK_FALSE(all[0].title.empty());
      CHECK_FALSE(all[0].doc.empty());
      CHECK_FALSE(all[0].citation.empty());
      std::vector<std::vector<std::string>> declared;
      for (const ParamDecl& p : all[0].params)
        declared.push_back({p.name, type_name(p.type), range_of(p), default_of(p), p.doc});
      CHECK(table_of(file.path()) == declared);
    }
}
