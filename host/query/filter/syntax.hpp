// SPDX-License-Identifier: MIT
// The language of filters, and what a filter says before anybody knows what its names mean.
//
//   filter  := nothing, which is all trials | any
//   any     := all ("or" all)*
//   all     := one ("and" one)*
//   one     := "not" one | "(" any ")" | test
//   test    := value ("=" | "!=" | "<" | "<=" | ">" | ">=") value
//            | value ("~" | "^=" | "contains") TEXT              ~: a glob with * ? [a-z]; ^=: begins with
//            | value ["not"] "in" "[" TEXT ("," TEXT)* "]"
//            | value ["not"] "between" value "and" value         both ends count
//            | value "is" ["not"] "undefined"
//            | value                                             of a flag, as git.dirty
//   value   := NAME | METRIC ".at" "(" STEP ")" | STATISTIC "(" value ")" | TEXT
//
// `==` is `=`, and a list may stand in parentheses. Words end at blanks and signs; in double or single quotes any text
// is a word, and no keyword. Keywords may be in capitals. What NAME, METRIC and STATISTIC may be is in
// filter/names.hpp. A TEXT is a number (1e-3), a text, a state, a flag (true, false) or a time: 2026-11-20,
// 2026-11-20T10:00, or before now: -30m, -2h, -7d; all in UTC.
//
// A comparison with something that is undefined is false, `!=`, `not in` and `not between` too: `lr != 1` asks for
// trials that have an lr. `not` turns whatever stands behind it round: every trial matches either F or `not F`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ubp {

/// What stands on one side of a sign.
struct FilterOperand {
  std::string text;                          ///< "optimizer.lr", "train.loss.at", "mean", "1e-3"
  bool quoted = false;                       ///< no number, no flag
  std::size_t at = 0;                        ///< its place, from 1
  std::vector<FilterOperand> argument = {};  ///< one if parentheses follow it: "10" of train.loss.at(10); else none
};

struct FilterTest {
  enum class Kind { constant, any, all, negation, comparison, membership, range, absence, flag } kind = Kind::constant;
  std::size_t at = 0;                     ///< the place of its sign or keyword, from 1
  std::vector<FilterTest> parts = {};     ///< any, all: two or more; negation: one
  FilterOperand left = {};                ///< of all but constant, any, all and negation
  std::string sign = {};                  ///< comparison: "=", "!=", "<", "<=", ">", ">=", "~", "^=", "contains"
  bool negated = false;                   ///< membership, range, absence: with "not"
  std::vector<FilterOperand> right = {};  ///< comparison: one; membership: one or more; range: two
};

/// What it is without any text: all trials, Kind::constant. Throws Error (usage), "filter, character 12: ...", which
/// says what was found and what was expected, or that it is too deep (kDeepest) or too long (kMostTests).
FilterTest parsed_filter(const std::string& filter);

/// One value, as --sort and --cols take it. `where` begins the sentence of the Error (usage) if it is none.
FilterOperand parsed_value(const std::string& text, const std::string& where);

// What SQLite takes without a limit of its own being met.
constexpr std::size_t kDeepest = 50;     ///< parentheses and `not` within each other
constexpr std::size_t kMostTests = 200;  ///< of a filter
constexpr std::size_t kMostInList = 1000;

}  // namespace ubp
