// SPDX-License-Identifier: MIT
#include <filesystem>
#include <set>

#include "metric.hpp"

using namespace harness;

namespace {

Doubles matrix(const std::string& name) { return read_matrix(std::string(METRIC_TEST_DATA) + "/" + name + ".csv"); }
Ints labels(const std::string& name) { return as_labels(matrix(name)); }

/// "linear_probe c=0.01 standardise=false" -> the component and its parameters.
struct Case {
  std::string name, id;
  Params params;
  std::set<std::string> words;  ///< those that are no parameter
  Emitted expected;
};

std::vector<Case> reference_cases() {
  std::ifstream in(std::string(METRIC_TEST_DATA) + "/expected.csv");
  std::vector<Case> cases;
  for (std::string line; std::getline(in, line);) {
    const std::size_t a = line.find(','), b = line.find(',', a + 1);
    const std::string name = line.substr(0, a);
    if (cases.empty() || cases.back().name != name) {
      Case& c = cases.emplace_back();
      c.name = name;
      std::istringstream words(name);
      words >> c.id;
      for (std::string word; words >> word;) {
        const std::size_t eq = word.find('=');
        if (eq == word.npos) { c.words.insert(word); continue; }
        const std::string value = word.substr(eq + 1);
        double v = value == "true";
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), v);
        const bool is_number = error == std::errc{} || value == "true" || value == "false";
        c.params[word.substr(0, eq)] = is_number ? Param(v) : Param(value);
      }
    }
    cases.back().expected[line.substr(a + 1, b - a - 1)] = std::stod(line.substr(b + 1));
  }
  return cases;
}

Evaluated inputs_of(const Case& c) {
  Evaluated e;
  if (c.id == "linear_probe" || c.id == "knn_probe") e.embedding = matrix("test_x"), e.label = labels("test_y");
  if (c.id == "reconstruction_error") e.input = matrix("input"), e.reconstruction = matrix("reconstruction");
  if (c.words.count("masked")) e.mask = matrix("mask");
  if (c.id == "anomaly_auc") e.score = matrix("score"), e.label = labels("test_y");
  if (c.id == "accuracy") e.assignment = labels("assignment"), e.label = labels("test_y");
  return e;
}

Evaluated training_rows() {
  Evaluated e;
  e.embedding = matrix("train_x"), e.label = labels("train_y");
  return e;
}

std::vector<std::string> all_metrics() {
  std::vector<std::string> ids;
  for (const auto& f : std::filesystem::directory_iterator(METRIC_SOURCES))
    if (f.path().extension() == ".cpp") ids.push_back(f.path().stem());
  return ids;
}

}  // namespace

TEST_CASE("metrics agree with scikit-learn and SciPy", "[metrics]") {
  const std::vector<Case> cases = reference_cases();
  REQUIRE(!cases.empty());
  const Evaluated train = training_rows();
  for (Case c : cases) {
    CAPTURE(c.name);
    if (c.id == "linear_probe") c.params["tolerance"] = 1e-13;
    const Evaluated test = inputs_of(c);
    const Instance metric(METRIC_PLUGINS, c.id, c.params);
    const Emitted got = evaluate(metric, test, metric.table<ubp_metric_vt>().uses_train ? &train : nullptr);
    for (const auto& [name, value] : c.expected) {
      CAPTURE(name);
      REQUIRE(got.count(name));
      CHECK(std::abs(got.at(name) - value) <= 1e-6 * std::max(1.0, std::abs(value)));
    }
  }
}

TEST_CASE("how rows are cut into batches changes no bit", "[metrics]") {
  const Evaluated train = training_rows();
  for (const Case& c : reference_cases()) {
    CAPTURE(c.name);
    const Instance metric(METRIC_PLUGINS, c.id, c.params);
    const Evaluated* first = metric.table<ubp_metric_vt>().uses_train ? &train : nullptr;
    const Emitted one = evaluate(metric, inputs_of(c), first, 1);
    CHECK(evaluate(metric, inputs_of(c), first, 1000) == one);
    CHECK(evaluate(metric, inputs_of(c), first, 11) == one);  // and an instance can be used again
  }
}

