// SPDX-License-Identifier: MIT
// A process that is asked to stop says so to whatever takes long, and what then gives up is no failure.
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "plugin/loader.hpp"
#include "story.hpp"

namespace {

using namespace ubp;
using testing::Story;

std::string spec(const std::string& data, const std::string& metric) {
  return fmt::format(
      "[dataset]\nuse = \"dawdler\"\nuntil = \"{}\"\n[objective]\nuse = \"reconstruction\"\n[model]\n"
      "use = \"autoencoder\"\nhidden = [4]\nlatent = 1\n[optimizer]\nuse = \"sgd\"\nlr = 0.01\n[[metric]]\n"
      "use = \"dawdler\"\nuntil = \"{}\"\n[train]\nepochs = 4\nbatch = 4\nlog_every = 1\n"
      "checkpoint_seconds = 0\n",
      data, metric);
}

/// Runs the trial and asks it to stop once it dawdles until `file` is there.
void run_and_stop(const std::string& toml, const std::string& file, Story& story, const testing::Folder& folder) {
  const std::jthread other([&](std::stop_token ended) {
    while (!ended.stop_requested() && !std::filesystem::exists(file + ".begun"))
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    story.stop = true;
  });
  run(toml, story, folder);
}

}  // namespace

TEST_CASE("the host says whether the process is to stop, to any thread", "[cancelled]") {
  const ubp_host& host = host_face();
  CHECK(host.cancelled(&host) == 0);
  std::atomic<bool> stop = false;
  set_stop_flag(&stop);
  CHECK(host.cancelled(&host) == 0);
  stop = true;
  std::int32_t elsewhere = 0;
  std::thread([&] { elsewhere = host.cancelled(&host); }).join();
  CHECK(elsewhere == 1);
  set_stop_flag(nullptr);
  CHECK(host.cancelled(&host) == 0);
}

TEST_CASE("a data set that gives up when it is asked to leaves nothing behind", "[cancelled]") {
  const testing::Folder folder, elsewhere;
  const std::string file = (elsewhere.path() / "go").string();
  Story stopped;
  run_and_stop(spec(file, ""), file, stopped, folder);
  CHECK(stopped.end.how == TrialEnd::How::interrupted);
  CHECK(stopped.end.error == "");
  std::ofstream(file) << "now";
  Story story;
  run(spec(file, ""), story, folder);
  INFO(story.end.error);
  CHECK(story.end.how == TrialEnd::How::complete);
  CHECK(story.last("test.dawdled") == 1);
}

TEST_CASE("a metric that gives up when it is asked to: the trial goes on from its checkpoint", "[cancelled]") {
  const testing::Folder folder, elsewhere, uninterrupted;
  const std::string file = (elsewhere.path() / "go").string();
  Story stopped;
  run_and_stop(spec("", file), file, stopped, folder);
  CHECK(stopped.end.how == TrialEnd::How::interrupted);
  CHECK(stopped.end.error == "");
  REQUIRE(stopped.all("train.loss").size() == 8);
  std::ofstream(file) << "now";
  Story story, whole;
  run(spec("", file), story, folder);
  run(spec("", file), whole, uninterrupted);
  INFO(story.end.error);
  CHECK(story.end.how == TrialEnd::How::complete);
  CHECK(story.last("test.dawdled") == 1);
  CHECK(story.all("train.loss").back() == whole.all("train.loss").back());
}

TEST_CASE("what fails without being asked to stop is a failure", "[cancelled]") {
  Story story;
  run(spec("", ""), story);
  CHECK(story.end.how == TrialEnd::How::complete);
  CHECK(testing::refusal("[dataset]\nuse = \"made_series\"\nlengths = \"zero\"\n[objective]\nuse = \"length_teller\"\n"
                         "[optimizer]\nuse = \"sgd\"\nlr = 0.1\n[train]\nepochs = 1\n") != "");
}
