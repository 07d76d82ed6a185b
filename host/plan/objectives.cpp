// SPDX-License-Identifier: MIT
#include "plan/objectives.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "search/pareto.hpp"

namespace ubp {

void to_json(nlohmann::json& j, const SweepObjective& objective) {
  j = {{"metric", objective.metric}, {"goal", name_of(objective.goal)}};
  if (objective.reference) j["reference"] = *objective.reference;
}

void from_json(const nlohmann::json& j, SweepObjective& objective) {
  objective.metric = j.at("metric");
  objective.goal = j.at("goal") == name_of(Goal::maximize) ? Goal::maximize : Goal::minimize;
  objective.reference = j.contains("reference") ? std::optional<double>(j.at("reference")) : std::nullopt;
}

std::string names_of(const std::vector<SweepObjective>& objectives) {
  std::string text;
  for (const SweepObjective& each : objectives)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name_of(each.goal), each.metric);
  return text;
}

std::vector<double> mean_of(const std::vector<std::vector<double>>& replicates) {
  std::vector<double> mean(replicates.front().size());
  for (std::size_t m = 0; m < mean.size(); ++m) {
    for (const std::vector<double>& values : replicates) mean[m] += values[m];
    mean[m] /= static_cast<double>(replicates.size());
  }
  return mean;
}

Standings standings_of(const std::vector<SweepObjective>& objectives, const std::vector<std::vector<double>>& means,
                       bool with_hypervolume) {
  search::Front points;
  std::vector<double> worst;
  for (const std::vector<double>& config : means) {
    std::vector<double>& point = points.emplace_back();
    for (std::size_t m = 0; m < objectives.size(); ++m) point.push_back(objectives[m].minimised(config[m]));
    if (worst.empty()) worst = point;
    for (std::size_t m = 0; m < point.size(); ++m) worst[m] = std::max(worst[m], point[m]);
  }
  Standings standings;
  if (points.empty()) return standings;
  standings.ranks = search::domination_ranks(points);
  search::Front front;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (standings.ranks[i]++ == 0) front.push_back(points[i]);
  standings.on_front = front.size();
  for (std::size_t m = 0; m < objectives.size(); ++m) {
    if (objectives[m].reference) worst[m] = objectives[m].minimised(*objectives[m].reference);
    standings.reference.push_back(objectives[m].minimised(worst[m]));  // its own inverse
  }
  if (with_hypervolume) standings.hypervolume = search::hypervolume(front, worst);
  return standings;
}

std::string sentence_of(const Standings& standings, const std::vector<SweepObjective>& objectives) {
  std::string reference;
  for (std::size_t m = 0; m < objectives.size(); ++m)
    reference += fmt::format("{}{} {:.6g}{}", m ? ", " : "", objectives[m].metric, standings.reference[m],
                             objectives[m].reference ? "" : " (the worst seen)");
  return fmt::format("front: {} of {} configs; hypervolume {:.6g} with reference {}", standings.on_front,
                     standings.ranks.size(), standings.hypervolume, reference);
}

}  // namespace ubp
