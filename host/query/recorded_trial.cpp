// SPDX-License-Identifier: MIT
#include "query/recorded_trial.hpp"

namespace ubp {
namespace {

constexpr const char* kTrial =
    "SELECT t.name, t.sweep_id, t.config, t.replicate, t.attempt, t.state, t.reason, t.error, t.value, t.seed, "
    "c.params, c.data, f.spec, (SELECT max(last_step) FROM metric_stats m WHERE m.trial_id = t.trial_id) "
    "FROM trials t JOIN config c USING (config_id) LEFT JOIN config_spec f USING (config_id) WHERE t.trial_id = ?1";
constexpr const char* kMachine =
    "SELECT host, os, kernel, cpu, compiler, build, blas, host_sha256, git_sha, branch, dirty, diff_sha256 FROM "
    "provenance WHERE trial_id = ?1";
constexpr const char* kPlugins =
    "SELECT u.\"table\", p.kind, p.id, p.version, p.sha256, p.file FROM trial_plugin u JOIN plugin p USING (plugin_id) "
    "WHERE u.trial_id = ?1";

void flatten(const nlohmann::json& value, const std::string& path, std::map<std::string, nlohmann::json>& out) {
  if (value.is_object() && !value.empty()) {
    for (const auto& [key, inner] : value.items()) flatten(inner, path.empty() ? key : path + "." + key, out);
  } else if (value.is_array() && !value.empty() && value[0].is_object() && value[0].contains("table")) {
    for (const auto& use : value) {
      const std::string table = use.value("table", "");
      out[table + ".use"] = use.value("id", "");
      if (const auto params = use.find("params"); params != use.end() && !params->empty()) flatten(*params, table, out);
    }
  } else {
    out[path] = value;
  }
}

}  // namespace

std::map<std::string, double> last_values(Reader& reader, std::int64_t trial_id) {
  std::map<std::string, double> last;
  for (const Row& row :
       reader.rows({"SELECT metric, last FROM metric_stats WHERE trial_id = ?1 AND last IS NOT NULL", {trial_id}}))
    last[text_of(row[0])] = std::get<double>(row[1]);
  return last;
}

std::map<std::string, nlohmann::json> flattened(const nlohmann::json& value) {
  std::map<std::string, nlohmann::json> flat;
  flatten(value, "", flat);
  return flat;
}

RecordedTrial recorded_trial(Reader& reader, std::int64_t trial_id) {
  const Row row = *reader.first({kTrial, {trial_id}});
  const auto integer = [&](std::size_t column) {
    return is_null(row[column]) ? std::int64_t{0} : std::get<std::int64_t>(row[column]);
  };
  RecordedTrial trial;
  trial.trial_id = trial_id;
  trial.name = text_of(row[0]);
  trial.sweep_id = integer(1), trial.config = integer(2), trial.replicate = integer(3), trial.attempt = integer(4);
  trial.state = text_of(row[5]), trial.reason = text_of(row[6]), trial.error = text_of(row[7]);
  if (!is_null(row[8])) trial.value = std::get<double>(row[8]);
  trial.seed = text_of(row[9]);
  trial.params = reader.parsed(text_of(row[10])).get<Assignment>();
  trial.data = reader.parsed(text_of(row[11])).get<std::vector<SourceFile>>();
  // Imported records may have the swept parameters alone.
  trial.spec = is_null(row[12]) ? nlohmann::json(trial.params) : reader.parsed(text_of(row[12]));
  trial.last_step = integer(13);
  trial.machine = reader.named_first({kMachine, {trial_id}});
  for (const Row& use : reader.rows({kPlugins, {trial_id}}))
    trial.plugins[text_of(use[0])] = {fmt::format("{} '{}'", text_of(use[1]), text_of(use[2])), text_of(use[3]),
                                      text_of(use[4]), text_of(use[5])};
  return trial;
}

}  // namespace ubp
