// SPDX-License-Identifier: MIT
// What the ABI offers and no shipped component asks for, each in a whole trial.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "plugin/instance.hpp"
#include "story.hpp"

namespace {

using namespace ubp;
using testing::Folder;
using testing::refusal;
using testing::Story;
using Numbers = std::vector<double>;

constexpr const char* kBlobs = "[dataset]\nuse = \"blobs\"\nrows = 40\ndims = 4\n";
constexpr const char* kGrid = "[dataset]\nuse = \"grid\"\n";
constexpr const char* kSlider = "[environment]\nuse = \"slider\"\ninstances = 4\n";

std::string spec(const std::string& parts, const std::string& objective, const std::string& train = "",
                 const std::string& optimizer = "use = \"sgd\"\nlr = 0.1") {
  return fmt::format("{}[objective]\n{}\n[optimizer]\n{}\n[train]\nlog_every = 1\n{}\n", parts, objective, optimizer,
                     train);
}

std::string teacher(double momentum, bool late) {
  return spec(std::string(kBlobs) +
                  "[[transform]]\nuse = \"noise\"\n[model]\nuse = \"projector\"\nhidden = [6]\nfeatures = "
                  "5\nhead_hidden = [5]\n"
                  "projection = 3\n",
              fmt::format("use = \"teacher\"\nmomentum = {:.1f}\nlate = {}", momentum, late), "epochs = 2\nbatch = 10");
}

std::string replay(const std::string& more = "", int epochs = 12) {
  return spec(kSlider, "use = \"replay\"\n" + more, fmt::format("epochs = {}\ndtype = \"f64\"", epochs));
}

std::string rates(const std::string& objective, const std::string& train) {
  return spec(kBlobs, objective, "epochs = 3\n" + train);
}

auto near(const Numbers& values) { return Catch::Matchers::Approx(values).margin(1e-9); }

bool all_are(const Numbers& values, double value) {
  return !values.empty() && std::all_of(values.begin(), values.end(), [&](double v) { return v == value; });
}

}  // namespace

// Stories are neither copied nor moved: the trial holds on to `stop`.
#define COMPLETED(story, toml) \
  Story story;                 \
  run(toml, story);            \
  INFO(story.end.error);       \
  REQUIRE(story.end.how == TrialEnd::How::complete)

TEST_CASE("an objective in plain C, built before the later slots existed, finds the columns' means", "[c]") {
  COMPLETED(story,
            spec(kGrid, "use = \"column_mean\"", "epochs = 3\nbatch = 20\ndtype = \"f64\"", "use = \"sgd\"\nlr = 1"));
  const Numbers loss = story.all("train.loss");
  REQUIRE(loss.size() == 3);
  CHECK(loss[1] == Approx((20 * 20 - 1) / 12.0));  // the variance of 0..19, from the second step on
  CHECK(loss[2] == Approx(loss[1]));
}

TEST_CASE("a target with momentum 1 never moves, and with momentum 0 is its role", "[target]") {
  const bool late = GENERATE(false, true);
  {
    COMPLETED(story, teacher(1, late));
    CHECK(all_are(story.all("train.moved"), 0));
    CHECK_FALSE(all_are(story.all("train.apart"), 0));
  }
  COMPLETED(story, teacher(0, late));
  CHECK(all_are(story.all("train.apart"), 0));
  CHECK(story.all("train.moved").front() > 0);
}

TEST_CASE("named state of any type keeps what is assigned to its rows", "[state]") {
  COMPLETED(story, spec(kBlobs, "use = \"queue\"", "epochs = 2\nbatch = 9"));
  CHECK(all_are(story.all("train.filled"), 24));
  CHECK(all_are(story.all("train.wrong"), 0));
}

TEST_CASE("a wrong assignment is refused with both shapes", "[state]") {
  const auto misused = [](const char* how) {
    return refusal(spec(kBlobs, fmt::format("use = \"queue\"\nmisuse = \"{}\"", how), "batch = 9"));
  };
  CHECK(misused("shape") == "objective 'queue', after_step: assign: [9, 4] to [24, 4]");
  CHECK(misused("row") == "objective 'queue', after_step: assign_rows: row 24 of 24");
}

