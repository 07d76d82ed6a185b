// SPDX-License-Identifier: MIT
// Which rows a trial sees, when it is judged, and what an objective gets to see of an augmented row.
#include <catch2/catch.hpp>

#include "train/breadcrumb.hpp"
#include "train/evaluate/evaluate.hpp"
#include "trial_bench.hpp"

namespace {

using namespace ubp;
using testing::Bench;
using testing::Folder;

std::string blobs(const std::string& dataset, const std::string& objective, const std::string& more = "") {
  return "[dataset]\nuse = \"blobs\"\nrows = 60\ndims = 6\n" + dataset +
         "\n[model]\nuse = \"autoencoder\"\nhidden = [8]\nlatent = 2\n" + "[objective]\n" + objective +
         "\n[optimizer]\nuse = \"adam\"\nlr = 1e-2\n[train]\nepochs = 2\nbatch = 20\n" + more;
}

/// The points of one metric.
class Points : public testing::Silent {
 public:
  void point(const std::string& metric, std::int64_t step, double value, std::int64_t) override {
    if (metric == "test.cluster_accuracy") points.emplace_back(step, value);
  }
  std::vector<std::pair<std::int64_t, double>> points;
  std::atomic<bool> stop{false};
};

std::vector<double> rows_of(Bench& bench, const std::string& split) {
  std::vector<i64> all(static_cast<std::size_t>(bench.parts.data->rows(split)));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<i64>(i);
  return bench.parts.data->raw_input(split, all);
}

}  // namespace

TEST_CASE("the last rows of a table can be its test rows", "[rows]") {
  const Folder folder;
  std::ofstream file(folder.path() / "table.csv");
  file << "a,b\n";
  for (int row = 0; row < 8; ++row) file << row << ",1\n";
  file.close();
  const std::string from = GENERATE("last", "random");
  Bench bench("[dataset]\nuse = \"csv\"\nfile = \"" + (folder.path() / "table.csv").string() +
              "\"\ntest_share = 0.25\ntest_from = \"" + from +
              "\"\n[model]\nuse = \"autoencoder\"\n[objective]\nuse = \"reconstruction\"\n[optimizer]\nuse = "
              "\"adam\"\nlr = 1e-2\n");
  CHECK(rows_of(bench, "train").size() == 12);
  CHECK((rows_of(bench, "test") == std::vector<double>{6, 1, 7, 1}) == (from == "last"));
}

TEST_CASE("a stage can be judged where it begins", "[rows]") {
  const bool asked = GENERATE(true, false);
  Folder folder;
  Points sink;
  const std::string toml =
      blobs("", "use = \"dec\"\nclusters = 3\npretrain_epochs = 3\ntolerance = 0.0",
            (asked ? "eval_stages = true\n" : "") + std::string("[[metric]]\nuse = \"clustering\"\n"));
  REQUIRE(run_trial(testing::spec_of(toml, folder), sink, sink.stop).how == TrialEnd::How::complete);
  REQUIRE(sink.points.size() == (asked ? 2 : 1));
  const std::int64_t last = sink.points.back().first;
  if (asked) CHECK(sink.points[0].first == last * 3 / 5);  // three epochs of five
}

TEST_CASE("an augmented row is decoded to itself or to the clean row, as asked", "[rows]") {
  const std::string objective = GENERATE("dec", "idec");
  const auto loss = [&](const char* rebuild) {
    Bench bench(blobs("scale = \"standard\"",
                      "use = \"" + objective + "\"\nclusters = 3\nrebuild = \"" + rebuild + "\"",
                      "[[transform]]\nuse = \"noise\"\nsd = 10\n"));
    return bench.loss(0, 0, 30);
  };
  CHECK(loss("augmented") >
        50);  // of noise with variance 100, in 6 numbers, a code of 2 at a random start explains little
  CHECK(loss("clean") < 50);
}

TEST_CASE("a copy of a batch is as good as the batch; one that is made up or gone is refused", "[rows]") {
  Bench bench(blobs("", "use = \"reconstruction\""));
  const Scope scope(bench.parts.engine);
  auto batch = make_batch(bench.parts.engine, *bench.parts.data, "train", {4, 2}, 1, nullptr, nullptr);
  const ubp_batch copy = batch->abi;
  CHECK(doubles(bench.parts.engine, bench.services.field(copy, nullptr)) ==
        doubles(bench.parts.engine, bench.services.field(batch->abi, nullptr)));
  const auto refused = Catch::Contains("this is no batch of the host's, or no longer");
  ubp_batch forged = copy;
  forged.impl = &forged;
  CHECK_THROWS_WITH(bench.services.field(forged, nullptr), refused);
  forged.impl = nullptr;
  CHECK_THROWS_WITH(bench.services.field(forged, nullptr), refused);
  batch = make_batch(bench.parts.engine, *bench.parts.data, "train", {1, 0}, 1, nullptr, nullptr);
  CHECK_THROWS_WITH(bench.services.field(copy, nullptr), refused);
}

TEST_CASE("a metric that refuses the rows is left out with one note, unless something depends on it", "[rows]") {
  const std::string toml = blobs("", "use = \"reconstruction\"",
                                 "eval_every = 1\n[[metric]]\nuse = \"knn_probe\"\nk = 61\n[[metric]]\nuse = "
                                 "\"reconstruction_error\"\n");
  const char* const sentence =
      "metric 'knn_probe', finish: knn_probe: 60 rows to search for 61 neighbours of 1000 rows";
  Folder folder;
  testing::Story story;
  REQUIRE(run_trial(testing::spec_of(toml, folder), story, story.stop).how == TrialEnd::How::complete);
  CHECK(story.all("test.mse").size() == 2);
  CHECK(story.all("test.knn_accuracy").empty());
  CHECK(story.notes == std::vector<std::string>{std::string("left out: ") + sentence});
  Folder other;
  testing::Story failed;
  TrialSpec spec = testing::spec_of(toml, other);
  spec.objective_metric = "test.knn_accuracy";
  CHECK(run_trial(spec, failed, failed.stop).error == sentence);
}

TEST_CASE("a breadcrumb says what an evaluation was doing", "[rows]") {
  static char crumb[Breadcrumb::kBytes];  // the process's from here on
  Breadcrumb::share(crumb);
  Folder folder;
  Points sink;
  const std::string toml = blobs("", "use = \"reconstruction\"", "[[metric]]\nuse = \"reconstruction_error\"\n");
  REQUIRE(run_trial(testing::spec_of(toml, folder), sink, sink.stop).how == TrialEnd::How::complete);
  CHECK(std::string(crumb) == "reconstruction_error.finish, evaluation, step 6");
}
