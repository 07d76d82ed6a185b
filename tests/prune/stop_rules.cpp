// SPDX-License-Identifier: MIT
// What the rules promise: their sentences, their edges, and what must be so for any traces.
#include <algorithm>
#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "engine/random.hpp"
#include "search/brackets.hpp"
#include "search/hyperband_rule.hpp"
#include "search/rules.hpp"
#include "search/wilcoxon_rule.hpp"

using namespace ubp;
using namespace ubp::search;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

using State = Trace::State;

/// Reports at steps 1, 2, ...
Trace trace(std::int64_t trial, State state, const std::vector<double>& values) {
  Trace t{trial, state, {}};
  for (std::size_t i = 0; i < values.size(); ++i) t.values[static_cast<std::int64_t>(i) + 1] = values[i];
  return t;
}

/// Complete trials with one report each, at step 1.
std::vector<Trace> complete(const std::vector<double>& values) {
  std::vector<Trace> list;
  for (const double v : values) list.push_back(trace(static_cast<std::int64_t>(list.size()), State::complete, {v}));
  return list;
}

std::vector<const Trace*> pointers(const std::vector<Trace>& traces) {
  std::vector<const Trace*> list;
  for (const Trace& t : traces) list.push_back(&t);
  return list;
}

/// "": it goes on.
std::string why(const std::string& rule, const RuleOptions& options, const Trace& own,
                const std::vector<Trace>& others) {
  return make_rule(rule, options)->why_stop(own, pointers(others)).value_or("");
}

std::string why(const std::string& rule, const RuleOptions& options, double own, const std::vector<Trace>& others) {
  return why(rule, options, trace(99, State::running, {own}), others);
}

RuleOptions options_of(const std::string& rule) {
  RuleOptions options;
  options.n_startup = 1;
  if (rule == "halving" || rule == "hyperband") options.min_resource = 1;
  if (rule == "hyperband") options.max_resource = 9;
  if (rule == "threshold") options.upper = 0.5;
  if (rule == "patience") options.patience = 2;
  return options;
}

/// Series of n reports of which none equals another.
std::vector<double> series(Random& random, std::size_t n) {
  std::vector<double> values(n);
  random.uniform(std::span(values), 0, 1);
  return values;
}

std::vector<Trace> random_traces(Random& random, std::size_t n) {
  std::vector<Trace> list;
  for (std::size_t i = 0; i < n; ++i)
    list.push_back(
        trace(static_cast<std::int64_t>(i), static_cast<State>(random.below(3)), series(random, 1 + random.below(12))));
  return list;
}

}  // namespace

TEST_CASE("the median is linear between values, and one that equals it goes on", "[prune]") {
  RuleOptions options = options_of("median");
  const auto others = complete({1, 10, 2, 3});
  CHECK(why("median", options, 2.5, others).empty());
  CHECK(why("median", options, 2.6, others) == "step 1: 2.6 at best is worse than the median 2.5 of 4 trials");
  options.percentile = 25;
  CHECK(why("median", options, 1.75, others).empty());
  CHECK(why("median", options, 1.8, others) == "step 1: 1.8 at best is worse than 1.75, percentile 25 of 4 trials");
}

TEST_CASE("of a maximised metric, sentences and bounds speak of the values as they were", "[prune]") {
  RuleOptions options = options_of("median");
  options.maximised = true;
  CHECK(why("median", options, -0.5, complete({-0.75})) ==
        "step 1: 0.5 at best is worse than the median 0.75 of 1 trial");
  options.lower = 0.6;
  CHECK(why("threshold", options, -0.5, {}) == "step 1: 0.5 is below 0.6");
  CHECK(why("threshold", options, -0.7, {}).empty());
  CHECK(why("threshold", options, 0, {}) == "step 1: 0 is below 0.6");
}

TEST_CASE("halving names the rung, the value it was compared to, and the place", "[prune]") {
  RuleOptions options;
  options.min_resource = 1;
  const auto others = complete({1, 2, 3, 4, 5, 6, 7});
  CHECK(why("halving", options, 2, others).empty());
  CHECK(why("halving", options, 2.5, others) ==
        "rung 0 (step 1), reached at step 1: 2.5 is worse than 2, the last of the 2 best of 8 trials");
  options.bootstrap = 8;
  CHECK(why("halving", options, 0, others) ==
        "rung 0 (step 1), reached at step 1: 0 is one of the first 8, which all end here");
}

