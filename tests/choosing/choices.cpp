// SPDX-License-Identifier: MIT
#include "query/choosing.hpp"

#include <cmath>
#include <fstream>

#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "support.hpp"

using namespace ubp;

namespace {

constexpr std::size_t kConfigs = 20;

/// Twenty configs of a data set, by what each score is for config i.
ScoredConfigs made(const std::string& name, const std::map<std::string, std::function<double(double)>>& scores) {
  ScoredConfigs all{name, {}, std::vector<std::map<std::string, double>>(kConfigs)};
  for (const auto& [score, value] : scores) {
    all.scores.push_back({score, score != "valid.mse", score.starts_with("test.")});
    for (std::size_t i = 0; i < kConfigs; ++i)
      if (const double v = value(static_cast<double>(i)); !std::isnan(v)) all.configs[i][score] = v;
  }
  return all;
}

double shuffled(double i) { return std::fmod(7 * i + 3, kConfigs); }

const ScoreAgainstJudge& of(const Choosing& all, const std::string& score, const std::string& dataset = "iris") {
  for (const ScoreAgainstJudge& one : all.each)
    if (one.score == score && one.dataset == dataset) return one;
  FAIL("no " << score << " of " << dataset);
  return all.each.front();
}

const ScoreOverDataSets& over(const Choosing& all, const std::string& score) {
  for (const ScoreOverDataSets& one : all.over)
    if (one.score == score) return one;
  FAIL("no " << score);
  return all.over.front();
}

Manifest metric(const std::string& id, const std::vector<std::string>& needs, const std::vector<EmitDecl>& emits) {
  Manifest m = a_model();
  m.kind = UBP_K_METRIC, m.id = id, m.needs = needs, m.emits = emits;
  return m;
}

const Manifest& an_objective() {
  static const Manifest objective = [] {
    Manifest m = a_model();
    m.kind = UBP_K_OBJECTIVE, m.id = "vae", m.scalars = {"kl"};
    return m;
  }();
  return objective;
}
const Manifest& an_error() {
  static const Manifest m = metric("reconstruction_error", {"input", "reconstruction"}, {{"mse", "", false}});
  return m;
}
const Manifest& a_probe() {
  static const Manifest m = metric("knn_probe", {"embedding", "label"}, {{"knn_accuracy", "", true}});
  return m;
}
const std::vector<const Manifest*> kManifests = {&an_error(), &a_probe(), &an_objective()};

std::string npy_of(std::size_t rows, const std::vector<double>& values) {
  std::string header =
      fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}, {}), }}\n", rows, values.size() / rows);
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size());
  bytes += '\0';
  bytes += header;
  return bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
}

/// A sweep of twelve configs of two seeds: valid.mse falls where test.knn_accuracy rises.
struct Recorded12 {
  ListedPlan plan = a_plan(12, 2);
  std::map<std::string, std::function<double(double config, double seed)>> series = {
      {"valid.mse", [](double c, double s) { return 10 - c + s; }},
      {"test.mse", [](double c, double) { return c; }},
      {"test.knn_accuracy", [](double c, double s) { return (c + s) / 20; }},
      {"valid.knn_accuracy", [](double c, double) { return -c; }},
      {"test.knn_accuracy_pca", [](double, double) { return 0.5; }},
      {"train.kl", [](double c, double) { return c < 6 ? c : NAN; }},
      {"train.loss", [](double c, double) { return -c; }},
      {"train.seconds", [](double c, double) { return c; }}};
  std::function<std::vector<double>(std::int64_t config, std::int64_t seed)> codes;
  std::vector<std::string> notes;
  ChoosingNames names;
  std::vector<UsedComponent> used;

