// SPDX-License-Identifier: MIT
// One point of the space as a trial's spec: every component with every parameter, and the proof that they fit together.
#pragma once

#include "plan/plan.hpp"
#include "plan/space.hpp"

namespace ubp {

/// A component in its place, with the text that an error about it points at.
struct Placed {
  const Manifest* manifest = nullptr;
  std::string where;
};

struct Composed {
  TrialSpec spec;                        ///< without seed, metric and directory
  std::map<std::string, Placed> placed;  ///< by table: what a component's `table` says
};

/// Which component fills a role of the objective:
///   1. [model.ROLE] if the spec has it (without its own `use`: the component of [model]);
///   2. [model], if it offers the role's methods: every role gets its own copy, with its own weights;
///   3. the role's default component, with its default parameters, as table "model.ROLE";
///   4. nothing, if the role is optional.
/// Throws Error (usage): a missing table, a required parameter, a value out of the range of the component chosen here,
/// or one report of everything that does not fit together.
Composed compose(const Draft&, const Assignment&, Components&);

/// The values of a host table ([train], [artifacts], ...) at a point.
nlohmann::json host_values(const Draft&, const Assignment&, const std::string& table, const std::vector<ParamDecl>&);

/// What does not fit, one sentence each; empty if all does. Reads only `placed`, the parameters and the host's values.
std::vector<std::string> misfits(const Composed&);

/// What the objective and its models give to metrics, as metrics name it.
std::vector<std::string> given_to_metrics(const Composed&);

/// The metrics that a trial records and that may be optimised: "train.loss", "test.probe_accuracy", ...
struct Series {
  std::string name;
  bool higher_is_better = false;
};
std::vector<Series> series_of(const Composed&);

/// What the codes of a trial are held against, as it ends the name of a score: "_untrained", "_pca", "_raw".
inline constexpr const char* kBaselines[] = {"_untrained", "_pca", "_raw"};
/// How far a score is from the best of them, above 0 where it is better.
inline constexpr const char* kGain = "_gain";
/// What of a trial, besides codes, no baseline gives.
inline constexpr const char* kOfTrialsAlone[] = {"reconstruction", "samples", "score", "imputed", "episodes"};
/// Whether a metric with these needs can judge baselines.
bool reads_codes_alone(const std::vector<std::string>& needs);
/// The numbers that a metric's component emits, without split: with `baselines` those of the baselines, too.
std::vector<EmitDecl> emitted_by(const Manifest&, const ComponentUse&);

}  // namespace ubp
