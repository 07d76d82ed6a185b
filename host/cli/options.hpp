// SPDX-License-Identifier: MIT
// What a verb accepts and what was typed, with the same behaviour for every verb. Boost.Program_options stays in here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "cli/verbs.hpp"
#include "query/print.hpp"

namespace ubp {

/// Declare, then parse(), then ask. Options are given as --name VALUE, --name=VALUE or by their letter; "--" ends them.
class Options {
 public:
  /// verb: "ls"; arguments: "[SWEEP]", as the usage line shows them; about: what it does, in one or more lines.
  Options(std::string verb, std::string arguments, std::string about);

  /// name: "limit" or, with a letter, "limit,k".
  Options& flag(const std::string& name, const std::string& meaning);
  Options& value(const std::string& name, const std::string& placeholder, const std::string& meaning);
  Options& values(const std::string& name, const std::string& placeholder, const std::string& meaning);  ///< repeatable
  Options& with_database();                                                                              ///< --db
  Options& with_format(std::vector<std::string> formats = {"table", "csv",
                                                           "json"});  ///< --format, the first by default
  /// How many words there may be besides options; each `name` is said where one is missing. Default: none.
  Options& words(std::vector<std::string> names, std::size_t required, bool more = false);

  /// false: --help was asked for and has been printed. Throws Error (usage), with the nearest option.
  bool parse(const Words&);

  bool has(const std::string& name) const { return map_.count(name) > 0; }
  std::string get(const std::string& name, const std::string& otherwise = "") const;
  std::vector<std::string> all(const std::string& name) const;
  /// Throws Error (usage) if it is no whole number of at least `least`.
  std::int64_t integer(const std::string& name, std::int64_t otherwise, std::int64_t least = 0) const;
  const Words& words() const { return words_; }
  std::string word(std::size_t index) const { return index < words_.size() ? words_[index] : ""; }

  std::filesystem::path database() const;  ///< --db, else $UBP_DB, else ubp.db
  Format format() const;

 private:
  [[noreturn]] void unknown(const std::string& option) const;
  std::string verb_, arguments_, about_;
  boost::program_options::options_description options_;
  boost::program_options::variables_map map_;
  std::vector<std::string> formats_, word_names_;
  std::size_t required_ = 0;
  bool more_ = false;
  Words words_;
};

/// stderr, one line.
template <class... Args>
void message(fmt::format_string<Args...> text, Args&&... args) {
  fmt::print(stderr, "{}\n", fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace ubp
