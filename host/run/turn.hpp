// SPDX-License-Identifier: MIT
// Whose turn it is to write a database: one process after the other.
#pragma once

#include <memory>

#include "record/store.hpp"
#include "run/session.hpp"

namespace ubp {

/// Returns once nobody writes the database; at once, if it may not wait: without options.wait, within a trial, or for a
/// process that this one was started by, which all may wait for this one. Says for whom it waits, and says so again now
/// and then. Throws Error (interrupted) once it is asked to give up.
void await_turn(const SessionOptions&);

/// The one writer, as long as it lives; what it starts is within a trial.
class Turn {
 public:
  /// Waits as await_turn(). Throws Error as that and Store do.
  explicit Turn(const SessionOptions&);
  ~Turn();
  Turn(const Turn&) = delete;

  Store& store() const { return *store_; }

 private:
  std::unique_ptr<Store> store_;
  bool outermost_ = false;
};

/// Has this process, and all that it starts, be within a trial: where the environment of a coordinator does not reach.
void enter_trial();

}  // namespace ubp