TEST_CASE("a metric without rows is an error, not a number", "[metrics]") {
  for (const std::string& id : all_metrics()) {
    CAPTURE(id);
    const Instance metric(METRIC_PLUGINS, id);
    CHECK_THROWS_AS(evaluate(metric, {}), Refusal);
  }
}

TEST_CASE("the comment on top of a metric is what it declares", "[metrics]") {
  for (const std::string& id : all_metrics()) check_description(METRIC_PLUGINS, METRIC_SOURCES, id);
}

TEST_CASE("a probe can train on a sample of the rows", "[metrics]") {
  const Evaluated train = training_rows();
  Evaluated test;
  test.embedding = matrix("test_x"), test.label = labels("test_y");
  for (const std::string id : {"linear_probe", "knn_probe"}) {
    const Emitted all = evaluate(id, {}, test, &train), sampled = evaluate(id, {{"rows", 30.0}}, test, &train);
    CHECK(evaluate(id, {{"rows", 120.0}}, test, &train) == all);
    CHECK(sampled != all);
    CHECK(evaluate(id, {{"rows", 30.0}}, test, &train, 50) == sampled);
  }
}

TEST_CASE("a probe predicts only classes it was trained on", "[metrics]") {
  Evaluated train, test;
  train.embedding = Doubles({4, 1}, {0, 1, 10, 11}), train.label = Ints({4}, {7, 7, 3, 3});
  test.embedding = Doubles({3, 1}, {0, 11, 5}), test.label = Ints({3}, {7, 3, 5});
  CHECK(evaluate("linear_probe", {}, test, &train).at("probe_accuracy") == Approx(2 / 3.0));
  CHECK(evaluate("knn_probe", {{"k", 1.0}}, test, &train).at("knn_accuracy") == Approx(2 / 3.0));
}

TEST_CASE("a linear probe survives a constant, a huge and a collapsed embedding", "[metrics]") {
  Evaluated train, test;
  train.label = test.label = Ints({4}, {0, 1, 0, 1});
  for (const double standardise : {0.0, 1.0}) {
    train.embedding = test.embedding = Doubles({4, 2}, {1, 1, 1, 1, 1, 1, 1, 1});
    CHECK(evaluate("linear_probe", {{"standardise", standardise}}, test, &train).at("probe_log_loss") == Approx(std::log(2)));
    train.embedding = test.embedding = Doubles({4, 2}, {0, 1e9, 1e9, 1e9, 0, 1e9, 1e9, 1e9});
    CHECK(evaluate("linear_probe", {{"standardise", standardise}}, test, &train).at("probe_accuracy") == 1);
  }
}

TEST_CASE("metrics refuse numbers that are not finite", "[metrics]") {
  Evaluated test;
  test.score = Doubles({2, 1}, {0, NAN}), test.label = Ints({2}, {0, 1});
  CHECK_THROWS_WITH(evaluate("anomaly_auc", {}, test), "anomaly_auc: a score is not finite");
  Evaluated images;
  images.input = Doubles({1, 2}, {0, 0}), images.reconstruction = Doubles({1, 2}, {0, INFINITY});
  CHECK_THROWS_WITH(evaluate("reconstruction_error", {}, images), "reconstruction_error: a reconstruction is not finite");
}

TEST_CASE("one kind of rows alone has no ROC curve", "[metrics]") {
  Evaluated test;
  test.score = Doubles({2, 1}, {0, 1}), test.label = Ints({2}, {0, 0});
  CHECK_THROWS_WITH(evaluate("anomaly_auc", {}, test), Catch::Contains("2 rows hold no anomaly"));
}
