// SPDX-License-Identifier: MIT
// Files that are no plugins, and plugins that are not whole: each refused with one sentence.
#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "plugin/describe.hpp"
#include "story.hpp"

namespace {

using namespace ubp;
using testing::refusal;

const std::string kFolder = std::filesystem::canonical(UBP_PLUGIN_FOLDER).string();

std::string loading(const std::string& name) {
  try {
    load_plugin(kFolder + "/wrong/" + name + ".so");
  } catch (const Error& e) {
    CHECK(e.code() == Exit::plugin);
    return e.what();
  }
  return "";
}

std::string about(const std::string& name, const std::string& sentence) {
  return kFolder + "/wrong/" + name + ".so" + sentence;
}

constexpr const char* kRest = "[optimizer]\nuse = \"sgd\"\nlr = 1\n[train]\nepochs = 1\n";

}  // namespace

TEST_CASE("a file that is no plugin is refused with a sentence that says what it is", "[loader]") {
  CHECK(loading("nowhere") == "plugin " + about("nowhere", ": No such file or directory"));
  CHECK(loading("wrong_text") == "plugin " + about("wrong_text", ": is no shared library"));
  CHECK(loading("wrong_library") ==
        "plugin " + about("wrong_library", ": is a library, but no ubp plugin: it has no section 'ubpplug1'"));
  CHECK(loading("wrong_entry") == "plugin " + about("wrong_entry", ": its 'ubp_entry_v1' is no plugin entry"));
}

TEST_CASE("a plugin of another ABI is refused with both versions and what to do", "[loader]") {
  CHECK(loading("wrong_minor") ==
        "plugin 'wrong_minor' (" + about("wrong_minor",
                                         "): was built for ABI 0.99 draft 1, this ubp "
                                         "speaks 0.2 draft 1: rebuild it against this ubp's SDK"));
}

TEST_CASE("a plugin that calls itself something else is refused with both names", "[loader]") {
  CHECK(loading("wrong_name") ==
        "plugin " + about("wrong_name", ": calls itself 'another_name'; file and plugin must have one name"));
}

TEST_CASE("a plugin that misses a symbol is refused when it is loaded, with the symbol", "[loader]") {
  CHECK(loading("wrong_symbol") ==
        "plugin " + about("wrong_symbol", ": cannot be loaded: undefined symbol: nobody_defines_this"));
}

TEST_CASE("a plugin that refuses this host is quoted", "[loader]") {
  CHECK(loading("wrong_init") ==
        "plugin 'wrong_init' (" + about("wrong_init", "): its init() failed: not on a Monday"));
}

TEST_CASE("a plugin in plain C describes itself like any other", "[loader]") {
  const std::vector<Manifest> all = manifests_of(load_plugin(kFolder + "/datasets/grid.so"));
  REQUIRE(all.size() == 1);
  CHECK(all[0].kind == UBP_K_DATASET);
  REQUIRE(all[0].params.size() == 3);
  CHECK(all[0].params[0].name == "rows");
  CHECK(all[0].params[0].fallback == 20);
  CHECK(all[0].params[1].fallback == false);
}

TEST_CASE("a table that lacks a slot its kind needs is refused with the slot's name", "[loader]") {
  const std::string grid = "[dataset]\nuse = \"grid\"\n", hollow = "use = \"hollow\"\n";
  const std::string reconstruction = "[objective]\nuse = \"reconstruction\"\n",
                    model = "[model]\nuse = \"autoencoder\"\n";
  const std::string mean = grid + "[objective]\nuse = \"column_mean\"\n";
  CHECK(refusal(grid + "[objective]\n" + hollow + kRest) == "objective 'hollow' has no loss()");
  CHECK(refusal(grid + reconstruction + "[model]\n" + hollow + kRest) == "model 'hollow' has no build()");
  CHECK(refusal("[dataset]\n" + hollow + model + reconstruction + kRest) == "dataset 'hollow' has no open()");
  CHECK(refusal(mean + "[optimizer]\n" + hollow + "lr = 1\n[train]\nepochs = 1\n") ==
        "optimizer 'hollow' has no step()");
  CHECK(refusal(mean + kRest + "[[metric]]\n" + hollow) == "metric 'hollow' has no begin()");
  CHECK(refusal(mean + kRest + "[[transform]]\n" + hollow) == "transform 'hollow' has no apply()");
  CHECK(refusal("[environment]\n" + hollow + "[objective]\nuse = \"replay\"\n" + kRest) ==
        "environment 'hollow' has no open()");
}
