// SPDX-License-Identifier: MIT
#include "figures/configs.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "base/json.hpp"
#include "base/statistics/estimates.hpp"
#include "query/seeds.hpp"

namespace ubp::figures {
namespace {

std::string_view last_part(std::string_view key) { return key.substr(key.rfind('.') + 1); }

std::vector<std::string> swept_names(const std::vector<DrawnConfig>& configs) {
  std::set<std::string> names;
  for (const DrawnConfig& config : configs)
    for (const auto& [name, value] : config.params.items()) names.insert(name);
  return {names.begin(), names.end()};
}

bool is_objective(const SweepFacts& sweep, const std::string& metric) {
  return metric == sweep.metric || std::any_of(sweep.objectives.begin(), sweep.objectives.end(),
                                               [&](const SweepObjective& o) { return o.metric == metric; });
}

}  // namespace

std::vector<double> DrawnConfig::values() const {
  std::vector<double> all;
  for (const DrawnTrial& trial : trials) all.push_back(trial.value);
  return all;
}

double DrawnConfig::mean() const { return statistics::mean(values()); }

DrawnMetric metric_of(const ChartRequest& request) {
  const SweepFacts& sweep = request.sweep;
  const std::string& name = request.metric.empty() ? sweep.metric : request.metric;
  if (name.empty())
    fail(Exit::usage, "sweep {} '{}' optimises nothing: --metric NAME says what is drawn", sweep.sweep_id, sweep.name);
  for (const SweepObjective& objective : sweep.objectives)
    if (objective.metric == name) return {name, name_of(objective.goal)};
  return {name, name == sweep.metric ? sweep.goal : ""};
}

std::vector<DrawnTrial> trials_of(Reader& reader, const ChartRequest& request, const DrawnMetric& metric) {
  const SweepFacts& sweep = request.sweep;
  std::vector<DrawnTrial> trials = drawn_trials(reader, sweep, metric.name);
  if (!trials.empty()) return trials;
  const std::vector<std::string> told = told_metrics(reader, sweep.sweep_id);
  const bool is_told = std::find(told.begin(), told.end(), metric.name) != told.end();
  if (!told.empty() && !is_told && !is_objective(sweep, metric.name))
    fail(Exit::usage, "--metric: no trial of sweep {} '{}' tells '{}'{}", sweep.sweep_id, sweep.name, metric.name,
         suggestion(metric.name, told));
  fail(Exit::nothing, "sweep {} '{}': no trial {}is complete with a number of {} yet", sweep.sweep_id, sweep.name,
       request.where.empty() ? "" : "that matches ", metric.name);
}

std::vector<DrawnConfig> configs_of(Reader& reader, const ChartRequest& request, const DrawnMetric& metric) {
  const std::map<std::int64_t, nlohmann::json> params = swept_params(reader, request.sweep.sweep_id);
  std::map<std::int64_t, DrawnConfig> by_number;
  for (const DrawnTrial& trial : trials_of(reader, request, metric)) {
    DrawnConfig& config = by_number[trial.config];
    config.number = trial.config;
    config.trials.push_back(trial);
  }
  const bool own = is_objective(request.sweep, metric.name);
  std::vector<SeededResults> chosen_by;
  std::vector<DrawnConfig> configs;
  for (auto& [number, config] : by_number) {
    if (const auto found = params.find(number); found != params.end()) config.params = found->second;
    std::sort(config.trials.begin(), config.trials.end(),
              [](const DrawnTrial& a, const DrawnTrial& b) { return a.replicate < b.replicate; });
    SeededResults& results = chosen_by.emplace_back();
    results.raced = request.sweep.race;
    for (const DrawnTrial& trial : config.trials)
      if (const double value = own ? trial.value : trial.objective; !std::isnan(value))
        results.values[trial.seed] = value;
    configs.push_back(std::move(config));
  }
  if (request.sweep.goal.empty()) return configs;

  const bool maximize = own ? metric.goal == "maximize" : request.sweep.goal == "maximize";
  std::vector<double> means = means_over_all_seeds(chosen_by);
  for (double& mean : means) mean = std::isnan(mean) ? INFINITY : maximize ? -mean : mean;
  std::vector<std::size_t> order(configs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return means[a] < means[b]; });
  std::vector<DrawnConfig> ordered;
  for (const std::size_t i : order) ordered.push_back(std::move(configs[i]));
  return ordered;
}

std::vector<DrawnConfig> best_of(std::vector<DrawnConfig> configs, const ChartRequest& request, std::size_t otherwise) {
  const std::size_t most = request.top > 0 ? request.top : otherwise;
  if (configs.size() > most) configs.resize(most);
  return configs;
}

double ParamAxis::of(std::int64_t config) const {
  const auto found = at.find(config);
  return found == at.end() ? NAN : found->second;
}

