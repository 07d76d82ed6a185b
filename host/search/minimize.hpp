// SPDX-License-Identifier: MIT
// The minimum of a smooth function in a box, by its values and gradients.
//
// Limited-memory BFGS (Nocedal, Math. Comp. 35, 1980) on the variables that no bound holds, each step projected into
// the box (Bertsekas, SIAM J. Control Optim. 20(2), 1982) and halved until it pays (Armijo).
#pragma once

#include <deque>
#include <vector>

namespace ubp::search {

/// Asks and is told, so that many can be advanced together, with one evaluation of all.
class BoxMinimizer {
 public:
  /// `bounds`: low[i] <= start[i] <= high[i]; infinite ones are allowed. It is done when no component of the projected
  /// gradient is above `tolerance`, when a step pays nothing, or after `evaluations`.
  BoxMinimizer(std::vector<double> start, std::vector<double> low, std::vector<double> high, double tolerance,
               int evaluations);

  bool is_done() const { return done_; }
  /// Where the function is wanted next. REQUIRES: not done.
  const std::vector<double>& point() const { return trial_; }
  /// The function there. A value that is not finite is worse than all others; its gradient is not looked at.
  void tell(double value, const std::vector<double>& gradient);

  const std::vector<double>& best() const { return x_; }
  double value() const { return value_; }  ///< at best()

 private:
  struct Pair {
    std::vector<double> step, change;  ///< of the point, of the gradient
    double product;
  };
  void take(double value, const std::vector<double>& gradient);
  void choose_direction();
  void choose_trial();
  bool is_held(std::size_t i) const;

  std::vector<double> low_, high_, x_, gradient_, direction_, trial_;
  double tolerance_, value_, length_ = 1;
  int left_;
  bool done_ = false, begun_ = false;
  std::deque<Pair> pairs_;
};

}  // namespace ubp::search
