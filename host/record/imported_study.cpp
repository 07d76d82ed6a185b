// SPDX-License-Identifier: MIT
// A study of Optuna's as a sweep.
#include <algorithm>
#include <cmath>
#include <set>

#include "base/hash.hpp"
#include "record/imported.hpp"
#include "record/schema.hpp"

namespace ubp {

using nlohmann::json;
using sqlite::Connection;
using sqlite::Statement;

namespace {

/// Of distributions of one name: what holds all values, in the words of Plan::space.
class StudyAxis {
 public:
  /// Returns the value, as a person knows it. Throws json::exception if this is no distribution of Optuna's.
  json add(double stored, const json& distribution) {
    const json& attributes = distribution.at("attributes");
    if (const auto choices = attributes.find("choices"); choices != attributes.end()) {
      for (const json& each : *choices)
        if (std::find(choices_.begin(), choices_.end(), plain_choice(each)) == choices_.end())
          choices_.push_back(plain_choice(each));
      return noted(plain_choice(choices->at(static_cast<std::size_t>(stored))));
    }
    const std::string name = distribution.at("name");
    const bool whole = name.starts_with("Int");
    const double low = attributes.at("low"), high = attributes.at("high");
    const bool log = attributes.value("log", name.find("Log") != name.npos);
    const json step = attributes.contains("q") ? attributes["q"] : attributes.value("step", json());
    const json own = {{"type", whole ? "int" : "float"}, {"log", log}, {"step", whole && step == 1 ? json() : step}};
    if (range_.is_null())
      range_ = own, low_ = low, high_ = high;
    else if (range_ != own)
      mixed_ = true;
    low_ = std::min(low_, low), high_ = std::max(high_, high);
    return noted(whole ? json(std::llround(stored)) : json(stored));
  }

  json axis() const {
    if (mixed_ || (!range_.is_null() && !choices_.empty())) return axis_around(values_);
    if (range_.is_null()) {
      const bool truth = std::all_of(choices_.begin(), choices_.end(), [](const json& v) { return v.is_boolean(); });
      return {{"type", truth ? "bool" : "choice"}, {"choices", choices_}};
    }
    json axis = range_;
    axis["low"] = low_, axis["high"] = high_;
    if (axis["step"].is_null()) axis.erase("step");
    return axis;
  }

 private:
  /// Records know no value that is none, and Optuna no lists.
  static json plain_choice(const json& choice) {
    return choice.is_null() ? json("None") : choice.is_structured() ? json(choice.dump()) : choice;
  }
  json noted(json value) { return values_.push_back(value), value; }

  json range_;
  double low_ = 0, high_ = 0;
  bool mixed_ = false;
  std::vector<json> choices_, values_;
};

void require_study_file(Connection& db, const std::string& file) {
  const auto has = [&](const char* table, const char* column) {
    Statement find(db, "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2");
    return find.bind_all(table, column).step();
  };
  if (db.integer("PRAGMA application_id") == kApplicationId)
    fail(Exit::usage, "{}: is a database of ubp: `ubp merge` takes it in", file);
  if (!has("studies", "study_name") || !has("trials", "datetime_complete"))
    fail(Exit::usage, "{}: is an SQLite file, but no storage of Optuna's: it has no studies", file);
  if (!has("trial_values", "value_type") || !has("trial_intermediate_values", "intermediate_value_type"))
    fail(
        Exit::usage,
        "{}: was written by an Optuna before 3.0: `optuna storage upgrade --storage sqlite:///{}` brings it up to date",
        file, file);
}

class StudyReader {
 public:
  StudyReader(Connection& db, const std::filesystem::path& file) : db_(db), file_(file.string()) {}

