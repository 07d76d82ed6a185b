// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <unistd.h>

#include <fstream>

#include "run/store_recorder.hpp"
#include "run/sweep_jobs.hpp"

using namespace ubp;
namespace fs = std::filesystem;

namespace {

struct OneConfig : Compiler {
  Config config(std::int64_t number, const Assignment&) const override {
    return {number, {}, nlohmann::json::object(), false, {}, {1}};
  }
  TrialSpec trial(const Assignment&, std::int64_t) const override { return {}; }
};

Plan one_trial() {
  Plan plan;
  plan.experiment = plan.sweep = "s";
  plan.identity = "identity";
  plan.metric = "test.mse";
  plan.space = plan.sampler = nlohmann::json::object();
  plan.assignments.resize(1);
  plan.compiler = std::make_shared<OneConfig>();
  return plan;
}

}  // namespace

TEST_CASE("what a trial tells is in the database, and its checkpoint goes once it is final") {
  const fs::path folder = fs::temp_directory_path() / ("ubp-test-recorder-" + std::to_string(getpid()));
  fs::create_directories(folder / "0-0");
  {
    Store store(folder / "ubp.db");
    const Plan plan = one_trial();
    const std::int64_t sweep = store.declare(plan, {});
    StoreRecorder recorder(store, sweep, folder);
    const SweepJobs jobs(plan, recorder, folder);
    Job work = jobs.job(store.missing(sweep).at(0));
    std::ofstream(folder / "0-0" / "grid.png") << "pixels";
    std::ofstream(folder / "0-0" / "checkpoint") << "bytes";

    recorder.started(work, 1);
    recorder.heard(work, Started{0});
    recorder.heard(work, MetricPoint{"test.mse", 1, 0.5, 3});
    recorder.requeued(work, {}, Requeued::interrupted);
    CHECK(fs::exists(folder / "0-0" / "checkpoint"));

    work = jobs.job(store.missing(sweep).at(0));
    recorder.started(work, 2);
    recorder.heard(work, Started{0});  // afresh: the earlier point is forgotten
    recorder.heard(work, Made{"image", "grid.png", "image/png", 2});
    recorder.heard(work, Made{"image", "missing.png", "image/png", 2});
    recorder.heard(work, MetricPoint{"test.mse", 2, 0.25, 3});
    recorder.tick();
    CHECK(recorder.finished(work, {}).value == 0.25);
    CHECK_FALSE(fs::exists(folder / "0-0" / "checkpoint"));
    CHECK(store.missing(sweep).empty());
  }
  fs::remove_all(folder);
}