TEST_CASE("at a rung counts the first report at or behind its step, and a later one judges no more", "[prune]") {
  RuleOptions options;
  options.min_resource = 3;
  Trace own = trace(9, State::running, {});
  own.values = {{2, 9.0}};
  Trace rival = trace(1, State::running, {});
  rival.values = {{2, 0.0}, {5, 4.0}, {6, 0.0}};
  CHECK(why("halving", options, own, {rival}).empty());
  own.values[4] = 5;
  CHECK(why("halving", options, own, {rival}) ==
        "rung 0 (step 3), reached at step 4: 5 is worse than 4, the best of 2 trials");
  own.values[5] = 50;
  CHECK(why("halving", options, own, {rival}).empty());
}

TEST_CASE("rungs that one report reaches compare the same trials", "[prune]") {
  RuleOptions options;
  options.min_resource = 1;
  options.eta = 2;
  Trace loser = trace(0, State::pruned, {}), winner = trace(1, State::running, {}), own = trace(2, State::running, {});
  loser.values = {{4, 3.0}};
  winner.values = {{4, 1.0}};
  own.values = {{4, 2.0}};
  CHECK(why("halving", options, own, {loser, winner}) ==
        "rung 0 (step 1), reached at step 4: 2 is worse than 1, the best of 3 trials");
  Trace fourth = trace(3, State::pruned, {});
  fourth.values = {{4, 3.0}};
  CHECK(why("halving", options, own, {loser, winner, fourth}).empty());
}

TEST_CASE("a rung far beyond all numbers is no rung", "[prune]") {
  RuleOptions options;
  options.min_resource = std::numeric_limits<std::int64_t>::max() / 2;
  options.rate = 60;
  Trace own = trace(9, State::running, {});
  own.values = {{std::numeric_limits<std::int64_t>::max(), kNaN}};
  CHECK(why("halving", options, own, {}).empty());
}

TEST_CASE("brackets have Hyperband's shares, and trials the bracket of their checksum", "[prune]") {
  RuleOptions options;
  options.sweep = "s";
  const HyperbandRule rule(options);
  CHECK(rule.shares(81) == std::vector<std::int64_t>{81, 34, 15, 8, 5});
  CHECK(rule.shares(243).size() == 5);  // Optuna's, by rounding
  CHECK(rule.shares(1) == std::vector<std::int64_t>{1});
  std::vector<std::size_t> ten, of_81;
  for (std::int64_t trial = 0; trial < 6; ++trial) {
    ten.push_back(rule.bracket(trial, std::vector<std::int64_t>(10, 1)));
    of_81.push_back(rule.bracket(trial, std::vector<std::int64_t>(143, 1)));
  }
  CHECK(ten == std::vector<std::size_t>{0, 2, 0, 0, 7, 7});
  CHECK(of_81 == std::vector<std::size_t>{1, 52, 65, 111, 2, 111});
}

TEST_CASE("Hyperband judges among the trials of a bracket, and names it", "[prune]") {
  RuleOptions options = options_of("hyperband");
  options.sweep = "s";
  const HyperbandRule rule(options);
  const auto shares = rule.shares(9);
  std::vector<Trace> others;
  for (std::int64_t trial = 0; trial < 40; ++trial)
    if (rule.bracket(trial, shares) != 0) others.push_back(trace(trial, State::complete, {0}));
  std::int64_t own = 0;
  while (rule.bracket(own, shares) != 0) ++own;
  CHECK(why("hyperband", options, trace(own, State::running, {5}), others).empty());
  std::int64_t rival = own + 1;
  while (rule.bracket(rival, shares) != 0) ++rival;
  others.push_back(trace(rival, State::complete, {0}));
  CHECK(why("hyperband", options, trace(own, State::running, {5}), others) ==
        "bracket 0, rung 0 (step 1), reached at step 1: 5 is worse than 0, the best of 2 trials");
}

