// SPDX-License-Identifier: MIT
// Which failed trials a spec wants to be tried again.
#include <catch2/catch.hpp>

#include "fake_components.hpp"

using namespace ubp::test;
using ubp::Failure;

namespace {

using Retries = std::map<Failure, std::int64_t>;

Retries retries(const std::string& sweep, const std::vector<std::string>& overrides = {}) {
  return plan(spec_with(24, sweep), overrides).limits.retries;
}

}  // namespace

TEST_CASE("without a word nothing is tried again") { CHECK(retries("").empty()); }

TEST_CASE("one number is for what chance may decide, a class by its name for itself") {
  const Retries two = retries("retries = 2");
  CHECK(two.size() == 9);
  CHECK((two.at(Failure::killed) == 2 && two.at(Failure::stalled) == 2));
  for (const Failure failure : {Failure::numeric, Failure::missing, Failure::exception, Failure::plugin, Failure::spec})
    CHECK_FALSE(two.contains(failure));
  CHECK(retries("retries = { killed = 2, numeric = 1, timeout = 0 }") ==
        Retries{{Failure::killed, 2}, {Failure::numeric, 1}});
  const Retries but = retries("", {"sweep.retries=1", "sweep.retries.timeout=0", "sweep.retries.crash=3"});
  CHECK((but.size() == 8 && !but.contains(Failure::timeout) && but.at(Failure::crash) == 3));
}

TEST_CASE("retries and limits are part of the resolved spec, and not of what a sweep is") {
  const Expanded made = plan(spec_with(24, "retries = { any = 1, timeout = 0 }\ntrial_stall = \"30s\""));
  const Expanded again = plan(made.spec_text);
  CHECK(again.limits.retries == made.limits.retries);
  CHECK((made.limits.stall_seconds == 30 && again.limits.stall_seconds == 30));
  CHECK(made.identity == plan().identity);
}
