// SPDX-License-Identifier: MIT
#include "plan/plan.hpp"

#include <algorithm>
#include <fstream>

#include "base/error.hpp"
#include "base/json.hpp"
#include "plan/planner.hpp"
#include "plan/source.hpp"

namespace ubp {
namespace {

class Installed : public Components {
 public:
  explicit Installed(Registry& registry) : registry_(registry) {}
  const Manifest& find(std::int32_t kind, const std::string& id) override { return registry_.find(kind, id); }
  std::vector<std::string> ids(std::int32_t kind) override { return registry_.ids(kind); }

 private:
  Registry& registry_;
};

}  // namespace

const ComponentUse* TrialSpec::find(const std::string& table) const {
  const auto found =
      std::find_if(components.begin(), components.end(), [&](const ComponentUse& use) { return use.table == table; });
  return found == components.end() ? nullptr : &*found;
}

std::string data_key(const TrialSpec& spec) {
  const ComponentUse* use = spec.find("dataset");
  if (!use) return "";
  const std::string& mask = spec.dataset.withhold_file;
  return use->id + " " + json_text(use->params) + (mask.empty() ? "" : " " + mask);
}

void to_json(nlohmann::json& j, const ComponentUse& use) {
  j = {{"table", use.table},   {"kind", use.kind},       {"id", use.id},         {"file", use.file.string()},
       {"sha256", use.sha256}, {"version", use.version}, {"params", use.params}, {"stamp", use.stamp}};
}

void from_json(const nlohmann::json& j, ComponentUse& use) {
  use = {j.at("table"),  j.at("kind"),    j.at("id"),     j.at("file").get<std::string>(),
         j.at("sha256"), j.at("version"), j.at("params"), j.value("stamp", "")};
}

void to_json(nlohmann::json& j, const TrialSpec& spec) {
  j = {{"components", spec.components},
       {"dataset", spec.dataset},
       {"train", spec.train},
       {"artifacts", spec.artifacts},
       {"data", spec.data},
       {"seed", spec.seed},
       {"objective_metric", spec.objective_metric},
       {"directory", spec.directory.string()}};
}

void from_json(const nlohmann::json& j, TrialSpec& spec) {
  spec = {j.at("components"),
          j.at("dataset"),
          j.at("train"),
          j.at("artifacts"),
          j.at("data"),
          j.at("seed"),
          j.at("objective_metric"),
          j.at("directory").get<std::string>()};
}

std::vector<search::Bracket> brackets_of(const Plan& plan) {
  if (plan.pruner.use != PrunerKind::promotion) return {};
  return search::asha_brackets(plan.pruner.min_steps, plan.pruner.max_steps, plan.pruner.eta, 0);
}

std::vector<std::int64_t> pauses_of(const Plan& plan) {
  const std::vector<search::Bracket> brackets = brackets_of(plan);
  if (brackets.empty()) return {};
  std::vector<std::int64_t> steps = brackets.front().rungs;
  steps.pop_back();  // there it is complete
  return steps;
}

Plan plan_of_text(const std::string& text, const std::string& name, const std::vector<std::string>& overrides,
                  Registry& registry, bool single) {
  return plan_of_text(text, name, overrides, std::make_shared<Installed>(registry), single);
}

Plan make_plan(const std::filesystem::path& spec_file, const std::vector<std::string>& overrides, Registry& registry,
               bool single) {
  std::ifstream in(spec_file);
  std::string text(kMostSpecBytes + 1, '\0');  // one more than read_source() takes
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.empty()) fail(Exit::usage, "{}: cannot be read: expected a spec file (TOML)", spec_file.string());
  return plan_of_text(text, spec_file.string(), overrides, registry, single);
}

}  // namespace ubp
