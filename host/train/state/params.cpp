// SPDX-License-Identifier: MIT
#include "train/state/params.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "base/error.hpp"
#include "engine/random.hpp"

namespace ubp {
namespace {

constexpr i64 kSegment = 16;  // numbers a parameter is padded to
constexpr i64 kChunkNumbers = 1 << 20;

i64 padded(i64 n) { return (n + kSegment - 1) / kSegment * kSegment; }

// Zeros of the kernel's own: what a small model never touches costs nothing.
char* mapped_zeros(std::size_t bytes) {
  void* p = mmap(nullptr, std::max<std::size_t>(bytes, 1), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) throw std::bad_alloc();
  return static_cast<char*>(p);
}

// Inputs of one unit: [in, out] of a dense layer, [out, in, h, w] of a kernel.
double fan_in(const Shape& s) {
  if (s.nd < 2) return static_cast<double>(std::max<i64>(1, s.count()));
  return static_cast<double>(s.nd == 2 ? s[0] : s.count() / s[0]);
}
double fan_out(const Shape& s) {
  if (s.nd < 2) return static_cast<double>(std::max<i64>(1, s.count()));
  return static_cast<double>(s.nd == 2 ? s[1] : s.count() / s[1]);
}

// Gram-Schmidt over the shorter side of [rows, cols]; Saxe et al. 2014.
void orthogonalise(std::vector<double>& m, i64 rows, i64 cols) {
  const bool by_row = rows <= cols;
  const i64 n = by_row ? rows : cols, length = by_row ? cols : rows;
  const auto at = [&](i64 v, i64 k) -> double& {
    return by_row ? m[static_cast<std::size_t>(v * cols + k)] : m[static_cast<std::size_t>(k * cols + v)];
  };
  for (i64 v = 0; v < n; ++v) {
    for (i64 u = 0; u < v; ++u) {
      double dot = 0;
      for (i64 k = 0; k < length; ++k) dot += at(v, k) * at(u, k);
      for (i64 k = 0; k < length; ++k) at(v, k) -= dot * at(u, k);
    }
    double norm = 0;
    for (i64 k = 0; k < length; ++k) norm += at(v, k) * at(v, k);
    norm = std::sqrt(std::max(norm, 1e-300));
    for (i64 k = 0; k < length; ++k) at(v, k) /= norm;
  }
}

void store(DType dtype, void* to, const std::vector<double>& values) {
  if (dtype == DType::f64)
    std::copy(values.begin(), values.end(), static_cast<double*>(to));
  else
    std::transform(values.begin(), values.end(), static_cast<float*>(to),
                   [](double v) { return static_cast<float>(v); });
}

template <class Map>
std::string names_of(const Map& map, std::string_view owner) {
  std::vector<std::string> names;
  for (const auto& [key, value] : map)
    if (key.first == owner) names.push_back(key.second);
  std::string text;
  for (const std::string& n : names) text += (text.empty() ? "" : ", ") + n;
  return text.empty() ? "none" : text;
}

}  // namespace

void Chunk::Unmap::operator()(char* p) const { munmap(p, std::max<std::size_t>(bytes, 1)); }

Chunk::Chunk(DType dtype, i64 capacity)
    : capacity_(capacity),
      bytes_(static_cast<std::size_t>(capacity * bytes_of(dtype))),
      values_(mapped_zeros(bytes_), {bytes_}),
      grads_(mapped_zeros(bytes_), {bytes_}) {}

// Of a small model a large page would be zeroed, and held, for nothing. A system without them goes on as it was.
void Chunk::use_large_pages() const {
#ifdef MADV_HUGEPAGE
  constexpr i64 kLarge = 1 << 21;
  constexpr int kCollapse = 25;  // MADV_COLLAPSE, since Linux 6.1: also what was touched before
  const i64 full = used * (static_cast<i64>(bytes_) / std::max<i64>(1, capacity_)) / kLarge * kLarge;
  if (full == 0) return;
  for (char* const p : {values_.get(), grads_.get()}) madvise(p, bytes_, MADV_HUGEPAGE);
  madvise(values_.get(), static_cast<std::size_t>(full), kCollapse);
#endif
}

Param* ParamStore::find(std::string_view owner, std::string_view name) {
  const auto found = by_name_.find(std::pair(owner, name));
  return found == by_name_.end() ? nullptr : found->second;
}

void ParamStore::place(Param& p) {
  const i64 n = padded(p.shape.count());
  auto open = open_chunk_.find(p.owner);
  if (p.row_sparse() || open == open_chunk_.end() ||
      chunks_[open->second]->used + n > chunks_[open->second]->capacity()) {
    chunks_.push_back(std::make_unique<Chunk>(engine_.real(), p.row_sparse() ? n : std::max(n, kChunkNumbers)));
    p.chunk = chunks_.size() - 1;
    if (!p.row_sparse()) open_chunk_[p.owner] = p.chunk;
  } else {
    p.chunk = open->second;
  }
  p.offset = chunks_[p.chunk]->used;
  chunks_[p.chunk]->used += n;
  chunks_[p.chunk]->use_large_pages();
  p.tensor = engine_.adopt(engine_.real(), p.shape, values(p), false);
}

void ParamStore::initialise(Param& p, int init, double p0, double p1) {
  std::vector<double> v(static_cast<std::size_t>(p.shape.count()), init == UBP_INIT_CONST ? p0 : 0.0);
  Random random(seed_, "init/" + p.full_name());
  const double in = fan_in(p.shape), out = fan_out(p.shape);
  switch (init) {
    case UBP_INIT_ZERO:
    case UBP_INIT_CONST:
      break;
    case UBP_INIT_UNIFORM:
      random.uniform(v, p0, p1);
      break;
    case UBP_INIT_NORMAL:
      random.normal(v, p0, p1);
      break;
    case UBP_INIT_KAIMING:
      random.uniform(v, -1 / std::sqrt(in), 1 / std::sqrt(in));
      break;
    case UBP_INIT_XAVIER:
      random.uniform(v, -std::sqrt(6 / (in + out)), std::sqrt(6 / (in + out)));
      break;
    case UBP_INIT_ORTHOGONAL:
      random.normal(v, 0, 1);
      if (p.shape.nd >= 2) orthogonalise(v, p.shape[0], p.shape.count() / p.shape[0]);
      break;
    default:
      throw EngineError(UBP_E_INVALID_ARG,
                        fmt::format("param '{}': start values {} are unknown to this host", p.full_name(), init));
  }
  store(engine_.real(), values(p), v);
}

Tensor ParamStore::param(std::string_view owner, std::string_view name, const Shape* shape, int init, double p0,
                         double p1, std::uint32_t flags) {
  if (Param* p = find(owner, name)) {
    if (shape && !(*shape == p->shape))
      throw EngineError(UBP_E_STATE, fmt::format("param '{}' exists with shape {}, asked for {}", p->full_name(),
                                                 p->shape.text(), shape->text()));
    return p->tensor;
  }
  if (!shape)
    throw EngineError(UBP_E_NOT_FOUND, fmt::format("there is no param '{}' of '{}'; there are: {}", name, owner,
                                                   names_of(by_name_, owner)));
  Param& p =
      params_.emplace_back(Param{std::string(owner), std::string(name), *shape, flags, {}, 0, 0, {}, false, false});
  by_name_[{p.owner, p.name}] = &p;
  place(p);
  initialise(p, init, p0, p1);
  restore(p);
  return p.tensor;
}

Tensor ParamStore::state(std::string_view owner, std::string_view name, const Shape* shape, DType dtype, double fill) {
  const auto found = state_by_name_.find(std::pair(owner, name));
  if (found != state_by_name_.end()) {
    if (shape && !(*shape == found->second->shape))
      throw EngineError(UBP_E_STATE, fmt::format("state '{}.{}' exists with shape {}, asked for {}", owner, name,
                                                 found->second->shape.text(), shape->text()));
    return found->second->tensor;
  }
  if (!shape)
    throw EngineError(UBP_E_NOT_FOUND, fmt::format("there is no state '{}' of '{}'; there are: {}", name, owner,
                                                   names_of(state_by_name_, owner)));
  const i64 bytes = shape->count() * bytes_of(dtype);
  State& s = states_.emplace_back();
  s.owner = owner, s.name = name, s.shape = *shape, s.dtype = dtype;
  s.bytes = std::make_unique<char[]>(static_cast<std::size_t>(bytes) + 64);
  s.data = s.bytes.get() + (64 - reinterpret_cast<std::uintptr_t>(s.bytes.get()) % 64) % 64;
  for (i64 i = 0; i < shape->count(); ++i) {
    if (dtype == DType::f64)
      reinterpret_cast<double*>(s.data)[i] = fill;
    else if (dtype == DType::f32)
      reinterpret_cast<float*>(s.data)[i] = static_cast<float>(fill);
    else if (dtype == DType::i64)
      reinterpret_cast<i64*>(s.data)[i] = static_cast<i64>(fill);
    else
      reinterpret_cast<std::uint8_t*>(s.data)[i] = static_cast<std::uint8_t>(fill);
  }
  restore("state/" + s.owner + "." + s.name, s.data, bytes);
  s.tensor = engine_.adopt(dtype, *shape, s.data, false);
  state_by_name_[{s.owner, s.name}] = &s;
  return s.tensor;
}

bool ParamStore::is_state(Tensor t) const {
  return std::any_of(states_.begin(), states_.end(), [&](const State& s) { return s.tensor.id == t.id; });
}

bool ParamStore::has_owner(const std::string& owner) const {
  return std::any_of(params_.begin(), params_.end(), [&](const Param& p) { return p.owner == owner; });
}

void ParamStore::copy_owner(const std::string& from, const std::string& to) {
  const std::size_t n = params_.size();
  for (std::size_t i = 0; i < n; ++i)
    if (params_[i].owner == from) param(to, params_[i].name, &params_[i].shape, UBP_INIT_ZERO, 0, 0, params_[i].flags);
  const std::size_t m = states_.size();
  for (std::size_t i = 0; i < m; ++i)
    if (states_[i].owner == from) state(to, states_[i].name, &states_[i].shape, states_[i].dtype, 0);
  const std::string section = "/" + to + ".";  // made late in a resumed trial, the copy is the checkpoint's
  const auto& saved = restored_.sections();
  if (std::none_of(saved.begin(), saved.end(),
                   [&](const auto& s) { return s.first.find(section) != std::string::npos; }))
    blend_owner(from, to, 0);
}

void ParamStore::blend_owner(const std::string& from, const std::string& to, double momentum) {
  const auto blend = [momentum](auto* a, const auto* b, i64 n) {
    using T = std::remove_reference_t<decltype(*a)>;
    const T m = static_cast<T>(momentum);
    for (i64 i = 0; i < n; ++i) a[i] = m * a[i] + (T(1) - m) * b[i];
  };
  for (const Param& p : params_) {
    if (p.owner != from) continue;
    const Param& target = *find(to, p.name);
    if (engine_.real() == DType::f64)
      blend(static_cast<double*>(values(target)), static_cast<const double*>(values(p)), p.shape.count());
    else
      blend(static_cast<float*>(values(target)), static_cast<const float*>(values(p)), p.shape.count());
  }
  for (const State& s : states_)  // running statistics are copied: an average of averages means nothing
    if (s.owner == from)
      std::memcpy(state_by_name_.at({to, s.name})->data, s.data,
                  static_cast<std::size_t>(s.shape.count() * bytes_of(s.dtype)));
}

std::vector<Param*> ParamStore::all() {
  std::vector<Param*> all;
  for (Param& p : params_) all.push_back(&p);
  return all;
}

std::vector<std::string> ParamStore::groups() const {
  std::vector<std::string> names;
  for (const Param& p : params_) {
    if (std::find(names.begin(), names.end(), p.owner) == names.end()) names.push_back(p.owner);
    names.push_back(p.full_name());
  }
  return names;
}

std::vector<Param*> ParamStore::select(const char* train) {
  std::vector<Param*> chosen;
  if (!train) {
    for (Param& p : params_)
      if (p.owner.rfind("target:", 0) != 0) chosen.push_back(&p);
    return chosen;
  }
  std::istringstream in(train);
  for (std::string item; std::getline(in, item, ',');) {
    const std::size_t dot = item.find('.');
    const std::string owner = item.substr(0, dot), prefix = dot == std::string::npos ? "" : item.substr(dot + 1);
    const std::size_t before = chosen.size();
    for (Param& p : params_)
      if (p.owner == owner && p.name.rfind(prefix, 0) == 0) chosen.push_back(&p);
    if (chosen.size() == before)
      throw EngineError(UBP_E_NOT_FOUND, fmt::format("trains '{}', but nothing of that name has parameters{}", item,
                                                     suggestion(item, groups())));
  }
  return chosen;
}

i64 ParamStore::count() const {
  i64 n = 0;
  for (const Param& p : params_)
    if (p.owner.rfind("target:", 0) != 0) n += p.shape.count();
  return n;
}

void* ParamStore::values(const Param& p) const {
  return chunks_[p.chunk]->values() + p.offset * bytes_of(engine_.real());
}
void* ParamStore::grads(const Param& p) const {
  return chunks_[p.chunk]->grads() + p.offset * bytes_of(engine_.real());
}

void ParamStore::save(Checkpoint& c) const {
  for (const Param& p : params_) {
    c.put("param/" + p.full_name(), std::string(static_cast<const char*>(values(p)),
                                                static_cast<std::size_t>(p.shape.count() * bytes_of(engine_.real()))));
    if (p.reached) c.put("reached/" + p.full_name(), "");
  }
  for (const State& s : states_)
    c.put("state/" + s.owner + "." + s.name,
          std::string(s.data, static_cast<std::size_t>(s.shape.count() * bytes_of(s.dtype))));
}

void ParamStore::restore(const std::string& section, void* to, i64 bytes) const {
  if (!restored_.has(section)) return;
  if (static_cast<i64>(restored_.get(section).size()) != bytes)
    throw EngineError(UBP_E_STATE, "the checkpoint's " + section + " has another size");
  std::memcpy(to, restored_.get(section).data(), static_cast<std::size_t>(bytes));
}

void ParamStore::restore(Param& p) const {
  restore("param/" + p.full_name(), values(p), p.shape.count() * bytes_of(engine_.real()));
  p.reached = restored_.has("reached/" + p.full_name());
}

void ParamStore::load(const Checkpoint& c) {
  for (const auto& [name, bytes] : c.sections())
    if (name.rfind("param/", 0) == 0 || name.rfind("state/", 0) == 0 || name.rfind("reached/", 0) == 0)
      restored_.put(name, bytes);
  for (Param& p : params_) restore(p);
  for (const State& s : states_)
    restore("state/" + s.owner + "." + s.name, s.data, s.shape.count() * bytes_of(s.dtype));
}

}  // namespace ubp
