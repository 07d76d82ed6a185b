// SPDX-License-Identifier: MIT
#include "run/resemblance.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace ubp {
namespace {

/// Of a trial in this process, all that is kept.
struct Looked {
  std::vector<LayerCodes> layers;
  std::string split, digest;
  std::int64_t rows = 0, of = 0;
};

std::vector<LayerCodes> wanted_layers(RestoredTrial& trial, const std::vector<i64>& rows,
                                      const std::optional<std::string>& layer) {
  if (!trial.evaluator.gives("embedding"))
    fail(Exit::usage, "has no encoder: neither its objective nor its models give an embedding");
  if (layer == kCodes) return {{kCodes, trial.evaluator.matrix("embedding", trial.split(), rows)}};
  std::vector<LayerCodes> all = layers_of(trial.parts, trial.evaluator, trial.split(), rows);
  if (all.empty()) fail(Exit::usage, "has no layers: no op of its models takes parameters");
  if (!layer) return all;
  std::vector<std::string> names = {kCodes};
  for (const LayerCodes& each : all) names.push_back(each.name);
  std::erase_if(all, [&](const LayerCodes& each) { return each.name != *layer; });
  if (all.empty()) fail(Exit::usage, "has no layer '{}'{}", *layer, suggestion(*layer, names));
  return all;
}

Looked look_at(RestoredTrial& trial, const ResemblanceRequest& request) {
  Looked looked;
  looked.split = trial.split(), looked.of = trial.rows();
  const std::vector<i64> rows = trial.sample(request.rows);
  looked.rows = static_cast<i64>(rows.size());
  if (looked.rows <= search::Representation::kNeighbours)
    fail(Exit::usage, "found {} {} rows to compare on, expected {} or more", looked.rows, looked.split,
         search::Representation::kNeighbours + 1);
  looked.digest = trial.digest_of(rows);
  looked.layers = wanted_layers(trial, rows, request.layer);
  for (const LayerCodes& layer : looked.layers)
    if (!std::all_of(layer.codes.values.begin(), layer.codes.values.end(), [](double v) { return std::isfinite(v); }))
      fail(Exit::usage, "layer '{}': found numbers that are not finite", layer.name);
  return looked;
}

/// What a trial in this process refuses, with its name in front.
template <class F>
auto told_of(const std::string& name, F f) {
  try {
    return f();
  } catch (const EngineError& e) {
    fail(Exit::usage, "trial '{}': {}", name, e.what());
  } catch (const Error& e) {
    fail(e.code(), "trial '{}': {}", name, e.what());
  }
}

}  // namespace

Resemblance resemblance_of(Reader& reader, Registry& registry, const ResemblanceRequest& request) {
  Resemblance all;
  std::string digest;
  for (std::size_t i = 0; i < request.trials.size(); ++i) {
    const std::int64_t id = request.trials[i];
    const bool has_moment = i < request.moments.size() && request.moments[i];
    std::string name = recorded_trial(reader, id).name;
    if (has_moment) name += fmt::format("@{}", *request.moments[i]);
    Restored restored = [&] {
      try {
        return restore(reader, id, registry, has_moment ? request.moments[i] : request.at);
      } catch (const EngineError& e) {
        fail(Exit::usage, "trial '{}': {}", name, e.what());
      }
    }();
    const Looked looked = told_of(name, [&] { return look_at(*restored.trial, request); });
    restored.trial.reset();  // what is kept of it are numbers
    if (all.trials.empty()) {
      all.split = looked.split, all.rows = looked.rows, all.of = looked.of, digest = looked.digest;
    } else if (looked.digest != digest || looked.split != all.split || looked.of != all.of) {
      fail(Exit::usage,
           "trial '{}': looks at other rows than trial '{}': found {} {} rows, expected the same {} {} rows: of one "
           "data "
           "set, and one split or fold of it",
           name, all.trials.front().name, looked.of, looked.split, all.of, all.split);
    }
    LearntTrial learnt{name, restored.step, {}};
    for (const LayerCodes& layer : looked.layers) {
      all.widest = std::max(all.widest, layer.codes.width);
      learnt.layers.push_back(
          {layer.name, search::Representation(layer.codes.values, layer.codes.rows, layer.codes.width)});
    }
    all.trials.push_back(std::move(learnt));
    for (std::string& note : restored.notes)
      if (std::find(all.notes.begin(), all.notes.end(), note) == all.notes.end()) all.notes.push_back(std::move(note));
  }
  all.estimate = search::estimate_for(all.rows, all.widest);
  return all;
}

std::vector<LayerMatch> matches(const LearntTrial& a, const LearntTrial& b, search::Cka estimate) {
  std::vector<LayerMatch> all;
  for (const LearntLayer& layer : a.layers) {
    LayerMatch match{layer.name, "", NAN, -INFINITY};
    for (const LearntLayer& other : b.layers) {
      const double alike = linear_cka(layer.codes, other.codes, estimate);
      if (other.name == layer.name) match.own = alike;
      if (alike > match.best) match.best = alike, match.found = other.name;
    }
    if (!std::isnan(match.own)) all.push_back(std::move(match));
  }
  return all;
}

}  // namespace ubp
