// SPDX-License-Identifier: MIT
// What a verb accepts and what was typed, with the same behaviour for every verb. Boost.Program_options stays in here.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "base/text.hpp"
#include "cli/verb.hpp"
#include "query/print.hpp"

namespace ubp {

/// One option, as declared.
struct OptionDecl {
  std::string name;                  ///< "limit", given as --limit
  std::string letter;                ///< "k", given as -k; "": none
  std::string placeholder;           ///< "N"; "": a flag
  std::string meaning;               ///< half a line
  std::vector<std::string> choices;  ///< all values there are; empty: not a few fixed ones
};

/// A verb declares, ubp parses, the verb asks. Options are given as --name VALUE, --name=VALUE or by their letter; "--"
/// ends them.
///
/// Placeholders of options and names of words are one vocabulary, by which shells complete them: SPEC, FILE, FOLDER,
/// DIR, SWEEP, TRIAL, TABLE, KEY=VALUE, KIND|KIND/ID, FIGURE; and in small letters what is typed as is: ls|describe.
class Options {
 public:
  /// Lets the verb declare, and adds --help. `verb` outlives this.
  explicit Options(const Verb& verb);

  /// name: "limit" or, with a letter, "limit,k".
  Options& flag(const std::string& name, const std::string& meaning);
  Options& value(const std::string& name, const std::string& placeholder, const std::string& meaning);
  Options& values(const std::string& name, const std::string& placeholder, const std::string& meaning);  ///< repeatable
  Options& choices(std::vector<std::string> values);  ///< of the option that was declared last
  Options& with_database();                           ///< --db
  /// --format, the first by default.
  Options& with_format(std::vector<std::string> formats = kListingFormats);
  /// How many words there may be besides options; each `name` is said where one is missing. Default: none.
  /// more: the last may be repeated.
  Options& words(std::vector<std::string> names, std::size_t required, bool more = false);

  /// Words may begin with a sign: "-old" is one, not several letters of options.
  Options& signed_words();

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

  /// What was declared.
  const std::vector<OptionDecl>& declared() const& { return declared_; }
  const std::vector<OptionDecl>& declared() && = delete;
  const std::vector<std::string>& word_names() const& { return word_names_; }
  const std::vector<std::string>& word_names() && = delete;
  bool more() const { return more_; }

 private:
  Options& add(const std::string& name, const std::string& placeholder, const std::string& meaning,
               const boost::program_options::value_semantic*);
  [[noreturn]] void unknown(const std::string& option) const;
  void print_help() const;
  const Verb& verb_;
  std::vector<OptionDecl> declared_;
  boost::program_options::options_description options_;
  boost::program_options::variables_map map_;
  std::vector<std::string> formats_, word_names_;
  std::size_t required_ = 0;
  bool more_ = false, signed_ = false;
  Words words_;
};

/// stderr, one line.
template <class... Args>
void message(fmt::format_string<Args...> text, Args&&... args) {
  // A standard error that takes nothing is no error.
  std::fputs((plain(fmt::format(text, std::forward<Args>(args)...)) + "\n").c_str(), stderr);
}

}  // namespace ubp