TEST_CASE("patience says how long it waited, and asks the rule that it wraps", "[prune]") {
  RuleOptions options = options_of("patience");
  const Trace own = trace(9, State::running, {3, 1, 2, 2, 2});
  CHECK(why("patience", options, own, {}) == "step 5: the last 3 reports, 2 at best, are worse than 1 before");
  CHECK(why("patience", options, trace(9, State::running, {3, 1, 2, 2}), {}).empty());
  CHECK(why("patience", options, trace(9, State::running, {3, 1, 2, 1, 2}), {}).empty());
  options.wrapped = "median";
  CHECK(why("patience", options, own, {trace(0, State::complete, {1, 1, 1, 1, 1})}).empty());
  CHECK(why("patience", options, own, {trace(0, State::complete, {0, 0, 0, 0, 0})}) ==
        "step 5: 1 at best is worse than the median 0 of 1 trial; the last 3 reports, 2 at best, are worse than 1 "
        "before");
}

TEST_CASE("Wilcoxon compares to the trial of the lowest mean, instance by instance", "[prune]") {
  const RuleOptions options;
  const Trace best = trace(3, State::complete, {1, 2, 3, 4}), other = trace(1, State::complete, {9, 9, 9, 9});
  CHECK(why("wilcoxon", options, trace(9, State::running, {2, 4, 3.5, 4.25}), {other, best}) ==
        "step 4: worse than trial 3 over 4 instances: mean 3.4375 against 2.5, signed-rank p = 0.0625");
  CHECK(why("wilcoxon", options, trace(9, State::running, {2, 4, 3.5}), {other, best}).empty());  // p = 1/8
  CHECK(why("wilcoxon", options, trace(9, State::running, {1, 2, 3, 4}), {other, best}).empty());
  CHECK(why("wilcoxon", options, trace(9, State::running, {2, 4, 3.5, kInf}), {other, best}).empty());
}

TEST_CASE("the signed-rank probability is the share of signs, counted one by one", "[prune]") {
  Random random(3, "prune/signs");
  for (int round = 0; round < 300; ++round) {
    std::vector<double> d(2 + random.below(9));
    const bool tied = random.below(2) == 0;
    for (double& each : d)
      each = tied ? static_cast<double>(random.below(7)) - 3 : random.next_uniform() - 0.4;  // zeros among them
    const auto w = [&](const std::vector<double>& x) {
      double sum = 0;  // over pairs i <= j with a positive sum: Walsh's form of W, without ranks
      for (std::size_t i = 0; i < x.size(); ++i)
        for (std::size_t j = i; j < x.size(); ++j) sum += x[i] + x[j] > 0 ? 1 : x[i] + x[j] == 0 ? 0.5 : 0;
      return sum;
    };
    int at_least = 0;
    const int all = 1 << d.size();
    for (int signs = 0; signs < all; ++signs) {
      std::vector<double> x = d;
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = (signs >> i & 1) != 0 ? std::fabs(x[i]) : -std::fabs(x[i]);
      at_least += w(x) >= w(d) ? 1 : 0;
    }
    CAPTURE(round);
    CHECK(probability_of_greater(d) == static_cast<double>(at_least) / all);
  }
}

TEST_CASE("of more pairs it is SciPy's", "[prune]") {
  // scipy.stats.wilcoxon(d, alternative="greater", zero_method="zsplit").pvalue of SciPy 1.17.1
  std::vector<double> tied{1, 2, 2, -1, 3, 4, -2, 5, 6, -3, 7, 1, 2, 8, 9};
  CHECK(probability_of_greater(tied) == Approx(0.006094513332774598).epsilon(1e-12));
  tied.insert(tied.end(), {0, 0, 1});
  CHECK(probability_of_greater(tied) == Approx(0.004688010379936844).epsilon(1e-12));
  const std::vector<double> distinct{1.5, -2.5, 3.25, 4.125, -0.5, 6, 7.75, -1.25, 2, 5.5, 9, -3, 8.5, 10, 11.5, -12};
  CHECK(probability_of_greater(distinct) == Approx(0.02532958984375).epsilon(1e-12));
  std::vector<double> many;
  for (int i = 0; i < 60; ++i) many.push_back((i * 37 % 101 - 40) / 8.0);
  CHECK(probability_of_greater(many) == Approx(0.011794144599089448).epsilon(1e-12));
}

