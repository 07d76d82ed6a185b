// SPDX-License-Identifier: MIT
// What the author of an objective does wrong is told by name, at the first step that shows it.
#include <catch2/catch.hpp>

#include "story.hpp"

namespace {

using namespace ubp;
using testing::refusal;
using testing::Story;

std::string mistaken(const std::string& how, const std::string& id = "mistaken") {
  return "[dataset]\nuse = \"blobs\"\nrows = 40\ndims = 4\n[objective]\nuse = \"" + id + "\"\nhow = \"" + how +
         "\"\n[optimizer]\nuse = \"sgd\"\nlr = 0.1\n[train]\nbatch = 10\nlog_every = 1\nepochs = 2\n";
}

}  // namespace

TEST_CASE("a loss that depends on nothing that is trained is refused at the first step", "[mistakes]") {
  for (const char* how : {"constant", "detached"})
    CHECK(
        refusal(mistaken(how)) ==
        "objective 'mistaken', loss: no parameter receives a gradient: found a loss that depends on none of those that "
        "phase 'train' trains ('self.w', ...); is it a constant, or detached?");
  // What the first loss makes is trained from the second on.
  for (const char* how : {"none", "lazy", "late_constant"}) CHECK(refusal(mistaken(how)) == "");
}

TEST_CASE("a group that receives no gradient is told once", "[mistakes]") {
  Story sound;
  run(mistaken("none", "groups_mistaken"), sound);
  CHECK(sound.notes.empty());
  Story idle;
  run(mistaken("idle", "groups_mistaken"), idle);
  CHECK(idle.end.how == TrialEnd::How::complete);
  CHECK(idle.notes == std::vector<std::string>{
                          "objective 'groups_mistaken': 'self.v' is trained, but receives no gradient: no loss of the "
                          "first epoch of stage 'first' depends on it"});
  Story own;  // of its own parameters, which are one group here, some are used
  run(mistaken("idle"), own);
  CHECK(own.notes.empty());
}

TEST_CASE("what a resumed trial says of its groups is what an uninterrupted one says", "[mistakes]") {
  const std::string toml = mistaken("none", "groups_mistaken");
  const testing::Folder folder;
  Story first(3), second;
  run(toml, first, folder);
  REQUIRE(first.end.how == TrialEnd::How::interrupted);
  run(toml, second, folder);
  CHECK(second.end.how == TrialEnd::How::complete);
  CHECK(second.notes.empty());
}

TEST_CASE("a phase that trains what is not there says so", "[mistakes]") {
  CHECK(refusal(mistaken("none", "misspelt_group")) ==
        "objective 'misspelt_group', phase 'fit': trains 'self.vv', but nothing of that name has parameters; did you "
        "mean "
        "'self.v'?");
}

TEST_CASE("a loss is one number", "[mistakes]") {
  CHECK(refusal(mistaken("rows")) == "objective 'mistaken', loss: must return one number, returned shape [10, 4]");
  CHECK(refusal(mistaken("null")) == "objective 'mistaken', loss: loss() returned no tensor");
}

TEST_CASE("an objective logs what it declares, and never as `loss`", "[mistakes]") {
  CHECK(refusal(mistaken("undeclared")) ==
        "objective 'mistaken', loss: log: 'nowhere' is none of the scalars that it declares with logs(); there are: "
        "level");
  CHECK(refusal(mistaken("misspelt")) ==
        "objective 'mistaken', loss: log: 'levle' is none of the scalars that it declares with logs(); did you mean "
        "'level'?");
  CHECK(refusal(mistaken("logs_loss")) ==
        "objective 'mistaken', loss: log: 'loss' is what loss() returns: expected another name");
  CHECK(refusal(mistaken("logs_rows")) ==
        "objective 'mistaken', loss: log: 'level' must be one number, its shape is [10, 4]");
}

TEST_CASE("what a model logs is recorded under the name of its role", "[mistakes]") {
  const auto chatty = [](const char* says) {
    return std::string("[dataset]\nuse = \"blobs\"\nrows = 40\n[model]\nuse = \"chatty\"\nsays = \"") + says +
           "\"\n[objective]\nuse = \"reconstruction\"\n[optimizer]\nuse = \"sgd\"\nlr = 0.1\n[train]\nepochs = 1\n";
  };
  Story story;
  run(chatty("norm"), story);
  INFO(story.end.error);
  CHECK(story.last("train.autoencoder.norm") == 1);
  CHECK(story.all("train.norm").empty());
  CHECK(
      refusal(chatty("loss")) ==
      "objective 'reconstruction', loss: model 'chatty', encode: log: 'loss' is what loss() returns: expected another "
      "name");
}

TEST_CASE("an axis out of range is told as it was written", "[mistakes]") {
  CHECK(refusal(mistaken("axis")) == "objective 'mistaken', loss: sum: axis 7 of a tensor with 2 axes");
  CHECK(refusal(mistaken("last_axis")) == "objective 'mistaken', loss: sum: axis -3 of a tensor with 2 axes");
}

TEST_CASE("a context that was kept is stale, as a tensor is", "[mistakes]") {
  const std::string stale =
      "objective 'mistaken', loss: stale context: its callback has returned, or runs on another thread; a Ctx, and the "
      "tensors that were made with it, are for one callback";
  CHECK(refusal(mistaken("kept_context")) == stale);
  CHECK(refusal(mistaken("kept_tensor")) == stale);
}