TEST_CASE("a local rule without a loss trains through put_grad", "[manual]") {
  COMPLETED(story, spec("[dataset]\nuse = \"blobs\"\nrows = 40\ndims = 4\nscale = \"standard\"\n", "use = \"oja\"",
                        "epochs = 300\nbatch = 40\ndtype = \"f64\""));
  CHECK(story.all("train.skew").back() < 1e-6);  // orthonormal
  CHECK(story.all("train.loss").back() < 0.9 * story.all("train.loss").front());
}

TEST_CASE("put_grad refuses what the phase does not train, and another shape", "[manual]") {
  const auto misused = [](const char* how) {
    return refusal(spec(kBlobs, fmt::format("use = \"oja\"\nmisuse = \"{}\"", how), "batch = 10"));
  };
  CHECK(misused("frozen") == "objective 'oja', manual: put_grad: this phase does not train that tensor");
  CHECK(misused("shape") == "objective 'oja', manual: put_grad: 'self.w' is [4, 2], its gradient [10, 2]");
}

TEST_CASE("fields, indices and masks of a minibatch belong to its rows, in both splits", "[batch]") {
  const bool holes = GENERATE(false, true);
  COMPLETED(story, spec(fmt::format("{}holes = {}\n", kGrid, holes), "use = \"auditor\"", "epochs = 1\nbatch = 6"));
  CHECK(story.all("train.rows") == Numbers{20});
  CHECK(story.all("train.holes") == Numbers{holes ? 10.0 : 0.0});
}

TEST_CASE("missing cells are refused for an objective that does not handle them", "[batch]") {
  CHECK(refusal(spec(std::string(kGrid) + "holes = true\n", "use = \"column_mean\"")) ==
        "objective 'column_mean' does not handle missing cells, but the data set has some");
}

TEST_CASE("a step moves the row-sparse rows of its minibatch and leaves every other bit", "[rows]") {
  const std::string optimizer =
      GENERATE("use = \"sgd\"\nlr = 0.1", "use = \"sgd\"\nlr = 0.1\nmomentum = 0.9", "use = \"adam\"\nlr = 0.1");
  const std::string data = GENERATE("", "withhold = 0.3\n");
  CAPTURE(optimizer, data);
  COMPLETED(story, spec(kBlobs + data, "use = \"row_vectors\"", "epochs = 2\nbatch = 7", optimizer));
  CHECK(all_are(story.all("train.moved_here"), 1));
  CHECK(all_are(story.all("train.moved_elsewhere"), 0));
}

TEST_CASE("passes over the whole data set agree, and k-means is settled", "[pass]") {
  COMPLETED(story, spec(std::string(kBlobs) + "[model]\nuse = \"autoencoder\"\nhidden = [6]\nlatent = 2\n",
                        "use = \"full_pass\"", "epochs = 1\ndtype = \"f64\""));
  CHECK(story.all("train.apart").at(0) < 1e-12);
  CHECK(std::abs(story.all("train.not_nearest").at(0)) < 1e-9);
  CHECK(story.all("train.not_mean").at(0) < 1e-3);
  CHECK(story.all("train.within").at(0) < 0.5 * story.all("train.total").at(0));
}

TEST_CASE("a pass by empty minibatches is refused", "[pass]") {
  CHECK(refusal(spec(std::string(kBlobs) + "[model]\nuse = \"autoencoder\"\n", "use = \"full_pass\"\nbatch = 0")) ==
        "objective 'full_pass', on_event: foreach_batch: a batch has 1 row or more, asked for 0");
}