std::vector<std::string> params_of(const ChartRequest& request, const std::vector<DrawnConfig>& configs) {
  const std::vector<std::string> swept = swept_names(configs);
  if (swept.empty())
    fail(Exit::nothing, "sweep {} '{}': sweeps no parameter", request.sweep.sweep_id, request.sweep.name);
  if (request.params.empty()) return swept;
  std::vector<std::string> names;
  for (const std::string& wanted : request.params) {
    const auto found = std::find_if(swept.begin(), swept.end(), [&](const std::string& name) {
      return name == wanted ||
             (last_part(name) == wanted && std::count_if(swept.begin(), swept.end(), [&](const std::string& n) {
                                             return last_part(n) == wanted;
                                           }) == 1);
    });
    if (found == swept.end())
      fail(Exit::usage, "--params: sweep {} '{}' does not sweep '{}'{}", request.sweep.sweep_id, request.sweep.name,
           wanted, suggestion(wanted, swept));
    names.push_back(*found);
  }
  return names;
}

ParamAxis axis_of(const std::string& param, const std::vector<DrawnConfig>& configs, const SweepFacts& sweep) {
  const bool log = std::find(sweep.log_params.begin(), sweep.log_params.end(), param) != sweep.log_params.end();
  ParamAxis axis{param, {param, log ? AxisScale::logarithmic : AxisScale::automatic}, {}};
  std::set<std::string> labels;
  bool numbers = true;
  for (const DrawnConfig& config : configs) {
    const auto value = config.params.find(param);
    if (value == config.params.end()) continue;
    numbers = numbers && value->is_number();
    labels.insert(text_of_param(*value));
  }
  if (!numbers) axis.ruler.labels = {labels.begin(), labels.end()};
  for (const DrawnConfig& config : configs) {
    const auto value = config.params.find(param);
    if (value == config.params.end()) continue;
    axis.at[config.number] =
        numbers ? value->get<double>()
                : static_cast<double>(std::distance(labels.begin(), labels.find(text_of_param(*value))));
  }
  return axis;
}

std::string text_of_param(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{:.4g}", value.get<double>());
  return json_text(value);
}

std::string text_of_params(const nlohmann::json& params) {
  std::map<std::string_view, int> parts;
  for (const auto& [key, value] : params.items()) ++parts[last_part(key)];
  std::string text;
  for (const auto& [key, value] : params.items()) {
    const std::string_view part = last_part(key);
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", parts[part] == 1 ? part : key, text_of_param(value));
  }
  return text;
}

ConfigLabels labels_of(const std::vector<std::string>& numbers, const std::vector<nlohmann::json>& params) {
  std::map<std::string, std::set<std::string>> settings;
  std::map<std::string_view, int> parts;
  for (const nlohmann::json& own : params)
    for (const auto& [key, value] : own.items()) settings[key].insert(text_of_param(value));
  std::erase_if(settings, [&](const auto& one) {  // all have it alike
    return params.size() > 1 && one.second.size() == 1 &&
           std::all_of(params.begin(), params.end(), [&](const auto& own) { return own.contains(one.first); });
  });
  for (const auto& [key, values] : settings) ++parts[last_part(key)];
  const bool named = settings.size() <= 2;
  std::vector<std::string> keys;
  for (const auto& [key, values] : settings)
    keys.emplace_back(parts[last_part(key)] == 1 ? last_part(key) : std::string_view(key));
  ConfigLabels all{{}, named ? "config" : fmt::format("config: {}", fmt::join(keys, ", "))};
  for (std::size_t i = 0; i < params.size(); ++i) {
    std::vector<std::string> words;
    std::size_t k = 0;
    for (const auto& [key, values] : settings) {
      const auto value = params[i].find(key);
      const std::string text = value == params[i].end() ? "-" : text_of_param(*value);
      words.push_back(named ? fmt::format("{}={}", keys[k], text) : text);
      ++k;
    }
    const char* colon = numbers[i].empty() || words.empty() ? "" : ": ";
    all.labels.push_back(fmt::format("{}{}{}", numbers[i], colon, fmt::join(words, ", ")));
  }
  return all;
}

ConfigLabels labels_of(const std::vector<DrawnConfig>& configs) {
  std::vector<std::string> numbers;
  std::vector<nlohmann::json> params;
  for (const DrawnConfig& config : configs) {
    numbers.push_back(std::to_string(config.number));
    params.push_back(config.params);
  }
  return labels_of(numbers, params);
}

Subject subject_of(const DrawnTrial& trial, const DrawnMetric& metric, const std::string& values) {
  return {fmt::format("{}: {} {:.6g}{}{}", trial.name, metric.name, trial.value, values.empty() ? "" : "; ", values),
          std::to_string(trial.config), trial.name};
}

Subject subject_of(const DrawnConfig& config, const DrawnMetric& metric) {
  const std::string values = text_of_params(config.params);
  return subject_of_config(config.number,
                           fmt::format("config {}: mean {} {:.6g} of {}{}{}", config.number, metric.name, config.mean(),
                                       config.trials.size(), values.empty() ? "" : "; ", values));
}

Subject subject_of_config(std::int64_t number, const std::string& title) { return {title, std::to_string(number)}; }

Extent toned(const std::vector<double>& values, const DrawnMetric& metric) {
  Extent extent = Extent::of(values, AxisScale::automatic);
  if (metric.goal == "maximize") std::swap(extent.low, extent.high);
  return extent;
}

Value cell(double number) { return std::isnan(number) ? Value() : Value(number); }

double aspect_of_lines(std::size_t lines, double width) {
  constexpr double kLine = 13, kAround = 45;  // points: of a line; of title, numbers and name
  return std::max(0.3, (kAround + kLine * static_cast<double>(lines)) / width);
}

}  // namespace ubp::figures
