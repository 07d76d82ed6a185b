// SPDX-License-Identifier: MIT
// ubp show: all that is recorded of one trial.
#include <nlohmann/json.hpp>

#include "cli/options.hpp"
#include "query/find.hpp"

namespace ubp {
namespace {

/// A section: a query for this trial (?1).
struct Section {
  const char* name;
  const char* sql;
};

constexpr Section kTrial = {
    "trial",
    "SELECT trial_id, name, attempt, state, value, reason, error, seed, seconds, cpu_seconds, max_rss_mb, exit_code, "
    "signal, pid, "
    "resumed_from_step, supervised, created, started, finished FROM trials WHERE trial_id = ?1"};
constexpr Section kSweep = {"sweep",
                            "SELECT s.sweep_id, s.sweep, s.experiment, s.question, s.metric, s.goal, s.reduce FROM "
                            "sweeps s JOIN trial t USING (sweep_id) "
                            "WHERE t.trial_id = ?1"};
constexpr Section kProvenance = {"provenance",
                                 "SELECT host, os, kernel, cpu, n_cpu, mem_bytes, compiler, build, blas, host_sha256, "
                                 "git_sha, branch, dirty, diff_sha256 "
                                 "FROM provenance WHERE trial_id = ?1"};
constexpr Section kLists[] = {
    {"attempts",
     "SELECT o.trial_id, o.attempt, o.state, o.value, o.reason FROM trial t JOIN trial o USING (config_id, replicate) "
     "WHERE t.trial_id = ?1 ORDER BY o.attempt"},
    {"parameters", "SELECT name, value FROM params WHERE trial_id = ?1 ORDER BY name"},
    {"metrics",
     "SELECT metric, n, n_nan, first, last, last_step, min, min_step, max, max_step, mean FROM metric_stats "
     "WHERE trial_id = ?1 ORDER BY metric"},
    {"artifacts",
     "SELECT kind, artifact, step, size, mime, ?2 || path AS path, sha256 FROM artifacts WHERE trial_id = ?1 "
     "ORDER BY artifact, step"},
    {"plugins",
     "SELECT u.\"table\", p.kind || '/' || p.id AS component, p.version, p.sha256, p.file, p.build FROM trial_plugin u "
     "JOIN plugin p USING (plugin_id) WHERE u.trial_id = ?1 ORDER BY 1"}};

constexpr const char* kSpec = "SELECT f.spec FROM trial t JOIN config_spec f USING (config_id) WHERE t.trial_id = ?1";
constexpr const char* kLog = "SELECT tail FROM trial_log WHERE trial_id = ?1";

/// One row, printed upright; NULLs and empty texts are left out.
class Upright : public RowSink {
 public:
  void columns(const std::vector<std::string>& names) override { names_ = names; }
  void row(const Row& row) override {
    for (std::size_t c = 0; c < row.size(); ++c)
      if (!text_of(row[c]).empty()) fmt::print("  {:<18} {}\n", names_[c], human(row[c]));
  }

 private:
  std::vector<std::string> names_;
};

class Object : public RowSink {
 public:
  void columns(const std::vector<std::string>& names) override { names_ = names; }
  void row(const Row& row) override {
    for (std::size_t c = 0; c < row.size(); ++c)
      text += fmt::format("{}{}:{}", c ? "," : "", json_of(names_[c]), json_of(row[c]));
  }
  std::string text;

 private:
  std::vector<std::string> names_;
};

// {"model": {"latent": 4}} as "model.latent = 4"; a component by its table of the spec, as in "model.use =
// autoencoder".
void print_flat(const nlohmann::json& value, const std::string& path) {
  if (value.is_object() && !value.empty()) {
    for (const auto& [key, inner] : value.items()) print_flat(inner, path.empty() ? key : path + "." + key);
  } else if (value.is_array() && !value.empty() && value[0].is_object() && value[0].contains("table")) {
    for (const auto& use : value) {
      const std::string table = use.value("table", "");
      fmt::print("  {}.use = {}\n", table, human(use.value("id", "")));
      if (const auto params = use.find("params"); params != use.end() && !params->empty()) print_flat(*params, table);
    }
  } else {
    fmt::print("  {} = {}\n", path, human(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
  }
}

std::string text_of_first(Reader& reader, const char* sql, std::int64_t trial_id) {
  const auto row = reader.first(sql, {trial_id});
  return row ? text_of((*row)[0]) : "";
}

Row arguments(const Section& section, std::int64_t trial_id, const std::filesystem::path& db) {
  if (std::string_view(section.name) != "artifacts") return {trial_id};
  const std::string folder = db.parent_path().string();  // recorded paths are relative to it
  return {trial_id, folder.empty() ? folder : folder + "/"};
}

void print_people(Reader& reader, std::int64_t id) {
  Upright upright;
  for (const Section& s : {kTrial, kSweep, kProvenance}) {
    if (reader.rows(s.sql, {id}).empty()) continue;  // a trial that never started comes from nowhere yet
    fmt::print("{}\n", s.name);
    reader.query(s.sql, {id}, upright);
    fmt::print("\n");
  }
  for (const Section& s : kLists) {
    const Row with = arguments(s, id, reader.file());
    if (reader.rows(s.sql, with).empty()) continue;
    fmt::print("{}\n", s.name);
    reader.query(s.sql, with, *printer(Format::table));
    fmt::print("\n");
  }
  fmt::print("spec\n");
  print_flat(nlohmann::json::parse(text_of_first(reader, kSpec, id)), "");
  const std::string log = text_of_first(reader, kLog, id);
  if (log.empty()) return;
  fmt::print("\nlog (its last lines)\n");
  for (std::size_t begin = 0; begin < log.size();) {
    const std::size_t end = std::min(log.find('\n', begin), log.size());
    fmt::print("  {}\n", human(log.substr(begin, end - begin)));
    begin = end + 1;
  }
}

void print_json(Reader& reader, std::int64_t id) {
  const char* separator = "{";
  for (const Section& s : {kTrial, kSweep, kProvenance}) {
    Object object;
    reader.query(s.sql, {id}, object);
    fmt::print("{}\"{}\":{{{}}}", separator, s.name, object.text);
    separator = ",\n";
  }
  for (const Section& s : kLists) {
    fmt::print(",\n\"{}\":", s.name);
    reader.query(s.sql, arguments(s, id, reader.file()), *printer(Format::json));
  }
  fmt::print(",\n\"spec\":{},\n\"log\":{}}}\n", text_of_first(reader, kSpec, id),
             json_of(text_of_first(reader, kLog, id)));
}

}  // namespace

int verb_show(const Words& words) {
  Options o("show", "TRIAL",
            "All that is recorded of one trial: what it was asked, what it found, where its files are and which "
            "binaries made them.\n"
            "TRIAL is an id, SWEEP/CONFIG.REPLICATE (the last attempt) or SWEEP/CONFIG.REPLICATE.ATTEMPT.");
  o.with_database().with_format({"table", "json"}).words({"TRIAL"}, 1);
  if (!o.parse(words)) return 0;
  const Format format = o.format();
  Reader reader(o.database());
  const std::int64_t id = find_trial(reader, o.word(0));
  format == Format::json ? print_json(reader, id) : print_people(reader, id);
  return 0;
}

}  // namespace ubp
