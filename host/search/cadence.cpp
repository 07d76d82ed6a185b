// SPDX-License-Identifier: MIT
#include "search/cadence.hpp"

#include "base/error.hpp"

namespace ubp::search {

Cadence::Cadence(const std::string& rule, const RuleOptions& options)
    : warmup_(options.n_warmup), length_(options.interval) {
  if (warmup_ < 0) fail(Exit::usage, "{}: n_warmup: found {}, expected at least 0", rule, warmup_);
  if (length_ < 1) fail(Exit::usage, "{}: interval: found {}, expected at least 1", rule, length_);
}

bool Cadence::judges(const Trace& own) const {
  if (own.values.empty()) return false;
  const auto last = own.values.rbegin();
  if (last->first < warmup_) return false;
  const std::int64_t begin = warmup_ + (last->first - warmup_) / length_ * length_;
  const auto before = std::next(last);
  return before == own.values.rend() || before->first < begin;
}

}  // namespace ubp::search
