// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <csignal>

#include "run/ending.hpp"

using namespace ubp;
using Then = Verdict::Then;

namespace {

constexpr int exited(int code) { return code << 8; }
constexpr int died(int signal) { return signal; }

Ending ending(int status, std::optional<TrialEnd> told = {}) {
  Ending e;
  e.wait_status = status;
  e.told = told;
  e.breadcrumb = "barlow_twins.loss, stage 0, step 812";
  return e;
}

std::string told_of(const Ending& e) {
  const Verdict verdict = judge(e);
  CHECK(verdict.then == Then::finish);
  return std::string(name_of(verdict.outcome.failure)) + ": " + verdict.outcome.error;
}

}  // namespace

TEST_CASE("an ending is told apart by what was said, by the signal, and by what we did") {
  CHECK(told_of(ending(died(SIGSEGV))) ==
        "crash: crashed in barlow_twins.loss, stage 0, step 812 (SIGSEGV, Segmentation fault)");
  CHECK(told_of(ending(died(SIGFPE))) ==
        "crash: crashed in barlow_twins.loss, stage 0, step 812 (SIGFPE, Floating point exception)");
  CHECK(told_of(ending(died(SIGABRT))) == "abort: aborted in barlow_twins.loss, stage 0, step 812");
  CHECK(told_of(ending(exited(3))) ==
        "exit: plugin misbehaving: ended the process with exit code 3 in barlow_twins.loss, stage 0, step 812");
  CHECK(told_of(ending(exited(0), TrialEnd{TrialEnd::How::failed, Failure::numeric, "mse is nan"})) ==
        "numeric: mse is nan");

  Ending early = ending(died(SIGSEGV));
  early.breadcrumb.clear();
  CHECK(told_of(early) == "crash: crashed while it was starting (SIGSEGV, Segmentation fault)");

  Ending slow = ending(died(SIGKILL));
  slow.timed_out = true;
  slow.wall_limit_seconds = 1.5;
  CHECK(told_of(slow) == "timeout: took longer than 1.5 s; stopped in barlow_twins.loss, stage 0, step 812");
  slow.told = TrialEnd{TrialEnd::How::interrupted};
  slow.wait_status = exited(0);
  CHECK(judge(slow).outcome.failure == Failure::timeout);

  Ending still = ending(died(SIGKILL));
  still.stalled = true;
  still.stall_limit_seconds = 30;
  CHECK(told_of(still) == "stalled: no step for 30 s; stopped in barlow_twins.loss, stage 0, step 812");
  still.told = TrialEnd{TrialEnd::How::interrupted};
  CHECK(judge(still).outcome.failure == Failure::stalled);

  Ending hungry = ending(died(SIGABRT));
  hungry.log_tail = "terminate called after throwing an instance of 'std::bad_alloc'\n";
  hungry.memory_limit_bytes = std::int64_t{512} << 20;
  CHECK(told_of(hungry) == "memory: out of memory in barlow_twins.loss, stage 0, step 812: its limit is 512 MiB");
}

TEST_CASE("complete is complete, even if the process then crashes or was about to be stopped") {
  for (int status : {exited(0), died(SIGSEGV), died(SIGKILL)}) {
    Ending e = ending(status, TrialEnd{TrialEnd::How::complete});
    e.stopped = e.timed_out = e.stalled = true;
    const Verdict verdict = judge(e);
    CHECK(verdict.then == Then::finish);
    CHECK(verdict.outcome.state == TrialState::complete);
    CHECK(verdict.outcome.error.empty());
    CHECK_FALSE(verdict.outcome.signal);
  }
}

TEST_CASE("a stop that we asked for is no failure, and a kill that we did not is a loss") {
  const TrialEnd interrupted{TrialEnd::How::interrupted};
  CHECK(judge(ending(exited(0), interrupted)).then == Then::requeue);
  CHECK(judge(ending(died(SIGKILL))).then == Then::replace);
  CHECK(judge(ending(died(SIGTERM))).then == Then::replace);
  Ending asked = ending(died(SIGKILL));
  asked.stopped = true;
  CHECK(judge(asked).then == Then::requeue);
  asked.wait_status = died(SIGSEGV);
  CHECK(judge(asked).then == Then::finish);
}

TEST_CASE("a plugin that writes into the stream fails its trial, whatever else was said") {
  Ending e = ending(exited(0), TrialEnd{TrialEnd::How::complete});
  e.garbled = "hello";
  CHECK(told_of(e) ==
        "plugin: plugin misbehaving: wrote 'hello' into the stream to the coordinator; stopped in barlow_twins.loss, "
        "stage 0, step 812");
}
