// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "run/progress.hpp"

using namespace ubp;

namespace {

const Job kJob = [] {
  Job job;
  job.row = {7, 3, 1, 0, TrialState::queued};
  return job;
}();

struct Screen {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* out = open_memstream(&text, &size);
  ~Screen() { std::fclose(out), std::free(text); }
  std::string shown() {
    std::fflush(out);
    return {text, size};
  }
};

ProgressOptions options(Screen& screen) {
  ProgressOptions o;
  o.out = screen.out;
  o.total = 10;
  o.metric = "test.mse";
  return o;
}

const Recorded kFailed{TrialState::failed, Failure::crash, "crashed in x", {}};

Recorded complete(double value) { return {TrialState::complete, Failure::none, "", value}; }

}  // namespace

TEST_CASE("the line says how far, how fast, how well and how long") {
  Screen screen;
  ProgressLine progress(options(screen));
  progress.started(kJob);
  progress.ended(kJob, complete(0.5));
  Job other = kJob;
  ++other.row.config_number;
  progress.started(other);
  progress.ended(other, complete(0.25));
  progress.started(kJob);
  progress.ended(kJob, kFailed);
  progress.started(kJob);
  progress.heard(kJob, Progress{10, 0.5, 100});
  CHECK(progress.line(7000) == "3/10 done, 1 running, 1 failed, 0.429 trials/s, best test.mse 0.25, 13 s left");
}

TEST_CASE("the best so far is the best config's mean, of earlier commands, too") {
  Screen screen;
  ProgressOptions before = options(screen);
  before.values = {{kJob.row.config_number, {0.5, 0.9}}, {kJob.row.config_number + 1, {0.8}}};
  ProgressLine progress(before);
  CHECK_THAT(progress.line(0), Catch::Contains("best test.mse 0.7"));
  progress.started(kJob);
  progress.ended(kJob, complete(1.6));
  CHECK_THAT(progress.line(0), Catch::Contains("best test.mse 0.8"));
}

TEST_CASE("of several objectives the line tells the front, of earlier commands, too") {
  Screen screen;
  ProgressOptions before = options(screen);
  before.objectives = {{"test.mse", Goal::minimize, 4.0}, {"test.accuracy", Goal::maximize, 0.0}};
  before.several = {{kJob.row.config_number, {{1, 0.5}, {3, 0.5}}}};  // the mean: 2, 0.5
  ProgressLine progress(before);
  CHECK(progress.line(1000) == "0/10 done, 0 running, 0 trials/s, 1 on the front, hypervolume 1");
  Recorded better = complete(1);
  better.values = {1, 0.25};
  Job other = kJob;
  ++other.row.config_number;
  progress.started(other);
  progress.ended(other, better);
  CHECK_THAT(progress.line(1000), Catch::Contains(", 2 on the front, hypervolume 1.25"));
}

TEST_CASE("a pipe gets failures and nothing else") {
  Screen screen;
  ProgressLine progress(options(screen));
  progress.started(kJob);
  progress.tick();
  progress.ended(kJob, complete(0.5));
  CHECK(screen.shown().empty());
  progress.ended(kJob, kFailed);
  Outcome lost;
  lost.error = kFailed.error;
  progress.lost(kJob, lost);
  progress.requeued(kJob);
  CHECK(screen.shown() ==
        "trial 7 (config 3, replicate 1) failed: crash: crashed in x\n"
        "trial 7 (config 3, replicate 1) lost: crashed in x; tried again\n");
}

TEST_CASE("quiet is quiet") {
  Screen screen;
  ProgressOptions quiet = options(screen);
  quiet.quiet = quiet.live = true;
  ProgressLine progress(quiet);
  progress.ended(kJob, kFailed);
  progress.tick();
  progress.stopping();
  CHECK(screen.shown().empty());
}

TEST_CASE("a terminal's line is cut to its width and cleared before anything else is said") {
  Screen screen;
  ProgressOptions narrow = options(screen);
  narrow.live = true;
  narrow.columns = 21;
  ProgressLine progress(narrow);
  progress.tick();
  progress.ended(kJob, kFailed);
  CHECK(screen.shown() ==
        "\r0/10 done, 0 running\x1b[K\r\x1b[Ktrial 7 (config 3, replicate 1) failed: crash: crashed in x\n");
}

TEST_CASE("one trial shows its steps") {
  Screen screen;
  ProgressOptions one = options(screen);
  one.single = true;
  one.total = 1;
  ProgressLine progress(one);
  progress.started(kJob);
  progress.heard(kJob, MetricPoint{"train.loss", 10, 0.125, 3});
  progress.heard(kJob, Progress{500, 0.25, 1234.5});
  CHECK(progress.line(10'000) == "step 500 (25 %), 1234 steps/s, train.loss 0.125, 30 s left");
}

TEST_CASE("durations read like a clock") {
  CHECK(duration(1.25) == "1.2 s");
  CHECK(duration(12) == "12 s");
  CHECK(duration(150) == "2:30");
  CHECK(duration(3909) == "1:05:09");
}

TEST_CASE("a paused trial is not done, and a sweep that grows has more to do") {
  Screen screen;
  ProgressOptions two = options(screen);
  two.total = 2;
  ProgressLine progress(two);
  progress.started(kJob);
  progress.ended(kJob, {TrialState::queued, Failure::none, "", 0.5});
  CHECK(progress.line(0) == "0/2 done, 0 running, 0 trials/s");
  for (int i = 0; i < 3; ++i) {
    progress.started(kJob);
    progress.ended(kJob, complete(0.5));
  }
  CHECK(progress.line(0) == "3/3 done, 0 running, 0 trials/s, best test.mse 0.5");
}
