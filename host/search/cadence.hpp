// SPDX-License-Identifier: MIT
// At which reports a rule judges.
#pragma once

#include "search/rule_options.hpp"
#include "search/stop_rule.hpp"

namespace ubp::search {

/// Is the last report of `own` behind the warm-up, and the first in its interval? Throws Error (usage) where n_warmup
/// or interval is out of range.
class Cadence {
 public:
  Cadence(const std::string& rule, const RuleOptions&);
  bool judges(const Trace& own) const;

 private:
  std::int64_t warmup_, length_;
};

}  // namespace ubp::search
