// SPDX-License-Identifier: MIT
#include "fake_components.hpp"

#include <cmath>
#include <sstream>

namespace ubp::test {
namespace {

ParamDecl number(const char* name, std::int32_t type, nlohmann::json fallback, double min, double max,
                 std::uint32_t flags = 0) {
  ParamDecl p;
  p.name = name, p.type = type, p.fallback = std::move(fallback), p.min = min, p.max = max, p.flags = flags;
  return p;
}

ParamDecl choice(const char* name, std::vector<std::string> choices) {
  ParamDecl p;
  p.name = name, p.type = UBP_P_ENUM, p.fallback = choices.front(), p.choices = std::move(choices);
  return p;
}

Manifest component(std::int32_t kind, const char* id, std::vector<ParamDecl> params = {}) {
  Manifest m;
  m.kind = kind, m.id = id, m.version = "1.0.0", m.params = std::move(params),
  m.file = std::string("/plugins/") + id + ".so";
  return m;
}

}  // namespace

const char* const kSpec = R"([experiment]
name     = "latent-size"
question = "How small?"
[dataset]
use = "digits"
[model]
use    = "autoencoder"
hidden = [256]
latent = 64
[objective]
use  = "reconstruction"
loss = "mse"
[optimizer]
use = "adam"
lr  = 1e-3
[train]
epochs = 5
batch  = 128
[[metric]]
use = "reconstruction_error"
[[metric]]
use = "linear_probe"
[sweep]
sampler    = "grid"
metric     = "test.probe_accuracy"
replicates = 2
[sweep.space]
"model.latent" = [4, 16, 64]
"optimizer.lr" = "1e-4..1e-2:log"
)";

FakeComponents::FakeComponents() {
  const double inf = INFINITY;
  all_.push_back(component(UBP_K_DATASET, "digits"));
  all_.push_back(component(UBP_K_DATASET, "rings", {number("rows", UBP_P_INT, 1000, 1, 1e6)}));
  all_.push_back(
      component(UBP_K_MODEL, "autoencoder",
                {number("hidden", UBP_P_INT_LIST, {256}, 1, inf), number("latent", UBP_P_INT, 32, 1, inf),
                 choice("activation", {"relu", "tanh"}), number("dropout", UBP_P_FLOAT, 0.0, 0, 1, UBP_PF_MAX_OPEN)}));
  all_.back().methods = {"encode", "decode", "reconstruct"};
  all_.back().params[1].aliases = {"code"};
  all_.push_back(component(UBP_K_MODEL, "mlp", {number("hidden", UBP_P_INT_LIST, {128}, 1, inf)}));
  all_.back().methods = {"encode", "decode", "generate", "score"};

  all_.push_back(component(UBP_K_OBJECTIVE, "reconstruction", {choice("loss", {"mse", "bce"})}));
  all_.back().n_views = 1, all_.back().outputs = {"reconstruction"};
  all_.back().roles = {{"model", "", "", {"encode", "decode"}, false}};
  all_.push_back(component(UBP_K_OBJECTIVE, "vicreg",
                           {number("variance", UBP_P_FLOAT, 25.0, 0, inf), choice("kernel", {"none", "rbf"}),
                            number("gamma", UBP_P_FLOAT, 1.0, 0, inf)}));
  all_.back().params[2].active_if = "kernel==rbf";
  all_.back().n_views = 1, all_.back().flags = UBP_OBJ_MIN_BATCH_2, all_.back().scalars = {"invariance"};
  all_.back().roles = {{"model", "", "", {"encode"}, false}};
  all_.push_back(component(UBP_K_OBJECTIVE, "gan"));
  all_.back().n_views = 1;
  all_.back().roles = {{"generator", "", "", {"generate"}, false}, {"critic", "", "", {"score"}, false}};
  all_.back().stages = {{"train", "", {"critic", "generator"}, {"critic", ""}}};
  all_.push_back(component(UBP_K_OBJECTIVE, "adversarial"));
  all_.back().n_views = 1;
  all_.back().roles = {{"model", "", "", {"encode", "decode"}, false}, {"critic", "", "mlp", {"score"}, false}};
  all_.push_back(component(UBP_K_OBJECTIVE, "supervised"));
  all_.back().n_views = 1, all_.back().flags = UBP_OBJ_NEEDS_LABELS;
  all_.back().roles = {{"model", "", "", {"encode"}, false}};

  all_.push_back(component(UBP_K_OPTIMIZER, "adam", {number("beta1", UBP_P_FLOAT, 0.9, 0, 1, UBP_PF_MAX_OPEN)}));
  all_.push_back(component(UBP_K_OPTIMIZER, "sgd", {number("momentum", UBP_P_FLOAT, 0.0, 0, 1, UBP_PF_MAX_OPEN)}));
  all_.push_back(component(UBP_K_METRIC, "reconstruction_error"));
  all_.back().needs = {"reconstruction"}, all_.back().emits = {{"mse", "", false}};
  all_.push_back(component(UBP_K_METRIC, "linear_probe", {number("l2", UBP_P_FLOAT, 1.0, 0, inf)}));
  all_.back().needs = {"embedding"}, all_.back().emits = {{"probe_accuracy", "", true}};
}

const Manifest& FakeComponents::find(std::int32_t kind, const std::string& id) {
  for (const Manifest& m : all_)
    if (m.kind == kind && m.id == id) return m;
  fail(Exit::usage, "there is no {} '{}'{}", kind_name(kind), id, suggestion(id, ids(kind)));
}

std::vector<std::string> FakeComponents::ids(std::int32_t kind) {
  std::vector<std::string> names;
  for (const Manifest& m : all_)
    if (m.kind == kind) names.push_back(m.id);
  return names;
}

Manifest& FakeComponents::edit(const std::string& id) {
  for (Manifest& m : all_)
    if (m.id == id) return m;
  fail(Exit::internal, "no '{}'", id);
}

Expanded plan_with(std::shared_ptr<FakeComponents> components, const std::string& text,
                   const std::vector<std::string>& overrides, bool single) {
  Expanded made{plan_of_text(text, "sweep.toml", overrides, std::move(components), single), {}, {}};
  for (const Assignment& point : made.assignments) {
    const auto number = static_cast<std::int64_t>(made.configs.size());
    made.configs.push_back(made.compiler->config(number, point));
    for (std::int64_t replicate = 0; replicate < made.replicates; ++replicate)
      made.trials.push_back({number, replicate, made.compiler->trial(point, replicate)});
  }
  return made;
}

Expanded plan(const std::string& text, const std::vector<std::string>& overrides, bool single) {
  return plan_with(std::make_shared<FakeComponents>(), text, overrides, single);
}

std::string complaint(const std::string& text, const std::vector<std::string>& overrides, bool single) {
  try {
    plan(text, overrides, single);
  } catch (const Error& error) {
    return error.code() == Exit::usage ? error.what() : std::string("not a usage error: ") + error.what();
  }
  return "no error";
}

std::string spec_with(int line, const std::string& text) {
  std::istringstream in(kSpec);
  std::string out;
  int n = 0;
  for (std::string each; std::getline(in, each);) out += (++n == line ? text : each) + "\n";
  return out;
}

}  // namespace ubp::test
