// SPDX-License-Identifier: MIT
// ubp tell: what a trial came to that `ubp ask` gave.
#include <cmath>
#include <iostream>
#include <iterator>

#include "base/json.hpp"
#include "cli/session_report.hpp"
#include "plugin/value.hpp"
#include "query/find.hpp"
#include "run/ask.hpp"

namespace ubp {
namespace {

using nlohmann::json;

constexpr std::size_t kMostBytes = std::size_t{1} << 26;

void declare(Options& o) {
  o.words({"TRIAL", "VALUE|NAME=VALUE"}, 1, true).signed_words().with_database();
  o.flag("json", "what it came to is a JSON object on standard input, and the answer is JSON");
  o.value("seconds", "S", "how long it took (default: since it was asked for)");
  o.value("failed", "SENTENCE", "it came to nothing, and why");
  o.flag("back", "you will not run it: the next who asks gets it");
  o.flag("no-wait", "refuse a database that another ubp writes, instead of waiting for it");
}

double number_in(const std::string& text, const std::string& where) {
  if (text == "nan") return NAN;
  const std::optional<double> number = number_of(text);
  if (!number) fail(Exit::usage, "tell: {}: found '{}', expected a number", where, text);
  return *number;
}

/// "0.3" or "valid.loss=0.3".
MetricPoint point_of(const std::string& word) {
  const std::size_t equals = word.find('=');
  MetricPoint point;
  if (equals != word.npos) point.metric = word.substr(0, equals);
  if (equals == 0) fail(Exit::usage, "tell: found '{}', expected VALUE or NAME=VALUE", word);
  point.value =
      number_in(equals == word.npos ? word : word.substr(equals + 1), point.metric.empty() ? "VALUE" : point.metric);
  return point;
}

double number_in(const json& value, const std::string& where) {
  if (value.is_null()) return NAN;  // as JSON has no other
  if (!value.is_number()) fail(Exit::usage, "tell: {}: found {}, expected a number, or null", where, json_text(value));
  return value.get<double>();
}

/// A number, or [[step, value], ...].
void add_series(const std::string& name, const json& value, TrialTold& told) {
  const std::string where = "metrics." + name;
  if (name.empty()) fail(Exit::usage, "tell: metrics: found a name without a letter, expected that of a series");
  if (!value.is_array()) return told.points.push_back({name, 0, number_in(value, where), 0});
  for (const json& each : value) {
    if (!each.is_array() || each.size() != 2 || !each[0].is_number_integer() || each[0] < 0)
      fail(Exit::usage, "tell: {}: found {}, expected [step, value]", where, json_text(each));
    told.points.push_back({name, each[0], number_in(each[1], where), 0});
  }
}

/// {"value": 0.3} or {"metrics": {...}}, and "seconds", "failed".
TrialTold told_of(const json& all) {
  static const std::vector<std::string> kKeys = {"value", "metrics", "seconds", "failed"};
  TrialTold told;
  for (const auto& [key, value] : all.items()) {
    if (key == "value") {
      told.points.push_back({"", 0, number_in(value, key), 0});
    } else if (key == "metrics" && value.is_object()) {
      for (const auto& [name, series] : value.items()) add_series(name, series, told);
    } else if (key == "seconds" && value.is_number()) {
      told.seconds = value;
    } else if (key == "failed" && value.is_string()) {
      told.failed = value;
    } else if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
      fail(Exit::usage, "tell: no key '{}'{}", key, suggestion(key, kKeys));
    } else {
      fail(Exit::usage, "tell: {}: found {}, expected {}", key, json_text(value),
           key == "metrics"   ? "an object of series"
           : key == "seconds" ? "a number"
                              : "a sentence");
    }
  }
  return told;
}

json standard_input() {
  std::string text(kMostBytes + 1, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::cin.gcount()));
  if (text.size() > kMostBytes) fail(Exit::usage, "standard input: more than {} bytes", kMostBytes);
  json all = json::parse(text, nullptr, false);
  if (!all.is_object())
    fail(Exit::usage,
         "standard input: found '{}', expected a JSON object, as {{\"value\": 0.3}}; a number that is "
         "none is null",
         plain_line(text.substr(0, 40)));
  return all;
}

