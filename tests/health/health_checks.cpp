// SPDX-License-Identifier: MIT
#include "query/health.hpp"

#include <functional>

#include <catch2/catch.hpp>

#include "support.hpp"

using namespace ubp;
using Verdict = HealthCheck::Verdict;

namespace {

constexpr std::int64_t kConfigs = 12, kSeeds = 8;

/// Of one trial: by metric, its values at steps 1, 2, ...; empty: it fails.
using Series = std::map<std::string, std::vector<double>>;

/// A loss that has come to rest at `value`.
std::vector<double> settled(double value) {
  std::vector<double> loss;
  for (int step = 0; step < 50; ++step) loss.push_back(value + std::exp(-step / 3.0));
  return loss;
}

/// A sweep without a fault: 12 configs of 8 seeds, config 5 is the best, seeds make 0.01.
struct Fixture {
  ListedPlan plan = a_plan(kConfigs, kSeeds);
  std::function<double(std::int64_t config, std::int64_t seed)> value = [](std::int64_t config, std::int64_t seed) {
    const double from_best = static_cast<double>(config - 5);
    constexpr double kNormal[] = {-1.42, -0.85, -0.47, -0.15, 0.15, 0.47, 0.85, 1.42};  // middles of eighths
    return 1 + from_best * from_best + 0.01 * kNormal[(seed * 3 + config * (2 * seed + 1)) % kSeeds];
  };
  std::function<Series(std::int64_t config, std::int64_t seed)> series = [this](std::int64_t config,
                                                                                std::int64_t seed) {
    return Series{{"test.mse", {value(config, seed)}}, {"train.loss", settled(1)}, {"test.effective_rank", {7.5}}};
  };
  std::function<void(Store&, const TrialRow&)> before = [](Store&, const TrialRow&) {};
  std::optional<std::vector<MostShare>> shares = {{{"model.latent", 0.4}, {"optimizer.lr", 0.9}}};

  Fixture() {
    for (Config& config : plan.configs())
      for (std::size_t r = 0; r < config.seeds.size(); ++r) config.seeds[r] = 100 + r;
    plan.space = {{"model.act", {{"type", "choice"}, {"choices", {"relu", "tanh"}}}},
                  {"model.latent", {{"type", "int"}, {"choices", {4, 8, 16, 32, 64, 128, 256, 512}}}},
                  {"optimizer.lr", {{"type", "float"}, {"low", 1e-4}, {"high", 1e-1}, {"log", true}}}};
  }

  /// What the check of that name says.
  HealthCheck ask(const std::string& name) {
    const Folder folder;
    {
      Store store(folder / "u.db");
      for (const TrialRow& t : store.missing(store.declare(plan, a_machine()))) {
        before(store, t);
        store.start(t.trial_id, 1, 0);
        const Series all = series(t.config_number, t.replicate);
        for (const auto& [metric, values] : all)
          for (std::size_t i = 0; i < values.size(); ++i) {
            const MetricPoint point{metric, static_cast<std::int64_t>(i) + 1, values[i], 1};
            store.add_points(t.trial_id, {&point, 1});
          }
        store.finish(t.trial_id, all.empty() ? failed() : all.contains("pruned") ? pruned() : Outcome{});
      }
    }
    Reader reader(folder / "u.db");
    const std::vector<HealthCheck> all = health_checks(reader, sweep_facts(reader, 1), shares);
    for (const HealthCheck& check : all)
      if (check.name == name) return check;
    FAIL("no check is called " << name);
    return {};
  }

  static Outcome pruned() {
    Outcome outcome;
    outcome.state = TrialState::pruned;
    return outcome;
  }
};

void check_passes(const std::string& name) {
  const HealthCheck check = Fixture().ask(name);
  INFO(check.found);
  CHECK(check.verdict == Verdict::pass);
}

void check_says(Fixture& fixture, const std::string& name, Verdict verdict, const std::string& found) {
  const HealthCheck check = fixture.ask(name);
  INFO(name << ": " << check.found << "; " << check.advice);
  CHECK(check.verdict == verdict);
  CHECK_THAT(check.found, Catch::Contains(found));
}

}  // namespace

TEST_CASE("a sweep without a fault passes") {
  for (const char* name :
       {"range", "seeds", "noise", "effect", "pairing", "training", "collapse", "failures", "ground", "labels"})
    check_passes(name);
  const HealthCheck ends = Fixture().ask("early ends");  // it had no pruner
  CHECK(ends.verdict == Verdict::unknown);
}

TEST_CASE("the winner lies at the edge of its range") {
  Fixture made;
  made.plan.space["optimizer.lr"]["high"] = 6e-3;  // config 5 has 6e-3
  check_says(made, "range", Verdict::warning, "optimizer.lr = 0.006 (the upper end)");
  made.plan.space["model.latent"]["choices"] = {128, 256, 512};  // and latent 128
  check_says(made, "range", Verdict::warning, "model.latent = 128 (the lower end)");
}

