// SPDX-License-Identifier: MIT
#include "train/environment/rollout.hpp"

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "engine/ops.hpp"
#include "plugin/context.hpp"
#include "train/data/cache.hpp"
#include "train/data/rows.hpp"

namespace ubp {
// --- Table -----------------------------------------------------------------------------------------------------------
void Table::clear() {
  rows_ = next_ = 0;
  for (auto& [name, column] : columns_) column.bytes.clear();
}

void Table::rename() {
  names_.clear();
  for (const auto& [name, column] : columns_) names_.push_back(name.c_str());
  names_.push_back(nullptr);
}

void Table::append(const Engine& engine, std::span<const char* const> names, std::span<const Tensor> values) {
  const i64 m = values.empty() ? 0 : engine.shape(values[0])[0];
  if (columns_.empty()) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const Shape row = row_of(engine.shape(values[i]));
      columns_[names[i]] = {engine.dtype(values[i]), row, row.count() * bytes_of(engine.dtype(values[i])), {}};
    }
    rename();
  }
  if (names.size() != columns_.size())
    throw EngineError(UBP_E_INVALID_ARG,
                      fmt::format("append: {} columns, the table has {}", names.size(), columns_.size()));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = columns_.find(names[i]);
    if (found == columns_.end())
      throw EngineError(UBP_E_INVALID_ARG, fmt::format("append: the table has no column '{}'", names[i]));
    Column& c = found->second;
    const Shape& s = engine.shape(values[i]);
    if (s.nd < 1 || s[0] != m || !(row_of(s) == c.row) || engine.dtype(values[i]) != c.dtype)
      throw EngineError(UBP_E_SHAPE, fmt::format("append: column '{}' has shape {}, expected {} of {}", names[i],
                                                 s.text(), of_rows(m, c.row).text(), name_of(c.dtype)));
    const char* from = static_cast<const char*>(engine.data(values[i]));
    for (i64 r = 0; r < m; ++r, from += c.row_bytes) {
      if (capacity_ > 0 && static_cast<i64>(c.bytes.size()) >= capacity_ * c.row_bytes)
        c.bytes.replace(static_cast<std::size_t>((next_ + r) % capacity_ * c.row_bytes),
                        static_cast<std::size_t>(c.row_bytes), from, static_cast<std::size_t>(c.row_bytes));
      else
        c.bytes.append(from, static_cast<std::size_t>(c.row_bytes));
    }
  }
  next_ += m;
  rows_ = capacity_ > 0 ? std::min(capacity_, rows_ + m) : rows_ + m;
}

Tensor Table::gather(Engine& engine, const std::string& name, std::span<const i64> rows) const {
  const auto found = columns_.find(name);
  if (found == columns_.end()) {
    std::vector<std::string> have;
    for (const auto& [n, c] : columns_) have.push_back(n);
    throw EngineError(UBP_E_NOT_FOUND, fmt::format("the table has no column '{}'{}", name, suggestion(name, have)));
  }
  const Column& c = found->second;
  const Tensor t = engine.empty(c.dtype, of_rows(static_cast<i64>(rows.size()), c.row));
  char* out = static_cast<char*>(engine.mutable_data(t));
  for (i64 r : rows) {
    std::memcpy(out, c.bytes.data() + r * c.row_bytes, static_cast<std::size_t>(c.row_bytes));
    out += c.row_bytes;
  }
  return t;
}

void Table::save(Checkpoint& c) const {
  nlohmann::json header = {
      {"rows", rows_}, {"next", next_}, {"capacity", capacity_}, {"columns", nlohmann::json::array()}};
  for (const auto& [name, column] : columns_) {
    header["columns"].push_back(
        {name, static_cast<int>(column.dtype), std::vector<i64>(column.row.dim, column.row.dim + column.row.nd)});
    c.put("table/column/" + name, column.bytes);
  }
  c.put("table/header", header.dump());
}

void Table::load(const Checkpoint& c) {
  const nlohmann::json header = nlohmann::json::parse(c.get("table/header"));
  rows_ = header["rows"], next_ = header["next"], capacity_ = header["capacity"];
  columns_.clear();
  for (const auto& j : header["columns"]) {
    const auto dims = j[2].get<std::vector<i64>>();
    const auto dtype = static_cast<DType>(j[1].get<int>());
    const Shape row(dims.data(), static_cast<i64>(dims.size()));
    const std::string name = j[0];
    columns_[name] = {dtype, row, row.count() * bytes_of(dtype), c.get("table/column/" + name)};
  }
  rename();
}

// --- Environments ----------------------------------------------------------------------------------------------------
Environments::Environments(Engine& engine, Instance& env, i64 instances, Random seeds)
    : engine_(engine), env_(env), calls_(env.table<ubp_environment_vt>()), n_(instances), seeds_(seeds) {
  require_slots(env_.who(),
                {{"open", calls_.open}, {"spaces", calls_.spaces}, {"reset", calls_.reset}, {"step", calls_.step}});
  require_ok(calls_.open(env_.self(), data_dir(), static_cast<std::uint32_t>(n_)), env_.who(), "open");
  const ubp_space *o = nullptr, *a = nullptr;
  require_ok(calls_.spaces(env_.self(), &o, &a), env_.who(), "spaces");
  observation_ = *o, action_ = *a;
  obs_row_ = observation_.kind == UBP_SPACE_BOX ? shape_of(observation_.shape) : Shape{1};
  obs_count_ = obs_row_.count();
  obs_.resize(static_cast<std::size_t>(n_ * obs_count_));
  returns_.assign(static_cast<std::size_t>(n_), 0);
  lengths_.assign(static_cast<std::size_t>(n_), 0);
}

