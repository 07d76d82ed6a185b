// SPDX-License-Identifier: MIT
#include "query/front.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/json.hpp"
#include "search/pareto.hpp"

namespace ubp {
namespace {

double number_or_nan(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  return is_null(value) ? NAN : std::get<double>(value);
}

std::vector<StandingConfig> configs_of(Reader& reader, std::int64_t sweep_id) {
  const Query query = {
      "SELECT g.config, g.n, l.failed, l.params, g.mean, g.ci95 FROM objective_stats g JOIN leaderboard l USING "
      "(config_id) WHERE g.sweep_id = ?1 ORDER BY g.config, g.objective",
      {sweep_id}};
  std::vector<StandingConfig> configs;
  for (const Row& row : reader.rows(query)) {
    const auto number = std::get<std::int64_t>(row[0]);
    if (configs.empty() || configs.back().config != number)
      configs.push_back({number,
                         std::get<std::int64_t>(row[1]),
                         std::get<std::int64_t>(row[2]),
                         {},
                         {},
                         reader.parsed(text_of(row[3])),
                         0});
    configs.back().mean.push_back(number_or_nan(row[4]));
    configs.back().ci95.push_back(number_or_nan(row[5]));
  }
  return configs;
}

std::optional<std::int64_t> usual_config(Reader& reader, std::int64_t sweep_id) {
  const Row row = *reader.first({"SELECT default_config FROM sweep WHERE sweep_id = ?1", {sweep_id}});
  return is_null(row[0]) ? std::nullopt : std::optional(std::get<std::int64_t>(row[0]));
}

std::vector<std::string> names_of_params(const SweepFront& front) {
  std::set<std::string> names;
  for (const StandingConfig& each : front.configs)
    for (const auto& [name, value] : each.params.items()) names.insert(name);
  return {names.begin(), names.end()};
}

Value cell_of(const nlohmann::json& params, const std::string& name) {
  const auto found = params.find(name);
  if (found == params.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  if (found->is_number_integer()) return found->get<std::int64_t>();
  if (found->is_number()) return found->get<double>();
  return json_text(*found);
}

Value number(double x) { return std::isnan(x) ? Value() : Value(x); }

}  // namespace

SweepFront sweep_front(Reader& reader, const SweepFacts& sweep, bool with_hypervolume) {
  SweepFront front{sweep.objectives, configs_of(reader, sweep.sweep_id), {}, usual_config(reader, sweep.sweep_id)};
  std::vector<std::vector<double>> means;
  for (const StandingConfig& each : front.configs) means.push_back(each.mean);
  front.standings = standings_of(front.objectives, means, with_hypervolume);
  for (std::size_t i = 0; i < front.configs.size(); ++i) front.configs[i].rank = front.standings.ranks[i];
  const SweepObjective& first = front.objectives.front();
  std::stable_sort(front.configs.begin(), front.configs.end(), [&](const StandingConfig& a, const StandingConfig& b) {
    return std::pair(a.rank, first.minimised(a.mean[0])) < std::pair(b.rank, first.minimised(b.mean[0]));
  });
  for (std::size_t i = 0; i < front.configs.size(); ++i) front.standings.ranks[i] = front.configs[i].rank;
  return front;
}

std::vector<std::int64_t> front_configs(const SweepFront& front, std::int64_t most) {
  search::Front points;
  for (std::size_t i = 0; i < front.standings.on_front; ++i) {
    std::vector<double>& point = points.emplace_back();
    for (std::size_t m = 0; m < front.objectives.size(); ++m)
      point.push_back(front.objectives[m].minimised(front.configs[i].mean[m]));
  }
  std::vector<std::size_t> chosen(points.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = i;
  if (most > 0 && static_cast<std::size_t>(most) < points.size()) {
    std::vector<double> reference;
    for (std::size_t m = 0; m < front.objectives.size(); ++m)
      reference.push_back(front.objectives[m].minimised(front.standings.reference[m]));
    chosen = search::largest_subset(points, reference, static_cast<std::size_t>(most));
    std::sort(chosen.begin(), chosen.end());
  }
  std::vector<std::int64_t> numbers;
  for (const std::size_t i : chosen) numbers.push_back(front.configs[i].config);
  return numbers;
}

std::int64_t print_front(const SweepFront& front, std::optional<std::int64_t> limit, RowSink& sink) {
  const std::vector<std::string> params = names_of_params(front);
  std::vector<std::string> columns = {"rank", "config", "n", "failed"};
  for (const SweepObjective& each : front.objectives)
    columns.insert(columns.end(), {each.metric, each.metric + "_ci95"});
  columns.insert(columns.end(), params.begin(), params.end());
  sink.columns(columns);
  const std::size_t all = front.configs.size();
  const std::size_t shown = !limit       ? front.standings.on_front
                            : *limit > 0 ? std::min(all, static_cast<std::size_t>(*limit))
                                         : all;
  for (std::size_t i = 0; i < shown; ++i) {
    const StandingConfig& config = front.configs[i];
    Row row = {static_cast<std::int64_t>(config.rank), config.config, config.n, config.failed};
    for (std::size_t m = 0; m < front.objectives.size(); ++m)
      row.insert(row.end(), {number(config.mean[m]), number(config.ci95[m])});
    for (const std::string& name : params) row.push_back(cell_of(config.params, name));
    sink.row(row);
  }
  sink.end();
  return static_cast<std::int64_t>(shown);
}

void print_confirmed_front(const SweepFront& found, const SweepFront& fresh, RowSink& sink) {
  const std::vector<std::string> params = names_of_params(fresh);
  std::vector<std::string> columns = {"rank", "config", "n", "failed"};
  for (const SweepObjective& each : fresh.objectives)
    columns.insert(columns.end(), {each.metric, each.metric + "_ci95", each.metric + "_found"});
  columns.insert(columns.end(), params.begin(), params.end());
  columns.emplace_back("note");
  sink.columns(columns);
  for (const StandingConfig& config : fresh.configs) {
    const auto before = std::find_if(found.configs.begin(), found.configs.end(),
                                     [&](const StandingConfig& c) { return c.params == config.params; });
    const bool known = before != found.configs.end();
    Row row = {static_cast<std::int64_t>(config.rank), known ? Value(before->config) : Value(), config.n,
               config.failed};
    for (std::size_t m = 0; m < fresh.objectives.size(); ++m)
      row.insert(row.end(),
                 {number(config.mean[m]), number(config.ci95[m]), known ? number(before->mean[m]) : Value()});
    for (const std::string& name : params) row.push_back(cell_of(config.params, name));
    row.emplace_back(config.config == fresh.usual ? "default" : "");
    sink.row(row);
  }
  sink.end();
}

FrontCells::FrontCells(Reader& reader, RowSink& to) : to_(to) {
  for (const Row& row : reader.rows({"SELECT sweep_id FROM objectives WHERE objective = 1"})) {
    const SweepFacts sweep = sweep_facts(reader, std::get<std::int64_t>(row[0]));
    Cells& cells = cells_[sweep.sweep_id];
    for (const SweepObjective& each : sweep.objectives) {
      const char* separator = cells.metric.empty() ? "" : ", ";
      cells.metric += separator + each.metric;
      cells.goal += separator + std::string(name_of(each.goal));
    }
    const bool quick = sweep.objectives.size() <= kQuickObjectives;
    const SweepFront front = sweep_front(reader, sweep, quick);
    if (front.configs.empty()) continue;
    cells.best = fmt::format("{} on the front{}", front.standings.on_front,
                             quick ? fmt::format(", hypervolume {:.5g}", front.standings.hypervolume) : "");
  }
}

void FrontCells::columns(const std::vector<std::string>& names) {
  names_ = names;
  to_.columns(names);
}

void FrontCells::row(const Row& row) {
  const auto place = [&](const char* name) {
    return static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin());
  };
  const auto cells = cells_.find(std::get<std::int64_t>(row.at(place("sweep_id"))));
  if (cells == cells_.end()) return to_.row(row);
  Row all = row;
  const auto put = [&](const char* name, const std::string& text) {
    if (place(name) < all.size() && !text.empty()) all[place(name)] = text;
  };
  put("metric", cells->second.metric);
  put("goal", cells->second.goal);
  put("best", cells->second.best);
  to_.row(all);
}

}  // namespace ubp
