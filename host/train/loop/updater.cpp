// SPDX-License-Identifier: MIT
#include "train/loop/updater.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "base/error.hpp"
#include "engine/flat.hpp"
#include "engine/parallel.hpp"

namespace ubp {
namespace {

// The numbers whose gradient is new: all of a dense parameter, the touched rows of a row-sparse one.
template <class T, class F>
void for_each_gradient(const ParamStore& store, const Param& p, F f) {
  T* grad = static_cast<T*>(store.grads(p));
  if (!p.row_sparse()) return f(grad, p.shape.count());
  const i64 row = p.shape[0] ? p.shape.count() / p.shape[0] : 0;
  for (i64 r : p.touched) f(grad + r * row, row);
}

template <class T>
bool finite(const T* x, i64 n) {
  std::atomic<bool> all = true;
  parallel_rows(n, 1, [&](i64 lo, i64 hi) {
    if (!flat::is_finite(hi - lo, x + lo)) all = false;
  });
  return all;
}

/// x[i] = f(x[i])
template <class T, class F>
void change(T* x, i64 n, F f) {
  parallel_rows(n, 1, [&](i64 lo, i64 hi) { std::transform(x + lo, x + hi, x + lo, f); });
}

}  // namespace

Updater::Optimizer& Updater::optimizer_named(const std::string& name) {
  Optimizer& optimizer = optimizers_[name];
  if (optimizer.instance) return optimizer;
  optimizer.instance = parts_.make(optimizer_of(parts_.spec, name));
  optimizer.calls = optimizer.instance->table<ubp_optimizer_vt>();
  require_slots(optimizer.instance->who(), {{"step", optimizer.calls.step}});
  return optimizer;
}

std::vector<std::unique_ptr<Chunk>>& Updater::slots_of(Optimizer& optimizer, std::size_t chunk) {
  auto& slots = optimizer.slots[chunk];
  for (std::uint32_t k = static_cast<std::uint32_t>(slots.size()); k < optimizer.calls.n_slots; ++k) {
    slots.push_back(std::make_unique<Chunk>(parts_.engine.real(), parts_.params.chunk(chunk).capacity()));
    slots.back()->used = parts_.params.chunk(chunk).used;
    slots.back()->use_large_pages();
    if (const double fill = optimizer.calls.slots[k]->fill; fill != 0) {
      for (i64 i = 0; i < slots[k]->capacity(); ++i) {
        if (parts_.engine.real() == DType::f64)
          reinterpret_cast<double*>(slots[k]->values())[i] = fill;
        else
          reinterpret_cast<float*>(slots[k]->values())[i] = static_cast<float>(fill);
      }
    }
  }
  return slots;
}

template <class T>
void Updater::check_finite(const Update& update) const {
  for (const Param* p : update.trained) {
    if (p->finite) continue;
    for_each_gradient<T>(parts_.params, *p, [&](const T* g, i64 n) {
      if (!finite(g, n))
        throw EngineError(UBP_E_NUMERIC, fmt::format("the gradient of '{}' is not finite", p->full_name()));
    });
  }
}

template <class T>
void Updater::clip(const Update& update) const {
  if (const T most = static_cast<T>(parts_.spec.train.clip_value); most > 0)
    for (const Param* p : update.trained)
      for_each_gradient<T>(parts_.params, *p,
                           [&](T* g, i64 n) { change(g, n, [=](T v) { return std::clamp(v, -most, most); }); });
  const double limit = parts_.spec.train.clip_norm;
  if (limit <= 0) return;
  double squares = 0;
  for (const Param* p : update.trained)
    for_each_gradient<T>(parts_.params, *p, [&](const T* g, i64 n) {
      for (i64 i = 0; i < n; ++i) squares += static_cast<double>(g[i]) * static_cast<double>(g[i]);
    });
  const double norm = std::sqrt(squares);
  if (norm <= limit) return;
  const T factor = static_cast<T>(limit / norm);
  for (const Param* p : update.trained)
    for_each_gradient<T>(parts_.params, *p, [&](T* g, i64 n) { change(g, n, [=](T v) { return v * factor; }); });
}

double Updater::decay_rate(Optimizer& optimizer, const Update& update) const {
  return update.decay ? parts_.objective->number(update.decay, 0)
                      : optimizer.instance->number(optimizer.calls.decay, 0);
}

// Decoupled (Loshchilov & Hutter, ICLR 2019): w <- w (1 - lr decay), apart from the gradient.
template <class T>
void Updater::decay(Optimizer& optimizer, const Update& update) const {
  const double rate = decay_rate(optimizer, update);
  if (rate == 0 || (optimizer.calls.flags & UBP_OPT_OWN_DECAY)) return;
  const T factor = static_cast<T>(1 - update.lr * rate);
  for (const Param* p : update.trained) {
    if (p->flags & UBP_PARAM_NO_DECAY) continue;
    T* values = static_cast<T*>(parts_.params.values(*p));
    const i64 row = p->row_sparse() ? p->shape.count() / std::max<i64>(1, p->shape[0]) : p->shape.count();
    const i64 only = 0;
    for (i64 r : p->row_sparse() ? std::span<const i64>(p->touched) : std::span<const i64>(&only, 1))
      change(values + r * row, row, [=](T v) { return v * factor; });
  }
}

// Where parameters of the same chunk touch, one run; it stays for as long as their slots.
Updater::Runs& Updater::runs_of(Optimizer& optimizer, const std::vector<Param*>& trained) {
  const auto [found, fresh] = optimizer.runs.try_emplace(trained);
  if (!fresh) return found->second;
  std::vector<const Param*> dense;
  for (const Param* p : trained)
    if (!p->row_sparse()) dense.push_back(p);
  std::sort(dense.begin(), dense.end(), [](const Param* a, const Param* b) {
    return std::pair(a->chunk, a->offset) < std::pair(b->chunk, b->offset);
  });
  std::pair<std::size_t, i64> next;  // chunk and offset of what would continue the run
  for (const Param* p : dense) {
    if (found->second.empty() || next != std::pair(p->chunk, p->offset)) {
      const i64 at = p->offset * bytes_of(parts_.engine.real());
      const Chunk& chunk = parts_.params.chunk(p->chunk);
      FlatMemory memory{chunk.values() + at, chunk.grads() + at, {}};
      for (const auto& slot : slots_of(optimizer, p->chunk)) memory.slots.push_back(slot->values() + at);
      found->second.push_back(std::make_unique<FlatRun>(parts_.engine, std::move(memory)));
    }
    found->second.back()->add(*p, p->shape);
    next = {p->chunk, p->offset + FlatRun::stride_of(p->shape.count())};
  }
  return found->second;
}

void Updater::step(Optimizer& optimizer, FlatRun& run, double lr, double decay) {
  const Recording off(parts_.engine, false);
  const Scope scope(parts_.engine);
  Callback callback(parts_.engine, services_, kOptimizerOwner);
  require_ok(optimizer.calls.step(optimizer.instance->self(), callback.get(), &run.told(optimizer.step, lr, decay)),
             optimizer.instance->who(), "step");
}

// The touched rows travel through a dense buffer; their gradient is zero again afterwards.
template <class T>
void Updater::step_rows(Optimizer& optimizer, const Update& update, Param& p, double rate) {
  if (p.touched.empty()) return;
  const i64 row = p.shape.count() / p.shape[0], padded = FlatRun::stride_of(row * static_cast<i64>(p.touched.size()));
  const DType dtype = parts_.engine.real();
  Chunk packed(dtype, padded);
  std::vector<std::unique_ptr<Chunk>> packed_slots;
  FlatMemory memory{packed.values(), packed.grads(), {}};
  auto& own = slots_of(optimizer, p.chunk);
  T *values = static_cast<T*>(parts_.params.values(p)), *grads = static_cast<T*>(parts_.params.grads(p));
  const auto gather = [&](const T* from, char* to) {
    for (std::size_t i = 0; i < p.touched.size(); ++i)
      std::copy_n(from + p.touched[i] * row, row, reinterpret_cast<T*>(to) + static_cast<i64>(i) * row);
  };
  const auto scatter = [&](const char* from, T* to) {
    for (std::size_t i = 0; i < p.touched.size(); ++i)
      std::copy_n(reinterpret_cast<const T*>(from) + static_cast<i64>(i) * row, row, to + p.touched[i] * row);
  };
  gather(values, packed.values());
  gather(grads, packed.grads());
  for (const auto& s : own) {
    packed_slots.push_back(std::make_unique<Chunk>(dtype, padded));
    gather(reinterpret_cast<const T*>(s->values()), packed_slots.back()->values());
    memory.slots.push_back(packed_slots.back()->values());
  }
  FlatRun run(parts_.engine, std::move(memory));
  Shape rows = p.shape;
  rows.dim[0] = static_cast<i64>(p.touched.size());
  run.add(p, rows);
  step(optimizer, run, update.lr, rate);
  scatter(packed.values(), values);
  for (std::size_t k = 0; k < own.size(); ++k)
    scatter(packed_slots[k]->values(), reinterpret_cast<T*>(own[k]->values()));
  for (i64 r : p.touched) std::fill_n(grads + r * row, row, T(0));
}

void Updater::apply(const Update& update) {
  Optimizer& optimizer = optimizer_named(update.optimizer);
  const double rate = decay_rate(optimizer, update);
  const auto run = [&](auto type) {
    using T = decltype(type);
    check_finite<T>(update);
    clip<T>(update);
    ++optimizer.step;
    decay<T>(optimizer, update);
    for (const auto& each : runs_of(optimizer, update.trained)) step(optimizer, *each, update.lr, rate);
    for (Param* p : update.trained)
      if (p->row_sparse()) step_rows<T>(optimizer, update, *p, rate);
  };
  if (parts_.engine.real() == DType::f64)
    run(double{});
  else
    run(float{});
}

void Updater::forget_slots() {
  for (auto& [name, optimizer] : optimizers_) {
    optimizer.runs.clear();
    optimizer.slots.clear();
    optimizer.step = 0;
  }
}

void Updater::save(Checkpoint& c) const {
  nlohmann::json index = nlohmann::json::array();
  const i64 bytes = bytes_of(parts_.engine.real());
  for (const auto& [name, optimizer] : optimizers_) {
    nlohmann::json chunks = nlohmann::json::array();
    for (const auto& [chunk, slots] : optimizer.slots) {
      chunks.push_back(chunk);
      for (std::size_t k = 0; k < slots.size(); ++k)
        c.put(fmt::format("slot/{}/{}/{}", name, chunk, k),
              std::string(slots[k]->values(), static_cast<std::size_t>(parts_.params.chunk(chunk).used * bytes)));
    }
    c.put("optimizer/" + name, optimizer.instance->save());
    index.push_back({name, optimizer.step, chunks});
  }
  c.put("optimizers", index.dump());
}

void Updater::load(const Checkpoint& c) {
  for (const auto& j : nlohmann::json::parse(c.get("optimizers"))) {
    const std::string name = j[0];
    Optimizer& optimizer = optimizer_named(name);
    optimizer.step = j[1];
    optimizer.instance->load(c.get("optimizer/" + name));
    for (const std::size_t chunk : j[2]) {
      auto& slots = slots_of(optimizer, chunk);
      for (std::size_t k = 0; k < slots.size(); ++k) {
        const std::string& bytes = c.get(fmt::format("slot/{}/{}/{}", name, chunk, k));
        std::copy(bytes.begin(), bytes.end(), slots[k]->values());
      }
    }
  }
}

}  // namespace ubp