Tensor Environments::observation_tensor() const {
  const Tensor t = engine_.copy_from(DType::f32, of_rows(n_, obs_row_), obs_.data());
  return engine_.real() == DType::f32 ? t : ops::cast(engine_, t, engine_.real());
}

void Environments::reset_some(const std::vector<std::uint32_t>& which) {
  if (which.empty()) return;
  std::vector<std::uint64_t> seeds(which.size());
  seeds_.words(seeds);
  std::vector<float> fresh(which.size() * static_cast<std::size_t>(obs_count_));
  ViewStorage storage;
  ubp_view view = view_of(DType::f32, of_rows(static_cast<i64>(which.size()), obs_row_), fresh.data(), false, storage);
  require_ok(calls_.reset(env_.self(), which.data(), seeds.data(), static_cast<std::uint32_t>(which.size()), &view),
             env_.who(), "reset");
  for (std::size_t i = 0; i < which.size(); ++i) {
    std::copy_n(fresh.data() + i * static_cast<std::size_t>(obs_count_), obs_count_,
                obs_.data() + which[i] * obs_count_);
    returns_[which[i]] = 0, lengths_[which[i]] = 0;
  }
}

Tensor Environments::reset() {
  std::vector<std::uint32_t> everyone(static_cast<std::size_t>(n_));
  std::iota(everyone.begin(), everyone.end(), 0u);
  reset_some(everyone);
  started_ = true;
  return observation_tensor();
}

Tensor Environments::observe() { return started_ ? observation_tensor() : reset(); }

void Environments::step(Tensor action, ubp_env_step& out) {
  if (!started_) throw EngineError(UBP_E_STATE, "env step before the first observe or reset");
  const std::size_t n = static_cast<std::size_t>(n_);
  std::vector<double> reward(n);
  std::vector<std::uint8_t> terminated(n), truncated(n);
  const bool discrete = action_.kind == UBP_SPACE_DISCRETE;
  const Tensor a = discrete ? action : ops::cast(engine_, engine_.detach(action), DType::f32);
  if (discrete && engine_.dtype(a) != DType::i64)
    throw EngineError(UBP_E_DTYPE, "env step: discrete actions are i64 [n]");
  if (engine_.shape(a)[0] != n_)
    throw EngineError(UBP_E_SHAPE,
                      "env step: actions are " + engine_.shape(a).text() + fmt::format(", there are {} instances", n_));
  ViewStorage s[5];
  const ubp_view action_view =
      view_of(engine_.dtype(a), engine_.shape(a), const_cast<void*>(engine_.data(a)), true, s[0]);
  ubp_view obs_view = view_of(DType::f32, of_rows(n_, obs_row_), obs_.data(), false, s[1]);
  ubp_view reward_view = view_of(DType::f64, Shape{n_}, reward.data(), false, s[2]);
  ubp_view terminated_view = view_of(DType::u8, Shape{n_}, terminated.data(), false, s[3]);
  ubp_view truncated_view = view_of(DType::u8, Shape{n_}, truncated.data(), false, s[4]);
  require_ok(calls_.step(env_.self(), &action_view, &obs_view, &reward_view, &terminated_view, &truncated_view),
             env_.who(), "step");
  const Tensor next = observation_tensor();
  std::vector<std::uint32_t> done;
  for (std::size_t i = 0; i < n; ++i) {
    returns_[i] += reward[i];
    ++lengths_[i];
    if (calls_.max_steps > 0 && lengths_[i] >= calls_.max_steps && !terminated[i]) truncated[i] = 1;
    if (!terminated[i] && !truncated[i]) continue;
    finished_.push_back({static_cast<i64>(i), returns_[i], lengths_[i]});
    done.push_back(static_cast<std::uint32_t>(i));
  }
  reset_some(done);
  const auto give = [&](auto value) {
    const Tensor t = engine_.empty(engine_.real(), Shape{n_});
    for (std::size_t i = 0; i < n; ++i) {
      if (engine_.real() == DType::f64)
        static_cast<double*>(engine_.mutable_data(t))[i] = static_cast<double>(value(i));
      else
        static_cast<float*>(engine_.mutable_data(t))[i] = static_cast<float>(value(i));
    }
    return abi_tensor(t);
  };
  out.next = abi_tensor(next);
  out.reward = give([&](std::size_t i) { return reward[i]; });
  out.terminated = give([&](std::size_t i) { return terminated[i]; });
  out.truncated = give([&](std::size_t i) { return truncated[i]; });
  out.obs = done.empty() ? out.next : abi_tensor(observation_tensor());
}

std::vector<Environments::Episode> Environments::take_finished() { return std::exchange(finished_, {}); }

void Environments::save(Checkpoint& c, const std::string& p) const {
  c.put(p + "/state", env_.save());
  c.put(p + "/header", nlohmann::json{{"seeds", seeds_.position()}, {"started", started_}}.dump());
  c.put_values(p + "/obs", obs_);
  c.put_values(p + "/returns", returns_);
  c.put_values(p + "/lengths", lengths_);
}

void Environments::load(const Checkpoint& c, const std::string& p) {
  env_.load(c.get(p + "/state"));
  const nlohmann::json header = nlohmann::json::parse(c.get(p + "/header"));
  seeds_.seek(header.at("seeds"));
  started_ = header.at("started");
  obs_ = c.values<float>(p + "/obs");
  returns_ = c.values<double>(p + "/returns");
  lengths_ = c.values<i64>(p + "/lengths");
}

}  // namespace ubp
