// SPDX-License-Identifier: MIT
// Parameters that lie behind each other, as an optimizer is given them.
#pragma once

#include <deque>
#include <vector>

#include "train/state/params.hpp"

namespace ubp {

/// Vectors of equal length: values, gradients, and one for each slot. 64-byte aligned, in the engine's real type.
struct FlatMemory {
  char *values, *grads;
  std::vector<char*> slots;
};

/// Tensors over such memory, as one and parameter by parameter. Owns the tensors, not the memory, which stays where it
/// is as long as this. Threads: that of the engine.
class FlatRun {
 public:
  FlatRun(Engine& engine, FlatMemory memory) : engine_(engine), memory_(std::move(memory)) {}
  ~FlatRun();
  FlatRun(const FlatRun&) = delete;
  FlatRun& operator=(const FlatRun&) = delete;

  /// Numbers from one parameter of a run to the next: padded, so that each begins aligned.
  static i64 stride_of(i64 count) { return (count + 15) / 16 * 16; }

  /// Behind those that are there already. `shape`: the parameter's, or of its packed rows.
  void add(const Param&, const Shape& shape);
  /// What step() is given. Valid until the next call; nothing is added after the first.
  const ubp_flat& told(i64 step, double lr, double decay);

 private:
  ubp_tensor over(char* memory, i64 offset, const Shape&);
  const ubp_tensor* over_slots(i64 offset, const Shape&);
  void close();

  Engine& engine_;
  FlatMemory memory_;
  i64 end_ = 0;
  std::vector<ubp_segment> segments_;
  std::deque<std::vector<ubp_tensor>> slots_;  ///< of each segment, then of the whole: they are pointed to
  std::vector<Tensor> adopted_;
  ubp_flat flat_{};
};

}  // namespace ubp