TEST_CASE("stages, phases, rates and plateaus run as declared, and frozen parameters keep their bits", "[program]") {
  COMPLETED(story, spec("", "use = \"staircase\"", "dtype = \"f64\"", "use = \"sgd\"\nlr = 1"));
  const Numbers a = story.all("train.a"), b = story.all("train.b"), c = story.all("train.c");
  REQUIRE(a.size() == 3);  // one value at the end of each stage
  CHECK_THAT(a, near(Numbers{3, 8, 8}));
  CHECK_THAT(b, near(Numbers{0, 1.5, 1.5}));  // rounds 0, 2 and 4 of 5, at half the rate
  CHECK_THAT(c, near(Numbers{0, 0, 2.75}));   // rates 1, 1, 1/2, 1/4; 1/8 is below the floor
  CHECK(all_are(story.all("train.thawed"), 0));
  CHECK(story.steps() == 3 + 5 + 4);
}

TEST_CASE("a ring of collected rows fills before the first step, forgets the oldest and keeps rows whole", "[table]") {
  COMPLETED(story, replay());
  CHECK(story.steps() == 12 * 4);  // so many minibatches each round, also while the ring is short
  CHECK(story.all("train.table").back() == 32);
  CHECK(story.all("train.episode_length") == Numbers(story.all("train.episode_length").size(), 5));
}

TEST_CASE("an evaluation plays as many episodes in every instance, so that it does not prefer short ones",
          "[episodes]") {
  const int episodes = GENERATE(200, 170);  // 170 is no multiple of 50
  COMPLETED(story, spec(fmt::format("[environment]\nuse = \"lottery\"\ninstances = 50\nepisodes = {}\n[model]\nuse = "
                                    "\"policy\"\nhidden = [2]\n"
                                    "[[metric]]\nuse = \"episode_return\"\n",
                                    episodes),
                        "use = \"a2c\"", "epochs = 1"));
  CHECK(story.all("test.return_mean").back() == Approx(50.5).margin(4 * 49.5 / std::sqrt(episodes)));
}

TEST_CASE("collecting says what is wrong", "[table]") {
  CHECK(refusal(replay("capacity = 8")) ==
        "objective 'replay', collect: the table stays at 8 rows, stage 'train' waits for 16");
  CHECK(refusal(replay("misuse = \"columns\"")) == "objective 'replay', collect: append: 1 columns, the table has 5");
  CHECK(refusal(replay("misuse = \"view\"")) ==
        "objective 'replay', loss: view 0 asked for, but this batch has 0: declare views(n)");
  CHECK(refusal(spec("[environment]\nuse = \"cartpole\"\n", "use = \"replay\"")) ==
        "objective 'replay', setup: replay: the actions must be a box");
}

TEST_CASE("private state comes back as it was, and foreign bytes are refused", "[state]") {
  const nlohmann::json params = {{"capacity", 32}, {"min_rows", 16}, {"misuse", "none"}};
  const Instance replay(UBP_PLUGIN_FOLDER "/objectives/replay.so", UBP_K_OBJECTIVE, "replay", params);
  const std::string bytes("\7\0\0\0\0\0\0\0", 8);
  replay.load(bytes);
  CHECK(replay.save() == bytes);
  CHECK_THROWS_WITH(replay.load("abc"), "objective 'replay', load: its state is 8 bytes, found 3");
}

TEST_CASE("a trial with rings, targets, state or stages resumes with the same bits", "[resume]") {
  const std::string toml = GENERATE(
      replay(), teacher(0.9, false), teacher(0.9, true), spec(kBlobs, "use = \"queue\"", "epochs = 2\nbatch = 9"),
      spec("", "use = \"staircase\"", "", "use = \"sgd\"\nlr = 1"), spec(kBlobs, "use = \"step_teller\"", "batch = 10"),
      spec(kBlobs, "use = \"row_vectors\"", "epochs = 2\nbatch = 7", "use = \"adam\"\nlr = 0.1"));
  CAPTURE(toml);
  COMPLETED(whole, toml);
  for (const std::int64_t at : {std::int64_t{2}, whole.steps() / 2, whole.steps() - 2}) {
    CAPTURE(at);
    const Folder folder;
    Story first(at), second;
    run(toml, first, folder);
    REQUIRE(first.end.how == TrialEnd::How::interrupted);
    run(toml, second, folder);
    REQUIRE(second.end.how == TrialEnd::How::complete);
    CHECK(second.points == whole.points);
  }
}

