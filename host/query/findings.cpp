// SPDX-License-Identifier: MIT
#include "query/findings.hpp"

#include <algorithm>
#include <optional>

#include <fmt/ranges.h>

#include "base/text.hpp"
#include "query/pivot.hpp"

namespace ubp {
namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t kMostColumns = 1000;  // of SQLite's 2000

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

struct SortKey {
  std::string name;
  bool descending = false;

  explicit SortKey(std::string text) : name(std::move(text)) {
    for (const std::string end : {":desc", ":asc"})
      if (name.ends_with(end)) {
        descending = end == ":desc";
        name.resize(name.size() - end.size());
        break;
      }
  }
  std::string order(const std::string& sql) const {
    return fmt::format("{}{} NULLS LAST", sql, descending ? " DESC" : "");
  }
};

const std::string& printed(const TrialValue& value) { return value.printed.empty() ? value.sql : value.printed; }

std::string limit_of(Selection& selection, std::int64_t limit) {
  return limit > 0 ? "\nLIMIT " + selection.bind(limit) : "";
}

// ---------- trials ----------

class TrialRows {
 public:
  TrialRows(Selection& selection, const FindRequest& request) : selection_(selection), request_(request) {
    for (const std::string& text : request.sort) {
      keys_.emplace_back(text);
      values_.push_back(selection_.value(keys_.back().name, "--sort"));
    }
    if (request.columns.empty())
      usual();
    else
      for (const std::string& name : request.columns) asked(name);
    if (columns_.size() > kMostColumns)
      fail(Exit::usage, "--cols: {} columns, expected at most {}", columns_.size(), kMostColumns);
  }

  Findings take() {
    Findings result;
    result.params = params_;
    result.only_varying = request_.columns.empty();
    result.query = {request_.sort.empty() && request_.per.empty() ? in_order() : sorted(), selection_.arguments()};
    result.query.arguments = selection_.arguments();
    return result;
  }

 private:
  void add(const std::string& name, const std::string& sql) {
    columns_.push_back(fmt::format("{} AS {}", sql, quoted(name)));
  }
  void add(const std::string& name, const TrialValue& value) {
    add(name, printed(value));
    shown_.push_back(value.name);
  }
  void add_params() {
    params_ = columns_.size();
    add("params", "t.params");
  }

  void usual() {
    for (const char* name : {"trial", "name", "state", "value"}) add(name, selection_.value(name, name));
    for (std::size_t i = 0; i < keys_.size(); ++i) add_new(keys_[i].name, values_[i]);
    for (const TrialValue& value : selection_.mentioned()) add_new(value.name, value);
    add_params();
  }

  /// Unless a column of its own, the trial's name, or the parameters have it.
  void add_new(const std::string& name, const TrialValue& value) {
    static const Lines kInName = {"sweep", "sweep_id", "config", "replicate"};
    const auto has = [&](const Lines& names) {
      return std::find(names.begin(), names.end(), value.name) != names.end();
    };
    if (!value.is_parameter && !has(kInName) && !has(shown_)) add(name, value);
  }

  void asked(const std::string& name) {
    if (name == "params" && params_) fail(Exit::usage, "--cols: params is named twice");
    if (name == "params") return add_params();
    if (name != "metrics") return add(name, selection_.value(name, "--cols"));
    for (const std::string& metric : selection_.names().metrics()) add(metric, selection_.series_value(metric));
  }

  std::string in_order() {
    const std::string select = fmt::format("SELECT {}\nFROM trials t", fmt::join(columns_, ",\n  "));
    return selection_.with() + select + selection_.where() + "\nORDER BY t.trial_id" +
           limit_of(selection_, request_.limit);
  }

  // Which trials, in which order, before what is printed of them is looked up.
  std::string sorted() {
    std::string picked = "SELECT t.trial_id", window;
    Lines inner, outer;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      picked += fmt::format(", {} AS k{}", values_[i].sql, i);
      inner.push_back(keys_[i].order(fmt::format("k{}", i)));
      outer.push_back(keys_[i].order(fmt::format("f.k{}", i)));
    }
    inner.push_back("t.trial_id");
    outer.push_back("t.trial_id");
    std::string tail;
    if (request_.per.empty()) {
      tail = fmt::format("\nORDER BY {}{}", fmt::join(inner, ", "), limit_of(selection_, request_.limit));
    } else {
      picked += fmt::format(", {} AS per", selection_.value(request_.per, "--per").sql);
      outer.insert(outer.begin(), "f.per NULLS LAST");
    }
    picked += "\nFROM trials t" + selection_.where() + tail;
    if (!request_.per.empty())
      picked = fmt::format("SELECT *, row_number() OVER (PARTITION BY per ORDER BY {}) AS place FROM ({})",
                           replaced_alias(inner), picked);
    const std::string within =
        request_.per.empty() ? "" : "\nWHERE f.place <= " + selection_.bind(request_.limit > 0 ? request_.limit : 1);
    return selection_.with(fmt::format("found AS MATERIALIZED ({})", picked)) +
           fmt::format("SELECT {}\nFROM found f JOIN trials t USING (trial_id){}\nORDER BY {}",
                       fmt::join(columns_, ",\n  "), within, fmt::join(outer, ", "));
  }