  std::vector<ScoredConfigs> ask(const std::vector<std::string>& blocks = {}) {
    for (Config& config : plan.configs())
      config.components = {{"metric.0", &an_error()}, {"metric.1", &a_probe()}, {"objective", &an_objective()}};
    const Folder folder;
    {
      Store store(folder / "u.db");
      for (const TrialRow& t : store.missing(store.declare(plan, a_machine()))) {
        store.start(t.trial_id, 1, 0);
        for (const auto& [name, value] : series) {
          const MetricPoint points[] = {
              {name, 1, 1e6, 1},
              {name, 9, value(static_cast<double>(t.config_number), static_cast<double>(t.replicate)), 2}};
          store.add_points(t.trial_id, points);
        }
        if (codes) {
          const std::string file = fmt::format("{}.npy", t.trial_id);
          const std::string bytes = npy_of(12, codes(t.config_number, t.replicate));
          std::ofstream(folder / file, std::ios::binary) << bytes;
          store.add_artifact(t.trial_id, {"embedding", "embedding.npy", std::string(64, 'a'), "application/x-npy", 9,
                                          static_cast<std::int64_t>(bytes.size()), file});
        }
        store.finish(t.trial_id, Outcome{});
      }
    }
    Reader reader(folder / "u.db");
    SweepFacts facts = sweep_facts(reader, 1);
    facts.blocks = blocks;
    used = judging_components(reader, 1);
    return scored_configs(reader, facts, kManifests, names, notes);
  }
};

std::vector<std::string> names_of(const ScoredConfigs& all) {
  std::vector<std::string> names;
  for (const ChoosingScore& score : all.scores) names.push_back(score.name);
  return names;
}

}  // namespace

TEST_CASE("a score that orders configs as the judge does chooses the best, one that reverses them the worst") {
  const Choosing all = choosing({made("iris", {{"valid.mse", [](double i) { return -i * i * i; }},
                                               {"valid.rank", [](double i) { return -i; }},
                                               {"valid.lot", shuffled},
                                               {"test.accuracy", [](double i) { return i / 100; }}})});
  CHECK(all.each.size() == 3);
  CHECK(of(all, "valid.mse").rho == 1);  // the smaller the better
  CHECK(of(all, "valid.mse").low == 1);
  CHECK(of(all, "valid.mse").regret == 0);
  CHECK(of(all, "valid.rank").rho == -1);
  CHECK(of(all, "valid.rank").regret == Approx(1));
  CHECK(of(all, "valid.rank").chance == Approx(0.5));
  const ScoreAgainstJudge& lot = of(all, "valid.lot");
  CHECK(std::abs(lot.rho) < 0.3);
  CHECK(lot.low < 0);
  CHECK(lot.high > 0);
  CHECK(lot.configs == kConfigs);
  CHECK(all.over.empty());  // one data set has no sign test
  CHECK_THAT(sentence_of(all),
             Catch::Contains("on iris alone") && Catch::Contains("of test.accuracy valid.mse (1.00, 1.00 to 1.00);"));
}

TEST_CASE("configs that share the best score are chosen by lot") {
  const Choosing all = choosing({made("iris", {{"valid.step", [](double i) { return i < 18 ? 0.0 : 1.0; }},
                                               {"test.accuracy", [](double i) { return i; }}})});
  CHECK(of(all, "valid.step").regret == Approx(0.5 / 19));
}

TEST_CASE("over data sets signs are tested, for all scores beside a judge") {
  std::vector<ScoredConfigs> sets;
  for (int k = 0; k < 8; ++k)
    sets.push_back(made(fmt::format("set {}", k), {{"valid.mse", [](double i) { return -i; }},
                                                   {"valid.bad", [](double i) { return -i; }},
                                                   {"valid.mixed", [k](double i) { return k % 2 ? i : -i; }},
                                                   {"test.accuracy", [](double i) { return i; }}}));
  const Choosing all = choosing(sets);
  const ScoreOverDataSets good = over(all, "valid.mse"), bad = over(all, "valid.bad"), mixed = over(all, "valid.mixed");
  CHECK(good.datasets == 8);
  CHECK(good.above == 8);
  CHECK(good.p == Approx(2 / 256.0));
  CHECK(good.p_adjusted == Approx(6 / 256.0));  // Holm, of three
  CHECK(good.better == 8);
  CHECK(good.p_regret == Approx(2 / 256.0));
  CHECK(good.chooses_well());
  CHECK((bad.is_told() && !bad.orders_well() && !bad.chooses_well()));
  CHECK(bad.better == 0);
  CHECK(mixed.p == 1);
  CHECK(!mixed.is_told());
  CHECK(mixed.above == 4);
  CHECK(sentence_of(all) ==
        "without labels one may choose for test.accuracy on valid.mse (1.00; 0.00 against 0.50) (in brackets the mean "
        "rank correlation, and the regret against that of a config drawn by lot)");
}

