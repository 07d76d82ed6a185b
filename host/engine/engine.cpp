// SPDX-License-Identifier: MIT
#include "engine/engine.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "engine/blas.hpp"
#include "engine/op_support.hpp"
#include "engine/tape.hpp"

namespace ubp {

i64 bytes_of(DType t) {
  switch (t) {
    case DType::f32:
      return 4;
    case DType::f64:
      return 8;
    case DType::i64:
      return 8;
    case DType::u8:
      return 1;
  }
  throw EngineError(UBP_E_DTYPE, fmt::format("dtype {} is not supported", static_cast<int>(t)));
}

const char* name_of(DType t) {
  switch (t) {
    case DType::f32:
      return "f32";
    case DType::f64:
      return "f64";
    case DType::i64:
      return "i64";
    case DType::u8:
      return "u8";
  }
  return "unknown";
}

Shape::Shape(std::initializer_list<i64> dims) : Shape(dims.begin(), static_cast<i64>(dims.size())) {}

Shape::Shape(const i64* dims, i64 n) {
  if (n < 0 || n > 8) throw EngineError(UBP_E_SHAPE, fmt::format("a tensor has 0 to 8 axes: {} were asked for", n));
  nd = static_cast<std::int32_t>(n);
  std::copy_n(dims, n, dim);
}

i64 Shape::count() const {
  i64 n = 1;
  for (std::int32_t k = 0; k < nd; ++k) n *= dim[k];
  return n;
}

bool Shape::operator==(const Shape& other) const { return nd == other.nd && std::equal(dim, dim + nd, other.dim); }

std::string Shape::text() const {
  std::string s = "[";
  for (std::int32_t k = 0; k < nd; ++k) s += (k ? ", " : "") + std::to_string(dim[k]);
  return s + "]";
}

// --- slots -----------------------------------------------------------------------------------------------------------

void Engine::Impl::refuse_handle(Tensor x) {
  ops::refuse(UBP_E_BAD_HANDLE, "{}",
              x ? "stale tensor handle: its scope has ended, or it never existed" : "null tensor handle");
}

Tensor Engine::Impl::make(DType dtype, const Shape& shape, Storage* storage, std::int32_t depth) {
  if (free_slots.empty()) {
    slots.emplace_back();
    free_slots.push_back(static_cast<std::uint32_t>(slots.size() - 1));
  }
  const std::uint32_t k = free_slots.back();
  free_slots.pop_back();
  Slot& s = slots[k];
  s.shape = shape;
  s.dtype = dtype;
  s.live = true;
  s.requires_grad = false;
  s.depth = depth;
  s.node = -1;
  s.storage = storage;
  const Tensor t{std::uint64_t{s.generation} << 32 | (k + 1)};
  if (depth >= 0) scoped.push_back(t);
  return t;
}

Tensor Engine::Impl::make(DType dtype, const Shape& shape) {
  constexpr i64 kLimit = i64{1} << 40;  // of elements; products of hostile extents stay below overflow
  i64 n = 1;
  for (std::int32_t k = 0; k < shape.nd; ++k) {
    if (shape.dim[k] < 0) ops::refuse(UBP_E_SHAPE, "a tensor of shape {}: an extent is negative", shape.text());
    if (shape.dim[k] > 0 && n > kLimit / shape.dim[k])
      ops::refuse(UBP_E_NO_MEMORY, "a tensor of shape {} is too large", shape.text());
    n *= shape.dim[k];
  }
  return make(dtype, shape, pool.take(n * bytes_of(dtype)), static_cast<std::int32_t>(frames.size()));
}

Tensor Engine::Impl::alias(Tensor x, const Shape& shape) {
  Slot& s = at(x);
  pool.share(s.storage);
  return make(s.dtype, shape, s.storage, static_cast<std::int32_t>(frames.size()));
}

void Engine::Impl::release(Tensor x) {
  Slot& s = at(x);
  pool.drop(s.storage);
  s.live = false;
  s.storage = nullptr;
  ++s.generation;
  free_slots.push_back(static_cast<std::uint32_t>(index_of(x)));
}

Node* record(Engine& e, std::initializer_list<Tensor> in, std::initializer_list<Tensor> out, Backward f) {
  return record(e, std::span(in.begin(), in.size()), std::span(out.begin(), out.size()), f);
}

Node* record(Engine& e, std::span<const Tensor> in, std::span<const Tensor> out, Backward f) {
  Engine::Impl& m = e.impl();
  if (!m.recording) return nullptr;
  if (std::none_of(in.begin(), in.end(), [&](Tensor x) { return x && m.at(x).requires_grad; })) return nullptr;
  if (m.n_nodes == m.tape.size()) m.tape.push_back(std::make_unique<Node>());
  Node& n = *m.tape[m.n_nodes];
  n.op = m.op;
  n.backward = f;
  n.in.assign(in.begin(), in.end());
  n.out.assign(out.begin(), out.end());
  for (Tensor y : out) {
    Slot& s = m.at(y);
    s.requires_grad = true;
    s.node = static_cast<i64>(m.n_nodes);
  }
  ++m.n_nodes;
  return &n;
}

// --- Engine ----------------------------------------------------------------------------------------------------------

Engine::Engine(DType real, int threads) : impl_(std::make_unique<Impl>()) {
  if (real != DType::f32 && real != DType::f64)
    ops::refuse(UBP_E_DTYPE, "a run computes in f32 or f64, not in {}", name_of(real));
  impl_->real = real;
  blas::set_up();
  if (threads > 1) impl_->threads.emplace(threads);
}

Engine::~Engine() = default;

DType Engine::real() const { return impl_->real; }

Tensor Engine::empty(DType dtype, const Shape& shape) { return impl_->make(dtype, shape); }

Tensor Engine::full(DType dtype, const Shape& shape, double value) {
  Tensor x = impl_->make(dtype, shape);
  void* to = impl_->at(x).storage->data;
  const i64 n = shape.count();
  switch (dtype) {
    case DType::f32:
      std::fill_n(static_cast<float*>(to), n, static_cast<float>(value));
      break;
    case DType::f64:
      std::fill_n(static_cast<double*>(to), n, value);
      break;
    case DType::i64:
      std::fill_n(static_cast<i64*>(to), n, static_cast<i64>(value));
      break;
    case DType::u8:
      std::fill_n(static_cast<std::uint8_t*>(to), n, static_cast<std::uint8_t>(value));
      break;
  }
  return x;
}

Tensor Engine::copy_from(DType dtype, const Shape& shape, const void* from) {
  Tensor x = impl_->make(dtype, shape);
  if (const i64 bytes = shape.count() * bytes_of(dtype); bytes > 0)
    std::memcpy(impl_->at(x).storage->data, from, static_cast<std::size_t>(bytes));
  return x;
}

Tensor Engine::adopt(DType dtype, const Shape& shape, void* memory, bool requires_grad) {
  Tensor x = impl_->make(dtype, shape, impl_->pool.borrow(memory, shape.count() * bytes_of(dtype)), -1);
  if (requires_grad) set_requires_grad(x, true);
  return x;
}

void Engine::release_adopted(Tensor x) {
  if (impl_->at(x).depth != -1) ops::refuse(UBP_E_STATE, "release_adopted: the tensor belongs to a scope");
  impl_->release(x);
}

const Shape& Engine::shape(Tensor x) const { return impl_->at(x).shape; }
DType Engine::dtype(Tensor x) const { return impl_->at(x).dtype; }
const void* Engine::data(Tensor x) const { return impl_->at(x).storage->data; }

void* Engine::mutable_data(Tensor x) {
  Slot& s = impl_->at(x);
  if (s.storage->refs > 1 && s.depth >= 0) {  // shared with a reshaped or detached tensor, which must not change
    Storage* own = impl_->pool.take(s.storage->bytes);
    std::memcpy(own->data, s.storage->data, static_cast<std::size_t>(s.shape.count() * bytes_of(s.dtype)));
    impl_->pool.drop(s.storage);
    s.storage = own;
  }
  return s.storage->data;
}

double Engine::item(Tensor x) const {
  const Slot& s = impl_->at(x);
  if (s.shape.count() != 1) ops::refuse(UBP_E_SHAPE, "item: one element is expected, the shape is {}", s.shape.text());
  const void* p = s.storage->data;
  switch (s.dtype) {
    case DType::f32:
      return *static_cast<const float*>(p);
    case DType::f64:
      return *static_cast<const double*>(p);
    case DType::i64:
      return static_cast<double>(*static_cast<const i64*>(p));
    case DType::u8:
      return *static_cast<const std::uint8_t*>(p);
  }
  return 0;
}

bool Engine::requires_grad(Tensor x) const { return impl_->at(x).requires_grad; }

void Engine::set_requires_grad(Tensor x, bool on) {
  Slot& s = impl_->at(x);
  if (s.node >= 0) ops::refuse(UBP_E_STATE, "set_requires_grad: the tensor is the result of a recorded op");
  if (on && s.dtype != DType::f32 && s.dtype != DType::f64)
    ops::refuse(UBP_E_DTYPE, "set_requires_grad: {} numbers have no gradient", name_of(s.dtype));
  s.requires_grad = on;
}

Engine::Memory Engine::memory() const { return {impl_->pool.blocks(), impl_->pool.bytes()}; }

// --- scopes ----------------------------------------------------------------------------------------------------------

void Engine::push_scope() { impl_->frames.push_back({impl_->scoped.size(), impl_->n_nodes}); }

void Engine::pop_scope(std::span<const Tensor> keep) {
  Impl& m = *impl_;
  if (m.frames.empty()) ops::refuse(UBP_E_STATE, "pop_scope: no scope is open");
  const auto depth = static_cast<std::int32_t>(m.frames.size());
  for (Tensor x : keep)
    if (x) m.at(x);  // a stale handle is refused before anything has changed
  for (Tensor x : keep)
    if (x) m.at(x).kept = m.at(x).depth == depth;
  const Impl::Frame frame = m.frames.back();
  m.frames.pop_back();
  std::size_t to = frame.tensors;
  for (std::size_t k = frame.tensors; k < m.scoped.size(); ++k) {
    const Tensor x = m.scoped[k];
    Slot& s = m.slots[Impl::index_of(x)];
    if (!s.live || s.generation != x.id >> 32) continue;  // released early
    if (!s.kept) {
      m.release(x);
      continue;
    }
    s.kept = false;
    --s.depth;
    if (s.node >= static_cast<i64>(frame.nodes)) {
      s.node = -1;
      s.requires_grad = false;
    }
    m.scoped[to++] = x;
  }
  m.scoped.resize(to);
  m.n_nodes = frame.nodes;
}

std::size_t Engine::scope_depth() const { return impl_->frames.size(); }

bool Engine::recording() const { return impl_->recording; }
bool Engine::set_recording(bool on) { return std::exchange(impl_->recording, on); }

Tensor Engine::leaf(Tensor x) {
  Tensor y = copy_from(dtype(x), shape(x), data(x));
  set_requires_grad(y, true);
  return y;
}

Tensor Engine::detach(Tensor x) { return impl_->alias(x, shape(x)); }

ubp_ctx* Engine::context() const { return impl_->context; }
void Engine::set_context(ubp_ctx* context) { impl_->context = context; }

bool Engine::set_profiling(bool on) { return std::exchange(impl_->profiling, on); }
std::vector<OpTime> Engine::op_times() const { return impl_->profile.times(); }

}  // namespace ubp
