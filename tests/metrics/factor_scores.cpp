// SPDX-License-Identifier: MIT
// Scores of codes beside known factors: the reference's numbers, codes of known worth, and rows that cannot be judged.
#include "metric.hpp"

using namespace harness;

namespace {

const std::vector<std::string> kFactorMetrics{"dci", "factor_vae_score", "mig", "modularity", "sap", "traversal"};

Doubles matrix(const std::string& name) { return read_matrix(METRIC_TEST_DATA "/factors/" + name + ".csv"); }

/// tanh(codes @ weights)
Doubles decoded(const Doubles& codes) {
  static const Doubles weights = matrix("decoder");
  const std::int64_t inner = weights.shape[0], columns = weights.shape[1];
  Doubles out({codes.shape[0], columns});
  for (std::int64_t i = 0; i < codes.shape[0]; ++i)
    for (std::int64_t c = 0; c < columns; ++c) {
      double sum = 0;
      for (std::int64_t j = 0; j < inner; ++j) sum += codes.values[i * inner + j] * weights.values[j * columns + c];
      out.values[i * columns + c] = std::tanh(sum);
    }
  return out;
}

Evaluated fixture(const std::string& split) {
  Evaluated e;
  e.embedding = matrix(split + "_z"), e.factors = matrix(split + "_v"), e.input = decoded(*e.embedding);
  e.factor_names = {{"shape", true}, {"size", false}, {"angle", false}, {"x", false}, {"flag", true}, {"still", false}};
  e.decode = decoded;
  return e;
}

/// Every combination of `sizes` values, `times` times: factors [n, sizes], the values 0, 1, ...
Evaluated full_grid(const std::vector<std::int64_t>& sizes, std::int64_t times = 1) {
  std::int64_t n = times;
  for (const std::int64_t size : sizes) n *= size;
  const auto k = static_cast<std::int64_t>(sizes.size());
  Evaluated e;
  e.factors = Doubles({n, k});
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t left = i;
    for (std::int64_t j = 0; j < k; ++j)
      e.factors->values[i * k + j] = static_cast<double>(left % sizes[j]), left /= sizes[j];
  }
  for (std::int64_t j = 0; j < k; ++j) e.factor_names.emplace_back("v" + std::to_string(j), false);
  e.embedding = e.factors;
  return e;
}

/// The first two codes, each divided by its deviation, turned by `degrees`.
void turn(Evaluated& e, double degrees) {
  const std::int64_t k = e.embedding->shape[1];
  const double c = std::cos(degrees * 3.141592653589793 / 180), s = std::sin(degrees * 3.141592653589793 / 180);
  for (std::int64_t i = 0; i < e.embedding->shape[0]; ++i) {
    double *a = &e.embedding->values[i * k], *b = a + 1, old = *a;
    *a = c * *a - s * *b, *b = s * old + c * *b;
  }
}

double value_of(const std::string& id, const std::string& name, const Evaluated& e, const Params& params = {}) {
  const Instance metric(METRIC_PLUGINS, id, params);
  return evaluate(metric, e, metric.table<ubp_metric_vt>().uses_train ? &e : nullptr, 1000).at(name);
}

