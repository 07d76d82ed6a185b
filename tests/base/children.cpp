// SPDX-License-Identifier: MIT
// Children with limits: what they say is kept apart, and none outlives its time or floods the parent.
#include <sys/wait.h>

#include <catch2/catch.hpp>

#include "base/child.hpp"
#include "base/error.hpp"

using namespace ubp;

namespace {

constexpr ChildLimits kAmple = {std::chrono::minutes(1), 1 << 20};

}  // namespace

TEST_CASE("what a child says on both streams is kept apart", "[child]") {
  const LimitedEnd end = run_limited_child("sh", {"-c", "echo out; echo err >&2; cat; exit 3"}, kAmple);
  CHECK(end.out == "out\n");
  CHECK(end.err == "err\n");
  CHECK(WEXITSTATUS(end.wait_status) == 3);
  CHECK_FALSE(end.took_too_long);
  CHECK_FALSE(end.too_large);
}

TEST_CASE("a child that takes too long is killed", "[child]") {
  const LimitedEnd end = run_limited_child("sleep", {"600"}, {std::chrono::milliseconds(50), 100});
  CHECK(end.took_too_long);
  CHECK(WIFSIGNALED(end.wait_status));
}

TEST_CASE("a child that says too much is killed, on either stream", "[child]") {
  for (const char* flood : {"yes", "yes >&2"}) {
    const LimitedEnd end =
        run_limited_child("sh", {"-c", std::string("exec ") + flood}, {std::chrono::minutes(5), 1000});
    CHECK(end.too_large);
    CHECK(end.out.size() + end.err.size() < 100'000);
    CHECK(WIFSIGNALED(end.wait_status));
  }
}

TEST_CASE("what cannot be started is an error", "[child]") {
  CHECK_THROWS_WITH(run_limited_child("/no/such/program", {}, kAmple), Catch::Contains("cannot be started"));
}