TEST_CASE("a score that orders the many and misses the best orders well and does not choose well") {
  std::vector<ScoredConfigs> sets;
  for (int k = 0; k < 8; ++k)
    sets.push_back(made(fmt::format("set {}", k), {{"valid.vain", [](double i) { return i == 2 ? 100 : i; }},
                                                   {"test.accuracy", [](double i) { return i; }}}));
  const Choosing all = choosing(sets);
  const ScoreOverDataSets vain = over(all, "valid.vain");
  CHECK(vain.orders_well());
  CHECK(vain.better == 0);
  CHECK(!vain.chooses_well());
  CHECK_THAT(sentence_of(all), Catch::StartsWith("one may choose on none of these scores"));
}

TEST_CASE("few data sets tell of no score, and the sentence says none") {
  std::vector<ScoredConfigs> sets;
  for (const char* name : {"a", "b", "c", "d", "e"})
    sets.push_back(made(name, {{"valid.mse", [](double i) { return -i; }},
                               {"valid.lot", shuffled},
                               {"test.accuracy", [](double i) { return i; }}}));
  const Choosing all = choosing(sets);
  CHECK(over(all, "valid.mse").p == Approx(1 / 16.0));
  CHECK_THAT(sentence_of(all), Catch::StartsWith("one may choose on none of these scores") &&
                                   Catch::Contains("the nearest is valid.mse for test.accuracy, above 0 in 5 of 5"));
}

TEST_CASE("a score that configs lack, or that is equal for all, is left out and said to be") {
  const Choosing all = choosing({made("iris", {{"valid.mse", [](double i) { return -i; }},
                                               {"valid.rare", [](double i) { return i < 3 ? NAN : i; }},
                                               {"valid.most", [](double i) { return i < 2 ? NAN : i; }},
                                               {"valid.flat", [](double) { return 1.0; }},
                                               {"test.accuracy", [](double i) { return i; }}})});
  CHECK(all.each.size() == 2);
  CHECK(of(all, "valid.most").configs == 18);
  REQUIRE(all.notes.size() == 2);
  CHECK(all.notes[0] == "iris: equal for all configs, without an order: valid.flat beside test.accuracy");
  CHECK_THAT(all.notes[1], Catch::StartsWith("iris: more than a tenth of the configs lack valid.rare,"));
}

TEST_CASE("without labels, or without scores that need none, there is nothing to compare") {
  CHECK_THROWS_WITH(choosing({made("iris", {{"valid.mse", [](double i) { return i; }}})}),
                    Catch::Contains("iris: no series that used labels"));
  CHECK_THROWS_WITH(choosing({made("iris", {{"test.accuracy", [](double i) { return i; }}})}),
                    Catch::Contains("iris: no series that used none"));
}

