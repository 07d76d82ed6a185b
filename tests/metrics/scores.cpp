// SPDX-License-Identifier: MIT
#include <charconv>
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
    const std::size_t a = line.find(';'), b = line.find(';', a + 1);
    const std::string name = line.substr(0, a);
    if (cases.empty() || cases.back().name != name) {
      Case& c = cases.emplace_back();
      c.name = name;
      std::istringstream words(name);
      words >> c.id;
      for (std::string word; words >> word;) {
        const std::size_t eq = word.find('=');
        if (eq == word.npos) {
          c.words.insert(word);
          continue;
        }
        const std::string value = word.substr(eq + 1);
        double v = value == "true";
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), v);
        const bool is_number =
            (error == std::errc{} && end == value.data() + value.size()) || value == "true" || value == "false";
        c.params[word.substr(0, eq)] = is_number ? Param(v) : Param(value);
      }
    }
    cases.back().expected[line.substr(a + 1, b - a - 1)] = std::stod(line.substr(b + 1));
  }
  return cases;
}

/// Two images of two channels, 14 x 12.
Doubles pictures(const std::string& name) {
  Doubles flat = matrix(name);
  return Doubles({2, 2, 14, 12}, flat.values);
}

Evaluated inputs_of(const Case& c) {
  Evaluated e;
  if (c.id == "linear_probe" || c.id == "knn_probe") e.embedding = matrix("test_x"), e.label = labels("test_y");
  if (c.id == "reconstruction_error") e.input = matrix("input"), e.reconstruction = matrix("reconstruction");
  if (c.words.count("masked")) e.mask = matrix("mask");
  if (c.id == "anomaly_auc") e.score = matrix("score"), e.label = labels("test_y");
  if (c.id == "accuracy") e.assignment = labels("assignment"), e.label = labels("test_y");
  if (c.id == "clustering") e.embedding = matrix("test_x"), e.label = labels("test_y");
  if (c.words.count("assigned")) e.assignment = labels("clusters");
  if (c.id == "imputation")
    e.input = matrix("cells"), e.imputed = matrix("imputed"), e.withheld = matrix("withheld"), e.mask = matrix("known");
  if (c.id == "trustworthiness") e.input = matrix("test_x"), e.embedding = matrix("map");
  if (c.words.count("tied")) e.input = matrix("lattice"), e.embedding = matrix("lattice_map");
  if (c.id == "uniformity") e.input = matrix("test_x"), e.embedding = matrix("map");
  if (c.id == "silhouette") e.embedding = matrix("test_x");
  if (c.id == "collapse") e.embedding = matrix(c.words.count("wide") ? "wide" : "test_x");
  if (c.id == "sparsity") e.embedding = matrix("wide");
  if (c.id == "image_quality") e.input = pictures("pictures"), e.reconstruction = pictures("pictures_again");
  if (c.id == "episode_return") e.episode_return = matrix("returns"), e.episode_length = matrix("lengths");
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

TEST_CASE("a unit changes no score", "[metrics]") {
  const double unit = GENERATE(1e-300, 1e-13, 1e300);
  CAPTURE(unit);
  const auto times = [&](const std::string& name) {
    Doubles all = matrix(name);
    for (double& v : all.values) v *= unit;
    return all;
  };
  Evaluated plain, scaled;
  plain.input = matrix("cells"), plain.imputed = matrix("imputed"), plain.withheld = matrix("withheld");
  scaled.input = times("cells"), scaled.imputed = times("imputed"), scaled.withheld = matrix("withheld");
  CHECK(evaluate("imputation", {}, scaled).at("imputation_rmse") ==
        Approx(evaluate("imputation", {}, plain).at("imputation_rmse")).epsilon(1e-12));
  if (unit > 1) return;  // the codes of a network that diverged
  Evaluated train = training_rows(), test, small_train = training_rows(), small_test;
  test.embedding = matrix("test_x"), test.label = labels("test_y");
  const double code_unit = std::max(unit, 1e-150);
  for (double& v : small_train.embedding->values) v *= code_unit;
  small_test = test;
  for (double& v : small_test.embedding->values) v *= code_unit;
  const Params standardised = {{"standardise", 1.0}};
  CHECK(evaluate("linear_probe", standardised, small_test, &small_train).at("probe_log_loss") ==
        Approx(evaluate("linear_probe", standardised, test, &train).at("probe_log_loss")).epsilon(1e-6));
}

TEST_CASE("a metric without rows is an error, not a number", "[metrics]") {
  for (const std::string& id : all_metrics()) {
    CAPTURE(id);
    const Instance metric(METRIC_PLUGINS, id);
    CHECK_THROWS_AS(evaluate(metric, {}), Refusal);
  }
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

TEST_CASE("equal rows are equally near, wherever they are: the first of them is the neighbour", "[metrics]") {
  const std::int64_t columns = GENERATE(3, 50, 300), rows = 203,
                     queries = 101;  // numbers that fill no tile of a kernel
  Evaluated train, test;
  train.embedding = Doubles({rows, columns}), train.label = Ints({rows});
  test.embedding = Doubles({queries, columns}), test.label = Ints({queries});
  const auto at = [](std::int64_t i, std::int64_t j) { return std::sin(static_cast<double>(1 + i * 1000 + j)); };
  for (std::int64_t i = 0; i < rows; ++i) {
    const bool is_alike = i % 3 != 1;
    for (std::int64_t j = 0; j < columns; ++j)
      train.embedding->values[i * columns + j] = at(is_alike ? 0 : i, j) + (is_alike ? 0 : 10);
    train.label->values[i] = is_alike && i > 0;
  }
  for (std::int64_t i = 0; i < queries; ++i)
    for (std::int64_t j = 0; j < columns; ++j) test.embedding->values[i * columns + j] = at(rows + i, j);
  CHECK(evaluate("knn_probe", {{"k", 1.0}}, test, &train).at("knn_accuracy") == 1);
}

TEST_CASE("a linear probe survives a constant, a huge and a collapsed embedding", "[metrics]") {
  Evaluated train, test;
  train.label = test.label = Ints({4}, {0, 1, 0, 1});
  for (const double standardise : {0.0, 1.0}) {
    train.embedding = test.embedding = Doubles({4, 2}, {1, 1, 1, 1, 1, 1, 1, 1});
    CHECK(evaluate("linear_probe", {{"standardise", standardise}}, test, &train).at("probe_log_loss") ==
          Approx(std::log(2)));
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
  CHECK_THROWS_WITH(evaluate("reconstruction_error", {}, images),
                    "reconstruction_error: a reconstruction is not finite");
}

TEST_CASE("one kind of rows alone has no ROC curve", "[metrics]") {
  Evaluated test;
  test.score = Doubles({2, 1}, {0, 1}), test.label = Ints({2}, {0, 0});
  CHECK_THROWS_WITH(evaluate("anomaly_auc", {}, test), Catch::Contains("2 rows hold no anomaly"));
}

TEST_CASE("clusters may be renamed, and differ in number from the classes", "[metrics]") {
  Evaluated e;
  e.embedding = Doubles({6, 1}, {0, 1, 2, 10, 11, 30}), e.label = Ints({6}, {0, 0, 0, 1, 1, 1});
  e.assignment = Ints({6}, {7, 7, 7, 2, 2, 2});
  const Emitted perfect = evaluate("clustering", {}, e);
  CHECK(perfect.at("cluster_accuracy") == 1);
  CHECK(perfect.at("nmi") == Approx(1));
  CHECK(perfect.at("ari") == 1);
  e.assignment = Ints({6}, {0, 1, 2, 3, 4, 4});
  CHECK(evaluate("clustering", {}, e).at("cluster_accuracy") == Approx(3 / 6.0));
  e.assignment = Ints({6}, {4, 4, 4, 4, 4, 4});  // all in one: nothing is told apart, and nothing is separated
  const Emitted one = evaluate("clustering", {}, e);
  CHECK(one.at("cluster_accuracy") == 0.5);
  CHECK(one.at("nmi") == 0);
  CHECK(one.at("ari") == 0);
  CHECK(one.count("silhouette") == 0);
}

TEST_CASE("k-means finds clusters that are there, from far away, and fills empty ones", "[metrics]") {
  Evaluated e;
  e.embedding = Doubles({8, 1}, {1e6, 1e6 + 1, 2e6, 2e6 + 1, 3e6, 3e6 + 1, 4e6, 4e6}),
  e.label = Ints({8}, {0, 0, 1, 1, 2, 2, 3, 3});
  CHECK(evaluate("clustering", {{"kmeans", 4.0}}, e).at("ari") == 1);
  CHECK(evaluate("clustering", {{"kmeans", 8.0}}, e).at("cluster_accuracy") == 0.625);  // seven different rows
  CHECK_THROWS_WITH(evaluate("clustering", {{"kmeans", 9.0}}, e), "clustering: kmeans = 9 clusters of 8 rows");
  CHECK_THROWS_WITH(evaluate("clustering", {}, e),
                    "clustering: the objective assigns no clusters: set kmeans to a number of them");
}

TEST_CASE("the silhouette is computed on a sample", "[metrics]") {
  Evaluated e;
  e.embedding = matrix("test_x"), e.label = labels("test_y"), e.assignment = labels("clusters");
  const Emitted all = evaluate("clustering", {{"silhouette_rows", 80.0}}, e),
                some = evaluate("clustering", {{"silhouette_rows", 40.0}}, e);
  CHECK(all.at("silhouette") != some.at("silhouette"));
  CHECK(all.at("silhouette") == Approx(some.at("silhouette")).margin(0.2));
  CHECK(all.at("nmi") == some.at("nmi"));
}

TEST_CASE("the silhouette of k-means is that of clustering, and takes more rows than clusters", "[metrics]") {
  Evaluated e;
  e.embedding = matrix("test_x"), e.label = labels("test_y");
  CHECK(evaluate("silhouette", {{"k", 3.0}}, e).at("kmeans_silhouette") ==
        evaluate("clustering", {{"kmeans", 3.0}}, e).at("silhouette"));
  const Emitted some = evaluate("silhouette", {{"k", 3.0}, {"rows", 40.0}}, e);
  CHECK(some != evaluate("silhouette", {{"k", 3.0}}, e));
  CHECK(evaluate("silhouette", {{"k", 3.0}, {"rows", 40.0}}, e, nullptr, 50) == some);
  CHECK_THROWS_WITH(evaluate("silhouette", {{"k", 80.0}}, e), "silhouette: k = 80 is not less than the 80 rows");
  e.embedding = Doubles({5, 2}, {3, 3, 3, 3, 3, 3, 3, 3, 3, 3});  // in one place there are no two clusters
  CHECK(evaluate("silhouette", {{"k", 2.0}}, e).empty());
  e.embedding = Doubles({4, 1}, {0, 0, 7, 7});
  CHECK(evaluate("silhouette", {{"k", 2.0}}, e) == Emitted{{"kmeans_silhouette", 1}});
  e.embedding = Doubles({3, 1}, {0, NAN, 1});
  CHECK_THROWS_WITH(evaluate("silhouette", {{"k", 2.0}}, e), "silhouette: a row holds a number that is not finite");
}

TEST_CASE("uniformity tells one direction from many, and alignment takes the first of equally near rows", "[metrics]") {
  Evaluated e;
  e.input = Doubles({4, 1}, {0, 1, 5, 6});
  e.embedding = Doubles({4, 2}, {2, 0, 1, 0, 5, 0, 0.1, 0});
  CHECK(evaluate("uniformity", {}, e) == Emitted{{"alignment", 0}, {"uniformity", 0}});
  e.embedding = Doubles({4, 2}, {1, 0, 0, 1, -1, 0, 0, -1});  // a square: four pairs at 2, two at 4
  const Emitted square = evaluate("uniformity", {}, e);
  CHECK(square.at("uniformity") == Approx(std::log((4 * std::exp(-4) + 2 * std::exp(-8)) / 6)));
  CHECK(square.at("alignment") == Approx(2));
  e.input = Doubles({4, 1}, {0, 1, -1, 1});  // nearest: 1 (before 2 and 3), 3, 0, 1
  e.embedding = Doubles({4, 1}, {1, 1, -1, -1});
  CHECK(evaluate("uniformity", {}, e).at("alignment") == Approx((0 + 4 + 4 + 4) / 4.0));
  e.embedding = Doubles({4, 2});  // of zeros: no direction
  CHECK(evaluate("uniformity", {}, e) == Emitted{{"alignment", 0}, {"uniformity", 0}});
  e.embedding = Doubles({4, 1}, {1, 1, INFINITY, 1});
  CHECK_THROWS_WITH(evaluate("uniformity", {}, e), "uniformity: a row holds a number that is not finite");
  e.input = Doubles({1, 1}, {0}), e.embedding = Doubles({1, 1}, {0});
  CHECK_THROWS_WITH(evaluate("uniformity", {}, e), "uniformity: 1 row, expected two or more");
}

TEST_CASE("imputation reads its list of nominal columns, and refuses what is none", "[metrics]") {
  Evaluated e;
  e.input = Doubles({2, 4}, {1, 0, 0, 5, 0, 1, 0, 9}), e.imputed = Doubles({2, 4}, {0.4, 0.5, 0.1, 7, 0, 1, 0, 9});
  e.withheld = Doubles({2, 4}, {1, 1, 1, 0, 0, 0, 0, 1});
  const Emitted got = evaluate("imputation", {{"nominal", " 0 - 2 "}}, e);
  CHECK(got.at("imputation_hamming") == 1);
  CHECK(got.at("imputation_sse") == 1);
  CHECK(got.at("imputation_rmse") == 0);
  CHECK(evaluate("imputation", {{"nominal", "0-2, 3"}}, e).count("imputation_rmse") == 0);
  for (const char* text : {"a", "1-", "2-1", "1,1", "1 2", ","})
    CHECK_THROWS_WITH(evaluate("imputation", {{"nominal", text}}, e),
                      Catch::Contains("imputation: nominal: '" + std::string(text) + "'"));
  CHECK_THROWS_WITH(evaluate("imputation", {{"nominal", "3-4"}}, e),
                    "imputation: nominal: column 4 is beyond the last, 3");
  e.withheld = Doubles({2, 4});
  CHECK_THROWS_WITH(evaluate("imputation", {}, e),
                    Catch::Contains("imputation: no cell of these rows is withheld: set withhold in [dataset]"));
}

TEST_CASE("an embedding that is the input is trustworthy, and k must leave room", "[metrics]") {
  Evaluated e;
  e.input = e.embedding = matrix("test_x");
  const Emitted perfect = {
      {"continuity", 1}, {"trustworthiness", 1}, {"mrre_input", 0}, {"mrre_embedding", 0}, {"shepard", 1}};
  CHECK(evaluate("trustworthiness", {}, e) == perfect);
  CHECK(evaluate("trustworthiness", {{"rows", 30.0}}, e) == perfect);
  CHECK_THROWS_WITH(evaluate("trustworthiness", {{"k", 40.0}}, e),
                    "trustworthiness: k = 40 is not less than half of 80 rows");
}

TEST_CASE("a sample of pairs says nearly what all pairs say, and a map without distances says nothing", "[metrics]") {
  Evaluated e;
  e.input = matrix("test_x"), e.embedding = matrix("map");
  const double all = evaluate("trustworthiness", {}, e).at("shepard");
  for (const double pairs : {1000.0, 3159.0}) {
    const double sampled = evaluate("trustworthiness", {{"pairs", pairs}}, e).at("shepard");
    CHECK(sampled != all);
    CHECK(std::abs(sampled - all) < 0.06);
  }
  CHECK(evaluate("trustworthiness", {{"pairs", 3160.0}}, e).at("shepard") == all);
  e.embedding = Doubles({80, 2});
  CHECK(evaluate("trustworthiness", {}, e).at("shepard") == 0);
}

TEST_CASE("image quality of equal, flat and too small images", "[metrics]") {
  Evaluated e;
  e.input = e.reconstruction = pictures("pictures");
  CHECK(evaluate("image_quality", {}, e).at("ssim") == Approx(1));
  CHECK(evaluate("image_quality", {}, e).at("psnr") == 100);
  e.input = matrix("pictures"), e.reconstruction = matrix("pictures_again");
  CHECK_THROWS_WITH(evaluate("image_quality", {}, e), Catch::Contains("the input is no image: set height and width"));
  e.reconstruction = pictures("pictures_again");  // a model may give flat rows, or shaped ones
  e.input = pictures("pictures");
  const Emitted shaped = evaluate("image_quality", {{"window", 7.0}}, e);
  e.reconstruction = Doubles({2, 336}, e.reconstruction->values);
  CHECK(evaluate("image_quality", {{"window", 7.0}}, e) == shaped);
  CHECK_THROWS_WITH(evaluate("image_quality", {{"window", 13.0}}, e),
                    Catch::Contains("images of 14 x 12 are smaller than the window"));
  CHECK_THROWS_WITH(evaluate("image_quality", {{"window", 8.0}}, e), "image_quality: window: 8 is not odd");
}

TEST_CASE("collapse tells a point, a line and a healthy embedding apart", "[metrics]") {
  Evaluated e;
  e.embedding = Doubles({4, 3}, {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3});
  const Emitted point = evaluate("collapse", {}, e);
  CHECK(point.at("embedding_std") == Approx(0).margin(1e-12));
  CHECK(point.at("effective_rank") == Approx(1).margin(1e-4));
  e.embedding = Doubles({4, 2}, {1, 0, -1, 0, 0, 1, 0, -1});
  const Emitted healthy = evaluate("collapse", {}, e);
  CHECK(healthy.at("embedding_std") == Approx(1 / std::sqrt(2)));
  CHECK(healthy.at("effective_rank") == Approx(2).margin(1e-4));
  e.embedding = Doubles({4, 2});  // all zero
  CHECK(evaluate("collapse", {}, e).at("effective_rank") == Approx(1).margin(1e-4));
}

TEST_CASE("sparsity tells one speaker, a choir and silence apart", "[metrics]") {
  Evaluated e;
  e.embedding = Doubles({2, 4}, {0, 0, -3, 0, 0, 0, 7, 0});
  CHECK(evaluate("sparsity", {}, e) == Emitted{{"active_share", 0.25}, {"hoyer", 1}, {"silent_units", 0.75}});
  e.embedding = Doubles({2, 4}, {2, 2, -2, 2, 1, 1, 1, 1});
  CHECK(evaluate("sparsity", {}, e) == Emitted{{"active_share", 1}, {"hoyer", 0}, {"silent_units", 0}});
  e.embedding = Doubles({2, 4});  // all zero
  CHECK(evaluate("sparsity", {}, e) == Emitted{{"active_share", 0}, {"hoyer", 1}, {"silent_units", 1}});
}

TEST_CASE("a single episode has no deviation", "[metrics]") {
  Evaluated e;
  e.episode_return = Doubles({1}, {7}), e.episode_length = Doubles({1}, {3});
  CHECK(evaluate("episode_return", {}, e) == Emitted{{"length_mean", 3}, {"return_iqm", 7}, {"return_mean", 7}});
}
