// SPDX-License-Identifier: MIT
// Files that are no plugins, and plugins that are not whole: each refused with one sentence.
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "plugin/describe.hpp"
#include "plugin/versions.hpp"
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

TEST_CASE("a plugin of another version of the header is told what has changed since, and where to read of it",
          "[loader]") {
  const std::string gone =
      "step_closure, set_param, next, deinit, get_extension of the entry, and fields and flags that no host minded are "
      "gone";
  const std::string named =
      "a metric names what it needs (ubp_metric_vt.needs), ubp_metric_batch has gained factors and decoder, ubp_batch "
      "weights, ubp_dataset_vt source and licence";
  const std::string tensors =
      "an optimizer is given tensors (ubp_flat.param, grad and slots) and a context, ubp_run_api.cancelled is "
      "ubp_host.cancelled, ubp_batch has gained lengths, ubp_dataset_vt splits";
  const auto refused = [](const std::string& name, const std::string& version, const std::string& what) {
    CHECK(loading(name) == "plugin '" + name + "' (" + about(name, "): was built against ") + version +
                               " of the plugin header, this ubp has 0.5: " + what +
                               "; see 'What changed' in sdk/README.md");
  };
  refused("old_1", "0.1", "ubp_batch has gained lr and impl; " + gone + "; " + named + "; " + tensors + "; rebuild it");
  refused("old_2", "0.2", gone + "; " + named + "; " + tensors + "; rebuild it");
  refused("old_3", "0.3", named + "; " + tensors + "; rebuild it");
  refused("old_4", "0.4", tensors + "; rebuild it");
  refused("wrong_minor", "0.99",
          "what that version has is not known here; rebuild it against this ubp's SDK, or run a newer ubp");
}

TEST_CASE("the guide tells what each version has changed", "[loader]") {
  std::ifstream in(UBP_GUIDE);
  const std::string guide{std::istreambuf_iterator<char>(in), {}};
  const std::size_t section = guide.find("\n## What changed\n");
  REQUIRE(section != guide.npos);
  for (const AbiVersion& version : abi_versions()) {
    const std::string heading = fmt::format("\n### {}.{}\n", UBP_ABI_MAJOR, version.minor);
    INFO(heading);
    CHECK(guide.find(heading, section) != guide.npos);
  }
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
