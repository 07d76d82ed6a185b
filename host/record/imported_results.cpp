// SPDX-License-Identifier: MIT
// Comma-separated results, a row a trial, as sweeps.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>
#include <tuple>

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "record/imported.hpp"

namespace ubp {

using nlohmann::json;

namespace {

constexpr std::string_view kParams = "params.";
constexpr std::string_view kMeanings[] = {"sweep",  "seed",  "replicate", "attempt",
                                          "config", "state", "reason",    "error"};

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

bool is_truth(const std::string& text) {
  return text == "true" || text == "false" || text == "True" || text == "False";
}

json list_in(const std::string& text) {
  const json value = text.starts_with('[') ? json::parse(text, nullptr, false) : json();
  return value.is_array() ? value : json();
}

/// What a column of a parameter holds: the first of these that all its cells are.
enum class Kind { whole, number, truth, list, text };

json value_of(const std::string& cell, Kind kind) {
  switch (kind) {
    case Kind::whole:
      return *parsed<std::int64_t>(cell);
    case Kind::number:
      return *parsed<double>(cell);
    case Kind::truth:
      return cell == "true" || cell == "True";
    case Kind::list:
      return list_in(cell);
    default:
      return cell;
  }
}

class ResultReader {
 public:
  ResultReader(const std::filesystem::path& file, const ResultColumns& wanted)
      : file_(file.string()), wanted_(wanted), table_(read_csv(text_of(file), file_)) {
    source_ = {{"file", file.filename().string()}, {"sha256", sha256_of_file(file)}};
  }

  std::vector<ImportedSweep> read() {
    for (const SweepObjective& each : wanted_.objectives) metrics_.push_back(metric_column(each.metric));
    for (const std::string_view meaning : kMeanings) meanings_[std::string(meaning)] = find(std::string(meaning));
    find_params();
    for (const CsvRow& row : table_.rows) read_row(row);
    std::vector<ImportedSweep> all;
    for (const std::string& name : order_) {
      ImportedSweep& sweep = sweeps_[name].sweep;
      for (const auto& [param, values] : sweeps_[name].values) sweep.space[param] = axis_around(values);
      if (sweep.space.is_null()) sweep.space = json::object();
      if (!sweep.trials.empty()) all.push_back(std::move(sweep));
    }
    if (all.empty()) fail(Exit::usage, "{}: has no trial that has ended", file_);
    return all;
  }

 private:
  struct Growing {
    ImportedSweep sweep;
    std::map<std::string, std::size_t> configs;                                         // by parameters
    std::map<std::int64_t, std::size_t> numbers;                                        // by number
    std::map<std::string, std::vector<json>> values;                                    // by parameter
    std::map<std::tuple<std::size_t, std::int64_t, std::int64_t>, std::int64_t> lines;  // of trials
  };

  static std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    if (!(text << in.rdbuf())) fail(Exit::usage, "{}: cannot be read, or is empty", file.string());
    return text.str();
  }

  std::optional<std::size_t> find(const std::string& column) const {
    const auto found = std::find(table_.columns.begin(), table_.columns.end(), column);
    return found == table_.columns.end() ? std::nullopt
                                         : std::optional(static_cast<std::size_t>(found - table_.columns.begin()));
  }

  std::size_t metric_column(const std::string& metric) const {
    const auto column = find(metric);
    if (!column)
      fail(Exit::usage, "{}: --metric: there is no column '{}'{}", file_, metric, suggestion(metric, table_.columns));
    return *column;
  }

  void find_params() {
    const bool named = std::any_of(table_.columns.begin(), table_.columns.end(),
                                   [](const std::string& c) { return c.starts_with(kParams); });
    for (std::size_t c = 0; c < table_.columns.size(); ++c) {
      const std::string& column = table_.columns[c];
      if (std::find(metrics_.begin(), metrics_.end(), c) != metrics_.end()) continue;
      if (named ? !column.starts_with(kParams) : meanings_.contains(column)) continue;
      params_.emplace_back(c, named ? column.substr(kParams.size()) : column);
      kinds_.push_back(kind_of(c));
    }
  }

  Kind kind_of(std::size_t column) const {
    const auto all = [&](auto is) {
      return std::all_of(table_.rows.begin(), table_.rows.end(),
                         [&](const CsvRow& row) { return row.cells[column].empty() || is(row.cells[column]); });
    };
    if (all([](const std::string& cell) { return parsed<std::int64_t>(cell).has_value(); })) return Kind::whole;
    if (all([](const std::string& cell) { return std::isfinite(parsed<double>(cell).value_or(NAN)); }))
      return Kind::number;
    if (all(is_truth)) return Kind::truth;
    return all([](const std::string& cell) { return !list_in(cell).is_null(); }) ? Kind::list : Kind::text;
  }

  [[noreturn]] void refuse(const CsvRow& row, std::size_t column, const std::string& expected) const {
    fail(Exit::usage, "{}:{}: column {} '{}': found '{}', expected {}", file_, row.line, column + 1,
         table_.columns[column], row.cells[column], expected);
  }

  /// The cell of what is called so; "": there is none.
  std::string meant(const CsvRow& row, const std::string& meaning) const {
    const auto column = meanings_.at(meaning);
    return column ? row.cells[*column] : "";
  }

