// SPDX-License-Identifier: MIT
// The database that figures are drawn from: twelve configs of two parameters over three seeds, of which one failed
// once; a sweep of two objectives; one that waits.
#pragma once

#include "records.hpp"

namespace ubp {

/// A curve that ends at `value`, and a second metric.
inline void log_drawn(Store& store, const TrialRow& trial, double value) {
  store.start(trial.trial_id, 4711, 0);
  for (const std::int64_t step : {0, 10, 20}) {
    const MetricPoint points[] = {{"test.mse", step, value * (3 - double(step) / 10), step},
                                  {"test.accuracy", step, 1 - 2 * value, step}};
    store.add_points(trial.trial_id, points);
  }
  store.finish(trial.trial_id, ended(TrialState::complete));
}

inline ListedPlan drawn_plan(const std::string& name, std::int64_t replicates) {
  ListedPlan plan = a_plan(0, replicates, name);
  plan.sweep = name;
  std::int64_t number = 0;
  for (const double lr : {1e-3, 1e-2, 1e-1})
    for (const std::int64_t latent : {2, 4, 8, 16}) {
      Config config = a_plan(1, replicates, name).configs()[0];
      config.number = number++;
      config.resolved = {{"components", nlohmann::json::array()}};
      config.params = {{"model.latent", latent}, {"optimizer.lr", lr}};
      plan.add(std::move(config));
    }
  return seeded(plan);
}

/// Seeds come in another order in each config.
inline double drawn_value(const TrialRow& t) {
  return 0.125 + 0.03125 * double(t.config_number) + 0.0078125 * double((5 * t.replicate + t.config_number) % 3);
}

inline void make_drawn(const std::filesystem::path& file) {
  Store store(file);
  for (const TrialRow& t : store.missing(store.declare(drawn_plan("grid", 3), a_machine()))) {
    if (t.config_number == 11 && t.replicate == 2) {
      store.start(t.trial_id, 4711, 0);
      store.finish(t.trial_id, ended(TrialState::failed, Failure::crash, "segmentation fault"));
    } else {
      log_drawn(store, t, drawn_value(t));
    }
  }
  ListedPlan two = drawn_plan("two", 2);
  two.objectives = {{"test.mse", Goal::minimize, {}}, {"test.accuracy", Goal::minimize, {}}};
  for (const TrialRow& t : store.missing(store.declare(two, a_machine()))) log_drawn(store, t, drawn_value(t));
  ListedPlan single = drawn_plan("one-seed", 1);
  single.metric = "";
  for (Config& config : single.configs()) config.params.clear();
  log_drawn(store, store.missing(store.declare(single, a_machine()))[0], 0.5);
  store.declare(drawn_plan("waiting", 1), a_machine());
}

}  // namespace ubp
