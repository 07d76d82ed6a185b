// SPDX-License-Identifier: MIT
// What a sampler is told of a sweep with several objectives: its proposals are those of the same sampler that is asked
// by hand, with the mean of each objective over the replicates, to be minimised.
#include <catch2/catch.hpp>

#include <set>

#include "../plan/fake_components.hpp"
#include "plan/proposal.hpp"
#include "run/sweep_scheduler.hpp"
#include "search/nsga2.hpp"
#include "search/tpe.hpp"

using namespace ubp;

namespace {

constexpr std::int64_t kReplicates = 2;

/// Two trials of every config.
struct TwoRows : Recorder {
  std::vector<TrialRow> proposed(const Config& config) override { return rows_of(config.number); }
  static std::vector<TrialRow> rows_of(std::int64_t config) {
    std::vector<TrialRow> rows;
    for (std::int64_t r = 0; r < kReplicates; ++r)
      rows.push_back({kReplicates * config + r, config, r, 0, TrialState::queued});
    return rows;
  }
  void started(const Job&, std::int64_t) override {}
  void heard(const Job&, const Message&) override {}
  Recorded finished(const Job&, const Outcome&) override { return {}; }
  Recorded paused(const Job&, const Outcome&) override { return {}; }
  void requeued(const Job&, const Outcome&, Requeued) override {}
  TrialRow lost(const Job&, const Outcome&) override { return {}; }
  void tick() override {}
};

Plan plan_of(const std::string& sampler) {
  const std::string text = test::spec_with(25, "configs = 24") +
                           "[[sweep.objective]]\nmetric = \"test.mse\"\n"
                           "[[sweep.objective]]\nmetric = \"test.probe_accuracy\"\n";
  return plan_of_text(text, "sweep.toml",
                      {"sweep.sampler=" + sampler, "model.latent=1..64:log", "sweep.nsga2.population=4"},
                      std::make_shared<test::FakeComponents>(), false);
}

/// What a trial comes to: better in one objective is worse in the other, and the first replicate is not the mean.
std::vector<double> values_of(const Assignment& point, std::int64_t replicate) {
  const double latent = point.at("model.latent"), lr = point.at("optimizer.lr");
  return {replicate == 0 ? 1 / latent : latent / 8, 1 / (latent + static_cast<double>(replicate)) - lr};
}

std::unique_ptr<search::Sampler> sampler_named(const std::string& name) {
  if (name == "tpe") return std::make_unique<search::TpeSampler>();
  return std::make_unique<search::Nsga2Sampler>(search::Nsga2Options{.population = 4});
}

std::vector<Assignment> proposed_by_hand(const Plan& plan, const std::string& sampler_name) {
  const auto sampler = sampler_named(sampler_name);
  search::History history;
  std::vector<Assignment> points;
  std::set<Assignment> seen;
  for (std::int64_t k = 0; k < plan.configs; ++k) {
    const search::Question question{plan.search->space(), history, plan.seed, k, 0};
    const Assignment point = k < std::ssize(plan.assignments)
                                 ? plan.assignments[static_cast<std::size_t>(k)]
                                 : fresh_point(*plan.search, *sampler, question, seen).value();
    const std::vector<double> first = values_of(point, 0), second = values_of(point, 1);
    search::Told told{plan.search->point(point), search::Told::State::complete, {}, 0, 0, k + 1};
    told.values = {(first[0] + second[0]) / 2, 0 - (first[1] + second[1]) / 2};  // the second is maximised
    history.push_back(std::move(told));
    points.push_back(point);
    seen.insert(point);
  }
  return points;
}

std::vector<Assignment> proposed_in_a_sweep(const Plan& plan) {
  TwoRows recorder;
  std::vector<TrialRow> rows;
  for (std::int64_t k = 0; k < std::ssize(plan.assignments); ++k)
    for (const TrialRow& row : TwoRows::rows_of(k)) rows.push_back(row);
  SweepJobs jobs(plan, recorder, "", rows);
  SweepScheduler scheduler(plan, jobs);
  while (const std::optional<Job> job = scheduler.next()) {
    Recorded recorded;
    recorded.values = values_of(jobs.assignment(job->row.config_number), job->row.replicate);
    recorded.value = recorded.values.front();
    scheduler.ended(*job, recorded);
  }
  CHECK(scheduler.finished());
  std::vector<Assignment> points;
  for (std::int64_t k = 0; k < jobs.configs(); ++k) points.push_back(jobs.assignment(k));
  return points;
}

}  // namespace

TEST_CASE("a sampler is told the mean of every objective, to be minimised") {
  const std::string sampler = GENERATE(as<std::string>{}, "tpe", "nsga2");
  CAPTURE(sampler);
  const Plan plan = plan_of(sampler);
  REQUIRE(plan.configs == 24);
  CHECK(proposed_in_a_sweep(plan) == proposed_by_hand(plan, sampler));
}
