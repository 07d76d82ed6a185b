// SPDX-License-Identifier: MIT
// Metrics of sparse codes, against what sparse_reference.py found for the same numbers.
#include <algorithm>
#include <cmath>

#include "metric.hpp"

using namespace harness;

namespace {

Doubles matrix(const std::string& name) {
  return read_matrix(std::string(METRIC_TEST_DATA) + "/sparse_" + name + ".csv");
}

/// The numbers of one case of sparse_expected.csv.
Emitted expected(const std::string& name) {
  std::ifstream in(std::string(METRIC_TEST_DATA) + "/sparse_expected.csv");
  Emitted found;
  for (std::string line; std::getline(in, line);) {
    const std::size_t a = line.find(';'), b = line.find(';', a + 1);
    if (line.substr(0, a) == name) found[line.substr(a + 1, b - a - 1)] = std::stod(line.substr(b + 1));
  }
  REQUIRE(!found.empty());
  return found;
}

void check_equal(const Emitted& got, const Emitted& wanted, double margin = 1e-6) {
  for (const auto& [name, value] : wanted) {
    CAPTURE(name);
    REQUIRE(got.count(name));
    CHECK(std::abs(got.at(name) - value) <= margin);
  }
}

/// rows = bias + codes atoms: a linear decoder as the host hands it out.
struct LinearDecoder : ubp_decoder {
  explicit LinearDecoder(Doubles a) : ubp_decoder{}, atoms(std::move(a)) {
    size = sizeof(ubp_decoder), width = atoms.shape[0], row = atoms.shape[1];
    decode = [](const ubp_decoder* self, const double* codes, std::int64_t n, double* rows) -> ubp_status {
      const Doubles& w = static_cast<const LinearDecoder*>(self)->atoms;
      for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t c = 0; c < self->row; ++c) {
          double y = 7;
          for (std::int64_t j = 0; j < self->width; ++j)
            y += codes[i * self->width + j] * w.values[static_cast<std::size_t>(j * self->row + c)];
          rows[i * self->row + c] = y;
        }
      return UBP_OK;
    };
  }
  Doubles atoms;
};

/// What feature_recovery is given.
struct Mixed {
  Doubles input, factors;
  LinearDecoder decoder;
  bool has_factors = true, has_decoder = true, discrete = false;

  Emitted judge(const Params& params = {}, std::int64_t batch = 7) const {
    const Instance metric(METRIC_PLUGINS, "feature_recovery", params);
    const auto& vt = metric.table<ubp_metric_vt>();
    std::vector<std::string> names;
    std::vector<ubp_factor> factor;
    std::vector<const ubp_factor*> list;
    for (std::int64_t k = 0; k < factors.shape[1]; ++k) names.push_back("s" + std::to_string(k));
    for (const std::string& name : names) factor.push_back({sizeof(ubp_factor), discrete, name.c_str()});
    for (const ubp_factor& f : factor) list.push_back(&f);
    check(vt.begin(metric.self(), nullptr));
    for (std::int64_t first = 0; first < input.shape[0]; first += batch) {
      const std::int64_t n = std::min(batch, input.shape[0] - first);
      Doubles x = input.rows(first, n), s = factors.rows(first, n);
      ubp_metric_batch b{};
      b.size = sizeof b, b.n = static_cast<std::uint32_t>(n), b.input = x.c_view();
      if (has_factors) b.factors = s.c_view(), b.factor = list.data(), b.n_factors = static_cast<unsigned>(list.size());
      if (has_decoder) b.decoder = &decoder;
      check(vt.update(metric.self(), nullptr, &b));
    }
    Emitted out;
    const auto emit = [](void* user, const char* name, double v) { (*static_cast<Emitted*>(user))[name] = v; };
    check(vt.finish(metric.self(), nullptr, emit, &out));
    return out;
  }
};

Mixed mixed(const std::string& atoms = "atoms_wide") {
  return {matrix("mixed"), matrix("factors"), LinearDecoder(matrix(atoms))};
}

}  // namespace

