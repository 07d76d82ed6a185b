// SPDX-License-Identifier: MIT
// Trial processes that a server forks are as those that are spawned.
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "query/check.hpp"
#include "run/local_runner.hpp"
#include "run/progress.hpp"
#include "run/store_recorder.hpp"
#include "run/sweep_jobs.hpp"
#include "trial_bench.hpp"

namespace {

using namespace ubp;
using testing::Folder;

constexpr const char* kSweep = R"([dataset]
use = "blobs"
rows = 60
[model]
use = "autoencoder"
hidden = [8]
latent = 2
[objective]
use = "denoising"
[optimizer]
use = "adam"
lr = 1e-2
[train]
epochs = 3
batch = 16
[sweep]
name = "forks"
metric = "train.loss"
replicates = 4
)";

std::string line_of(const std::string& file) {
  std::ifstream in(file);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

/// Of /proc/PID/stat: what follows the state, that is the parent and the group.
std::pair<pid_t, pid_t> parent_and_group(std::int64_t pid) {
  std::istringstream stat(line_of(fmt::format("/proc/{}/stat", pid)));
  std::string number, name, state;
  pid_t parent = 0, group = 0;
  stat >> number >> name >> state >> parent >> group;
  return {parent, group};
}

/// `trial`: one that may not have its name yet.
std::vector<pid_t> servers(std::int64_t trial = 0) {
  std::vector<pid_t> found;
  std::ifstream children(fmt::format("/proc/self/task/{}/children", getpid()));
  for (pid_t child = 0; children >> child;)
    if (child != trial && line_of(fmt::format("/proc/{}/cmdline", child)).find("__forks") != std::string::npos)
      found.push_back(child);
  return found;
}

class Sweep {
 public:
  Sweep()
      : plan_([&] {
          std::ofstream(spec_) << kSweep;
          return make_plan(spec_, {}, registry_, false);
        }()),
        store_(database_) {
    const std::int64_t sweep = store_.declare(plan_, {});
    recorder_.emplace(store_, sweep, folder_.path());
    jobs_.emplace(plan_, *recorder_, folder_.path() / "files");
    for (const TrialRow& row : store_.missing(sweep)) jobs.push_back(jobs_->job(row));
  }

  std::vector<Job> jobs;

 private:
  const Folder folder_;
  const std::filesystem::path spec_ = folder_.path() / "spec.toml", database_ = folder_.path() / "ubp.db";
  Registry registry_{{UBP_PLUGIN_FOLDER}, UBP_PROGRAM};
  const Plan plan_;
  Store store_;
  std::optional<StoreRecorder> recorder_;
  std::optional<SweepJobs> jobs_;
};

struct Ran {
  std::vector<double> values;  // of the loss
  Ending ending;
};

Ran run_to_its_end(LocalRunner& runner) {
  for (Ran ran;;)
    for (TrialEvent& event : runner.wait()) {
      if (Ending* ending = std::get_if<Ending>(&event.what)) {
        ran.ending = std::move(*ending);
        return ran;
      }
      if (const MetricPoint* point = std::get_if<MetricPoint>(&std::get<Message>(event.what)))
        if (point->metric == "train.loss") ran.values.push_back(point->value);
    }
}

}  // namespace

TEST_CASE("a forked trial is its coordinator's child, in a group of its own, and says what a spawned one says") {
  const Sweep sweep;
  LocalRunner spawning({.executable = UBP_PROGRAM}), forking({.executable = UBP_PROGRAM, .forks = true});
  spawning.start(sweep.jobs[0]);
  const Ran spawned = run_to_its_end(spawning);
  CHECK(servers().empty());
  const std::int64_t pid = forking.start(sweep.jobs[0]);
  CHECK(servers(pid).size() == 1);
  CHECK(parent_and_group(pid) == std::pair(getpid(), static_cast<pid_t>(pid)));
  const Ran forked = run_to_its_end(forking);
  CHECK(judge(forked.ending).outcome.state == TrialState::complete);
  CHECK(!spawned.values.empty());
  CHECK(forked.values == spawned.values);
}

TEST_CASE("what a forked trial did is nothing to the next") {
  const Sweep sweep;
  LocalRunner runner({.executable = UBP_PROGRAM, .forks = true});
  std::vector<Ran> ran;
  for (const Job& job : sweep.jobs) runner.start(job), ran.push_back(run_to_its_end(runner));
  runner.start(sweep.jobs[0]);
  CHECK(run_to_its_end(runner).values == ran[0].values);
  CHECK(ran[1].values != ran[0].values);
  CHECK(servers().size() == 1);
}

TEST_CASE("a server of trials that is killed is replaced") {
  const Sweep sweep;
  LocalRunner runner({.executable = UBP_PROGRAM, .forks = true});
  runner.start(sweep.jobs[0]);
  const Ran first = run_to_its_end(runner);
  for (int again = 0; again < 2; ++again) {
    REQUIRE(servers().size() == 1);
    const pid_t struck = servers()[0];
    kill(struck, SIGKILL);
    siginfo_t info{};
    REQUIRE(waitid(P_PID, static_cast<id_t>(struck), &info, WEXITED | WNOWAIT) == 0);
    for (int trial = 0; trial < 2; ++trial) {  // one that is spawned meanwhile; one of the next server
      runner.start(sweep.jobs[0]);
      CHECK(run_to_its_end(runner).values == first.values);
    }
    REQUIRE(servers().size() == 1);
    CHECK(servers()[0] != struck);
  }
}