TrialTold told_of(const Options& o) {
  if (o.has("json")) {
    if (o.words().size() > 1 || o.has("seconds") || o.has("failed") || o.has("back"))
      fail(Exit::usage, "tell: --json: all that is told stands in the object: found more words");
    return told_of(standard_input());
  }
  TrialTold told;
  for (std::size_t i = 1; i < o.words().size(); ++i) told.points.push_back(point_of(o.word(i)));
  if (o.has("seconds")) told.seconds = number_in(o.get("seconds"), "--seconds");
  if (o.has("failed")) told.failed = o.get("failed");
  told.given_back = o.has("back");
  return told;
}

/// Throws Error (usage) if it does not say one thing.
void require_sense(const TrialTold& told) {
  if (told.given_back && (told.failed || !told.points.empty()))
    fail(Exit::usage, "tell: --back: found results, too: expected nothing else");
  if (!told.given_back && !told.failed && told.points.empty())
    fail(Exit::usage, "tell: found no result: expected VALUE, NAME=VALUE, --failed SENTENCE or --back");
  if (told.failed && told.failed->find_first_not_of(" \t\n") == std::string::npos)
    fail(Exit::usage, "tell: failed: found no sentence, expected why");
  if (!(told.seconds >= 0) || told.seconds > 1e10)
    fail(Exit::usage, "tell: seconds: found {}, expected 0 or more", told.seconds);
  std::set<std::string> counted;
  for (const MetricPoint& point : told.points) {
    const std::string& name = point.metric;
    if (!is_utf8(name) || plain_line(name) != name || name.find('=') != name.npos)
      fail(Exit::usage, "tell: found the name '{}', expected that of a series, as valid.loss", plain_line(name));
    if (!counted.insert(fmt::format("{} {}", point.step, name)).second)
      fail(Exit::usage, "tell: {}: found two values of step {}", name.empty() ? "value" : name, point.step);
  }
}

int run(const Options& o) {
  SessionOptions options;
  options.database = o.database();
  options.wait = !o.has("no-wait");
  options.say = [](const std::string& sentence) { message("{}", sentence); };
  const std::int64_t trial_id = [&] {
    Reader reader(options.database);
    return find_trial(reader, o.word(0));
  }();
  TrialTold told = told_of(o);
  require_sense(told);
  const bool gave_up = told.failed.has_value();
  const Recorded recorded = tell(options, trial_id, std::move(told));
  if (o.has("json"))
    fmt::print("{}\n", json_text({{"trial", trial_id},
                                  {"state", name_of(recorded.state)},
                                  {"value", recorded.value ? json(*recorded.value) : json()},
                                  {"error", recorded.error.empty() ? json() : json(recorded.error)}}));
  else
    message("trial {}: {}{}{}", trial_id, name_of(recorded.state),
            recorded.value ? fmt::format(", {}", *recorded.value) : "",
            recorded.error.empty() ? "" : ": " + recorded.error);
  return static_cast<int>(recorded.state == TrialState::failed && !gave_up ? Exit::some_failed : Exit::ok);
}

}  // namespace

extern const Verb tell_verb = {
    .name = "tell",
    .synopsis = "TRIAL [VALUE | NAME=VALUE ...]",
    .summary = "what a trial came to that `ubp ask` gave",
    .about =
        "Records what a program found: VALUE is that of the metric that the sweep compares, NAME=VALUE that of any\n"
        "series. With --json an object on standard input: {\"value\": 0.3}, or {\"metrics\": {\"valid.loss\": 0.3,\n"
        "\"train.loss\": [[1, 0.9], [2, 0.4]]}, \"seconds\": 12.5}, or {\"failed\": \"out of memory\"}.\n"
        "A trial is told once: after that its record never changes. Exit code 3: it was recorded as failed, because\n"
        "what the sweep compares was not told, or is no finite number.",
    .example = "ubp tell mine/0.0 0.31",
    .declare = declare,
    .run = run};

}  // namespace ubp
