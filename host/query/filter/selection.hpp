// SPDX-License-Identifier: MIT
// A filter as SQL: what it selects among the trials of a database. The one way for all verbs that take a filter.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "query/filter/names.hpp"
#include "query/filter/syntax.hpp"
#include "query/reader.hpp"

namespace ubp {

/// A value that every trial has, or NULL: an expression over the view trials, called t.
struct TrialValue {
  std::string name;  ///< in full: "optimizer.lr", "train.loss.min", "mean(train.loss)"
  FilterType type = FilterType::number;
  bool mixed = false;  ///< a number in some trials, a text in others
  std::string sql;     ///< either
  std::string number;  ///< if it is mixed: the number alone
  std::string text;    ///< if it is mixed: the text alone
  bool is_parameter = false;
  std::string printed;  ///< as listings show it
};

/// A query over the view trials that grows: filters, and values for its columns. All that was typed is bound, never
/// part of the SQL. Keep the reader while it is used.
class Selection {
 public:
  using Clock = std::chrono::system_clock;

  /// sweep_id: only its trials. arguments: of a query that the SQL becomes a part of; its parameters come after them.
  explicit Selection(Reader&, std::optional<std::int64_t> sweep_id = {}, Row arguments = {},
                     Clock::time_point now = Clock::now());

  /// Only trials that match. Throws Error (usage), "filter, character 12: ...", of what is not in filter/syntax.hpp, is
  /// not known (filter/names.hpp) or has not the type that its sign compares.
  void require(const std::string& filter);

  /// The value of a name as typed: optimizer.lr, train.loss.at(10), mean(value). Throws as require(); `where` says what
  /// named it: "--sort".
  TrialValue value(const std::string& name, const std::string& where);

  /// The last point of a series. REQUIRES: the metric is one of names().
  TrialValue series_value(const std::string& metric);

  /// What the filters name, in their order, each once.
  const std::vector<TrialValue>& mentioned() const { return mentioned_; }

  std::string bind(const Value&);  ///< "?3": equal values share a parameter
  const Row& arguments() const { return arguments_; }

  /// "WITH ...\n" of what the SQL so far needs, and of `last`, a table of the caller's own; "" if there is nothing.
  std::string with(const std::string& last = "") const;
  std::string where() const;  ///< "\nWHERE ...", or ""
  /// "SELECT t.trial_id FROM trials t WHERE ...", whole.
  std::string trial_ids() const;

  KnownNames& names() { return names_; }

 private:
  TrialValue value(const FilterOperand&);
  TrialValue column(const KnownName&);
  TrialValue parameter(const KnownName&);
  TrialValue series(const KnownName&);
  TrialValue plugin(const KnownName&);
  TrialValue at_step(const FilterOperand&);
  TrialValue over_seeds(const FilterOperand&, const FilterStatistic&);
  TrialValue of_seeds(const std::string& name, const std::string& statistic, const std::string& value);

  std::string condition(const FilterTest&);
  std::string chain(const FilterTest&);
  std::string comparison(const FilterTest&);
  std::string test_of_text(const FilterTest&, const TrialValue& left);
  std::string flag(const FilterTest&);
  std::string membership(const FilterTest&);
  std::string range(const FilterTest&);
  std::string side(const FilterOperand&, const TrialValue& left);
  std::optional<Value> literal(const FilterOperand&, const TrialValue& left);
  Value state_literal(const FilterOperand&) const;
  TrialValue noted(const FilterOperand&);

  KnownNames names_;
  Clock::time_point now_;
  bool written_;  // by a live process; if none does, what looks as if it ran is STOPPED
  Row arguments_;
  std::vector<std::string> conditions_;
  std::vector<std::pair<std::string, std::string>> tables_;  // of WITH: what defines it, its name
  std::vector<TrialValue> mentioned_;
};

/// A part of another query's SQL: the ids of the trials that match `filter`, for "t.trial_id IN (...)". Its parameters
/// come after `arguments`, which get their values.
std::string matching_trials(Reader&, const std::string& filter, Row& arguments);

/// The executions that match, by id; of one sweep, where a name that several parameters may have means the sweep's, or
/// of all.
std::vector<std::int64_t> matching_trials(Reader&, std::optional<std::int64_t> sweep_id, const std::string& filter);

struct KeptTrials {
  std::int64_t matching = 0, of = 0;  ///< executions that count, and that there are
};
/// Reader::keep_only() of those that match. Throws Error (nothing) if none does.
KeptTrials keep_matching(Reader&, std::int64_t sweep_id, const std::string& filter);

}  // namespace ubp
