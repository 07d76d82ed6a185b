// SPDX-License-Identifier: MIT
// Merging is a union: shards that share a past and shards that do not, in random orders, any number of times.
#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <random>

#include "base/hash.hpp"
#include "content.hpp"
#include "query/check.hpp"
#include "record/annotation.hpp"
#include "record/merge.hpp"
#include "support.hpp"

using namespace ubp;

namespace fs = std::filesystem;

namespace {

ListedPlan sweep(const std::string& identity, std::int64_t configs, std::int64_t replicates) {
  ListedPlan plan = a_plan(configs, replicates, sha256(identity));
  plan.declaration = identity;
  plan.spec_text += fmt::format("[sweep]\nname = \"{}\"\nreplicates = {}\n", identity, replicates);
  plan.sweep = identity;
  plan.basis.host = "a build";
  return plan;
}

/// A session that comes to a random end: what a trial measures depends on its seed alone.
class Session {
 public:
  Session(const fs::path& file, std::mt19937& rng) : file_(file), store_(file), rng_(rng) {}

  void run(const ListedPlan& plan) {
    Provenance machine = a_machine();
    machine.host = fmt::format("node{}", rng_() % 3);
    const std::int64_t sweep = store_.declare(plan, machine);
    store_.reuse(sweep);
    for (const TrialRow& row : store_.missing(sweep, rng_() % 3 ? Again::nothing : Again::failed))
      if (rng_() % 3) trial(row, plan.identity);
    say(sweep, store_.latest(sweep).front().trial_id);
    if (rng_() % 2) store_.finish_sweep(sweep);
  }

 private:
  void say(std::int64_t sweep_id, std::int64_t trial_id) {
    store_.flush();
    const auto kind = [&] { return rng_() % 2 ? Annotation::Kind::tag : Annotation::Kind::untag; };
    annotate(file_, {{Annotation::Of::sweep, sweep_id, kind(), "keep"},
                     {Annotation::Of::trial, trial_id, kind(), "odd"},
                     {Annotation::Of::trial, trial_id, Annotation::Kind::note, "why?"}});
  }

  void trial(const TrialRow& row, const std::string& identity) {
    const double value = 0.1 * static_cast<double>(row.config_number) + 0.01 * static_cast<double>(row.replicate);
    const std::int64_t id = row.trial_id;
    store_.start(id, rng_() % 1000, 0);
    store_.event(id, "note", R"({"text":"begun"})");
    if (rng_() % 2) store_.event(id, "note", R"({"text":"begun"})");
    const MetricPoint first{"test.mse", 0, 1.0, static_cast<std::int64_t>(rng_() % 100)};
    store_.add_points(id, {&first, 1});
    const auto fate = rng_() % 8;
    if (fate == 0) return store_.flush();  // and the process ends
    if (fate == 1) return void(store_.pause(id, 0));
    if (fate == 2) return void(store_.finish(id, failed(Failure::exception, fmt::format("it threw {}", rng_() % 5))));
    if (fate == 3) {
      Outcome pruned;
      pruned.state = rng_() % 2 ? TrialState::pruned : TrialState::cancelled;
      pruned.error = "not among the best";
      return void(store_.finish(id, pruned));
    }
    if (fate == 4) return void(store_.replace_lost(id, failed(Failure::killed, "killed from outside")));
    add_picture(row, identity);
    const std::vector<MetricPoint> rest = {{"test.mse", 10, value, static_cast<std::int64_t>(rng_() % 100)},
                                           {"train.seconds", 10, static_cast<double>(rng_() % 100), 9}};
    store_.add_points(id, rest);
    Outcome complete;
    complete.wall_ms = 1 + static_cast<std::int64_t>(rng_() % 1000);
    store_.finish(id, complete);
  }

  void add_picture(const TrialRow& row, const std::string& identity) {
    const fs::path path = fs::path(file_.filename().string() + ".files") / identity.substr(0, 12) /
                          fmt::format("{}-{}", row.config_number, row.replicate) / "curves.png";
    const fs::path file = file_.parent_path() / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << "a picture of " << row.config_number;
    store_.add_artifact(row.trial_id, {"image", "curves.png", sha256_of_file(file), "image/png", 10, 14, path});
  }

  fs::path file_;
  Store store_;
  std::mt19937& rng_;
};

void merge_all(const fs::path& main, const std::vector<fs::path>& shards) {
  for (const fs::path& shard : shards) merge(main, shard);
}

void require_sound(const fs::path& file) {
  Reader reader(file);
  const CheckResult found = check(reader);
  INFO(file.string());
  CHECK(found.problems == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("in any order and any number of times, shards make the same database") {
  for (unsigned seed = 0; seed < 5; ++seed) {
    CAPTURE(seed);
    std::mt19937 rng(seed);
    const Folder folder;
    std::vector<fs::path> shards;
    for (int i = 0; i < 4; ++i) {
      shards.push_back(folder / fmt::format("shard{}.db", i));
      if (i > 0 && rng() % 2) {  // they share a past
        const fs::path& parent = shards[rng() % static_cast<unsigned>(i)];
        Store(parent).finish_sweep(0);
        fs::copy_file(parent, shards.back());
      }
      Session session(shards.back(), rng);
      for (int n = 0; n < 2; ++n) {
        const std::string name = rng() % 2 ? "a" : "b";
        session.run(sweep(name, 3, 1 + rng() % 3));
      }
    }
    merge_all(folder / "first.db", shards);
    require_sound(folder / "first.db");
    const std::string expected = content(folder / "first.db");
    Reader first(folder / "first.db");
    const std::string digest = results_digest(first);
    for (int order = 0; order < 4; ++order) {
      std::shuffle(shards.begin(), shards.end(), rng);
      const fs::path main = folder / fmt::format("main{}.db", order);
      merge_all(main, shards);
      std::vector<fs::path> again(shards);
      std::shuffle(again.begin(), again.end(), rng);
      again.resize(1 + rng() % again.size());
      merge_all(main, again);
      CHECK(content(main) == expected);
      Reader reader(main);
      CHECK(results_digest(reader) == digest);
    }
    // In groups, and into one of themselves.
    merge_all(folder / "left.db", {shards[0], shards[1]});
    merge_all(folder / "right.db", {shards[2], shards[3]});
    merge(folder / "right.db", folder / "left.db");
    CHECK(content(folder / "right.db") == expected);
    merge_all(shards[0], {shards[3], shards[1], shards[2], folder / "first.db"});
    CHECK(content(shards[0]) == expected);
    require_sound(shards[0]);
  }
}

TEST_CASE("an artifact is found beside the database that it was merged into") {
  std::mt19937 rng(3);
  const Folder folder;
  fs::create_directory(folder / "shards");
  fs::create_directory(folder / "main");
  Session(folder / "shards" / "7.db", rng).run(sweep("a", 8, 3));
  const Merged merged = merge(folder / "main" / "ubp.db", folder / "shards" / "7.db");
  CHECK(merged.files_missing == 0);
  fs::remove_all(folder / "shards");
  int found = 0;
  sqlite::Connection db((folder / "main" / "ubp.db").string(), SQLITE_OPEN_READWRITE);
  for (sqlite::Statement row(db, "SELECT path, sha256 FROM artifact"); row.step(); ++found)
    CHECK(sha256_of_file(folder / "main" / row.text(0)) == row.text(1));
  CHECK(found > 5);
}
