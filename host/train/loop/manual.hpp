// SPDX-License-Identifier: MIT
// Gradients that an objective computes itself (UBP_OBJ_MANUAL_UPDATE).
#pragma once

#include <vector>

#include "train/parts/composition.hpp"

namespace ubp {

/// Receives put_grad() for one callback: the gradients of the phase's parameters, zero where nothing was put.
/// Threads: one at a time; the C function finds it through a thread-local pointer.
class ManualGradients {
 public:
  ManualGradients(Composition&, std::vector<Param*>& trained);
  ~ManualGradients();
  bool any() const { return any_; }
  static ubp_status put(ubp_ctx*, ubp_tensor param, ubp_tensor grad);

 private:
  Composition& parts_;
  std::vector<Param*>& trained_;
  bool any_ = false;
};

}  // namespace ubp
