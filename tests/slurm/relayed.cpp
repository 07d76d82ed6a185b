// SPDX-License-Identifier: MIT
// What a relay says is what the coordinator understands.
#include <catch2/catch.hpp>

#include "run/relay.hpp"

using namespace ubp;

TEST_CASE("an ending comes through as it was") {
  Ending ending;
  ending.wait_status = 11;
  ending.timed_out = true;
  ending.stalled = true;
  ending.stall_limit_seconds = 2.5;
  ending.garbled = "hello";
  ending.wall_limit_seconds = 1.5;
  ending.memory_limit_bytes = std::int64_t{1} << 40;
  ending.breadcrumb = "reconstruction.loss, stage 0, step 812";
  ending.log_tail = "a line\nand\ta \"tab\" \xc3\xbc";
  ending.cpu_ms = 1, ending.max_rss_kb = 2, ending.wall_ms = 3;
  const std::string line = ending_line(ending);
  REQUIRE(line.find('\n') == line.size() - 1);
  const std::optional<Ending> back = ending_of_line(std::string_view(line).substr(0, line.size() - 1));
  REQUIRE(back);
  CHECK(ending_line(*back) == line);
  CHECK((back->wait_status == 11 && back->timed_out && back->stalled && !back->stopped && back->garbled == "hello"));
  CHECK(back->log_tail == ending.log_tail);
  CHECK(back->stall_limit_seconds == 2.5);
  CHECK(back->memory_limit_bytes == ending.memory_limit_bytes);
}

TEST_CASE("a last word goes before the ending; other lines are no ending") {
  Ending ending;
  ending.told = TrialEnd{TrialEnd::How::failed, Failure::numeric, "not finite"};
  CHECK(ending_line(ending).starts_with("end\tfailed\tnumeric\tnot finite\nending\t{"));
  for (const char* line :
       {"", "ending", "ending\t", "ending\t{\"wait", "ending\t7", "ending\t{\"wait_status\":7}", "slurm prolog: hello"})
    CHECK_FALSE(ending_of_line(line));
}
