// SPDX-License-Identifier: MIT
// What is behind Engine: tensor slots, scopes and the recorded ops. Only this folder includes it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/engine.hpp"
#include "engine/memory.hpp"
#include "engine/parallel.hpp"
#include "engine/profile.hpp"

namespace ubp {

/// One recorded op. Which fields mean what is the op's own business.
struct Node {
  const ops::Op* op = nullptr;  ///< whose step this is
  Backward backward = nullptr;
  std::vector<Tensor> in, out;       ///< operands and results; either may hold tensors that only the derivative needs
  std::vector<std::uint8_t> wanted;  ///< by operand; valid while `backward` runs
  double p[2] = {};
  i64 a[6] = {};
  Shape shape;
  const void* user = nullptr;
};

struct Slot {
  Shape shape;
  DType dtype = DType::f32;
  bool live = false, requires_grad = false, kept = false;
  std::uint32_t generation = 1;
  std::int32_t depth = 0;  ///< of the scope that owns it; -1: adopted
  i64 node = -1;           ///< the op that made it, an index into the tape; -1: none
  Storage* storage = nullptr;
};

/// Where the running first-order derivative may write an operand's gradient, instead of returning a tensor.
struct Sink {
  void* data = nullptr;
  bool accumulate = false;           ///< the memory already holds a part of the gradient
  std::vector<i64>* rows = nullptr;  ///< row-sparse: zero on entry, touched rows are noted here
  bool used = false;
  bool finite = false;  ///< what was written was looked at: it has no nan and no infinity
};

struct Engine::Impl {
  /// Working memory of one reverse sweep, kept for the next.
  struct Pass {
    std::vector<Tensor> grad;          ///< by slot
    std::vector<std::int32_t> target;  ///< by slot: 1 + index into the caller's list, 0: none
    std::vector<std::uint8_t> needed;  ///< by node
    std::vector<Tensor> dout, din;
    std::vector<Sink> sinks;
  };
  struct Frame {
    std::size_t tensors, nodes;
  };

  std::optional<Threads> threads;
  DType real = DType::f32;
  bool recording = true;
  bool first_order = false;  ///< a derivative runs whose gradients nobody will differentiate
  ubp_ctx* context = nullptr;
  const ops::Op* op = nullptr;  ///< the op that runs, or whose derivative does
  Profile profile;
  bool profiling = false;
  Pool pool;
  std::deque<Slot> slots;  // a deque: references to shapes stay valid while slots are added
  std::vector<std::uint32_t> free_slots;
  std::vector<Tensor> scoped;
  std::vector<Frame> frames;
  std::vector<std::unique_ptr<Node>> tape;  // [n_nodes, size) are spare nodes
  std::size_t n_nodes = 0;
  std::vector<std::unique_ptr<Pass>> passes;
  std::size_t n_passes = 0;
  std::span<Sink> sinks;

  static std::size_t index_of(Tensor x) { return (x.id & 0xffffffffu) - 1; }
  Slot& at(Tensor x) {  ///< Throws EngineError (BAD_HANDLE)
    const std::size_t k = index_of(x);
    if (k < slots.size()) [[likely]] {
      Slot& s = slots[k];
      if (s.live && s.generation == x.id >> 32) [[likely]]
        return s;
    }
    refuse_handle(x);
  }
  [[noreturn]] static void refuse_handle(Tensor);
  Tensor make(DType, const Shape&, Storage*, std::int32_t depth);
  Tensor make(DType, const Shape&);
  Tensor alias(Tensor x, const Shape&);  ///< the same numbers under another shape, off the tape
  void release(Tensor);                  ///< now, not at the end of its scope

  /// True if the gradient `dy`, an argument of the running derivative, is used by nobody else.
  bool may_overwrite(Tensor dy) { return first_order && at(dy).storage->refs == 1; }
  /// The sink of operand i of the running derivative, or null: then return a tensor. Using it is a promise to fill it.
  Sink* sink(std::size_t i);
  Sink* row_sink(std::size_t i);  ///< also the row-sparse ones

  Pass& open_pass();
  void close_pass() { --n_passes; }
};

/// Records an op if an operand requires grad; the results then require it too. Null: nothing was recorded.
Node* record(Engine&, std::initializer_list<Tensor> in, std::initializer_list<Tensor> out, Backward);
Node* record(Engine&, std::span<const Tensor> in, std::span<const Tensor> out, Backward);

}  // namespace ubp
