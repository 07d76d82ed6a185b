// SPDX-License-Identifier: MIT
// bench_record FOLDER: metric rows per second in bulk, and FOLDER/listing.db, a sweep of 10,000 trials to time listings
// on.
#include <chrono>
#include <cmath>

#include <fmt/core.h>

#include "support.hpp"

using namespace ubp;

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void bulk(const std::filesystem::path& file) {
  constexpr int kTrials = 32, kSteps = 6000, kMetrics = 8;
  Store store(file);
  const auto rows = store.missing(store.declare(a_plan(kTrials), a_machine()));
  for (const TrialRow& t : rows) store.start(t.trial_id, 1, 0);
  std::vector<std::string> names = {"test.mse"};
  for (int m = 1; m < kMetrics; ++m) names.push_back("train.metric_" + std::to_string(m));
  const auto start = std::chrono::steady_clock::now();
  std::vector<MetricPoint> points(kMetrics);
  for (int step = 0; step < kSteps; ++step)
    for (const TrialRow& t : rows) {
      for (int m = 0; m < kMetrics; ++m)
        points[std::size_t(m)] = {names[std::size_t(m)], step, std::sin(step * m), step};
      store.add_points(t.trial_id, points);
    }
  store.flush();
  const double seconds = seconds_since(start), count = double(kTrials) * kSteps * kMetrics;
  const auto before = std::chrono::steady_clock::now();
  for (const TrialRow& t : rows) store.finish(t.trial_id, Outcome{});
  fmt::print("{:.0f} points of {} interleaved trials: {:.2f} s, {:.0f} rows/s; a finish: {:.2f} ms\n", count, kTrials,
             seconds, count / seconds, 1e3 * seconds_since(before) / kTrials);
}

void listing(const std::filesystem::path& file) {
  Store store(file);
  const auto start = std::chrono::steady_clock::now();
  ListedPlan plan = a_plan(2000, 5);
  for (Config& c : plan.configs()) c.resolved["padding"] = std::string(2500, 'x');  // as large as a real spec
  const auto sweep = store.declare(plan, a_machine());
  const double declared = seconds_since(start);
  for (const TrialRow& t : store.missing(sweep)) {
    if (t.config_number % 50 == 49) {
      store.start(t.trial_id, 1, 0);
      store.finish(t.trial_id, failed());
    } else {
      run_trial(store, t.trial_id, 0.5 + std::sin(double(t.trial_id)) / 10);
    }
  }
  store.finish_sweep(sweep);
  fmt::print("10,000 trials: declared in {:.2f} s, started and finished in {:.2f} s\n", declared,
             seconds_since(start) - declared);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return fmt::print(stderr, "usage: bench_record FOLDER\n"), 2;
  const std::filesystem::path folder = argv[1];
  for (const char* name : {"bulk.db", "listing.db"})
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(folder / (std::string(name) + suffix));
  bulk(folder / "bulk.db");
  listing(folder / "listing.db");
}
