// SPDX-License-Identifier: MIT
#include "train/parts/composition.hpp"

#include "base/contents.hpp"
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

void Streams::rewind() {
  for (const auto& stream : streams_) stream->seek(0);
}

void Streams::load(const Checkpoint& c) {
  for (const auto& j : nlohmann::json::parse(c.get("streams"))) get(j[0]).seek(j[1]);
}

const ComponentUse& optimizer_of(const TrialSpec& spec, const std::string& name) {
  for (const std::string& table : {"optimizer." + name, std::string("optimizer")})
    if (const ComponentUse* use = spec.find(table)) return *use;
  fail(Exit::usage, "the spec has no [optimizer] (nor [optimizer.{}])", name);
}

// What is looked at before and after is what was loaded in between.
std::unique_ptr<Instance> Composition::make(const ComponentUse& use) const {
  const std::string before = stamp_of(use.file);
  auto instance = std::make_unique<Instance>(use.file.string(), use.kind, use.id, use.params);
  const std::string found = before == use.stamp ? use.sha256 : source_file(use.file).sha256;
  if (found != use.sha256 || before != stamp_of(use.file))
    throw Changed(
        fmt::format("{}: is another binary than when the sweep was declared: found sha256 {:.12}, declared "
                    "with {:.12}; `ubp sweep` starts a sweep with it",
                    use.file.string(), found, use.sha256));
  return instance;
}

/// The data of a spec, if its files still hold what they held when the sweep was declared.
std::unique_ptr<Data> declared_data(const ComponentUse& use, const TrialSpec& spec) {
  auto data = std::make_unique<Data>(use, spec.dataset);
  if (spec.data.empty() || digest_of(data->sources()) == spec.data) return data;
  std::string files;
  for (const SourceFile& source : data->sources()) files += (files.empty() ? "" : ", ") + source.file;
  throw Changed(
      fmt::format("{}: other contents than when the sweep was declared; `ubp sweep` starts a sweep with them", files));
}

Composition::Composition(const TrialSpec& s)
    : spec(s),
      engine(s.train.dtype == Precision::f64 ? DType::f64 : DType::f32, static_cast<int>(s.train.threads)),
      params(engine, s.seed),
      streams(s.seed) {
  const ComponentUse* use = spec.find("objective");
  if (!use) fail(Exit::internal, "the trial spec names no objective");
  objective = make(*use);
  objective_calls = objective->table<ubp_objective_vt>();
  require_slots(objective->who(),
                {{"loss", objective_calls.loss || is_manual()},
                 {"infer", objective_calls.infer || !objective_calls.outputs || !*objective_calls.outputs}});
  for (std::uint32_t i = 0; i < objective_calls.n_stages; ++i)
    require_slots(objective->who(), {{"collect", objective_calls.collect || !objective_calls.stages[i]->collect}});
  if (const ComponentUse* d = spec.find("dataset")) data = declared_data(*d, spec);
  if (!data && objective_calls.n_views > 0) fail(Exit::usage, "{} needs a data set", objective->who());
  for (std::uint32_t i = 0; i < objective_calls.n_roles; ++i) {
    const ubp_role& declared = *objective_calls.roles[i];
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
    role.calls = role.model->table<ubp_model_vt>();
    require_slots(role.model->who(),
                  {{"build", role.calls.build}, {"call", role.calls.call}, {"out_shape", role.calls.out_shape}});
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
      Metric m{make(c), {}, c.params.get<MetricOptions>().baselines};
      m.calls = m.instance->table<ubp_metric_vt>();
      require_slots(m.instance->who(),
                    {{"begin", m.calls.begin}, {"update", m.calls.update}, {"finish", m.calls.finish}});
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
  if ((objective_calls.flags & UBP_OBJ_NEEDS_ENV) && !envs)
    fail(Exit::usage, "{} needs an [environment]", objective->who());
  if (data && data->has_lengths() && !(objective_calls.flags & UBP_OBJ_HANDLES_MASK))
    fail(Exit::usage, "{} takes no mask, but rows of the data set have different lengths", objective->who());
  if (data && data->has_mask() && !(objective_calls.flags & UBP_OBJ_HANDLES_MASK))
    fail(Exit::usage, "{} does not handle missing cells, but the data set has some", objective->who());
}

void Composition::save(Checkpoint& c) const {
  c.put("objective", objective->save());
  for (std::size_t i = 0; i < models.size(); ++i) c.put(fmt::format("model/{}", i), models[i]->save());
  params.save(c);
  streams.save(c);
  table.save(c);
  if (envs) envs->save(c, "envs"), evaluation_envs->save(c, "evaluation_envs");
}

void Composition::load(const Checkpoint& c) {
  objective->load(c.get("objective"));
  for (std::size_t i = 0; i < models.size(); ++i) models[i]->load(c.get(fmt::format("model/{}", i)));
  params.load(c);
  streams.load(c);
  table.load(c);
  if (envs) envs->load(c, "envs"), evaluation_envs->load(c, "evaluation_envs");
}

Role* Composition::role_with(const char* method) {
  for (std::uint32_t i = 0; i < objective_calls.n_roles; ++i) {  // in the order of the declaration
    const auto found = roles.find(objective_calls.roles[i]->name);
    if (found != roles.end() && has_method(found->second, method)) return &found->second;
  }
  return nullptr;
}

bool Composition::has_method(const Role& role, const char* method) {
  for (std::uint32_t i = 0; i < role.calls.n_methods; ++i)
    if (std::strcmp(role.calls.methods[i]->name, method) == 0) return true;
  return false;
}

bool Composition::objective_gives(const char* what) const {
  for (const char* const* o = objective_calls.outputs; o && *o; ++o)
    if (std::strcmp(*o, what) == 0) return true;
  return false;
}

}  // namespace ubp