  template <class Number>
  Number whole(const CsvRow& row, const std::string& meaning, Number otherwise) const {
    const std::string cell = meant(row, meaning);
    if (cell.empty()) return otherwise;
    const auto number = parsed<Number>(cell);
    if (!number || cell.starts_with('-')) refuse(row, *meanings_.at(meaning), "a whole number of at least 0");
    return *number;
  }

  /// Nothing: it has not ended.
  std::optional<TrialState> state_of(const CsvRow& row) const {
    std::string word = meant(row, "state");
    std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::toupper(c); });
    if (word.empty()) return TrialState::complete;
    if (word == "WAITING" || word == "QUEUED" || word == "RUNNING") return std::nullopt;
    if (word == "FAIL") return TrialState::failed;
    const auto state = state_named(word);
    if (!state) refuse(row, *meanings_.at("state"), "COMPLETE, PRUNED, FAILED, LOST, CANCELLED, RUNNING or QUEUED");
    return state;
  }

  void read_row(const CsvRow& row) {
    std::string name = meant(row, "sweep");
    if (name.empty()) name = wanted_.sweep;
    Growing& growing = sweeps_[name];
    if (growing.sweep.name.empty()) {
      order_.push_back(name);
      growing.sweep.name = name, growing.sweep.objectives = wanted_.objectives, growing.sweep.source = source_;
      growing.sweep.series = wanted_.objectives[0].metric;
    }
    const auto state = state_of(row);
    if (!state) {
      ++growing.sweep.unfinished;
      return;
    }
    ImportedTrial trial;
    trial.state = *state;
    trial.config = config_of(row, growing);
    read_numbers(row, trial);
    read_failure(row, trial);
    fail_if_not_finite(trial, wanted_.objectives);
    place(row, growing, trial);
    growing.sweep.trials.push_back(std::move(trial));
  }

  std::size_t config_of(const CsvRow& row, Growing& growing) {
    json params = json::object();
    for (std::size_t p = 0; p < params_.size(); ++p) {
      const auto& [column, param] = params_[p];
      if (row.cells[column].empty()) continue;  // it does not apply
      params[param] = value_of(row.cells[column], kinds_[p]);
      growing.values[param].push_back(params[param]);
    }
    std::vector<ImportedConfig>& configs = growing.sweep.configs;
    const auto given = meanings_.at("config");
    const auto [known, fresh] = growing.configs.try_emplace(params.dump(), configs.size());
    const auto number =
        whole(row, "config", fresh ? static_cast<std::int64_t>(configs.size()) : configs[known->second].number);
    const auto [other, is_new] = growing.numbers.try_emplace(number, known->second);
    if (other->second != known->second || is_new != fresh)
      refuse(row, given.value_or(0), "one number for equal parameters, and another for others");
    if (fresh) configs.push_back({number, params});
    return known->second;
  }

  void read_numbers(const CsvRow& row, ImportedTrial& trial) const {
    for (const std::size_t column : metrics_) {
      const std::string& cell = row.cells[column];
      const auto number = cell.empty() ? std::optional<double>(NAN) : parsed<double>(cell);
      if (!number) refuse(row, column, "a number");
      trial.values.push_back(*number);
    }
    if (trial.state == TrialState::pruned && std::isfinite(trial.values[0])) trial.series[0] = trial.values[0];
  }

  void read_failure(const CsvRow& row, ImportedTrial& trial) const {
    if (trial.state == TrialState::failed || trial.state == TrialState::lost) {
      trial.reason = meant(row, "reason"), trial.error = meant(row, "error");
      if (trial.reason.empty()) trial.reason = name_of(Failure::exception);
      if (!failure_named(trial.reason)) refuse(row, *meanings_.at("reason"), "a class of failure, as numeric or crash");
      if (trial.error.empty()) trial.error = "it failed; the file it was imported from does not say why";
    }
  }

  void place(const CsvRow& row, Growing& growing, ImportedTrial& trial) const {
    trial.attempt = whole<std::int64_t>(row, "attempt", 0);
    std::int64_t free = 0;
    while (growing.lines.contains({trial.config, free, trial.attempt})) ++free;
    trial.replicate = whole<std::int64_t>(row, "replicate", free);
    trial.seed = whole<std::uint64_t>(row, "seed", static_cast<std::uint64_t>(trial.replicate));
    const auto [known, fresh] = growing.lines.try_emplace({trial.config, trial.replicate, trial.attempt}, row.line);
    if (!fresh)
      refuse(row, *meanings_.at("replicate"),
             fmt::format("another than in line {}, whose parameters are equal", known->second));
  }

  const std::string file_;
  const ResultColumns& wanted_;
  const CsvTable table_;
  json source_;
  std::vector<std::size_t> metrics_;
  std::map<std::string, std::optional<std::size_t>> meanings_;
  std::vector<std::pair<std::size_t, std::string>> params_;  // column, name
  std::vector<Kind> kinds_;
  std::vector<std::string> order_;
  std::map<std::string, Growing> sweeps_;
};

}  // namespace

std::vector<ImportedSweep> read_results(const std::filesystem::path& file, const ResultColumns& wanted) {
  return ResultReader(file, wanted).read();
}

}  // namespace ubp
