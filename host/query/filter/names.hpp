// SPDX-License-Identifier: MIT
// What a filter, --cols, --sort and --by may name: one table of columns, one of statistics, and what a database holds.
// Spelling help, completions, `ubp find --names` and the SQL come from here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "query/reader.hpp"

namespace ubp {

enum class FilterType { number, text, flag, time, state };
const char* name_of(FilterType);  ///< "number"

/// A column of a view that has one row a trial. A new name is one line of kColumns in names.cpp.
struct FilterColumn {
  const char* name;  ///< "git.sha"
  FilterType type;
  const char* view;    ///< "trials", "provenance", "failures"; "seeds": an aggregate over the seeds of its config
  const char* column;  ///< an expression in its columns: "nullif(v.git_sha, '')", where v is the view
  const char* meaning;
};
std::span<const FilterColumn> filter_columns();

/// What a series comes to: METRIC.min; or, of values of several trials: mean(METRIC).
struct FilterStatistic {
  const char* name;  ///< "sd"
  const char* sql;   ///< "stdev({})"; of a part of a series, the column of metric_stats
  const char* meaning;
};
std::span<const FilterStatistic> series_parts();     ///< the first is that of a bare METRIC
std::span<const FilterStatistic> seed_statistics();  ///< over the seeds of a config, and of groups of trials

/// A parameter that a config has, swept or not.
struct KnownParameter {
  std::string name;  ///< "optimizer.lr"
  FilterType type = FilterType::number;
  bool mixed = false;       ///< a number in some configs, a text in others; type says number then
  bool swept = false;       ///< the view params has it
  bool everywhere = false;  ///< of every config
  std::string path;         ///< its JSON path in the specs that have it fixed; "": none has
  std::string table;        ///< the path begins at the component of this table; "": at the spec
};

/// What a name came to.
struct KnownName {
  enum class Kind { column, parameter, series, point, plugin, tag } kind = Kind::column;
  std::string name;                      ///< in full: "optimizer.lr", "train.loss.min"
  const FilterColumn* column = nullptr;  ///< column
  KnownParameter parameter = {};         ///< parameter
  std::string of = {};                   ///< series, point: the metric; plugin: the table of the spec; tag: its name
  std::string part = {};                 ///< series: the column of metric_stats; plugin: "", "id", "version" or "sha"
};

/// Nothing has the name.
class UnknownName : public Error {
 public:
  explicit UnknownName(const std::string& message) : Error(Exit::usage, message) {}
};

/// The names of one database. What takes long to find out is found out when it is wanted.
class KnownNames {
 public:
  /// Of two parameters that `lr` may mean, that of the sweep is meant.
  KnownNames(Reader&, std::optional<std::int64_t> sweep_id = {});

  /// `text`: a name as typed. In this order: a column; a parameter, with or without `params.`; a metric, with or
  /// without `metrics.` and a part (the longest name that is one); `plugin.TABLE[.id|.version|.sha]`; `tags.NAME`, of
  /// the trial or its sweep; the last words of one parameter or metric, `lr`, or of one that ends in `.use`:
  /// `objective`; a parameter that no sweep varies. Where a sweep does not vary a parameter, it is that of the spec of
  /// trials that have started. Throws UnknownName with the place `at` and the nearest name, or Error (usage) with the
  /// candidates.
  KnownName resolve(const std::string& text, std::size_t at);
  /// The metric of METRIC.at(STEP), typed as above.
  std::string resolve_metric(const std::string& text, std::size_t at);

  const std::vector<std::string>& parameters() const { return parameters_; }  ///< that any sweep varies, sorted
  const std::vector<std::string>& metrics() const { return metrics_; }        ///< sorted
  /// All that spelling help knows.
  std::vector<std::string> all() const;

 private:
  struct Fixed {
    std::string path, table;
    bool is_number = false, is_flag = false, is_text = false;
  };
  std::optional<KnownName> exact(const std::string& text);
  std::optional<KnownName> series(const std::string& text);
  std::optional<KnownName> by_last_words(const std::string& text, std::size_t at);
  std::optional<KnownName> plugin_part(const std::string& text, std::size_t at);
  std::optional<KnownName> tag(const std::string& text, std::size_t at);
  [[noreturn]] void unknown(const std::string& text, std::size_t at) const;
  KnownName parameter(const std::string& name);
  bool is_in_sweep(const std::string& parameter);
  const std::map<std::string, Fixed>& fixed();
  void add_fixed(const nlohmann::json& value, const std::string& name, const std::string& path,
                 const std::string& table);

  Reader& reader_;
  std::optional<std::int64_t> sweep_id_;
  std::vector<std::string> parameters_, metrics_;
  std::optional<std::map<std::string, Fixed>> fixed_;  // the keys of the specs
};

}  // namespace ubp