TEST_CASE("trials without anything to compare to go on", "[prune]") {
  for (const std::string rule : {"halving", "hyperband", "median", "wilcoxon"}) {
    CAPTURE(rule);
    CHECK(why(rule, options_of(rule), 5, {}).empty());
    CHECK(why(rule, options_of(rule), trace(9, State::running, {}), complete({1})).empty());
  }
}

TEST_CASE("a trial is not stopped by its equals", "[prune]") {
  for (const std::string& rule : rule_names())
    for (std::size_t n = 1; n < 10; ++n) {
      CAPTURE(rule, n);
      std::vector<Trace> others;
      for (std::size_t i = 0; i < n; ++i)
        others.push_back(trace(static_cast<std::int64_t>(i), State::complete, std::vector<double>(9, 0.25)));
      for (std::size_t reports = 1; reports < 9; ++reports)
        CHECK(
            why(rule, options_of(rule), trace(99, State::running, std::vector<double>(reports, 0.25)), others).empty());
    }
}

TEST_CASE("NaN loses, and does not count among the others", "[prune]") {
  CHECK(why("median", options_of("median"), kNaN, complete({1})) == "step 1: not one value so far is a number");
  CHECK(why("median", options_of("median"), 2, complete({kNaN})).empty());
  CHECK_FALSE(why("median", options_of("median"), 2, complete({kNaN, 1, kNaN})).empty());
  CHECK(why("median", options_of("median"), trace(9, State::running, {1, kNaN}), {trace(0, State::complete, {1, 2})})
            .empty());
  CHECK(why("halving", options_of("halving"), kNaN, {}) ==
        "rung 0 (step 1), reached at step 1: the value is not a number");
  CHECK(why("halving", options_of("halving"), 2, complete({kNaN, kNaN})).empty());
  CHECK(why("threshold", options_of("threshold"), kNaN, {}) == "step 1: the value is not a number");
  const RuleOptions patient = options_of("patience");
  CHECK(why("patience", patient, trace(9, State::running, {kNaN, kNaN, kNaN, kNaN}), {}).empty());
  CHECK_FALSE(why("patience", patient, trace(9, State::running, {1, kNaN, 2, kNaN}), {}).empty());
}

TEST_CASE("infinite values are the worst and the best of numbers", "[prune]") {
  const RuleOptions options = options_of("median");
  CHECK(why("median", options, 5, complete({kInf, kInf})).empty());
  CHECK_FALSE(why("median", options, kInf, complete({1, 1, kInf})).empty());
  CHECK_FALSE(why("median", options, 5, complete({-kInf})).empty());
  CHECK(why("halving", options_of("halving"), kInf, complete({kInf})).empty());
}

TEST_CASE("a trial that is better at every step is stopped by no rule that lets the worse one go on", "[prune]") {
  Random random(1, "prune/better");
  for (const std::string rule : {"halving", "hyperband", "median", "threshold"}) {
    int stopped = 0;
    for (int round = 0; round < 3000; ++round) {
      const auto others = random_traces(random, random.below(12));
      Trace own = trace(99, State::running, series(random, 1 + random.below(12)));
      const bool goes_on = why(rule, options_of(rule), own, others).empty();
      for (auto& [step, value] : own.values) value -= 0.2 * random.next_uniform();
      CAPTURE(rule, round);
      if (goes_on) CHECK(why(rule, options_of(rule), own, others).empty());
      stopped += goes_on ? 0 : 1;
    }
    CHECK(stopped > 100);
  }
}

TEST_CASE("Wilcoxon: so it is with a trial that is better by the same at every instance", "[prune]") {
  Random random(2, "prune/better");
  int stopped = 0;
  for (int round = 0; round < 3000; ++round) {
    auto others = random_traces(random, random.below(12));
    Trace own = trace(99, State::running, series(random, 1 + random.below(12)));
    for (auto& [step, value] : own.values) value += 0.3;
    const bool goes_on = why("wilcoxon", {}, own, others).empty();
    const double shift = 0.2 * random.next_uniform();
    for (auto& [step, value] : own.values) value -= shift;
    CAPTURE(round);
    if (goes_on) CHECK(why("wilcoxon", {}, own, others).empty());
    stopped += goes_on ? 0 : 1;
  }
  CHECK(stopped > 100);
}

