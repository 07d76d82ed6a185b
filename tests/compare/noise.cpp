// SPDX-License-Identifier: MIT
// The noise floor is the default config's spread over seeds, or else that of all; the view says the same.
#include "query/noise.hpp"

#include <catch2/catch.hpp>

#include "base/statistics/estimates.hpp"
#include "support.hpp"

using namespace ubp;

namespace {

/// values[config][replicate]; NaN: it failed.
NoiseFloor recorded(const std::vector<std::vector<double>>& values, std::optional<std::int64_t> default_config,
                    std::optional<std::int64_t> of = {}) {
  const Folder folder;
  {
    Store store(folder / "a.db");
    ListedPlan plan = a_plan(std::ssize(values), std::ssize(values[0]));
    plan.default_config = default_config;
    for (const TrialRow& t : store.missing(store.declare(plan, a_machine()))) {
      const double value = values[static_cast<std::size_t>(t.config_number)][static_cast<std::size_t>(t.replicate)];
      if (std::isnan(value)) {
        store.start(t.trial_id, 1, 0);
        store.finish(t.trial_id, failed());
      } else {
        run_trial(store, t.trial_id, value);
      }
    }
  }
  Reader reader(folder / "a.db");
  const NoiseFloor floor = noise_floor(reader, sweep_facts(reader, 1), of);
  if (of) return floor;
  const auto view = reader.rows({"SELECT sd, source, config, n, sweep_id, sweep, metric FROM noise_floor"});
  REQUIRE(view.size() == (std::isnan(floor.sd) ? 0 : 1));
  if (view.empty()) return floor;
  const bool pooled = floor.of == NoiseFloor::Of::pooled;
  CHECK(std::get<double>(view[0][0]) == Approx(floor.sd).epsilon(1e-12));
  CHECK(view[0][1] == Value(pooled ? "pooled" : "default"));
  CHECK(view[0][2] == (pooled ? Value() : Value(floor.config)));
  CHECK(view[0][3] == Value(static_cast<std::int64_t>(floor.n)));
  CHECK(view[0][4] == Value(std::int64_t{1}));
  CHECK(view[0][6] == Value("test.mse"));
  return floor;
}

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
const std::vector<std::vector<double>> kValues = {{1, 2, 3}, {4, 10, kNaN}, {5, kNaN, kNaN}};

}  // namespace

TEST_CASE("the noise floor is the standard deviation of the default config", "[compare]") {
  const NoiseFloor floor = recorded(kValues, 1);
  CHECK(floor.sd == statistics::standard_deviation(std::vector<double>{4, 10}));
  CHECK(sentence_of(floor) == "noise floor 4.243: standard deviation of config 1, the default, over 2 seeds");
}

TEST_CASE("where the default has no two results it is pooled, and says so", "[compare]") {
  const NoiseFloor floor = recorded(kValues, 2);
  CHECK(floor.sd == Approx(std::sqrt(20.0 / 3)));
  CHECK(sentence_of(floor) ==
        "noise floor 2.582: pooled standard deviation within configs, of 5 results; config 2, the "
        "default, has no two");
  CHECK_THAT(sentence_of(recorded(kValues, {})), Catch::EndsWith("of 5 results; no config is the default"));
}

TEST_CASE("without two results of any config there is none", "[compare]") {
  const NoiseFloor floor = recorded({{1}, {2}}, 0);
  CHECK(std::isnan(floor.sd));
  CHECK(sentence_of(floor) == "noise floor unknown: no config has two results");
}

TEST_CASE("the noise floor of a config that is named is its own", "[compare]") {
  CHECK(sentence_of(recorded(kValues, 1, 0)) == "noise floor 1: standard deviation of config 0 over 3 seeds");
  CHECK(recorded(kValues, 1, 2).n == 1);
  CHECK(recorded(kValues, 1, 9).n == 0);
}
