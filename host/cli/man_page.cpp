// SPDX-License-Identifier: MIT
#include "cli/man_page.hpp"

#include <sstream>

#include <ubp/version.h>

#include "base/error.hpp"
#include "cli/options.hpp"

namespace ubp {
namespace {

struct Item {
  std::string term, text;
};

const std::vector<Item>& exit_codes() {
  static const auto item = [](Exit code, const char* text) {
    return Item{std::to_string(static_cast<int>(code)), text};
  };
  static const std::vector<Item> kItems = {
      item(Exit::ok, "Done."),
      item(Exit::internal, "A defect of ubp; of `ubp db check`: the database is not sound."),
      item(Exit::usage,
           "A wrong command or spec: nothing was recorded. Or what a sweep stands on has changed: no trial began with "
           "it."),
      item(Exit::some_failed, "Finished, but some trials failed."),
      item(Exit::nothing, "Nothing matched."),
      item(Exit::newer_database, "A newer ubp wrote the database."),
      item(Exit::locked, "Another ubp writes the database."),
      item(Exit::plugin, "A plugin cannot be loaded."),
      item(Exit::found, "`ubp reproduce` found a difference, `ubp doctor` a trouble."),
      item(Exit::discarded, "`ubp gate` discards the candidate."),
      item(Exit::interrupted, "Interrupted: the same command continues.")};
  return kItems;
}

const std::vector<Item> kEnvironment = {
    {"UBP_DB", "The database where --db does not name one."},
    {"UBP_PLUGIN_PATH", "Folders with more plugins, separated by colons."},
    {"UBP_DATA", "The folder with your data sets."},
    {"UBP_MAX_DATA", "The most memory that reading a data set may take, as 4GiB (default: half of the machine's)."},
    {"UBP_CACHE", "The folder for decoded data sets and manifests (default: ~/.cache/ubp)."}};

const std::vector<Item> kFiles = {
    {"ubp.db", "The database of the working folder: SQLite, and any SQLite program may read it."},
    {"ubp.db.files/", "Beside the database ubp.db: what trials leave besides numbers."}};

/// One line of text, so that roff prints it as it is.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '\\':
        result += "\\e";
        break;
      case '-':
        result += "\\-";
        break;
      case '`':
        result += "\\(ga";
        break;
      case '\'':
        result += "\\(aq";
        break;
      case '"':  // would end an argument of a macro
        result += "\\(dq";
        break;
      default:
        result += c;
    }
  }
  return result.starts_with('.') ? "\\&" + result : result;
}

/// Lines as paragraphs; those that are indented as they stand.
std::string paragraphs(const std::string& text) {
  std::string result;
  bool verbatim = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (verbatim != line.starts_with("  ") && !line.empty()) {
      verbatim = !verbatim;
      result += verbatim ? ".EX\n" : ".EE\n";
    }
    result += line.empty() ? ".PP\n" : escaped(line) + "\n";
  }
  return result + (verbatim ? ".EE\n" : "");
}

std::string list(const std::vector<Item>& items) {
  std::string text;
  for (const Item& item : items) text += fmt::format(".TP\n.B {}\n{}\n", escaped(item.term), escaped(item.text));
  return text;
}

std::string option_of(const OptionDecl& o) {
  const std::string letter = o.letter.empty() ? "" : fmt::format("\\fB\\-{}\\fR, ", o.letter);
  const std::string value = o.placeholder.empty() ? "" : fmt::format(" \\fI{}\\fR", escaped(o.placeholder));
  return fmt::format(".TP\n{}\\fB\\-\\-{}\\fR{}\n{}\n", letter, escaped(o.name), value, escaped(o.meaning));
}

std::string section_of(const Verb& verb) {
  std::string text = fmt::format(".SS ubp {}{}{}\n", verb.name, *verb.synopsis ? " " : "", escaped(verb.synopsis)) +
                     paragraphs(text_of(verb));
  const Options options(verb);
  for (const OptionDecl& o : options.declared())
    if (o.name != "help") text += option_of(o);
  return text;
}

}  // namespace

std::string man_page() {
  std::string text = fmt::format(".TH UBP 1 \"\" \"ubp {}\" \"User Commands\"\n", UBP_VERSION);
  text +=
      ".SH NAME\nubp \\- a workbench for unsupervised backpropagation\n"
      ".SH SYNOPSIS\n.B ubp\n.I VERB\n[\\fIWORD\\fR ...] [\\fIOPTION\\fR ...]\n";
  text +=
      ".SH DESCRIPTION\n"
      "ubp trains neural networks without labels, through plugins; sweeps over their parameters, every trial in a "
      "process of its\nown; and records all results in one SQLite file. Results go to standard output, everything else "
      "to standard error.\n.PP\n"
      "\\fBubp help\\fR lists the verbs, \\fBubp\\fR \\fIVERB\\fR \\fB\\-\\-help\\fR tells one of them.\n";
  text += ".SH VERBS\n";
  for (const Verb* verb : verbs())
    if (!verb->hidden) text += section_of(*verb);
  text += ".SH EXIT STATUS\n" + list(exit_codes());
  text += ".SH ENVIRONMENT\n" + list(kEnvironment);
  text += ".SH FILES\n" + list(kFiles);
  return text + ".SH SEE ALSO\n.BR sqlite3 (1)\n";
}

}  // namespace ubp
