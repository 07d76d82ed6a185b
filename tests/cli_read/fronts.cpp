// SPDX-License-Identifier: MIT
// What a person sees of a sweep with several objectives.
#include <catch2/catch.hpp>

#include "command.hpp"
#include "records.hpp"

using namespace ubp;

namespace {

/// Three configs, two replicates of each: config 0 is dominated, config 2 failed once.
void make_front(const std::filesystem::path& file) {
  constexpr double kMse[] = {0.5, 0.25, 0.125}, kSize[] = {100, 80, 120};
  Store store(file);
  ListedPlan plan = seeded(a_plan(3, 2, "front"));
  plan.objectives = {{"test.mse", Goal::minimize, 1.0}, {"train.size", Goal::minimize, {}}};
  const auto sweep = store.declare(plan, a_machine());
  for (const TrialRow& row : store.missing(sweep)) {
    const auto c = static_cast<std::size_t>(row.config_number);
    store.start(row.trial_id, 4711, 0);
    const MetricPoint points[] = {{"test.mse", 10, kMse[c] + 0.0625 * double(row.replicate), 1},
                                  {"train.size", 10, kSize[c], 1}};
    store.add_points(row.trial_id, points);
    const bool fails = row.config_number == 2 && row.replicate == 1;
    store.finish(row.trial_id, fails ? ended(TrialState::failed, Failure::crash, "it crashed") : Outcome{});
  }
  store.finish_sweep(sweep);
}

}  // namespace

TEST_CASE("best prints the front and its hypervolume", "[cli]") {
  const Folder folder;
  make_front(folder / "ubp.db");
  const Seen front = run(folder / "", "ubp best");
  CHECK(front.out ==
        "rank  config  n  failed  test.mse  test.mse_ci95  train.size  train.size_ci95  model.act  model.latent  "
        "optimizer.lr\n"
        "   1       2  1       1     0.125              -         120                -  relu                 16  "
        "       0.003\n"
        "   1       1  2       0   0.28125        0.39707          80                0  tanh                  8  "
        "       0.002\n");
  CHECK(front.err ==
        "sweep 1 'rings-latent': minimize test.mse, minimize train.size (last of each trial); complete trials: 5\n"
        "front: 2 of 3 configs; hypervolume 28.75 with reference test.mse 1, train.size 120 (the worst seen)\n");
  CHECK(front.code == 0);
  CHECK(run(folder / "", "ubp best -k 1 --format csv").out ==
        "rank,config,n,failed,test.mse,test.mse_ci95,train.size,train.size_ci95,model.act,model.latent,optimizer.lr\n"
        "1,2,1,1,0.125,,120,,relu,16,0.003\n");
  CHECK_THAT(run(folder / "", "ubp best -k 0 --format json").out, Catch::Contains("{\"rank\":2,\"config\":0,\"n\":2,"));
}

TEST_CASE("what takes one objective says so", "[cli]") {
  const Folder folder;
  make_front(folder / "ubp.db");
  for (const std::string option : {"--blocks", "--test", "--noise 0"}) {
    const Seen seen = run(folder / "", "ubp best " + option);
    CHECK(seen.code == 2);
    CHECK(seen.err == "ubp: " + option.substr(0, option.find(' ')) +
                          ": sweep 1 'rings-latent' has 2 objectives, expected one: minimize test.mse, minimize "
                          "train.size\n");
  }
  const Seen compared = run(folder / "", "ubp compare rings-latent/0 rings-latent/1");
  CHECK(compared.code == 0);
  CHECK_THAT(compared.err, Catch::StartsWith("of 2 objectives, the first is compared, another by --metric; the Pareto "
                                             "front: ubp best\nminimize test.mse"));
}

TEST_CASE("listings name all objectives, and the front in place of the best", "[cli]") {
  const Folder folder;
  make_front(folder / "ubp.db");
  for (const char* verb : {"ubp ls", "ubp top --once"}) {
    CAPTURE(verb);
    const std::string out = run(folder / "", verb).out;
    CHECK_THAT(out, Catch::Contains("test.mse, train.size"));
    CHECK_THAT(out, Catch::Contains("2 on the front, hypervolume 28.75"));
  }
  CHECK_THAT(run(folder / "", "ubp show 1").out,
             Catch::Contains("objectives\nmetric      goal      value\ntest.mse    minimize    0.5\n"
                             "train.size  minimize    100\n"));
  CHECK_THAT(run(folder / "", "ubp db check").out, Catch::Contains("ok"));
}

TEST_CASE("check tells of a complete trial that lacks an objective", "[cli]") {
  const Folder folder;
  make_front(folder / "ubp.db");
  ask(folder / "ubp.db", "DROP TRIGGER metric_summary_delete");
  ask(folder / "ubp.db", "DELETE FROM metric_summary WHERE trial_id = 1 AND metric_id = 2");
  CHECK_THAT(run(folder / "", "ubp db check").out + run(folder / "", "ubp db check").err,
             Catch::Contains("1 complete trials lack an objective of their sweep"));
}

TEST_CASE("a sweep without a result says so", "[cli]") {
  const Folder folder;
  {
    Store store(folder / "ubp.db");
    ListedPlan plan = a_plan(1, 1, "front");
    plan.objectives = {{"test.mse", Goal::minimize, 1.0}, {"train.size", Goal::minimize, {}}};
    store.declare(plan, a_machine());
  }
  const Seen seen = run(folder / "", "ubp best 1");
  CHECK(seen.code == 4);
  CHECK_THAT(seen.err, Catch::EndsWith("ubp: no trial of it is complete yet\n"));
  CHECK_THAT(run(folder / "", "ubp ls").out, Catch::Contains("test.mse, train.size"));
}