TEST_CASE("what needs labels judges on test rows, what needs none chooses on valid rows") {
  Recorded12 made;
  const std::vector<ScoredConfigs> all = made.ask();
  REQUIRE(all.size() == 1);
  CHECK(all[0].name == "rings-latent");
  CHECK(names_of(all[0]) == std::vector<std::string>{"train.kl", "test.knn_accuracy", "train.loss", "valid.mse"});
  REQUIRE(all[0].configs.size() == 12);
  CHECK(all[0].configs[3].at("valid.mse") == Approx(7.5));  // the mean of its seeds, of the last points
  CHECK(all[0].configs[3].at("test.knn_accuracy") == Approx(3.5 / 20));
  CHECK(all[0].configs[7].count("train.kl") == 0);  // it was NaN
  REQUIRE(made.used.size() == 3);
  CHECK(made.used[0].id == "knn_probe");
  CHECK((made.used[2].kind == UBP_K_OBJECTIVE && made.used[2].id == "vae"));
  REQUIRE(made.notes.size() == 1);
  CHECK_THAT(made.notes[0], Catch::Contains("stability over seeds is not known: no config has files"));
  const Choosing found = choosing(all);
  CHECK(of(found, "valid.mse", "rings-latent").rho == 1);
  CHECK(of(found, "train.loss", "rings-latent").rho == 1);
}

TEST_CASE("what an objective with labels logs is not one without") {
  Recorded12 made;
  for (Config& config : made.plan.configs()) config.supervised = config.number == 4;
  CHECK(names_of(made.ask()[0]) == std::vector<std::string>{"test.knn_accuracy", "valid.mse"});
  CHECK_THAT(made.notes.at(0), Catch::Contains("an objective is given labels"));
}

TEST_CASE("scores are named without their split, and a wrong name has the nearest") {
  Recorded12 made;
  made.names = {{"mse"}, {"knn_accuracy"}};
  CHECK(names_of(made.ask()[0]) == std::vector<std::string>{"test.knn_accuracy", "valid.mse"});
  CHECK(made.notes.empty());  // nobody asked for the stability
  Recorded12 wrong;
  wrong.names = {{}, {"knn_acuracy"}};
  CHECK_THROWS_WITH(wrong.ask(),
                    "--judge: found 'knn_acuracy', expected a number that used labels: knn_accuracy; did "
                    "you mean 'knn_accuracy'?");
  wrong.names = {{"knn_accuracy"}, {}};
  CHECK_THROWS_WITH(wrong.ask(), Catch::StartsWith("--score: found 'knn_accuracy', expected a number that used no "
                                                   "labels: kl, loss, mse, stability"));
}

TEST_CASE("a block of a sweep is a data set") {
  Recorded12 made;
  const std::vector<ScoredConfigs> all = made.ask({"model.act"});
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "rings-latent relu");
  CHECK(all[1].name == "rings-latent tanh");
  CHECK(all[0].configs.size() == 6);
}

TEST_CASE("stability compares the codes that seeds left, of equal rows only") {
  Recorded12 made;
  made.names = {{"stability"}, {}};
  made.codes = [](std::int64_t config, std::int64_t seed) -> std::vector<double> {
    std::vector<double> codes;
    for (double i = 0; i < 12; ++i) codes.insert(codes.end(), {i, shuffled(i)});
    if (seed > 0 && config == 0)
      for (std::size_t i = 0; i < codes.size(); i += 2) codes[i] = 5 - 3 * codes[i], codes[i + 1] *= 3;  // a mirror
    if (seed > 0 && config > 0)
      for (double& code : codes) code = std::fmod(code * static_cast<double>(config + 4), 7);
    return codes;
  };
  const std::vector<ScoredConfigs> all = made.ask();
  CHECK(names_of(all[0]) == std::vector<std::string>{"test.knn_accuracy", "stability"});
  CHECK(all[0].configs[0].at("stability") == Approx(1));
  CHECK(all[0].configs[9].at("stability") < 0.99);
  CHECK(made.notes.empty());
  Recorded12 split = made;
  split.names = made.names, split.codes = made.codes;
  for (Config& config : split.plan.configs()) config.resolved["dataset"]["split_by_replicate"] = true;
  split.plan.identity = "b";
  split.ask();
  REQUIRE(split.notes.size() == 1);
  CHECK_THAT(split.notes[0], Catch::Contains("split_by_replicate gives every seed rows of its own"));
}
