// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <utility>

#include "run/local_runner.hpp"

using namespace ubp;
namespace fs = std::filesystem;

namespace {

struct Ran {
  std::vector<Message> messages;
  Ending ending;
};

struct World {
  fs::path folder = fs::temp_directory_path() / ("ubp-test-run-" + std::to_string(getpid()));
  LocalOptions options{.executable = UBP_FAKE_TRIAL, .slots = 1, .timeout_grace_ms = 50, .stop_grace_ms = 50};
  Limits limits;
  pid_t pid = 0;  ///< of the trial that was started last

  ~World() { fs::remove_all(folder); }

  Job job(const std::string& mode) const {
    TrialSpec s;
    s.objective_metric = mode;
    s.directory = folder / mode;
    Job job;
    job.row.trial_id = 1;
    job.spec = std::make_shared<TrialSpec>(s);
    job.limits = limits;
    return job;
  }

  /// Runs one trial to its end; `meanwhile` is called at every wait.
  Ran run(const std::string& mode, const std::function<void(LocalRunner&, const Ran&)>& meanwhile = {}) {
    LocalRunner runner(options);
    pid = static_cast<pid_t>(runner.start(job(mode)));
    for (Ran ran;;) {
      for (TrialEvent& event : runner.wait()) {
        if (Ending* e = std::get_if<Ending>(&event.what)) {
          ran.ending = std::move(*e);
          return ran;
        }
        ran.messages.push_back(std::move(std::get<Message>(event.what)));
      }
      if (meanwhile) meanwhile(runner, ran);
    }
  }

  std::string error(const std::string& mode) { return judge(run(mode).ending).outcome.error; }
};

}  // namespace

TEST_CASE("a trial's messages arrive in order, and its output is in its log") {
  World world;
  const Ran ran = world.run("complete");
  REQUIRE(ran.messages.size() == 2);
  CHECK(std::get<Started>(ran.messages[0]).step == 0);
  CHECK(std::get<MetricPoint>(ran.messages[1]).value == 0.5);
  CHECK(judge(ran.ending).outcome.state == TrialState::complete);
  CHECK(ran.ending.max_rss_kb > 0);
  std::string line;
  std::getline(std::ifstream(world.folder / "complete" / "log.txt"), line);
  CHECK(line == "printed by the plugin");
}

TEST_CASE("ways to die are told apart in real processes") {
  World world;
  CHECK(world.error("throw") == "bad luck");
  CHECK(world.error("crash") == "crashed in fake.loss, stage 0, step 7 (SIGSEGV, Segmentation fault)");
  CHECK(world.error("abort") == "aborted in fake.loss, stage 0, step 7");
  CHECK(world.error("exit") == "plugin misbehaving: ended the process with exit code 3 in fake.loss, stage 0, step 7");
  CHECK(world.error("garbage") ==
        "plugin misbehaving: wrote 'hello coordinator' into the stream to the coordinator; stopped in fake.loss, stage "
        "0, step 7");
  const Verdict killed = judge(world.run("killed").ending);
  CHECK(killed.then == Verdict::Then::replace);
  CHECK(killed.outcome.log_tail == "printed by the plugin\n");
}