TEST_CASE("one seed supports no claim, and few do not tell all apart") {
  Fixture made;
  made.plan = a_plan(kConfigs, 1);
  check_says(made, "seeds", Verdict::fail, "one seed");
  Fixture close;
  close.value = [](std::int64_t config, std::int64_t seed) { return double((config * 7 + seed * 5) % 11); };
  check_says(close, "seeds", Verdict::warning, "cannot be told apart from the best with 8 seeds");
}

TEST_CASE("the gain is within what seeds make") {
  Fixture made;
  made.value = [](std::int64_t config, std::int64_t seed) { return double(seed) + 1e-3 * double(config); };
  check_says(made, "noise", Verdict::warning, "seeds alone make 2.449");
}

TEST_CASE("a parameter explains nothing") {
  Fixture made;
  made.shares = {{{"model.latent", 0.004}, {"optimizer.lr", 0.9}}};
  check_says(made, "effect", Verdict::warning, "model.latent explains less than 1 %");
}

TEST_CASE("configs have other seeds") {
  Fixture made;
  made.series = [&made](std::int64_t config, std::int64_t seed) {
    return config == 3 && seed == 2 ? Series{} : Series{{"test.mse", {made.value(config, seed)}}};
  };
  check_says(made, "pairing", Verdict::warning, "1 of 12 configs");
  made.plan.sampler["race"] = {{"on", true}};
  check_says(made, "pairing", Verdict::pass, "the race gave them");
}

TEST_CASE("the loss still falls, or never did") {
  Fixture made;
  std::vector<double> loss;
  for (int step = 0; step < 50; ++step) loss.push_back(50 - step);
  made.series = [&](std::int64_t config, std::int64_t seed) {
    return Series{{"test.mse", {made.value(config, seed)}}, {"train.loss", loss}};
  };
  check_says(made, "training", Verdict::warning, "fell by 25 % of its whole fall in the last fifth");
  for (double& each : loss) each = 50 - each;
  check_says(made, "training", Verdict::warning, "did not fall");
  loss.resize(3);
  check_says(made, "training", Verdict::unknown, "3 points");
}

TEST_CASE("the embedding has shrunk, or its units are silent") {
  Fixture made;
  const auto with = [&](const std::string& metric, double value) {
    made.series = [&made, metric, value](std::int64_t config, std::int64_t seed) {
      return Series{{"test.mse", {made.value(config, seed)}}, {metric, {1, value}}};
    };
  };
  with("test.effective_rank", 1.02);
  check_says(made, "collapse", Verdict::fail, "effective rank 1.02");
  with("valid.embedding_std", 0.001);
  check_says(made, "collapse", Verdict::fail, "deviate by 0.001");
  with("test.silent_units", 0.75);
  check_says(made, "collapse", Verdict::warning, "75 %");
  with("test.mae", 1);
  check_says(made, "collapse", Verdict::unknown, "were measured");
}

TEST_CASE("trials were never ended early, or nearly always") {
  Fixture made;
  made.plan.sampler["pruner"] = {{"use", "median"}};
  check_says(made, "early ends", Verdict::warning, "0 of 96");
  const auto series = made.series;
  made.series = [series](std::int64_t config, std::int64_t seed) {
    Series all = series(config, seed);
    if (config != 5) all["pruned"] = {};
    return all;
  };
  check_says(made, "early ends", Verdict::pass, "88 of 96");
}

TEST_CASE("failures cluster in a region, or do not") {
  Fixture made;
  const auto series = made.series;
  made.series = [series](std::int64_t config, std::int64_t seed) {
    return config >= 9 ? Series{} : series(config, seed);  // rates of 0.01 and more
  };
  check_says(made, "failures", Verdict::warning, "24 of 96 trials failed: optimizer.lr is 0.01 to 0.012");
  made.series = [series](std::int64_t config, std::int64_t seed) {
    return config % 2 && seed != 1 ? Series{} : series(config, seed);
  };
  check_says(made, "failures", Verdict::warning, "model.act = \"tanh\": 100 % of those that failed");
  made.series = [series](std::int64_t config, std::int64_t seed) {
    return (config * 5 + seed * 3) % 7 == 0 ? Series{} : series(config, seed);
  };
  check_says(made, "failures", Verdict::pass, "in no region");
}

TEST_CASE("the ground changed between trials") {
  Fixture made;
  bool first = true;
  made.before = [&](Store& store, const TrialRow&) {
    if (!std::exchange(first, false)) return;
    Provenance other = a_machine();
    other.host_sha256 = "another";
    store.declare(made.plan, other);
  };
  check_says(made, "ground", Verdict::pass, "each the same");  // all of them are the other
  first = true;
  made.before = [&, n = 0](Store& store, const TrialRow&) mutable {
    if (++n != 10) return;
    Provenance other = a_machine();
    other.host_sha256 = "another";
    store.declare(made.plan, other);
  };
  check_says(made, "ground", Verdict::fail, "ubp itself");
}

TEST_CASE("labels were given") {
  Fixture made;
  for (Config& config : made.plan.configs()) config.supervised = config.number < 4;
  check_says(made, "labels", Verdict::warning, "4 of 12");
}
