// SPDX-License-Identifier: MIT
#include "query/filter/names.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "query/filter/words.hpp"

namespace ubp {
namespace {

using Type = FilterType;

constexpr FilterColumn kColumns[] = {
    {"trial", Type::number, "trials", "v.trial_id", "its id"},
    {"name", Type::text, "trials", "v.name", "SWEEP/CONFIG.REPLICATE"},
    {"sweep", Type::text, "trials", "v.sweep", "the name of its sweep"},
    {"sweep_id", Type::number, "trials", "v.sweep_id", "the id of its sweep"},
    {"config", Type::number, "trials", "v.config", "the number of its config in its sweep"},
    {"replicate", Type::number, "trials", "v.replicate", "which of the config's replicates, from 0"},
    {"attempt", Type::number, "trials", "v.attempt", "which execution of it, from 0"},
    {"seed", Type::number, "trials", "v.seed", "of its random numbers"},
    {"state", Type::state, "trials", "v.state", "queued, running, complete, pruned, failed, lost or cancelled"},
    {"value", Type::number, "trials", "v.value", "of the objective metric"},
    {"n_seeds", Type::number, "seeds", "count(*)", "how many seeds of its config are complete"},
    {"seconds", Type::number, "trials", "v.seconds", "wall time"},
    {"cpu_seconds", Type::number, "trials", "v.cpu_seconds", "CPU time"},
    {"max_rss_mb", Type::number, "trials", "v.max_rss_mb", "peak memory, MiB"},
    {"created", Type::time, "trials", "v.created", "when it was declared"},
    {"started", Type::time, "trials", "v.started", "when it started"},
    {"ended", Type::time, "trials", "v.finished", "when it ended"},
    {"finished", Type::time, "trials", "v.finished", "when it ended"},
    {"reason", Type::text, "trials", "v.reason", "why it failed, waits or was pruned: a class, as numeric or crash"},
    {"cause", Type::text, "trials", "v.reason", "the same as reason"},
    {"error", Type::text, "trials", "v.error", "why it failed, one sentence"},
    {"exit_code", Type::number, "trials", "v.exit_code", "of its process"},
    {"signal", Type::number, "trials", "v.signal", "that ended its process"},
    {"log", Type::text, "failures", "v.log", "the last lines that a failed one wrote"},
    {"resumed_from", Type::number, "trials", "v.resumed_from_step", "the step that it was continued from"},
    {"supervised", Type::flag, "trials", "v.supervised", "its objective was given labels"},
    {"same_as", Type::number, "trials", "v.same_as", "the equal trial whose results it took over"},
    {"host", Type::text, "provenance", "v.host", "the machine it ran on"},
    {"cpu", Type::text, "provenance", "v.cpu", "the processor"},
    {"os", Type::text, "provenance", "v.os", "the operating system"},
    {"kernel", Type::text, "provenance", "v.kernel", "of the operating system"},
    {"compiler", Type::text, "provenance", "v.compiler", "that made ubp"},
    {"build", Type::text, "provenance", "v.build", "how ubp was made"},
    {"blas", Type::text, "provenance", "v.blas", "the library of matrix products"},
    {"host.sha", Type::text, "provenance", "v.host_sha256", "of the ubp executable, SHA-256"},
    {"git.sha", Type::text, "provenance", "nullif(v.git_sha, '')", "the commit of the working tree"},
    {"git.branch", Type::text, "provenance", "nullif(v.branch, '')", "the branch of the working tree"},
    {"branch", Type::text, "provenance", "nullif(v.branch, '')", "the same as git.branch"},
    {"git.dirty", Type::flag, "provenance", "v.dirty", "the working tree had changes"},
    {"git.diff", Type::text, "provenance", "nullif(v.diff_sha256, '')", "of those changes, SHA-256"},
};

constexpr FilterStatistic kSeriesParts[] = {
    {"last", "last", "the last point; what METRIC alone means"},
    {"min", "min", "the least"},
    {"max", "max", "the greatest"},
    {"mean", "mean", "the mean of all points"},
    {"first", "first", "the first point"},
};

constexpr FilterStatistic kSeedStatistics[] = {
    {"n", "count({})", "how many have a value"},
    {"mean", "avg({})", "their mean"},
    {"sd", "stdev({})", "their standard deviation, with n - 1"},
    {"ci95", "ci95({})", "the half-width of the 95 % interval of the mean (Student's t)"},
    {"median", "median({})", "the median"},
    {"iqm", "iqm({})", "the mean between the quartiles"},
    {"min", "min({})", "the least"},
    {"max", "max({})", "the greatest"},
    {"sum", "sum({})", "the sum"},
};

constexpr std::string_view kPluginParts[] = {"id", "version", "sha"};

bool has(const std::vector<std::string>& sorted, const std::string& name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

/// Whether `name` is `words` or ends in them: optimizer.lr in lr.
bool ends_in(std::string_view name, const std::string& words) { return name == words || name.ends_with("." + words); }

std::string last_word(const std::string& name) { return name.substr(name.rfind('.') + 1); }

/// "optimizer.lr" of "params.optimizer.lr"; other texts as they are.
std::string without(std::string_view prefix, const std::string& text) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

/// "train.loss.min" as "train.loss" and "min", if that is a part of series.
const FilterStatistic* split_part(std::string& text) {
  const std::size_t dot = text.rfind('.');
  if (dot == std::string::npos) return nullptr;
  for (const FilterStatistic& part : kSeriesParts)
    if (text.substr(dot + 1) == part.name) return text.resize(dot), &part;
  return nullptr;
}

[[noreturn]] void no_such(std::string_view what, const std::string& words, std::vector<std::string> names,
                          std::size_t at) {
  for (std::size_t i = 0, n = names.size(); i < n; ++i) names.push_back(last_word(names[i]));
  const std::string near = nearest(words, names);
  const std::string help = near.empty() ? "; `ubp find --names` lists what there is" : "; did you mean '" + near + "'?";
  throw UnknownName(fmt::format("{}{} '{}'{}", filter_place(at), what, words, help));
}

std::vector<std::string> first_column(Reader& reader, const Query& query) {
  std::vector<std::string> names;
  for (const Row& row : reader.rows(query)) names.push_back(text_of(row[0]));
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

const char* name_of(FilterType type) {
  static constexpr const char* kNames[] = {"number", "text", "flag", "time", "state"};
  return kNames[static_cast<int>(type)];
}

std::span<const FilterColumn> filter_columns() { return kColumns; }
std::span<const FilterStatistic> series_parts() { return kSeriesParts; }
std::span<const FilterStatistic> seed_statistics() { return kSeedStatistics; }

// From name to name along the index of param: a scan would read every config.
KnownNames::KnownNames(Reader& reader, std::optional<std::int64_t> sweep_id)
    : reader_(reader),
      sweep_id_(sweep_id),
      parameters_(first_column(
          reader, {"WITH RECURSIVE n(name) AS (SELECT min(name) FROM param UNION ALL SELECT (SELECT min(p.name) FROM "
                   "param p WHERE p.name > n.name) FROM n WHERE n.name IS NOT NULL) SELECT name FROM n WHERE name IS "
                   "NOT NULL"})),
      metrics_(first_column(reader, {"SELECT name FROM metric_name"})) {}

// ---------- from a word to a name ----------

KnownName KnownNames::resolve(const std::string& text, std::size_t at) {
  if (auto name = exact(text)) return *name;
  if (text.starts_with("plugin.")) return *plugin_part(text, at);
  if (text.starts_with("tags.")) return *tag(text, at);
  if (auto name = by_last_words(text, at)) return *name;
  const std::string key = without("params.", text);
  for (const std::string& name : {key, key + ".use"})
    if (fixed().contains(name)) return parameter(name);
  std::vector<std::string> candidates;
  for (const auto& [name, value] : fixed())
    if (ends_in(name, key)) candidates.push_back(name);
  if (candidates.size() == 1) return parameter(candidates[0]);
  if (candidates.size() > 1) fail_filter(at, "'{}' may mean any of: {}", text, fmt::join(candidates, ", "));
  unknown(text, at);
}

std::optional<KnownName> KnownNames::exact(const std::string& text) {
  for (const FilterColumn& column : kColumns)
    if (text == column.name) return KnownName{KnownName::Kind::column, text, &column};
  for (const std::string& name : {text, without("params.", text)})
    if (has(parameters_, name)) return parameter(name);
  return series(without("metrics.", text));
}

std::optional<KnownName> KnownNames::series(const std::string& text) {
  if (has(metrics_, text)) return KnownName{KnownName::Kind::series, text, nullptr, {}, text, kSeriesParts[0].sql};
  std::string metric = text;
  const FilterStatistic* const part = split_part(metric);
  if (!part || !has(metrics_, metric)) return std::nullopt;
  return KnownName{KnownName::Kind::series, text, nullptr, {}, metric, part->sql};
}

std::optional<KnownName> KnownNames::by_last_words(const std::string& text, std::size_t at) {
  const bool of_params = text.starts_with("params."), of_metrics = text.starts_with("metrics.");
  const std::string words = without("params.", without("metrics.", text));
  std::string metric = words;
  const FilterStatistic* const part = split_part(metric);
  std::vector<std::string> found, series_found;
  for (const std::string& name : parameters_)
    if (!of_metrics && (ends_in(name, words) || ends_in(name, words + ".use"))) found.push_back(name);
  if (found.size() > 1 && sweep_id_) std::erase_if(found, [&](const std::string& name) { return !is_in_sweep(name); });
  for (const std::string& name : metrics_) {
    if (of_params) break;
    if (ends_in(name, words)) series_found.push_back(name);
    if (part && ends_in(name, metric)) series_found.push_back(name + "." + part->name);
  }
  found.insert(found.end(), series_found.begin(), series_found.end());
  if (found.size() > 1) fail_filter(at, "'{}' may mean any of: {}", text, fmt::join(found, ", "));
  if (found.empty()) return std::nullopt;
  return series_found.empty() ? parameter(found[0]) : series(found[0]);
}

std::string KnownNames::resolve_metric(const std::string& text, std::size_t at) {
  const std::string words = without("metrics.", text);
  if (has(metrics_, words)) return words;
  std::vector<std::string> found;
  for (const std::string& name : metrics_)
    if (ends_in(name, words)) found.push_back(name);
  if (found.size() == 1) return found[0];
  if (found.size() > 1) fail_filter(at, "'{}' may mean any of: {}", text, fmt::join(found, ", "));
  fail_filter(at, "no trial has the metric '{}'{}", words, suggestion(words, metrics_));
}

// ---------- parameters ----------

bool KnownNames::is_in_sweep(const std::string& parameter) {
  const Query q = {
      "SELECT EXISTS(SELECT 1 FROM config c JOIN param p USING (config_id) WHERE c.sweep_id = ?1 AND "
      "p.name = ?2)",
      {*sweep_id_, parameter}};
  return (*reader_.first(q))[0] == Value(std::int64_t{1});
}

KnownName KnownNames::parameter(const std::string& name) {
  KnownParameter p{name};
  p.swept = has(parameters_, name);
  bool number = false, text = false, flag = false;
  if (p.swept) {
    const Row row =
        *reader_.first({"SELECT (SELECT max(num) FROM param WHERE name = ?1) IS NOT NULL, "
                        "EXISTS(SELECT 1 FROM param WHERE name = ?1 AND num IS NULL AND text IS NOT NULL), "
                        "(SELECT kind FROM param WHERE name = ?1 ORDER BY num DESC LIMIT 1) = 'bool', "
                        "(SELECT count(*) FROM param WHERE name = ?1) = (SELECT count(*) FROM config)",
                        {name}});
    const auto is = [&](std::size_t column) { return row[column] == Value(std::int64_t{1}); };
    number = is(0), text = is(1), flag = is(2), p.everywhere = is(3);
  }
  if (!p.everywhere && fixed().contains(name)) {
    const Fixed& fixed = fixed_->at(name);
    p.path = fixed.path;
    p.table = fixed.table;
    flag = fixed.is_flag && (flag || !number);
    number |= fixed.is_number || fixed.is_flag;
    text |= fixed.is_text;
  }
  p.mixed = number && text;
  p.type = number ? (flag && !text ? Type::flag : Type::number) : Type::text;
  return {KnownName::Kind::parameter, name, nullptr, p};
}

void KnownNames::add_fixed(const nlohmann::json& value, const std::string& name, const std::string& path,
                           const std::string& table) {
  const auto inner = [&](const std::string& key, const std::string& step, const nlohmann::json& part) {
    add_fixed(part, name.empty() ? key : name + "." + key, path + step, table);
  };
  if (value.is_object()) {
    for (const auto& [key, part] : value.items())
      if (key.find('"') == std::string::npos) inner(key, ".\"" + key + "\"", part);
  } else if (value.is_array() && !value.empty() && value[0].is_object()) {
    for (std::size_t i = 0; i < value.size(); ++i) inner(fmt::format("{}", i), fmt::format("[{}]", i), value[i]);
  } else {
    Fixed& fixed = (*fixed_)[name];
    fixed.path = path;
    fixed.table = table;
    fixed.is_flag |= value.is_boolean();
    fixed.is_number |= value.is_number();
    fixed.is_text |= value.is_string() || value.is_array();
  }
}

// Of each sweep the first config's spec: the others have the same keys, but for those that a condition takes away.
const std::map<std::string, KnownNames::Fixed>& KnownNames::fixed() {
  if (fixed_) return *fixed_;
  fixed_.emplace();
  const Query q = {
      "SELECT f.spec FROM config_spec f WHERE f.config_id IN (SELECT min(config_id) FROM config GROUP BY "
      "sweep_id)"};
  for (const Row& row : reader_.rows(q)) {
    nlohmann::json spec = reader_.parsed(text_of(row[0]));
    for (const nlohmann::json& component : spec.value("components", nlohmann::json::array())) {
      const std::string table = component.value("table", "");
      if (const auto id = component.find("id"); id != component.end())
        add_fixed(*id, table + ".use", "$.\"id\"", table);
      if (const auto params = component.find("params"); params != component.end())
        add_fixed(*params, table, "$.\"params\"", table);
    }
    spec.erase("components");
    add_fixed(spec, "", "$", "");
  }
  return *fixed_;
}

// ---------- what else has names of its own ----------

std::optional<KnownName> KnownNames::plugin_part(const std::string& text, std::size_t at) {
  std::string table = without("plugin.", text), part;
  const std::vector<std::string> tables = first_column(reader_, {"SELECT DISTINCT \"table\" FROM trial_plugin"});
  const std::size_t dot = table.rfind('.');
  const std::string end = dot == std::string::npos ? "" : table.substr(dot + 1);
  if (!has(tables, table) &&
      std::find(std::begin(kPluginParts), std::end(kPluginParts), end) != std::end(kPluginParts)) {
    table.resize(dot);
    part = end;
  }
  if (!has(tables, table))
    fail_filter(at, "no trial has a plugin for the table '{}'{}", table, suggestion(table, tables));
  return KnownName{KnownName::Kind::plugin, text, nullptr, {}, table, part};
}

std::optional<KnownName> KnownNames::tag(const std::string& text, std::size_t at) {
  const std::string name = without("tags.", text);
  const std::vector<std::string> tags = first_column(reader_, {"SELECT DISTINCT tag FROM tags"});
  if (!has(tags, name)) fail_filter(at, "no trial and no sweep has the tag '{}'{}", name, suggestion(name, tags));
  return KnownName{KnownName::Kind::tag, text, nullptr, {}, name};
}

std::vector<std::string> KnownNames::all() const {
  std::vector<std::string> names;
  for (const FilterColumn& column : kColumns) names.emplace_back(column.name);
  for (const auto* known : {&parameters_, &metrics_}) names.insert(names.end(), known->begin(), known->end());
  return names;
}

void KnownNames::unknown(const std::string& text, std::size_t at) const {
  if (text.starts_with("params.")) no_such("no config has the parameter", without("params.", text), parameters_, at);
  if (text.starts_with("metrics.")) no_such("no trial has the metric", without("metrics.", text), metrics_, at);
  no_such("no parameter, metric or column is called", text, all(), at);
}

}  // namespace ubp