TEST_CASE("a probe of few codes agrees with scikit-learn", "[sparse]") {
  Evaluated train, test;
  train.embedding = matrix("codes"), train.label = as_labels(matrix("labels"));
  test.embedding = matrix("codes_test"), test.label = as_labels(matrix("labels_test"));
  const auto [c, name] = GENERATE(table<double, std::string>({{1, "1"}, {0.01, "0.01"}}));
  const Params params{{"c", c}};
  const Emitted got = evaluate("k_sparse_probe", params, test, &train);
  CHECK(got.size() == 3);
  check_equal(got, expected("k_sparse_probe c=" + name));
  CHECK(evaluate("k_sparse_probe", params, test, &train, 1) == got);  // how rows are cut into batches changes no bit
  CHECK(evaluate("k_sparse_probe", params, test, &train, 1000) == got);
}

TEST_CASE("the activity of a code is counted as NumPy counts it", "[sparse]") {
  Evaluated e;
  e.embedding = matrix("activity"), e.input = matrix("rows"), e.reconstruction = matrix("rebuilt");
  const auto [threshold, name] = GENERATE(table<double, std::string>({{0, "0"}, {0.5, "0.5"}}));
  const Params params{{"threshold", threshold}};
  const Emitted got = evaluate("sparse_code", params, e);
  check_equal(got, expected("sparse_code threshold=" + name));
  CHECK(evaluate("sparse_code", params, e, nullptr, 1) == got);
  CHECK(evaluate("sparse_code", params, e, nullptr, 1000) == got);
}

TEST_CASE("features are matched with atoms as SciPy matches them", "[sparse]") {
  const std::string atoms = GENERATE("wide", "narrow");
  const auto [threshold, name] = GENERATE(table<double, std::string>({{0.9, "0.9"}, {0.97, "0.97"}}));
  CAPTURE(atoms, threshold);
  const Mixed m = mixed("atoms_" + atoms);
  Emitted wanted = expected("feature_recovery " + atoms + " threshold=" + name), chance;
  for (const char* of_chance : {"random_cosine", "random_found", "random_used"})
    chance.insert(wanted.extract(of_chance));
  const Emitted got = m.judge({{"threshold", threshold}});
  CHECK(got.size() == 6);
  check_equal(got, wanted);
  CHECK(m.judge({{"threshold", threshold}}, 1) == got);
  CHECK(m.judge({{"threshold", threshold}}, 1000) == got);
  check_equal(m.judge({{"threshold", threshold}, {"random", 1000.0}}), chance, 0.02);  // other random numbers
}

TEST_CASE("atoms that are the features, scaled and turned round, are all found", "[sparse]") {
  Mixed m = mixed();
  m.factors = Doubles({60, 3}), m.input = Doubles({60, 3});
  for (std::size_t i = 0; i < 60; ++i)
    for (std::size_t k = 0; k < 3; ++k) {
      m.factors.values[3 * i + k] = i % 4 == k ? 1.0 + 0.1 * static_cast<double>(i) : 0;
      m.input.values[3 * i + k] = 5 + 2 * m.factors.values[3 * i + k];
    }
  m.decoder = LinearDecoder(Doubles({4, 3}, {0, -3, 0, 0, 0, 0, 0, 0, 0.5, 1e-3, 0, 0}));
  const Emitted got = m.judge();
  CHECK(got.at("matched_cosine") == Approx(1));
  CHECK(got.at("features_found") == 1);
  CHECK(got.at("atoms_used") == 0.75);
}

