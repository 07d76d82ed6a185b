// SPDX-License-Identifier: MIT
// What a client may ask: each tool is a verb of ubp, fixed words of its command line, and arguments for the rest.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace ubp::mcp {

struct Argument {
  enum class Type { text, integer, number, flag, texts };

  std::string name;
  std::string description;
  Type type = Type::text;
  std::string option = {};                ///< "--limit"; "": a word of its own
  bool required = false;                  ///< of texts: two or more
  std::vector<std::string> choices = {};  ///< of a text: all there are; empty: any
  nlohmann::json otherwise = nullptr;     ///< what stands for one that is not given; null: nothing
};

struct Tool {
  std::string name, title, description;
  std::vector<std::string> verb;    ///< the first words: the verb, and what is always the same
  std::vector<Argument> arguments;  ///< words in the order of the command line
  bool writes = false;
  bool draws = false;  ///< its answer is the PNG that it writes to --output
};

const std::vector<Tool>& tools();

/// As tools/list tells it.
nlohmann::json description_of(const Tool&);

/// The command line: what is always the same, --db, options as --name=VALUE, then "--" and the words. So no value is
/// ever read as an option. Throws Error (usage) naming the argument if `arguments`, an object, do not fit the schema.
std::vector<std::string> words_of(const Tool&, const nlohmann::json& arguments, const std::string& database);

}  // namespace ubp::mcp
