// SPDX-License-Identifier: MIT
// What several figures are made of: configs with their trials, parameters as axes, names for both.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "figures/chart.hpp"
#include "query/drawn.hpp"

namespace ubp::figures {

struct DrawnConfig {
  std::int64_t number = 0;
  nlohmann::json params;  ///< the swept ones
  std::vector<DrawnTrial> trials;

  std::vector<double> values() const;
  double mean() const;
};

/// The metric that is drawn, and which way is better.
struct DrawnMetric {
  std::string name;
  std::string goal;  ///< "minimize", "maximize"; "": nobody says
  double better(double value) const { return goal == "maximize" ? -value : value; }  ///< less is better
};

/// Throws Error (usage) where neither the request nor the sweep names one.
DrawnMetric metric_of(const ChartRequest&);

/// The trials of a request that have a number, in order of their ends.
/// Throws Error: nothing if there is none yet; usage, with the nearest name, where no trial tells this metric.
std::vector<DrawnTrial> trials_of(Reader&, const ChartRequest&, const DrawnMetric&);

/// The same by config, best first: by means_over_all_seeds() of what is drawn where it is an objective, else of the
/// sweep's own metric. Throws as trials_of().
std::vector<DrawnConfig> configs_of(Reader&, const ChartRequest&, const DrawnMetric&);

/// The first `otherwise` of them, or as many as the request wants.
std::vector<DrawnConfig> best_of(std::vector<DrawnConfig>, const ChartRequest&, std::size_t otherwise);

/// A swept parameter as one side of a figure: numbers, or names of places.
struct ParamAxis {
  std::string name;
  Ruler ruler;                        ///< with labels where its values are no numbers
  std::map<std::int64_t, double> at;  ///< by config; NaN: not active there
  double of(std::int64_t config) const;
};

/// Names of the parameters of a request. Throws Error (usage), with the nearest name, for one that is not swept;
/// nothing where no parameter is.
std::vector<std::string> params_of(const ChartRequest&, const std::vector<DrawnConfig>&);
/// Logarithmic where the sweep searches its range so.
ParamAxis axis_of(const std::string& param, const std::vector<DrawnConfig>&, const SweepFacts&);

std::string text_of_param(const nlohmann::json& value);
/// "lr=0.01, latent=8": keys by their last part where that is theirs alone.
std::string text_of_params(const nlohmann::json& params);
/// Names of configs by what they differ in: "3: lr=0.01, latent=8"; of more than two parameters the values alone, in
/// the order of `of`: "config: lr, latent, act".
struct ConfigLabels {
  std::vector<std::string> labels;  ///< [configs]
  std::string of;
};
/// `numbers` [configs]: what stands before the colon; "": nothing.
ConfigLabels labels_of(const std::vector<std::string>& numbers, const std::vector<nlohmann::json>& params);
ConfigLabels labels_of(const std::vector<DrawnConfig>&);

/// `values`: text_of_params() of its config.
Subject subject_of(const DrawnTrial&, const DrawnMetric&, const std::string& values);
Subject subject_of(const DrawnConfig&, const DrawnMetric&);
Subject subject_of_config(std::int64_t number, const std::string& title);

/// The ruler of colours on which the best number is the darkest.
Extent toned(const std::vector<double>& values, const DrawnMetric&);

/// NULL for NaN.
Value cell(double);

/// The height of a figure of so many lines, as a share of its width.
double aspect_of_lines(std::size_t lines, double width);

}  // namespace ubp::figures