  ImportedSweep read(const std::string& wanted) {
    const auto [id, name] = chosen(wanted);
    study_id_ = id;
    sweep_.name = name;
    sweep_.source = {
        {"file", std::filesystem::path(file_).filename().string()}, {"sha256", sha256_of_file(file_)}, {"study", name}};
    read_objectives();
    Statement trials(db_,
                     "SELECT trial_id, state, number, CAST(1000 * unixepoch(datetime_start) + substr(strftime('%f', "
                     "datetime_start), 4) AS INTEGER), CAST(1000 * unixepoch(datetime_complete) + "
                     "substr(strftime('%f', datetime_complete), 4) AS INTEGER) FROM trials WHERE study_id = ?1 ORDER "
                     "BY number");
    for (trials.bind(1, study_id_); trials.step();) read_trial(trials);
    if (sweep_.trials.empty()) fail(Exit::usage, "{}: study '{}' has no trial that has ended", file_, sweep_.name);
    for (const auto& [param, axis] : axes_) sweep_.space[param] = axis.axis();
    find_reduction();
    return std::move(sweep_);
  }

 private:
  std::pair<std::int64_t, std::string> chosen(const std::string& wanted) {
    std::vector<std::pair<std::int64_t, std::string>> all;
    std::vector<std::string> names;
    Statement find(db_, "SELECT study_id, study_name FROM studies ORDER BY study_id");
    while (find.step()) all.emplace_back(find.integer(0), find.text(1)), names.push_back(find.text(1));
    if (all.empty()) fail(Exit::usage, "{}: has no study", file_);
    for (const auto& study : all)
      if (wanted.empty() ? all.size() == 1 : study.second == wanted) return study;
    if (wanted.empty())
      fail(Exit::usage, "{}: has {} studies: --study NAME says which one: {}", file_, all.size(),
           fmt::join(names, ", "));
    fail(Exit::usage, "{}: there is no study '{}'{}", file_, wanted, suggestion(wanted, names));
  }

  json attribute(const char* table, const char* key) {
    Statement find(db_, fmt::format("SELECT value_json FROM {} WHERE study_id = ?1 AND \"key\" = ?2", table));
    return find.bind_all(study_id_, key).step() ? json::parse(find.text(0)) : json();
  }

  void read_objectives() {
    const json names = attribute("study_system_attributes", "study:metric_names");
    Statement find(db_, "SELECT direction, objective FROM study_directions WHERE study_id = ?1 ORDER BY objective");
    for (find.bind(1, study_id_); find.step();) {
      if (find.text(0) == "NOT_SET")
        fail(Exit::usage, "{}: study '{}' optimises nothing: its direction is NOT_SET", file_, sweep_.name);
      const auto k = static_cast<std::size_t>(find.integer(1));
      sweep_.objectives.push_back(
          {names.is_array() && k < names.size() ? names[k].get<std::string>() : fmt::format("value_{}", k),
           find.text(0) == "MAXIMIZE" ? Goal::maximize : Goal::minimize,
           {}});
    }
    if (sweep_.objectives.empty()) fail(Exit::usage, "{}: study '{}' has no direction", file_, sweep_.name);
    if (sweep_.objectives.size() == 1 && !names.is_array()) sweep_.objectives[0].metric = "value";
  }

  void read_trial(const Statement& row) {
    const std::string state = row.text(1);
    if (state == "RUNNING" || state == "WAITING") {
      ++sweep_.unfinished;
      return;
    }
    const std::int64_t trial_id = row.integer(0);
    ImportedTrial trial;
    trial.state = state == "COMPLETE" ? TrialState::complete
                  : state == "PRUNED" ? TrialState::pruned
                                      : TrialState::failed;
    if (trial.state == TrialState::failed)
      trial.reason = name_of(Failure::exception), trial.error = "it failed in Optuna, which keeps no reason";
    if (!row.is_null(3)) trial.started_ms = row.integer(3);
    if (!row.is_null(4)) trial.finished_ms = row.integer(4);
    read_params(trial_id, trial);
    read_numbers(trial_id, trial);
    if (trial.state == TrialState::complete && trial.values.size() != sweep_.objectives.size())
      fail(Exit::usage, "{}: study '{}': trial {} is complete, but has {} values: expected {}", file_, sweep_.name,
           row.integer(2), trial.values.size(), sweep_.objectives.size());
    fail_if_not_finite(trial, sweep_.objectives);
    sweep_.trials.push_back(std::move(trial));
  }

