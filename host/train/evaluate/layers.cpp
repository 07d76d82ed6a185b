// SPDX-License-Identifier: MIT
#include "train/evaluate/layers.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "engine/taped.hpp"

namespace ubp {
namespace {

// What may follow the op that takes the parameters: what is still that layer's own. A shape changes no number.
constexpr const char* kFollowers[] = {"relu", "leaky_relu", "elu",      "gelu",   "silu",
                                      "tanh", "sigmoid",    "softplus", "reshape"};

struct Layer {
  std::string role, name;
  Tensor out;
};

/// Parameters of a model by their tensors. Those of the objective are in no layer, nor are those of targets.
std::map<std::uint64_t, const Param*> params_of_models(Composition& parts) {
  std::map<std::uint64_t, const Param*> all;
  for (const Param* p : parts.params.all())
    if (parts.roles.contains(p->owner)) all[p->tensor.id] = p;
  return all;
}

/// The layer whose parameters an op takes, and whether it takes anything else.
std::optional<Layer> layer_of(const TapedOp& op, const std::map<std::uint64_t, const Param*>& params) {
  std::optional<Layer> layer;
  bool takes_rows = false;
  for (const Tensor in : op.in) {
    if (!in) continue;
    const auto found = params.find(in.id);
    if (found == params.end()) {
      takes_rows = true;
      continue;
    }
    if (layer) continue;
    const std::string& name = found->second->name;
    layer = Layer{found->second->owner, name.substr(0, std::min(name.rfind('.'), name.size())), {}};
  }
  return takes_rows ? layer : std::nullopt;
}

std::vector<Layer> read_off(const std::vector<TapedOp>& tape, const std::map<std::uint64_t, const Param*>& params) {
  std::vector<Layer> layers;
  const auto put = [&](Layer layer) {
    std::erase_if(layers, [&](const Layer& l) { return l.role == layer.role && l.name == layer.name; });
    layers.push_back(std::move(layer));
  };
  for (const TapedOp& op : tape) {
    if (op.out.empty()) continue;
    if (std::optional<Layer> layer = layer_of(op, params)) {
      layer->out = op.out.front();
      put(std::move(*layer));
      continue;
    }
    if (op.in.empty() || std::find(std::begin(kFollowers), std::end(kFollowers), op.op) == std::end(kFollowers))
      continue;
    for (Layer& layer : layers)
      if (layer.out.id == op.in.front().id) layer.out = op.out.front();
  }
  return layers;
}

/// Every parameter requires grad for a block, so that what depends on it is on the tape.
class AllRequired {
 public:
  explicit AllRequired(Composition& parts) : engine_(parts.engine) {
    for (const Param* p : parts.params.all()) {
      was_.emplace_back(p->tensor, engine_.requires_grad(p->tensor));
      engine_.set_requires_grad(p->tensor, true);
    }
  }
  ~AllRequired() {
    for (const auto& [tensor, required] : was_) engine_.set_requires_grad(tensor, required);
  }
  AllRequired(const AllRequired&) = delete;

 private:
  Engine& engine_;
  std::vector<std::pair<Tensor, bool>> was_;
};

}  // namespace

std::vector<LayerCodes> layers_of(Composition& parts, Evaluator& evaluator, const std::string& split,
                                  const std::vector<i64>& rows) {
  const char* what = evaluator.gives("reconstruction") ? "reconstruction" : "embedding";
  if (!evaluator.gives(what)) return {};
  Engine& engine = parts.engine;
  const Scope scope(engine);
  const AllRequired required(parts);
  const Recording on(engine, true);
  evaluator.output(what, parts.data->gather(engine, split, nullptr, rows));
  const std::vector<Layer> layers = read_off(taped(engine), params_of_models(parts));
  const auto n = static_cast<i64>(rows.size());
  const bool one_role =
      std::all_of(layers.begin(), layers.end(), [&](const Layer& l) { return l.role == layers.front().role; });
  std::vector<LayerCodes> all;
  for (const Layer& layer : layers) {
    const Shape shape = engine.shape(layer.out);
    if (shape.nd < 1 || shape[0] != n || shape.count() == 0) continue;  // of no rows
    all.push_back({one_role ? layer.name : layer.role + "." + layer.name, matrix_of(engine, layer.out)});
  }
  return all;
}

}  // namespace ubp