TEST_CASE("the order in which others are named changes nothing", "[prune]") {
  Random random(4, "prune/order");
  for (const std::string& rule : rule_names())
    for (int round = 0; round < 300; ++round) {
      auto others = random_traces(random, 2 + random.below(10));
      others[1].values = others[0].values;  // two of the same rank
      const Trace own = trace(99, State::running, series(random, 1 + random.below(12)));
      const std::string before = why(rule, options_of(rule), own, others);
      std::reverse(others.begin(), others.end());
      CAPTURE(rule, round);
      CHECK(why(rule, options_of(rule), own, others) == before);
    }
}

TEST_CASE("rules refuse what they cannot be", "[prune]") {
  const auto refusal = [](const std::string& rule, const auto& change) -> std::string {
    RuleOptions options = options_of(rule);
    change(options);
    try {
      make_rule(rule, options);
    } catch (const Error& error) {
      CHECK(error.code() == Exit::usage);
      return error.what();
    }
    return "";
  };
  CHECK(refusal("medain", [](RuleOptions&) {}) == "no rule is called 'medain'; did you mean 'median'?");
  CHECK(refusal("median", [](RuleOptions& o) { o.percentile = 101; }) ==
        "median: percentile: found 101, expected 0 to 100");
  CHECK(refusal("median", [](RuleOptions& o) { o.n_startup = -1; }) ==
        "median: n_startup: found -1, expected at least 0");
  CHECK(refusal("median", [](RuleOptions& o) { o.n_min = 0; }) == "median: n_min: found 0, expected at least 1");
  CHECK(refusal("median", [](RuleOptions& o) { o.n_warmup = -1; }) ==
        "median: n_warmup: found -1, expected at least 0");
  CHECK(refusal("threshold", [](RuleOptions& o) { o.interval = 0; }) ==
        "threshold: interval: found 0, expected at least 1");
  CHECK(refusal("threshold", [](RuleOptions& o) { o.lower = 1; }) ==
        "threshold: lower: found 1, expected at most upper, 0.5");
  CHECK(refusal("patience", [](RuleOptions& o) { o.patience = -1; }) ==
        "patience: patience: found -1, expected at least 0");
  CHECK(refusal("patience", [](RuleOptions& o) { o.min_delta = kNaN; }) ==
        "patience: min_delta: found nan, expected at least 0");
  CHECK(refusal("patience", [](RuleOptions& o) { o.wrapped = "patience"; }) ==
        "patience: wrapped: found patience, expected another rule, or none");
  CHECK(refusal("halving", [](RuleOptions& o) { o.eta = 1; }) == "halving: eta: found 1, expected at least 2");
  CHECK(refusal("halving", [](RuleOptions& o) { o.min_resource = 0; }) ==
        "halving: min_resource: found 0, expected at least 1");
  CHECK(refusal("halving", [](RuleOptions& o) { o.rate = -1; }) == "halving: rate: found -1, expected at least 0");
  CHECK(refusal("halving", [](RuleOptions& o) { o.bootstrap = -1; }) ==
        "halving: bootstrap: found -1, expected at least 0");
  CHECK(refusal("halving", [](RuleOptions& o) { o.bootstrap = 1, o.min_resource.reset(); }) ==
        "halving: bootstrap: found 1, expected 0 without a min_resource");
  CHECK(refusal("hyperband", [](RuleOptions& o) { o.min_resource = 10; }) ==
        "hyperband: max_resource: found 9, expected at least min_resource, 10");
  CHECK(refusal("hyperband", [](RuleOptions& o) { o.eta = 0; }) == "hyperband: eta: found 0, expected at least 2");
  CHECK(refusal("wilcoxon", [](RuleOptions& o) { o.p = kNaN; }) == "wilcoxon: p: found nan, expected 0 to 1");
  CHECK(refusal("wilcoxon", [](RuleOptions& o) { o.n_pairs = 1; }) ==
        "wilcoxon: n_pairs: found 1, expected at least 2");
}
