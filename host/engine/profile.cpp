// SPDX-License-Identifier: MIT
#include "engine/profile.hpp"

#include <algorithm>
#include <chrono>

#include "engine/op.hpp"

namespace ubp {

i64 clock_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

void Profile::add(const ops::Op* op, bool derivative, i64 ns) {
  OpTime& t = times_[op];
  if (t.op.empty()) t.op = op ? op->signature.name : "custom ops";
  ++(derivative ? t.derivatives : t.calls);
  (derivative ? t.derivative_seconds : t.seconds) += 1e-9 * static_cast<double>(ns);
}

std::vector<OpTime> Profile::times() const {
  std::vector<OpTime> all;
  for (const auto& [op, time] : times_) all.push_back(time);
  std::sort(all.begin(), all.end(), [](const OpTime& a, const OpTime& b) {
    const double x = a.seconds + a.derivative_seconds, y = b.seconds + b.derivative_seconds;
    return x != y ? x > y : a.op < b.op;
  });
  return all;
}

}  // namespace ubp