TEST_CASE("what cannot be probed by few codes is told in a sentence", "[sparse]") {
  Evaluated train, test;
  train.embedding = Doubles({4, 2}, {0, 1, 0, 2, 1, 3, 1, 4}), train.label = Ints({4}, {1, 1, 0, 0});
  test.embedding = Doubles({2, 2}, {0, 1, 1, 4}), test.label = Ints({2}, {1, 0});
  const auto judged = [&] { return evaluate("k_sparse_probe", {}, test, &train); };
  CHECK(judged() == Emitted{{"probe_k1", 1}, {"probe_k2", 1}});  // of two codes none are five
  train.label = Ints({4}, {1, 1, 1, 1});
  CHECK_THROWS_WITH(judged(), "k_sparse_probe: the training rows are of one class: expected at least 2 to tell apart");
  train.label = Ints({4}, {1, 1, 0, 0}), test.label = Ints({2}, {1, 1});
  CHECK_THROWS_WITH(judged(),
                    "k_sparse_probe: the evaluated rows have no class of the training rows that can be told from "
                    "another");
  test.label = Ints({2}, {1, 0}), train.embedding = Doubles({4, 2}, {3, 1, 3, 1, 3, 1, 3, 1});
  CHECK_THROWS_WITH(judged(), "k_sparse_probe: every code is constant on the training rows: nothing can be read");
  train.embedding = Doubles({4, 1}, {0, 1, 2, 3}), test.embedding = Doubles({2, 1}, {0, 1});
  CHECK_THROWS_WITH(judged(), "k_sparse_probe: codes of one number leave nothing to choose: expected at least 2");
}

TEST_CASE("constant codes are dead or dense, and inputs that are all alike leave nothing to explain", "[sparse]") {
  Evaluated e;
  e.embedding = Doubles({3, 2}, {0, 4, 0, 4, 0, 4}), e.input = Doubles({3, 1}, {1, 2, 3});
  e.reconstruction = Doubles({3, 1}, {2, 2, 2});
  CHECK(evaluate("sparse_code", {}, e) == Emitted{{"l0", 1}, {"dead", 0.5}, {"dense", 0.5}, {"explained_variance", 0}});
  e.input = Doubles({3, 1}, {2, 2, 2});
  CHECK_THROWS_WITH(evaluate("sparse_code", {}, e),
                    "sparse_code: all inputs are alike: there is no variance to explain");
  e.input = Doubles({3, 2});
  CHECK_THROWS_WITH(evaluate("sparse_code", {}, e), "sparse_code: reconstructions of 1 numbers of rows of 2");
}

TEST_CASE("features that have no direction of their own are told in a sentence", "[sparse]") {
  Mixed m = mixed();
  m.has_factors = false;
  CHECK_THROWS_WITH(m.judge(), "feature_recovery: the host gave no factors");
  m = mixed(), m.has_decoder = false;
  CHECK_THROWS_WITH(m.judge(), "feature_recovery: the host gave no decoder");
  m = mixed(), m.discrete = true;
  CHECK_THROWS_WITH(m.judge(),
                    "feature_recovery: factor 's0' is discrete: found a class, expected the size of a feature");
  m = mixed();
  for (std::size_t i = 2; i < m.factors.values.size(); i += 6) m.factors.values[i] = 4;
  CHECK_THROWS_WITH(m.judge(), "feature_recovery: factor 's2' is constant on these rows: it has no direction");
  m = mixed();
  for (std::size_t i = 0; i < m.factors.values.size(); i += 6) m.factors.values[i + 5] = 2 * m.factors.values[i] + 1;
  CHECK_THROWS_WITH(m.judge(),
                    "feature_recovery: the factors depend on each other on these 120 rows: a feature has no direction "
                    "of its own");
  m = mixed(), m.input = Doubles({120, 1}, m.input.rows(0, 30).values);
  m.decoder = LinearDecoder(Doubles({2, 1}, {1, 2}));
  CHECK_THROWS_WITH(m.judge(), "feature_recovery: rows of one number have one direction: expected at least 2 numbers");
  m = mixed(), m.decoder = LinearDecoder(Doubles({2, 3}, {1, 2, 3, 4, 5, 6}));
  CHECK_THROWS_WITH(m.judge(), "feature_recovery: the decoder gives rows of 3 numbers, the input has 4");
}