  void read_params(std::int64_t trial_id, ImportedTrial& trial) {
    json params = json::object();
    params_.bind(1, trial_id);
    while (params_.step())
      params[params_.text(0)] = axes_[params_.text(0)].add(params_.real(1), json::parse(params_.text(2)));
    const auto [known, fresh] = configs_.try_emplace(params.dump(), sweep_.configs.size());
    if (fresh) sweep_.configs.push_back({static_cast<std::int64_t>(known->second), params});
    trial.config = known->second;
    trial.replicate = replicates_[trial.config]++;
    trial.seed = static_cast<std::uint64_t>(trial.replicate);
  }

  /// NULL stands for what `type` says.
  static double number(const Statement& row, int value, int type) {
    const std::string kind = row.text(type);
    return kind == "FINITE" ? row.real(value) : kind == "INF_POS" ? INFINITY : kind == "INF_NEG" ? -INFINITY : NAN;
  }

  void read_numbers(std::int64_t trial_id, ImportedTrial& trial) {
    for (values_.bind(1, trial_id); values_.step();) trial.values.push_back(number(values_, 0, 1));
    for (series_.bind(1, trial_id); series_.step();) trial.series[series_.integer(0)] = number(series_, 1, 2);
  }

  /// How values follow from what was reported; if they do not, those are a metric of their own.
  void find_reduction() {
    const auto reduced = [](const std::map<std::int64_t, double>& series, const std::string& by) {
      double low = INFINITY, high = -INFINITY, sum = 0;
      for (const auto& [step, value] : series) low = std::fmin(low, value), high = std::fmax(high, value), sum += value;
      return by == "last"  ? series.rbegin()->second
             : by == "min" ? low
             : by == "max" ? high
                           : sum / double(series.size());
    };
    sweep_.series = sweep_.objectives[0].metric;
    for (const char* by : {"last", "min", "max", "mean"}) {
      sweep_.reduce = by;
      if (std::all_of(sweep_.trials.begin(), sweep_.trials.end(), [&](const ImportedTrial& t) {
            return t.values.empty() || t.series.empty() || reduced(t.series, by) == t.values[0];
          }))
        return;
    }
    sweep_.reduce = "last";
    sweep_.series = "intermediate";
  }

  Connection& db_;
  const std::string file_;
  std::int64_t study_id_ = 0;
  ImportedSweep sweep_;
  std::map<std::string, StudyAxis> axes_;
  std::map<std::string, std::size_t> configs_;
  std::map<std::size_t, std::int64_t> replicates_;
  Statement params_{
      db_,
      "SELECT param_name, param_value, distribution_json FROM trial_params WHERE trial_id = ?1 ORDER BY param_name"};
  Statement values_{db_, "SELECT value, value_type FROM trial_values WHERE trial_id = ?1 ORDER BY objective"};
  Statement series_{db_,
                    "SELECT step, intermediate_value, intermediate_value_type FROM trial_intermediate_values WHERE "
                    "trial_id = ?1 ORDER BY step"};
};

}  // namespace

ImportedSweep read_study(const std::filesystem::path& file, const std::string& study) {
  try {
    Connection db(sqlite::readable_uri(file), SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI);
    db.run("BEGIN");  // one state of a file that Optuna may be writing
    require_study_file(db, file.string());
    return StudyReader(db, file).read(study);
  } catch (const json::exception& e) {
    fail(Exit::usage, "{}: is no storage of Optuna's that ubp can read: {}", file.string(), e.what());
  } catch (const Error& e) {
    if (e.code() != Exit::internal) throw;
    fail(Exit::usage, "{}: cannot be read as a storage of Optuna's: {}", file.string(), e.what());
  }
}

}  // namespace ubp