  static std::string replaced_alias(Lines keys) {
    keys.back() = "trial_id";
    return fmt::format("{}", fmt::join(keys, ", "));
  }

  Selection& selection_;
  const FindRequest& request_;
  std::vector<SortKey> keys_;
  std::vector<TrialValue> values_;  // of keys_
  Lines columns_, shown_;           // shown_: their names in full
  std::optional<std::size_t> params_;
};

// ---------- groups ----------

class GroupRows {
 public:
  GroupRows(Selection& selection, const FindRequest& request) : selection_(selection), request_(request) {
    const auto names = [&](const char* one) {
      return std::find(request.by.begin(), request.by.end(), one) != request.by.end();
    };
    if (names("config") && !names("sweep") && !names("sweep_id") && !request.sweep_id) key("sweep", "--by");
    for (const std::string& name : request.by) key(name, "--by");
    if (names("config")) hidden_ = ", config_id";
    if (!request.pivot.empty()) key(request.pivot, "--pivot");
  }

  Findings take() {
    Findings result;
    result.pivot = request_.pivot;
    if (!request_.pivot.empty()) result.keys = keys_.size() - 1;
    const std::string groups = fmt::format("groups AS ({})", grouped());
    const std::string select = request_.pivot.empty() ? listed() : pivoted();
    result.query = {selection_.with(groups) + select, {}};
    result.query.arguments = selection_.arguments();
    return result;
  }

 private:
  struct Key {
    std::string name, sql, alias;
  };

  void key(const std::string& name, const char* option) {
    const TrialValue value = selection_.value(name, option);
    keys_.push_back({name, printed(value), fmt::format("g{}", keys_.size() + 1)});
  }

  std::string grouped() {
    const TrialValue of = selection_.value(request_.of, "--of");
    if (of.type != FilterType::number)
      fail(Exit::usage, "--of: '{}' is a {}, expected a number", of.name, name_of(of.type));
    Lines inner, keys, statistics = {"count(*) AS trials"};
    for (const Key& k : keys_) {
      inner.push_back(fmt::format("{} AS {}", k.sql, k.alias));
      keys.push_back(k.alias);
    }
    for (const FilterStatistic& s : seed_statistics())
      statistics.push_back(fmt::format("{} AS \"{}\"", fmt::format(fmt::runtime(s.sql), "x"), s.name));
    inner.push_back(fmt::format("{} AS x", of.mixed ? of.number : of.sql));
    Lines columns = keys;
    columns.insert(columns.end(), statistics.begin(), statistics.end());
    std::string by = fmt::format("{}{}", fmt::join(keys, ", "), hidden_);
    return fmt::format("SELECT {}\nFROM (SELECT {}{} FROM trials t{}){}", fmt::join(columns, ", "),
                       fmt::join(inner, ",\n  "), hidden_.empty() ? "" : ", t.config_id", selection_.where(),
                       by.empty() ? "" : "\nGROUP BY " + by);
  }

  /// The column of `groups` that a person calls so.
  std::string column(const std::string& name, const char* option) const {
    Lines known;
    for (const Key& k : keys_) {
      if (k.name == name) return k.alias;
      known.push_back(k.name);
    }
    known.emplace_back("trials");
    for (const FilterStatistic& s : seed_statistics()) known.emplace_back(s.name);
    if (std::find(known.begin(), known.end(), name) == known.end())
      fail(Exit::usage, "{}: groups have no '{}'{}", option, name, suggestion(name, known));
    return quoted(name);
  }

  Lines order() const {
    Lines order;
    for (const std::string& text : request_.sort) {
      const SortKey sort(text);
      order.push_back(sort.order(column(sort.name, "--sort")));
    }
    for (const Key& k : keys_) order.push_back(k.alias + " NULLS LAST");
    return order;
  }