TEST_CASE("loss and after_step are told the rate of their phase at this step", "[rate]") {
  COMPLETED(story, rates("use = \"rate_teller\"", "batch = 20\nschedule = \"step\"\nschedule_step = 1"));
  const Numbers a{0.1, 0.1, 0.05, 0.05, 0.025, 0.025}, b{0.05, 0.05, 0.025, 0.025, 0.0125, 0.0125};
  CHECK(story.all("train.rate_of_a") == a);
  CHECK(story.all("train.rate_of_b") == b);
  CHECK(story.all("train.rate_after_a") == a);
  CHECK(story.all("train.rate_after_b") == b);
}

TEST_CASE("loss and after_step are told where the trial is, and nobody else", "[step]") {
  COMPLETED(story, spec(kBlobs, "use = \"step_teller\"", "batch = 10"));
  CHECK(story.all("train.at") == Numbers{0, 1, 2, 3, 4, 5});
  CHECK(story.all("train.seen") == Numbers{10, 20, 30, 40, 60, 80});  // a phase that repeats draws its own
  CHECK(all_are(story.all("train.wrong"), 0));
  CHECK(refusal(spec(kBlobs, "use = \"step_teller\"\nin_event = true", "batch = 10")) ==
        "objective 'step_teller', on_event: step: only in loss(), manual() and after_step()");
}

TEST_CASE("decay is the host's, spares what asks for it, and is left to an optimizer that wants it", "[decay]") {
  const auto decayed = [](const std::string& optimizer) {
    return spec(kBlobs, "use = \"decayed\"", "epochs = 2\nbatch = 40\ndtype = \"f64\"", optimizer);
  };
  COMPLETED(host, decayed("use = \"sgd\"\nlr = 0.5\nweight_decay = 0.5"));
  CHECK(host.all("train.w") == Numbers{0.75, 0.5625});
  CHECK(host.all("train.b") == Numbers{1, 1});
  COMPLETED(own, decayed("use = \"decayer\"\nlr = 0.5\nweight_decay = 0.5"));
  CHECK(own.all("train.w") == Numbers{0.5, 0.25});
}

TEST_CASE("the cosine ends with the stage, whatever rows an epoch skips and whatever its phases draw", "[rate]") {
  struct Case {
    std::string objective, train;
    int rounds;  // of one of the three epochs; there are 40 rows
  };
  const Case c = GENERATE(Case{"use = \"rate_teller\"", "batch = 12", 4},                    // 12, 12, 12, 4
                          Case{"use = \"rate_teller\"", "batch = 12\ndrop_last = true", 3},  // 12, 12, 12
                          Case{"use = \"rate_teller_of_pairs\"", "batch = 13", 3},           // 13, 13, 13; a single row
                          Case{"use = \"rate_teller\"", "batch = 13", 4},
                          Case{"use = \"rate_teller\"\nrepeats = 5", "batch = 10", 1},  // 5 of 4: opens the next pass
                          Case{"use = \"rate_teller\"\nrepeats = 5", "batch = 4", 2},   // 5, 5
                          Case{"use = \"rate_teller\"\nrepeats = 3", "batch = 10", 2});
  CAPTURE(c.objective, c.train);
  const std::string toml = rates(c.objective, c.train + "\nschedule = \"cosine\"");
  COMPLETED(story, toml);
  const int all = 3 * c.rounds;
  CHECK(story.steps() == all);
  CHECK(all_are(story.all("train.rounds"), c.rounds));
  const double share = static_cast<double>(all - 1) / all;
  CHECK(story.last("train.rate_of_a") == Approx(0.05 * (1 + std::cos(3.14159265358979323846 * share))));

  Folder folder;
  Story paused;
  REQUIRE(run_trial(testing::spec_of(toml, folder), paused, paused.stop, all - 1).how == TrialEnd::How::paused);
  CHECK(paused.fraction == share);
}
