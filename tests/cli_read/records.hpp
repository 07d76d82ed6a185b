// SPDX-License-Identifier: MIT
// The database that the transcripts are about: two sweeps of one name, a run without an objective, every way to end.
#pragma once

#include "support.hpp"

namespace ubp {

inline Outcome ended(TrialState state, Failure failure = Failure::none, const std::string& error = "") {
  Outcome o;
  o.state = state;
  o.failure = failure;
  o.error = error;
  o.wall_ms = 2500;
  o.cpu_ms = 2000;
  o.max_rss_kb = 100 * 1024;
  return o;
}

inline void log_and_finish(Store& store, std::int64_t trial, double value, const Outcome& outcome) {
  store.start(trial, 4711, 0);
  for (std::int64_t step : {0, 10, 20}) {
    const MetricPoint points[] = {{"test.mse", step, value + double(20 - step) / 100, step},
                                  {"train.steps_per_second", step, 100, step}};
    store.add_points(trial, points);
  }
  store.finish(trial, outcome);
}

/// Equal seeds in every config, as a compiler gives them.
inline ListedPlan seeded(ListedPlan plan) {
  for (Config& config : plan.configs())
    for (std::size_t r = 0; r < config.seeds.size(); ++r) config.seeds[r] = plan.seed + r;
  return plan;
}

inline void make_records(const std::filesystem::path& file) {
  Store store(file);
  const auto first = store.missing(store.declare(seeded(a_plan(2, 1, "older")), a_machine()));
  log_and_finish(store, first[0].trial_id, 0.75, ended(TrialState::complete));
  // The other one of the older sweep stays queued.

  const auto sweep = store.declare(seeded(a_plan(3, 3, "newer")), a_machine());
  const auto rows = store.missing(sweep);
  for (const TrialRow& t : rows) {
    const double value = 0.5 - 0.125 * double(t.config_number) + 0.015625 * double(t.replicate);
    if (t.config_number == 2 && t.replicate == 1) {
      store.start(t.trial_id, 4711, 0);
      Outcome crash = ended(TrialState::failed, Failure::crash, "linear.encode, stage 0, step 12: segmentation fault");
      crash.signal = 11;
      crash.log_tail = "step 11: loss 0.25\nstep 12: \033[31mloss\n";
      store.finish(t.trial_id, crash);
    } else if (t.config_number == 2 && t.replicate == 2) {
      store.start(t.trial_id, 4711, 0);
      const TrialRow next =
          store.replace_lost(t.trial_id, ended(TrialState::lost, Failure::killed, "signal 9, sent by another process"));
      log_and_finish(store, next.trial_id, value, ended(TrialState::complete));
    } else {
      if (t.trial_id == rows[0].trial_id) {
        store.start(t.trial_id, 4711, 0);
        store.add_artifact(t.trial_id,
                           {"image", "grid.png", std::string(64, '0'), "image/png", 20, 1234, "ubp.files/a/grid.png"});
      }
      log_and_finish(store, t.trial_id, value, ended(TrialState::complete));
    }
  }
  store.finish_sweep(sweep);

  ListedPlan plain = a_plan(1, 1, "plain");
  plain.sweep = "one-run";
  plain.metric = "";
  plain.configs()[0].params.clear();
  log_and_finish(store, store.missing(store.declare(plain, a_machine()))[0].trial_id, 0.5, ended(TrialState::complete));
}

}  // namespace ubp