std::string refusal(const std::string& id, const Evaluated& e, const Params& params = {}) {
  try {
    const Instance metric(METRIC_PLUGINS, id, params);
    evaluate(metric, e, metric.table<ubp_metric_vt>().uses_train ? &e : nullptr, 1000);
  } catch (const Refusal& r) {
    CHECK(r.status == UBP_E_INVALID_ARG);
    return r.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("scores of factors agree with NumPy, SciPy and scikit-learn", "[factors]") {
  const Evaluated train = fixture("train"), test = fixture("test");
  std::ifstream in(METRIC_TEST_DATA "/factors/expected.csv");
  int lines = 0;
  for (std::string line; std::getline(in, line); ++lines) {
    CAPTURE(line);
    const std::size_t a = line.find(';'), b = line.find(';', a + 1);
    std::istringstream words(line.substr(0, a));
    std::string id;
    words >> id;
    Params params;
    for (std::string word; words >> word;) {
      const std::size_t eq = word.find('=');
      params[word.substr(0, eq)] = std::stod(word.substr(eq + 1));
    }
    const Instance metric(METRIC_PLUGINS, id, params);
    const Evaluated* first = metric.table<ubp_metric_vt>().uses_train ? &train : nullptr;
    told.log.clear();
    const Emitted got = evaluate(metric, test, first);
    CHECK(evaluate(metric, test, first, 1000) == got);
    CHECK(got.at(line.substr(a + 1, b - a - 1)) == Approx(std::stod(line.substr(b + 1))).epsilon(1e-6));
    REQUIRE(told.log.size() == 2);  // of each evaluation
    CHECK_THAT(told.log[0], Catch::Contains("still"));
  }
  CHECK(lines == 21);
}

TEST_CASE("codes that are the factors score 1, and clearly less when they are turned", "[factors]") {
  Evaluated e = full_grid({5, 5, 5}, 8), turned = e;
  turn(turned, 45);
  const Params few{{"group", 64.0}, {"bins", 5.0}};
  CHECK(value_of("mig", "mig", e) == Approx(1));
  CHECK(value_of("mig", "mig", turned) < 0.5);
  CHECK(value_of("modularity", "modularity", e) == Approx(1));
  CHECK(value_of("modularity", "modularity", turned) < 0.9);
  CHECK(value_of("sap", "sap", e) == Approx(1));
  CHECK(value_of("sap", "sap", turned) < 0.5);
  CHECK(value_of("factor_vae_score", "factor_vae_score", e, few) == 1);
  CHECK(value_of("factor_vae_score", "factor_vae_score", turned, few) < 0.9);
  CHECK(value_of("dci", "dci_disentanglement", e) == Approx(1));
  CHECK(value_of("dci", "dci_completeness", e) == Approx(1));
  CHECK(value_of("dci", "dci_informativeness", e) > 0.9999);
  CHECK(value_of("dci", "dci_disentanglement", turned) < 0.7);
  CHECK(value_of("dci", "dci_completeness", turned) < 0.7);
}

TEST_CASE("classes are read as quantities are: perfect codes of them are perfect", "[factors]") {
  Evaluated e = full_grid({3, 2, 4}, 20);
  e.factor_names[0].second = e.factor_names[1].second = true;
  CHECK(value_of("mig", "mig", e) == Approx(1));
  CHECK(value_of("dci", "dci_disentanglement", e) == Approx(1));
  CHECK(value_of("dci", "dci_informativeness", e) > 0.9999);
  // of two classes the others are right by luck, one time in two; of the quantity R^2 is 1, and 0
  e.factor_names[0].second = false;
  CHECK(value_of("sap", "sap", e, {{"c", 100.0}}) == Approx((1 + 0.5 + 1) / 3).margin(1e-6));
}

TEST_CASE("codes without a number that varies know nothing", "[factors]") {
  Evaluated e = full_grid({5, 5}, 8);
  std::fill(e.embedding->values.begin(), e.embedding->values.end(), 3.0);
  CHECK(value_of("mig", "mig", e) == 0);
  CHECK(value_of("modularity", "modularity", e) == 0);
  CHECK(value_of("sap", "sap", e) == 0);
  CHECK(value_of("factor_vae_score", "factor_vae_score", e, {{"group", 40.0}}) == 0);
  CHECK(value_of("dci", "dci_disentanglement", e) == 0);
  CHECK(value_of("dci", "dci_completeness", e) == 0);
  CHECK(value_of("dci", "dci_informativeness", e) == Approx(0).margin(1e-12));
}

TEST_CASE("two codes for one factor cost mig and completeness, not modularity", "[factors]") {
  Evaluated e = full_grid({5, 5}, 8);
  Doubles twice({200, 4});
  for (std::int64_t i = 0; i < 200; ++i)
    for (std::int64_t j = 0; j < 4; ++j) twice.values[i * 4 + j] = e.factors->values[i * 2 + j % 2];
  e.embedding = twice;
  CHECK(value_of("mig", "mig", e) == Approx(0).margin(1e-12));
  CHECK(value_of("modularity", "modularity", e) == Approx(1));
  CHECK(value_of("sap", "sap", e) == Approx(0).margin(1e-12));
}

TEST_CASE("walks along true codes change one factor each, along turned ones two", "[factors]") {
  Evaluated e = full_grid({7, 7});
  const auto tilted = [](double degrees) {
    return [degrees](const Doubles& z) {  // a row is the two factors, which are codes turned back
      Evaluated back;
      back.embedding = z;
      turn(back, -degrees);
      return *back.embedding;
    };
  };
  e.input = e.embedding, e.decode = tilted(0);
  const double straight = value_of("traversal", "traversal_share", e);
  CHECK(straight > 0.97);
  CHECK(value_of("traversal", "traversal_factors", e) == 2);
  turn(e, 45), e.decode = tilted(45);
  const double turned = value_of("traversal", "traversal_share", e);
  CHECK(turned < 0.6);
  CHECK(turned >= 0.5);
}

TEST_CASE("a metric of factors says in one sentence what it cannot judge", "[factors]") {
  for (const std::string& id : kFactorMetrics) {
    CAPTURE(id);
    Evaluated e = full_grid({5, 5}, 8);
    e.input = e.embedding, e.decode = [](const Doubles& z) { return z; };
    Evaluated none = e;
    none.factors.reset(), none.factor_names.clear();
    CHECK(refusal(id, none) == id + ": the data set has no factors, expected fields that are known to make a row");
    Evaluated still = e;
    for (double& v : still.factors->values) v = 2;
    CHECK_THAT(refusal(id, still),
               Catch::StartsWith(id + ": 0 factors are left, expected at least ") && Catch::Contains(": v0, v1 "));
    Evaluated short_one = full_grid({1, 1});
    short_one.input = short_one.embedding, short_one.decode = e.decode;
    CHECK_THAT(refusal(id, short_one), Catch::StartsWith(id + ": 1 rows, expected at least "));
  }
  Evaluated narrow = full_grid({5, 5}, 8);
  Doubles one({200, 1});
  for (std::int64_t i = 0; i < 200; ++i) one.values[i] = narrow.factors->values[i * 2];
  narrow.embedding = one;
  for (const std::string id : {"mig", "sap", "dci"})
    CHECK(refusal(id, narrow) == id + ": 1 numbers in a code, expected at least 2");
  Evaluated single = full_grid({5}, 40);
  for (const std::string id : {"modularity", "factor_vae_score"})
    CHECK_THAT(refusal(id, single), Catch::StartsWith(id + ": 1 factors, expected at least 2"));
}

TEST_CASE("factors that do not vary are left out, and named", "[factors]") {
  Evaluated e = full_grid({5, 1, 5}, 8), without = full_grid({5, 5}, 8);
  without.embedding = e.embedding;
  for (const auto& [id, name] : std::map<std::string, std::string>{{"mig", "mig"},
                                                                   {"modularity", "modularity"},
                                                                   {"sap", "sap"},
                                                                   {"dci", "dci_completeness"},
                                                                   {"factor_vae_score", "factor_vae_score"}}) {
    CAPTURE(id);
    const Params params = id == "factor_vae_score" ? Params{{"group", 40.0}} : Params{};
    told.log.clear();
    const double left = value_of(id, name, e, params);
    CHECK(told.log.size() == 1);
    CHECK(value_of(id, name, without, params) == left);
  }
}

TEST_CASE("numbers of any size fall into bins", "[factors]") {
  const double unit = GENERATE(1e-300, 1e300, 3e307);
  CAPTURE(unit);
  Evaluated e = full_grid({11, 11}, 2);
  for (double& one : e.embedding->values) one = (one - 5) * unit;
  CHECK(value_of("mig", "mig", e) == Approx(1));
}