  std::string listed() {
    Lines names = request_.columns, columns;
    if (names.empty()) {
      for (const Key& k : keys_) names.push_back(k.name);
      names.emplace_back("trials");
      for (const FilterStatistic& s : seed_statistics()) names.emplace_back(s.name);
    }
    for (const std::string& name : names)
      columns.push_back(fmt::format("{} AS {}", column(name, "--cols"), quoted(name)));
    const std::string select = fmt::format("SELECT {}\nFROM ", fmt::join(columns, ", "));
    const std::string ordered = fmt::format("\nORDER BY {}", fmt::join(order(), ", "));
    if (request_.per.empty()) return select + "groups" + ordered + limit_of(selection_, request_.limit);
    const std::string per = column(request_.per, "--per");
    return fmt::format(
        "{}(SELECT *, row_number() OVER (PARTITION BY {} ORDER BY {}) AS place FROM groups)\nWHERE place <= {}\nORDER "
        "BY "
        "{} NULLS LAST, place",
        select, per, fmt::join(order(), ", "), selection_.bind(request_.limit > 0 ? request_.limit : 1), per);
  }

  std::string pivoted() {
    Lines columns;
    for (const Key& k : keys_) columns.push_back(fmt::format("{} AS {}", k.alias, quoted(k.name)));
    return fmt::format("SELECT {}, n, mean, ci95\nFROM groups\nORDER BY {}", fmt::join(columns, ", "),
                       fmt::join(order(), ", "));
  }

  Selection& selection_;
  const FindRequest& request_;
  std::vector<Key> keys_;
  std::string hidden_;
};

void require_sense(const FindRequest& r) {
  const bool grouped = !r.by.empty() || !r.pivot.empty();
  if (!grouped && r.of != "value") fail(Exit::usage, "--of: groups tell it: --by or --pivot is missing");
  if (r.pivot.empty()) return;
  if (!r.sort.empty() || !r.columns.empty() || !r.per.empty() || r.limit > 0)
    fail(Exit::usage, "--pivot: is one table: --sort, --cols, --per and --limit do not go with it");
}

}  // namespace

Findings findings(Reader& reader, const FindRequest& request, Selection::Clock::time_point now) {
  require_sense(request);
  Selection selection(reader, request.sweep_id, {}, now);
  selection.require(request.filter);
  if (request.by.empty() && request.pivot.empty()) return TrialRows(selection, request).take();
  return GroupRows(selection, request).take();
}

std::int64_t print_findings(Reader& reader, const Findings& found, Format format, RowSink& sink) {
  if (!found.pivot.empty()) {
    PivotTable table(sink, found.keys, found.pivot, is_for_people(format));
    reader.query(found.query, table);
    return table.rows();
  }
  if (!found.params) return reader.query(found.query, sink);
  ParamColumns spread(reader, sink, *found.params, found.only_varying);
  return reader.query(found.query, spread);
}

std::string explained(const Query& query) {
  std::string text = query.sql + "\n";
  for (std::size_t i = 0; i < query.arguments.size(); ++i) {
    std::string value = text_of(query.arguments[i]);
    if (std::holds_alternative<std::string>(query.arguments[i])) {
      std::string inner;
      for (const char c : value) inner += c == '\'' ? "''" : std::string(1, c);
      value = "'" + inner + "'";
    }
    text += fmt::format("-- ?{} = {}\n", i + 1, plain_line(value));
  }
  return text;
}

void list_names(Reader& reader, RowSink& sink) {
  KnownNames names(reader);
  sink.columns({"name", "type", "meaning"});
  for (const std::string& name : names.parameters()) {
    const KnownParameter p = names.resolve("params." + name, 1).parameter;
    sink.row({name, p.mixed ? "number or text" : name_of(p.type), "parameter"});
  }
  for (const std::string& name : names.metrics()) sink.row({name, "number", "metric"});
  for (const FilterColumn& c : filter_columns()) sink.row({c.name, name_of(c.type), c.meaning});
  for (const FilterStatistic& s : series_parts())
    sink.row({fmt::format("METRIC.{}", s.name), "number", fmt::format("of a series: {}", s.meaning)});
  sink.row({"METRIC.at(STEP)", "number", "of a series: its value at that step"});
  for (const FilterStatistic& s : seed_statistics())
    sink.row({fmt::format("{}(NAME)", s.name), "number", fmt::format("over the seeds of its config: {}", s.meaning)});
  for (const char* part : {"plugin.TABLE.id", "plugin.TABLE.version", "plugin.TABLE.sha"})
    sink.row({part, "text", "of the component behind a table of its spec"});
  sink.end();
}

}  // namespace ubp
