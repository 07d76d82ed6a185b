// SPDX-License-Identifier: MIT
// A verb is one value; what it says of itself is what is shown, parsed and suggested.
#include <catch2/catch.hpp>

#include "called.hpp"
#include "cli/options.hpp"

using namespace ubp;

namespace {

std::vector<const Verb*> listed() {
  std::vector<const Verb*> all;
  for (const Verb* v : verbs())
    if (!v->hidden) all.push_back(v);
  return all;
}

}  // namespace

TEST_CASE("the usage text lists every verb that people type, and no other", "[cli]") {
  const std::string text = usage_text();
  CHECK(call({}).out == text);
  CHECK(call({"help"}).out == text);
  for (const Verb* v : verbs()) {
    CAPTURE(v->name);
    const std::string line = fmt::format("\n  ubp {} {}", v->name, v->synopsis);
    CHECK((text.find(line) != std::string::npos) == !v->hidden);
    if (!v->hidden) CHECK_THAT(text, Catch::Contains(v->summary));
  }
}

TEST_CASE("a verb's help is made from its own options", "[cli]") {
  for (const Verb* v : listed()) {
    CAPTURE(v->name);
    const Called help = call({v->name, "--help"});
    CHECK(help.code == 0);
    CHECK(help.err.empty());
    CHECK_THAT(help.out, Catch::StartsWith(fmt::format("Usage: ubp {}", v->name)));
    CHECK_THAT(help.out, Catch::Contains(v->synopsis) && Catch::Contains(v->about));
    for (const OptionDecl& o : options_of(*v)) {
      CAPTURE(o.name);
      CHECK_THAT(help.out, Catch::Contains("--" + o.name));
      CHECK_FALSE(o.meaning.empty());
    }
    CHECK(help.out == call({"help", v->name}).out);
  }
}

TEST_CASE("a verb's synopsis names the words that it takes", "[cli]") {
  for (const Verb* v : listed())
    for (const std::string& word : words_of(*v)) {
      CAPTURE(v->name, word);
      for (std::size_t begin = 0; begin < word.size();) {  // "ls|describe"
        const std::size_t end = std::min(word.find('|', begin), word.size());
        CHECK_THAT(v->synopsis, Catch::Contains(word.substr(begin, end - begin)));
        begin = end + 1;
      }
    }
}

TEST_CASE("names of verbs are their own", "[cli]") {
  for (const Verb* a : verbs())
    for (const Verb* b : verbs()) CHECK((a == b || std::string(a->name) != b->name));
}

TEST_CASE("a misspelt verb is one sentence with the nearest, and exit code 2", "[cli]") {
  for (const Verb* v : listed()) {
    const std::string wrong = std::string(v->name) + "x";
    const Called called = call({wrong});
    CAPTURE(wrong);
    CHECK(called.code == 2);
    CHECK(called.out.empty());
    CHECK(called.err == fmt::format("ubp: there is no verb '{}'; did you mean '{}'?\n", wrong, v->name));
  }
  CHECK(call({"__descrie"}).err == "ubp: there is no verb '__descrie': `ubp help` lists them\n");  // it stays hidden
  CHECK(call({"workr"}).err == "ubp: there is no verb 'workr': `ubp help` lists them\n");
}

TEST_CASE("a misspelt option of any verb is one sentence with the nearest, and exit code 2", "[cli]") {
  for (const Verb* v : listed())
    for (const OptionDecl& o : options_of(*v)) {
      const std::string wrong = "--" + o.name + "x";
      CAPTURE(v->name, wrong);
      const Called called = call({v->name, wrong});
      CHECK(called.code == 2);
      CHECK(called.err ==
            fmt::format("ubp: {}: there is no option '{}'; did you mean '--{}'?\n", v->name, wrong, o.name));
    }
}

TEST_CASE("verbs can be called in this process", "[cli]") {
  const Folder folder;
  {
    Store store(folder / "a.db");
    run_trial(store, store.missing(store.declare(a_plan(1), a_machine()))[0].trial_id, 0.5);
  }
  const std::string db = (folder / "a.db").string();
  CHECK_THAT(call({"ls", "--db", db}).out, Catch::Contains("rings-latent"));
  CHECK(call({"sql", "SELECT median(value) FROM trials", "--format", "csv", "--db", db}).out == "median(value)\n0.5\n");
  CHECK(call({"show", "7", "--db", db}).code == 4);
  CHECK(call({"worker"}).code == 2);
}
