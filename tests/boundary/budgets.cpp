// SPDX-License-Identifier: MIT
// A trial that pauses at budgets, in a process of its own each time, is recorded with the bits of one that never did.
#include <deque>

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
dims = 6
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
epochs = 4
batch = 16
log_every = 1
schedule = "cosine"
[[metric]]
use = "reconstruction_error"
[sweep]
name = "budgets"
metric = "test.mse"
replicates = 2
[sweep.space]
"optimizer.lr" = [1e-3, 1e-2]
)";

/// Every trial pauses at each of the budgets before it may end.
class Pausing : public Scheduler {
 public:
  Pausing(std::deque<Job> jobs, std::vector<std::int64_t> budgets) : jobs_(std::move(jobs)), budgets_(budgets) {
    open_ = jobs_.size();
  }
  std::optional<Job> next() override {
    if (jobs_.empty()) return std::nullopt;
    Job job = jobs_.front();
    jobs_.pop_front();
    const std::size_t paused = pauses_[job.row.trial_id];
    job.until_step = paused < budgets_.size() ? std::optional(budgets_[paused]) : std::nullopt;
    return job;
  }
  void ended(const Job& job, const Recorded& recorded) override {
    if (recorded.state != TrialState::queued) return void(--open_);
    told.push_back(recorded.value.value_or(-1));
    ++pauses_[job.row.trial_id];
    jobs_.push_back(job);
  }
  bool finished() const override { return open_ == 0; }

  std::vector<double> told;  ///< the objective's value at each pause

 private:
  std::deque<Job> jobs_;
  std::vector<std::int64_t> budgets_;
  std::map<std::int64_t, std::size_t> pauses_;
  std::size_t open_ = 0;
};

/// Carries the sweep out with these budgets; returns the digest of what was recorded, and what was told.
std::pair<std::string, std::vector<double>> carried_out(const std::vector<std::int64_t>& budgets) {
  const Folder folder;
  const std::filesystem::path spec = folder.path() / "spec.toml", database = folder.path() / "ubp.db";
  std::ofstream(spec) << kSweep;
  Registry registry({UBP_PLUGIN_FOLDER}, UBP_PROGRAM);
  const Plan plan = make_plan(spec, {}, registry, false);
  std::vector<double> told;
  {
    Store store(database);
    const std::int64_t sweep = store.declare(plan, {});
    StoreRecorder recorder(store, sweep, folder.path());
    const SweepJobs jobs(plan, recorder, folder.path() / "files");
    std::deque<Job> all;
    for (const TrialRow& row : store.missing(sweep)) all.push_back(jobs.job(row));
    Pausing scheduler(all, budgets);
    LocalRunner runner({.executable = UBP_PROGRAM, .slots = 2});
    ProgressOptions quiet;
    quiet.quiet = true;
    ProgressLine progress(quiet);
    const std::atomic<int> interrupts{0};
    CHECK(coordinate(scheduler, runner, recorder, progress, interrupts));
    CHECK(progress.failed() == 0);
    told = scheduler.told;
  }
  Reader reader(database);
  std::int64_t complete = 0;
  const std::string digest = results_digest(reader, &complete);
  CHECK(complete == 4);
  return {digest, told};
}

}  // namespace

TEST_CASE("a promoted trial is recorded with the bits of one that never paused", "[budget]") {
  const auto [whole, nothing] = carried_out({});
  CHECK(nothing.empty());
  const auto [paused, told] = carried_out({3, 5, 12});
  CHECK(paused == whole);
  REQUIRE(told.size() == 3 * 4);
  for (const double value : told) CHECK(value > 0);  // evaluated at every pause
}
