// SPDX-License-Identifier: MIT
// Tensors, the tape and reverse-mode differentiation: the state of one trial's computation.
//
// Non-goals: views that alias (every tensor is dense and row-major), devices other than the CPU, graphs that outlive a
// callback. Ops are in ops.hpp; numbers from random streams in random.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <ubp/abi.h>

namespace ubp {

/// Element types; the numbers are those of the plugin ABI.
enum class DType : std::int32_t { f32 = UBP_F32, f64 = UBP_F64, i64 = UBP_I64, u8 = UBP_U8 };

using i64 = std::int64_t;  // after DType, whose enumerator would shadow it

i64 bytes_of(DType);
const char* name_of(DType);

/// Up to eight extents, row-major. nd 0 is a scalar.
struct Shape {
  std::int32_t nd = 0;
  i64 dim[8] = {};

  Shape() = default;
  Shape(std::initializer_list<i64> dims);
  Shape(const i64* dims, i64 n);
  i64 count() const;
  i64 operator[](i64 axis) const { return dim[axis < 0 ? axis + nd : axis]; }
  bool operator==(const Shape& other) const;
  std::string text() const;  ///< "[128, 784]"
};

/// A generational handle. 0 is null; a stale or forged one is an EngineError, never undefined behaviour.
struct Tensor {
  std::uint64_t id = 0;
  explicit operator bool() const { return id != 0; }
};

/// What an op reports; crosses the plugin boundary as `status` and message.
class EngineError : public std::exception {
 public:
  EngineError(ubp_status status, std::string message) : status_(status), message_(std::move(message)) {}
  ubp_status status() const { return status_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ubp_status status_;
  std::string message_;
};

class Engine;

/// What an op has taken so far.
struct OpTime {
  std::string op;
  i64 calls = 0, derivatives = 0;
  double seconds = 0, derivative_seconds = 0;
};

/// The derivative of one recorded op, written in terms of ops (ops.hpp) so that it can be differentiated again.
/// `in`, `out`: the op's tensors; `dout`: gradients of the outputs, null where zero; `din`: to be filled, null where
/// zero; `wanted[i]` false: leave din[i] null.
struct Node;
using Backward = void (*)(Engine&, const Node&, std::span<const Tensor> dout, std::span<Tensor> din);

/// Where backward() puts the gradient of one trained tensor.
struct GradTarget {
  Tensor tensor;                     ///< a persistent tensor that requires grad
  void* grad = nullptr;              ///< [count] in the tensor's dtype; overwritten (row-sparse: only touched rows)
  std::vector<i64>* rows = nullptr;  ///< null: dense. Else receives the touched rows, ascending, each once;
                                     ///< `grad` must be zero on entry and the caller re-zeroes the touched rows
  bool* finite = nullptr;  ///< receives whether all of `grad` was looked at when it was written, and is finite
};

/// Threads: one engine belongs to the thread that made it; of two that have helpers, only one lives at a time there.
/// Memory: a pool of size classes, 64-byte aligned; after the first steps a step takes nothing from the system.
class Engine {
 public:
  /// `real` is the run's floating type: what `empty` and literals use where no dtype is named. `threads`: how many
  /// compute (parallel.hpp); no number depends on it.
  explicit Engine(DType real = DType::f32, int threads = 1);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  DType real() const;

  // --- tensors -----------------------------------------------------------------------------------------------------
  Tensor empty(DType, const Shape&);  ///< uninitialised, lives until its scope ends
  Tensor full(DType, const Shape&, double value);
  Tensor copy_from(DType, const Shape&, const void* data);
  /// A tensor over memory that outlives the engine's use of it (parameters, state). Never freed by scopes.
  Tensor adopt(DType, const Shape&, void* data, bool requires_grad);
  void release_adopted(Tensor);

  const Shape& shape(Tensor) const;
  DType dtype(Tensor) const;
  const void* data(Tensor) const;
  void* mutable_data(Tensor);  ///< REQUIRES: not yet an input of a recorded op, or adopted memory between steps
  template <class T>
  const T* data(Tensor x) const {
    return static_cast<const T*>(data(x));
  }
  double item(Tensor) const;  ///< the one element. Throws EngineError (SHAPE) if there are more
  bool requires_grad(Tensor) const;
  void set_requires_grad(Tensor, bool);  ///< adopted tensors: which of them the phase trains

  // --- scopes ------------------------------------------------------------------------------------------------------
  /// Tensors made since the matching push die at pop, but for `keep`, which move to the outer scope, cut from the tape.
  void push_scope();
  void pop_scope(std::span<const Tensor> keep = {});
  std::size_t scope_depth() const;

  // --- differentiation ---------------------------------------------------------------------------------------------
  bool recording() const;
  bool set_recording(bool on);  ///< returns what it was
  Tensor leaf(Tensor x);        ///< a detached copy that requires grad
  Tensor detach(Tensor x);      ///< the same numbers (shared memory), no gradient

  /// d(sum(outputs * seeds)) / d(inputs), one tensor per input, zeros where unused. `seeds` may be empty if all outputs
  /// are scalars. create_graph: the result can be differentiated again.
  std::vector<Tensor> grad(std::span<const Tensor> outputs, std::span<const Tensor> seeds,
                           std::span<const Tensor> inputs, bool create_graph);

  /// The training path: first-order gradients of a scalar, written straight into the targets' memory; intermediate
  /// gradients return to the pool as soon as they are used. Returns which targets were reached (others are zero-filled,
  /// row-sparse ones left alone).
  std::vector<bool> backward(Tensor loss, std::span<const GradTarget> targets);

  /// The callback's context, handed to custom ops' backward_graph; null outside a callback. Not looked into.
  ubp_ctx* context() const;
  void set_context(ubp_ctx*);

  struct Memory {
    i64 blocks;  ///< taken from the system so far: constant once a repeated step is warm
    i64 bytes;   ///< held by the pool, in use or not
  };
  Memory memory() const;

  bool set_profiling(bool on);  ///< takes the time of every op (two readings of the clock each); returns what it was
  std::vector<OpTime> op_times() const;  ///< what was taken so far, the largest first

  // --- for the ops -------------------------------------------------------------------------------------------------
  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// Stops or forces recording for a block.
class Recording {
 public:
  Recording(Engine& engine, bool on) : engine_(engine), was_(engine.set_recording(on)) {}
  ~Recording() { engine_.set_recording(was_); }

 private:
  Engine& engine_;
  bool was_;
};

/// Takes the time of ops for a block.
class Profiling {
 public:
  Profiling(Engine& engine, bool on) : engine_(engine), was_(engine.set_profiling(on)) {}
  ~Profiling() { engine_.set_profiling(was_); }

 private:
  Engine& engine_;
  bool was_;
};

/// push_scope / pop_scope for a block.
class Scope {
 public:
  explicit Scope(Engine& engine) : engine_(engine) { engine_.push_scope(); }
  ~Scope() { engine_.pop_scope(); }

 private:
  Engine& engine_;
};

}  // namespace ubp
