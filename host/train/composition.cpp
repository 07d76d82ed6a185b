// SPDX-License-Identifier: MIT
#include "train/composition.hpp"

#include "base/error.hpp"
#include "plugin/context.hpp"

namespace ubp {

Random& Streams::get(const std::string& name) { return at(handle(name)); }

ubp_obj Streams::handle(const std::string& name) {
  const auto [found, fresh] = index_.emplace(name, streams_.size());
  if (fresh) streams_.push_back(std::make_unique<Random>(seed_, name));
  return {found->second + 1};
}

Random& Streams::at(ubp_obj o) {
  if (o.id == 0 || o.id > streams_.size()) throw EngineError(UBP_E_BAD_HANDLE, "no such random stream");
  return *streams_[o.id - 1];
}

void Streams::save(Checkpoint& c) const {
  nlohmann::json positions = nlohmann::json::array();
  for (const auto& [name, i] : index_) positions.push_back({name, streams_[i]->position()});
  c.put("streams", positions.dump());
}

void Streams::load(const Checkpoint& c) {
  for (const auto& j : nlohmann::json::parse(c.get("streams"))) get(j[0]).seek(j[1]);
}

const ComponentUse& optimizer_of(const TrialSpec& spec, const std::string& name) {
  for (const std::string& table : {"optimizer." + name, std::string("optimizer")})
    if (const ComponentUse* use = spec.find(table)) return *use;
  fail(Exit::usage, "the spec has no [optimizer] (nor [optimizer.{}])", name);
}

std::unique_ptr<Instance> Composition::make(const ComponentUse& use) const {
  return std::make_unique<Instance>(use.file.string(), use.kind, use.id, use.params);
}

Composition::Composition(const TrialSpec& s)
    : spec(s),
      engine(s.train.dtype == Precision::f64 ? DType::f64 : DType::f32),
      params(engine, s.seed),
      streams(s.seed) {
  const ComponentUse* use = spec.find("objective");
  if (!use) fail(Exit::internal, "the trial spec names no objective");
  objective = make(*use);
  vt = objective->table<ubp_objective_vt>();
  const bool manual = (vt.flags & UBP_OBJ_MANUAL_UPDATE) && vt.manual;
  require_slots(objective->who(), {{"loss", vt.loss || manual}, {"infer", vt.infer || !vt.outputs || !*vt.outputs}});
  for (std::uint32_t i = 0; i < vt.n_stages; ++i)
    require_slots(objective->who(), {{"collect", vt.collect || !vt.stages[i]->collect}});
  if (const ComponentUse* d = spec.find("dataset")) data = std::make_unique<Data>(*d, spec.dataset);
  if (!data && vt.n_views > 0) fail(Exit::usage, "{} needs a data set", objective->who());
  for (std::uint32_t i = 0; i < vt.n_roles; ++i) {
    const ubp_role& declared = *vt.roles[i];
    const ComponentUse* model = spec.find(std::string("model.") + declared.name);
    if (!model) model = spec.find("model");
    if (!model) {
      if (declared.optional) continue;
      fail(Exit::usage, "{} needs role '{}', but the spec has no [model]", objective->who(), declared.name);
    }
    Role& role = roles[declared.name];
    models.push_back(make(*model));
    role.name = declared.name;
    role.model = models.back().get();
    role.vt = role.model->table<ubp_model_vt>();
    require_slots(role.model->who(),
                  {{"build", role.vt.build}, {"call", role.vt.call}, {"out_shape", role.vt.out_shape}});
    role.out.nd = -1;
    if (data) {
      const Shape row = data->row_shape(nullptr);
      role.in.nd = row.nd;
      std::copy_n(row.dim, 8, role.in.dim);
    }
  }
  std::vector<std::unique_ptr<Instance>> transforms;
  for (const ComponentUse& c : spec.components) {
    if (c.kind == UBP_K_TRANSFORM) {
      transforms.push_back(make(c));
      require_slots(transforms.back()->who(), {{"apply", transforms.back()->table<ubp_transform_vt>().apply}});
    }
    if (c.kind == UBP_K_METRIC) {
      Metric m{make(c), {}};
      m.vt = m.instance->table<ubp_metric_vt>();
      require_slots(m.instance->who(), {{"begin", m.vt.begin}, {"update", m.vt.update}, {"finish", m.vt.finish}});
      metrics.push_back(std::move(m));
    }
    if (c.kind == UBP_K_ENVIRONMENT) {
      environment = make(c), evaluation_environment = make(c);
      const i64 n = c.params.get<EnvironmentOptions>().instances;
      envs = std::make_unique<Environments>(engine, *environment, n, streams.get("environment"));
      evaluation_envs = std::make_unique<Environments>(engine, *evaluation_environment, n,
                                                       Random(spec.seed, "evaluation environment"));
    }
  }
  augment = std::make_unique<Augment>(std::move(transforms));
  if ((vt.flags & UBP_OBJ_NEEDS_ENV) && !envs) fail(Exit::usage, "{} needs an [environment]", objective->who());
  if (data && data->has_mask() && !(vt.flags & UBP_OBJ_HANDLES_MASK))
    fail(Exit::usage, "{} does not handle missing cells, but the data set has some", objective->who());
}

Role* Composition::role_with(const char* method) {
  for (std::uint32_t i = 0; i < vt.n_roles; ++i) {  // in the order of the declaration
    const auto found = roles.find(vt.roles[i]->name);
    if (found != roles.end() && has_method(found->second, method)) return &found->second;
  }
  return nullptr;
}

bool Composition::has_method(const Role& role, const char* method) {
  for (std::uint32_t i = 0; i < role.vt.n_methods; ++i)
    if (std::strcmp(role.vt.methods[i]->name, method) == 0) return true;
  return false;
}

bool Composition::objective_gives(const char* what) const {
  for (const char* const* o = vt.outputs; o && *o; ++o)
    if (std::strcmp(*o, what) == 0) return true;
  return false;
}

}  // namespace ubp
