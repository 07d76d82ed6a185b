// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <functional>

#include "fakes.hpp"

using namespace ubp;
using namespace ubp::test;
using Log = std::vector<std::string>;

namespace {

struct World {
  FakeRunner runner;
  FakeRecorder recorder;
  Silent observer;
  std::atomic<int> interrupts{0};

  bool run(int trials) {
    Queue queue(trials);
    return coordinate(queue, runner, recorder, observer, interrupts);
  }
};

}  // namespace

TEST_CASE("a free slot takes the next trial at once, in the order of the plan") {
  World world;
  CHECK(world.run(4));
  CHECK(world.recorder.log == Log{"start 0 pid 1000", "start 1 pid 1001", "done 0", "start 2 pid 1002", "done 1",
                                  "start 3 pid 1003", "done 2", "done 3"});
  CHECK(world.recorder.points == 4);
}

TEST_CASE("a trial that crashes loses itself and no other") {
  World world;
  world.runner.endings[1] = {FakeRunner::died(SIGSEGV)};
  CHECK(world.run(3));
  CHECK(world.recorder.log ==
        Log{"start 0 pid 1000", "start 1 pid 1001", "done 0", "start 2 pid 1002", "failed 1 crash", "done 2"});
}

TEST_CASE("a trial that is killed from outside is tried again at once, as another attempt") {
  World world;
  world.runner.slots = 1;
  world.runner.endings[0] = {FakeRunner::died(SIGKILL)};
  CHECK(world.run(2));
  CHECK(world.recorder.log ==
        Log{"start 0 pid 1000", "lost 0", "start 100 pid 1100", "done 100", "start 1 pid 1001", "done 1"});
}

TEST_CASE("a trial that is killed again and again fails, so that a sweep comes to its end") {
  World world;
  world.runner.slots = 1;
  world.runner.endings[0] = std::vector<Ending>(9, FakeRunner::died(SIGKILL));
  CHECK(world.run(1));
  CHECK(world.recorder.log.back() == "failed 102 killed");
  CHECK(world.recorder.log.size() == 4 + 3 + 1);
}

TEST_CASE("a trial that is retried runs before anything new, and its scheduler is told of the last attempt alone") {
  struct Told : Queue {
    using Queue::Queue;
    void ended(const Job& job, const Recorded& recorded) override {
      told.push_back(fmt::format("{} {}", job.row.attempt, name_of(recorded.state)));
    }
    std::vector<std::string> told;
  } queue(2);
  World world;
  world.runner.slots = 1;
  world.recorder.retries = 2;
  world.runner.endings[0] = std::vector<Ending>(2, FakeRunner::died(SIGSEGV));
  CHECK(coordinate(queue, world.runner, world.recorder, world.observer, world.interrupts));
  CHECK(world.recorder.log == Log{"start 0 pid 1000", "failed 0 crash", "start 100 pid 1100", "failed 100 crash",
                                  "start 101 pid 1101", "done 101", "start 1 pid 1001", "done 1"});
  CHECK(queue.told == std::vector<std::string>{"2 COMPLETE", "0 COMPLETE"});
}

TEST_CASE("a trial that somebody else stops is pre-empted, and goes on") {
  World world;
  world.runner.slots = 1;
  world.runner.endings[0] = {FakeRunner::interrupted()};
  CHECK(world.run(1));
  CHECK(world.recorder.log == Log{"start 0 pid 1000", "requeue 0 preempted", "start 0 pid 1000", "done 0"});
}

TEST_CASE("a trial that refuses to begin stops the sweep with its sentence, and is queued as it was") {
  World world;
  Ending refused;
  refused.told = TrialEnd{TrialEnd::How::refused, Failure::none, "x.so: is another binary"};
  world.runner.endings[1] = {refused};
  CHECK_THROWS_WITH(world.run(9), "x.so: is another binary");
  CHECK(world.recorder.log == Log{"start 0 pid 1000", "start 1 pid 1001", "done 0", "start 2 pid 1002",
                                  "requeue 1 refused", "requeue 2 interrupted"});
}

TEST_CASE("the first interruption queues what runs again and starts nothing") {
  World world;
  world.runner.each_wait = [&, n = 0]() mutable { world.interrupts = ++n >= 2; };
  CHECK_FALSE(world.run(9));
  CHECK(world.recorder.log ==
        Log{"start 0 pid 1000", "start 1 pid 1001", "done 0", "start 2 pid 1002", "done 1", "requeue 2 interrupted"});
  CHECK_FALSE(world.runner.killed);
}

TEST_CASE("the second interruption kills") {
  World world;
  world.runner.each_wait = [&] { world.interrupts = 2; };
  CHECK_FALSE(world.run(9));
  CHECK(world.runner.killed);
}

TEST_CASE("an interruption before the first trial starts none") {
  World world;
  world.interrupts = 1;
  CHECK_FALSE(world.run(3));
  CHECK(world.recorder.log.empty());
}

TEST_CASE("an interruption that finds every trial at its end is none") {
  World world;
  world.runner.each_wait = [&, n = 0]() mutable { world.interrupts = ++n > 3; };
  CHECK(world.run(3));
}

TEST_CASE("a scheduler that waits for what nobody does is an error, not a hang") {
  struct Waits : Scheduler {
    std::optional<Job> next() override { return std::nullopt; }
    void ended(const Job&, const Recorded&) override {}
    bool finished() const override { return false; }
  } waits;
  World world;
  CHECK_THROWS_WITH(coordinate(waits, world.runner, world.recorder, world.observer, world.interrupts),
                    Catch::Contains("the sweep is stuck"));
}