TEST_CASE("what a trial tells is text, and of a length that can be read") {
  World world;
  const Ran ran = world.run("colours");
  const Note note = std::get<Note>(ran.messages.back());
  CHECK(note.who == "plug\\x1b[2Jin");
  CHECK(note.text == "two\nlines \\x1b[31m \\xff");
  const std::string error = judge(ran.ending).outcome.error;
  CHECK_THAT(error, Catch::StartsWith("red \\x1b[31m \\xc3 xxx") && Catch::EndsWith("x... (100012 bytes)"));
  CHECK(error.size() < 10'000);
  CHECK(world.error("endless") == "plugin misbehaving: wrote '" + std::string(60, 'x') +
                                      "' into the stream to the coordinator; stopped in fake.loss, stage 0, step 7");
}

TEST_CASE("of a log that is flooded the beginning and the end are kept") {
  World world;
  const Ran ran = world.run("flood");
  const fs::path log = world.folder / "flood" / "log.txt";
  CHECK(fs::file_size(log) < (4 << 20));
  std::ifstream in(log);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  CHECK_THAT(text, Catch::StartsWith("printed by the plugin\n") && Catch::Contains(" bytes are left out ...\n") &&
                       Catch::EndsWith("the last line \xe2\x82\xac \x1b[31m\n"));
  CHECK_THAT(ran.ending.log_tail, Catch::EndsWith("xxx\nthe last line \xe2\x82\xac \\x1b[31m\n"));
}

TEST_CASE("a trial over its wall limit is ended, whether it obeys or not") {
  World world;
  world.limits.wall_seconds = 0.1;
  CHECK(world.error("obey") == "took longer than 0.1 s; stopped in fake.loss, stage 0, step 7");
  CHECK(world.error("stubborn") == "took longer than 0.1 s; stopped in fake.loss, stage 0, step 7");
}

TEST_CASE("a trial that makes no step is ended, however much it says; one that makes steps is not") {
  World world;
  world.limits.stall_seconds = 1.5;
  CHECK(world.error("talks") == "no step for 1.5 s; stopped in fake.loss, stage 0, step 7");
  CHECK(world.error("stubborn") == "no step for 1.5 s; stopped in fake.loss, stage 0, step 7");
  const Ending ending = world.run("walks").ending;  // for longer than that
  CHECK(judge(ending).outcome.state == TrialState::complete);
  CHECK(ending.wall_ms > 1500);
}

TEST_CASE("where a trial is that makes no step is told, ever more rarely; and that it goes on") {
  World world;
  world.options.quiet_ms = 50;
  std::vector<std::string> told;
  const auto listen = [&](const Ran& ran) {
    told.clear();
    for (const Message& message : ran.messages)
      if (const Note* note = std::get_if<Note>(&message); note && note->who == "ubp") told.push_back(note->text);
  };
  const std::string place = "it is in fake.loss, stage 0, step 7";
  world.run("stubborn", [&](LocalRunner& runner, const Ran& ran) {
    listen(ran);
    if (told.size() == 3) runner.kill();
  });
  const std::string advice = "; sweep.trial_stall would end it";
  CHECK(told == std::vector<std::string>{"no step for 0.05 s: " + place + advice,
                                         "no step for 0.1 s: " + place + advice,
                                         "no step for 0.2 s: " + place + advice});
  world.limits.stall_seconds = 600;
  std::size_t nudges = 0;
  const auto nudge_when = [&](bool seen) {
    if (seen) ++nudges, kill(world.pid, SIGUSR1);
  };
  const Ran ran = world.run("pauses", [&](LocalRunner&, const Ran& so_far) {
    listen(so_far);
    nudge_when(nudges == 0 && !told.empty());
    nudge_when(nudges == 1 && !told.empty() && told.back().starts_with("goes on"));
  });
  CHECK(judge(ran.ending).outcome.state == TrialState::complete);
  CHECK(told.front() == "no step for 0.05 s: " + place);
}

TEST_CASE("what nobody looked at has not stalled") {
  World world;
  world.limits.stall_seconds = 1.5;
  bool slept = false;
  const Ran ran = world.run("walks", [&](LocalRunner&, const Ran& so_far) {
    if (so_far.messages.empty() || std::exchange(slept, true)) return;
    kill(world.pid, SIGSTOP);  // both are stopped, as by a machine that sleeps
    sleep(3);
    kill(world.pid, SIGCONT);
  });
  CHECK(judge(ran.ending).outcome.state == TrialState::complete);
}

TEST_CASE("a stop is asked for, then enforced") {
  World world;
  const auto stop = [](LocalRunner& runner, const Ran& ran) {
    if (!ran.messages.empty()) runner.stop();
  };
  for (const char* mode : {"obey", "stubborn"})
    CHECK(judge(world.run(mode, stop).ending).then == Verdict::Then::requeue);
  CHECK(judge(world.run("stubborn", [](LocalRunner& runner, const Ran&) { runner.kill(); }).ending).then ==
        Verdict::Then::requeue);
}

TEST_CASE("a process that a plugin leaves behind does not outlive its trial") {
  World world;
  const std::int64_t before = steady_ms();
  CHECK(judge(world.run("child").ending).outcome.state == TrialState::complete);
  CHECK(steady_ms() - before < 5000);
}

TEST_CASE("a stream that is closed early is waited for without spinning") {
  World world;
  const Ran ran = world.run("closed");
  CHECK(judge(ran.ending).outcome.failure == Failure::exit);
  CHECK(ran.ending.wall_ms >= 300);
}

TEST_CASE("a hundred thousand points arrive, each once") {
  World world;
  CHECK(world.run("many").messages.size() == 100'002);
}

TEST_CASE("a trial has one BLAS thread, whatever the environment says") {
  setenv("OPENBLAS_NUM_THREADS", "3", 1);
  World world;
  CHECK(std::get<Note>(world.run("threads").messages.back()).text == "1");
}

TEST_CASE("an executable that is not there is an error that names it") {
  World world;
  world.options.executable = "/nowhere/ubp";
  LocalRunner runner(world.options);
  CHECK_THROWS_WITH(runner.start(world.job("complete")), "/nowhere/ubp: cannot be started: No such file or directory");
}
