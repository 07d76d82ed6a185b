// SPDX-License-Identifier: MIT
#include "query/find.hpp"

#include <algorithm>
#include <charconv>

namespace ubp {
namespace {

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::vector<std::int64_t> split_numbers(const std::string& text) {
  std::vector<std::int64_t> numbers;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('.', begin), text.size());
    const auto n = number(std::string_view(text).substr(begin, end - begin));
    if (!n) return {};
    numbers.push_back(*n);
    begin = end + 1;
  }
  return numbers;
}

[[noreturn]] void no_sweep(Reader& reader, const std::string& text) {
  std::vector<std::string> names;
  for (const Row& row : reader.rows({"SELECT DISTINCT name FROM sweep"})) names.push_back(text_of(row[0]));
  if (names.empty()) fail(Exit::nothing, "{}: there is no sweep yet", reader.file().string());
  const std::string near = nearest(text, names);
  if (text.empty()) fail(Exit::nothing, "there is no such sweep");
  if (near.empty()) fail(Exit::nothing, "there is no sweep '{}': `ubp ls` lists them", text);
  fail(Exit::nothing, "there is no sweep '{}'; did you mean '{}'?", text, near);
}

}  // namespace

// Names are looked up in the tables, by their indices: the views would count trials first.
FoundSweep find_sweep(Reader& reader, const std::string& text) {
  std::vector<Row> found;
  if (text.empty())
    found = reader.rows({"SELECT sweep_id, name FROM sweep ORDER BY sweep_id DESC LIMIT 1"});
  else
    found = reader.rows({"SELECT sweep_id, name FROM sweep WHERE name = ?1 ORDER BY sweep_id DESC", {text}});
  if (const auto id = number(text); id && found.empty())
    found = reader.rows({"SELECT sweep_id, name FROM sweep WHERE sweep_id = ?1", {*id}});
  if (found.empty()) no_sweep(reader, text);
  FoundSweep sweep{std::get<std::int64_t>(found[0][0]), text_of(found[0][1]), {}};
  for (std::size_t i = 1; i < found.size(); ++i) sweep.others.push_back(std::get<std::int64_t>(found[i][0]));
  return sweep;
}

FoundConfig find_config(Reader& reader, const std::string& text) {
  const std::size_t slash = text.rfind('/');
  const auto config = slash == std::string::npos ? std::nullopt : number(std::string_view(text).substr(slash + 1));
  if (!config) return {find_sweep(reader, text), std::nullopt};
  FoundConfig found{find_sweep(reader, text.substr(0, slash)), config};
  const Query q = {"SELECT max(number = ?2), count(*) FROM config WHERE sweep_id = ?1",
                   {found.sweep.sweep_id, *config}};
  const Row row = *reader.first(q);
  if (row[0] != Value(std::int64_t{1}))
    fail(Exit::nothing, "sweep {} '{}' has no config {}: it has {}", found.sweep.sweep_id, found.sweep.name, *config,
         text_of(row[1]));
  return found;
}

std::int64_t find_trial(Reader& reader, const std::string& text) {
  std::optional<Row> found;
  const std::size_t slash = text.rfind('/');
  if (const auto id = number(text)) {
    found = reader.first({"SELECT trial_id FROM trial WHERE trial_id = ?1", {*id}});
    if (found) return *id;
    const auto last = reader.first({"SELECT max(trial_id) FROM trial"});
    if (is_null((*last)[0])) fail(Exit::nothing, "there is no trial {}: there is none yet", text);
    fail(Exit::nothing, "there is no trial {}: the last one is {}", text, text_of((*last)[0]));
  }
  const auto parts = slash == std::string::npos ? std::vector<std::int64_t>{} : split_numbers(text.substr(slash + 1));
  if (parts.size() < 2 || parts.size() > 3)
    fail(Exit::nothing, "'{}' names no trial: expected its id, or SWEEP/CONFIG.REPLICATE; `ubp ls SWEEP` lists them",
         text);
  const FoundSweep sweep = find_sweep(reader, text.substr(0, slash));
  Query q = {
      "SELECT t.trial_id FROM trial t JOIN config c USING (config_id) WHERE c.sweep_id = ?1 AND c.number = ?2 "
      "AND t.replicate = ?3 AND t.attempt = coalesce(?4, t.attempt) ORDER BY t.attempt DESC LIMIT 1",
      {sweep.sweep_id, parts[0], parts[1]}};
  if (parts.size() == 3) q.arguments.emplace_back(parts[2]);  // else ?4 is NULL
  found = reader.first(q);
  if (!found)
    fail(Exit::nothing, "sweep {} '{}' has no trial {}: `ubp ls {}` lists them", sweep.sweep_id, sweep.name,
         text.substr(slash + 1), sweep.sweep_id);
  return std::get<std::int64_t>((*found)[0]);
}

FoundTarget find_target(Reader& reader, const std::string& text, bool sweep) {
  const std::size_t slash = text.rfind('/');
  const bool is_trial =
      number(text) || (slash != std::string::npos && split_numbers(text.substr(slash + 1)).size() > 1);
  if (sweep || !is_trial) {
    const FoundSweep found = find_sweep(reader, text);
    return {true, found.sweep_id, fmt::format("sweep {} '{}'", found.sweep_id, found.name)};
  }
  const std::int64_t id = find_trial(reader, text);
  return {false, id,
          fmt::format("trial {} '{}'", id,
                      text_of((*reader.first({"SELECT name FROM trials WHERE trial_id = ?1", {id}}))[0]))};
}

}  // namespace ubp
