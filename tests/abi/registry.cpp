// SPDX-License-Identifier: MIT
// Which file a component is taken from: one order for find(), ids() and all(), whatever lies among the plugins.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <random>

#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "plugin/loader.hpp"
#include "plugin/registry.hpp"
#include "story.hpp"

namespace {

using namespace ubp;
namespace fs = std::filesystem;
using testing::Folder;

const fs::path kShipped = UBP_SHIPPED_FOLDER, kAdam = kShipped / "optimizers/adam.so";

/// Only what a test puts there.
struct Alone {
  Alone() { setenv("UBP_PLUGIN_PATH", "", 1); }
  ~Alone() { setenv("UBP_PLUGIN_PATH", UBP_SHIPPED_FOLDER, 1); }
};

fs::path put(const fs::path& file, const fs::path& copied = kAdam) {
  fs::create_directories(file.parent_path());
  fs::copy_file(copied, file);
  return fs::canonical(file);
}

std::string refusal(const std::function<void()>& act, Exit code) {
  try {
    act();
  } catch (const Error& e) {
    CHECK(e.code() == code);
    return e.what();
  }
  return "";
}

std::vector<fs::path> files(const std::vector<const Manifest*>& all) {
  std::vector<fs::path> found;
  for (const Manifest* m : all) found.push_back(m->file);
  return found;
}

std::vector<fs::path> cache_files() {
  std::vector<fs::path> all;
  for (const auto& entry : fs::directory_iterator(cache_folder() / "manifests")) all.push_back(entry.path());
  return all;
}

}  // namespace

TEST_CASE("the listing shows the file that runs: folders in order, in each the kind's before flat ones", "[registry]") {
  const Alone alone;
  const Folder folder;
  const fs::path z = folder.path() / "z", a = folder.path() / "a";  // by name, a would come first
  const fs::path flat = put(z / "adam.so"), later = put(a / "optimizers/adam.so");
  CHECK(Registry({z, a}, UBP_PROGRAM).find(UBP_K_OPTIMIZER, "adam").file == flat);
  CHECK(files(Registry({z, a}, UBP_PROGRAM).all()) == std::vector{flat});
  CHECK(files(Registry({a, z}, UBP_PROGRAM).all()) == std::vector{later});
  const fs::path kinds = put(z / "optimizers/adam.so");
  Registry registry({z, a}, UBP_PROGRAM);
  CHECK(registry.find(UBP_K_OPTIMIZER, "adam").file == kinds);
  CHECK(files(registry.all()) == std::vector{kinds});
  CHECK(registry.ids(UBP_K_OPTIMIZER) == std::vector<std::string>{"adam"});
}

TEST_CASE("a file that comes first and is broken is not passed over", "[registry]") {
  const Alone alone;
  const Folder folder;
  std::ofstream(folder.path() / "adam.so") << "text";
  put(folder.path() / "more/optimizers/adam.so");
  Registry registry({folder.path(), folder.path() / "more"}, UBP_PROGRAM);
  const std::string sentence = "plugin " + fs::canonical(folder.path()).string() + "/adam.so: is no shared library";
  CHECK(refusal([&] { registry.find(UBP_K_OPTIMIZER, "adam"); }, Exit::plugin) == sentence);
  for (int cold_or_warm = 0; cold_or_warm < 2; ++cold_or_warm) {
    std::vector<std::string> broken;
    CHECK(registry.all(&broken).empty());
    CHECK(broken == std::vector{sentence});
  }
}

TEST_CASE("flat files are known by name, too", "[registry]") {
  const Alone alone;
  const Folder folder;
  put(folder.path() / "adam.so");
  Registry registry({folder.path()}, UBP_PROGRAM);
  CHECK(registry.ids(UBP_K_OPTIMIZER) == std::vector<std::string>{"adam"});
  CHECK(registry.ids(UBP_K_OBJECTIVE).empty());
  CHECK(refusal([&] { registry.find(UBP_K_OPTIMIZER, "adan"); }, Exit::usage) ==
        "there is no optimizer 'adan'; did you mean 'adam'?");
}

TEST_CASE("a path is no id", "[registry]") {
  const Alone alone;
  const Folder folder;
  const fs::path outside = put(folder.path() / "outside/adam.so");
  fs::create_directories(folder.path() / "plugins/optimizers");
  Registry registry({folder.path() / "plugins"}, UBP_PROGRAM);
  const std::string absolute = fs::path(outside).replace_extension();
  for (const std::string& id : {std::string("../../outside/adam"), std::string("../outside/adam"), absolute})
    CHECK(refusal([&] { registry.find(UBP_K_OPTIMIZER, id); }, Exit::usage) ==
          "'" + id + "' is no id of a component: expected a name, not a path; there are none");
}

TEST_CASE("links to files and folders count as what they lead to", "[registry]") {
  const Alone alone;
  const Folder folder;
  const fs::path kinds = folder.path() / "optimizers", flat = folder.path() / "blobs.so";
  fs::create_directory_symlink(kShipped / "optimizers", kinds);
  fs::create_symlink(kShipped / "datasets/blobs.so", flat);
  Registry registry({folder.path()}, UBP_PROGRAM);
  std::vector<std::string> broken, ids;
  for (const Manifest* m : registry.all(&broken)) ids.push_back(m->id);
  CHECK(ids == std::vector<std::string>{"adam", "muon", "rmsprop", "sgd", "blobs"});
  CHECK(broken.empty());
  CHECK(registry.ids(UBP_K_OPTIMIZER) == std::vector<std::string>{"adam", "muon", "rmsprop", "sgd"});
  CHECK(registry.ids(UBP_K_DATASET) == std::vector<std::string>{"blobs"});
  CHECK(registry.find(UBP_K_OPTIMIZER, "sgd").file == fs::canonical(kShipped / "optimizers/sgd.so"));
}

TEST_CASE("a link to a file with a version is a plugin, a copy of another name is none, warm or cold", "[registry]") {
  const Alone alone;
  const Folder folder, cache;
  setenv("UBP_CACHE", cache.path().c_str(), 1);
  const fs::path file = put(folder.path() / "optimizers/adam-1.0.0.so");
  fs::create_symlink("adam-1.0.0.so", folder.path() / "optimizers/adam.so");
  const fs::path copy = put(folder.path() / "else/adamant.so");
  for (int cold_or_warm = 0; cold_or_warm < 2; ++cold_or_warm) {
    CHECK(refusal([&] { Registry({}, UBP_PROGRAM).describe(copy); }, Exit::plugin) ==
          "plugin " + copy.string() + ": calls itself 'adam'; file and plugin must have one name");
    Registry registry({folder.path()}, UBP_PROGRAM);
    std::vector<std::string> broken;
    CHECK(files(registry.all(&broken)) == std::vector{file});
    CHECK(broken == std::vector{"plugin " + file.string() + ": holds no optimizer 'adam-1.0.0'"});
    CHECK(registry.find(UBP_K_OPTIMIZER, "adam").file == file);
  }
  CHECK_NOTHROW(load_plugin(file));
  setenv("UBP_CACHE", testing::kSurroundings.cache.path().c_str(), 1);
}

TEST_CASE("what others may put among the plugins is refused, unless its folder is named by hand", "[registry]") {
  const Alone alone;
  const Folder home;
  setenv("XDG_DATA_HOME", home.path().c_str(), 1);
  const fs::path folder = home.path() / "ubp/plugins", file = put(folder / "optimizers/adam.so");
  const auto found = [&](std::vector<fs::path> named = {}) {
    Registry registry(std::move(named), UBP_PROGRAM);
    return refusal([&] { registry.find(UBP_K_OPTIMIZER, "adam"); }, Exit::plugin);
  };
  const std::string refused = "plugin " + file.string() + ": refused: ";
  const std::string way = ": --plugin-path or UBP_PLUGIN_PATH names a folder by hand";
  CHECK(found().empty());
  for (const fs::path& open : {file.parent_path(), file}) {
    fs::permissions(open, fs::perms::others_write, fs::perm_options::add);
    CHECK(found() == refused + "anybody may write there" + way);
    std::vector<std::string> broken;
    CHECK(Registry({}, UBP_PROGRAM).all(&broken).empty());
    CHECK(broken == std::vector{refused + "anybody may write there" + way});
    CHECK(found({folder}).empty());
    fs::permissions(open, fs::perms::others_write, fs::perm_options::remove);
  }
  if (geteuid() == 0) {  // only root can give a file away
    REQUIRE(chown(file.c_str(), 65534, 65534) == 0);
    CHECK(found() == refused + "it belongs to another user" + way);
    CHECK(found({folder}).empty());
  }
  unsetenv("XDG_DATA_HOME");
}

TEST_CASE("a file of another name, and a link that leads nowhere, are reported", "[registry]") {
  const Alone alone;
  const Folder folder;
  fs::create_symlink(kAdam, folder.path() / "eve.so");
  fs::create_symlink("nowhere", folder.path() / "lost.so");
  Registry registry({folder.path()}, UBP_PROGRAM);
  std::vector<std::string> broken;
  CHECK(registry.all(&broken).empty());
  const std::string in = "plugin " + folder.path().string();
  CHECK(broken == std::vector{in + "/eve.so: holds no component 'eve'", in + "/lost.so: No such file or directory"});
}

TEST_CASE("what is no regular file is not read", "[registry]") {
  const Alone alone;
  const Folder folder;
  fs::create_directories(folder.path() / "optimizers");
  REQUIRE(mkfifo((folder.path() / "optimizers/pipe.so").c_str(), 0600) == 0);
  fs::create_symlink("/dev/zero", folder.path() / "endless.so");
  fs::create_directories(folder.path() / "folder.so");
  const fs::path large = folder.path() / "large.so";
  std::ofstream(large) << "x";
  fs::resize_file(large, std::uintmax_t{1} << 31);  // sparse
  Registry registry({folder.path()}, UBP_PROGRAM);
  std::vector<std::string> broken;
  CHECK(registry.all(&broken).empty());
  const std::string in = "plugin " + fs::canonical(folder.path()).string();
  CHECK(broken ==
        std::vector<std::string>{
            in + "/optimizers/pipe.so: is no regular file", "plugin /dev/zero: is no regular file",
            in + "/folder.so: is no regular file",
            in + "/large.so: is too large for a plugin: found 2147483648 bytes, expected at most 1073741824"});
  CHECK(registry.ids(UBP_K_OBJECTIVE).empty());
  CHECK(refusal([&] { registry.find(UBP_K_OPTIMIZER, "pipe"); }, Exit::plugin) ==
        in + "/optimizers/pipe.so: is no regular file");
}

TEST_CASE("a damaged cache is never believed", "[registry]") {
  const Folder cache;
  setenv("UBP_CACHE", cache.path().c_str(), 1);
  const nlohmann::json truth = Registry({}, UBP_PROGRAM).describe(kAdam);
  REQUIRE(cache_files().size() == 1);
  const fs::path file = cache_files().front();
  std::ifstream in(file, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  REQUIRE(whole.size() > 1000);
  const auto written = [&](const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
    return nlohmann::json(Registry({}, UBP_PROGRAM).describe(kAdam));
  };
  std::mt19937 words(4);
  for (int i = 0; i < 200; ++i) {
    std::string flipped = whole;
    const std::size_t at = words() % whole.size(), bit = words() % 8;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
    CAPTURE(at, bit);
    CHECK(written(flipped) == truth);
    CHECK(fs::file_size(file) == whole.size());  // made anew
  }
  for (const std::size_t length : {std::size_t{0}, std::size_t{10}, std::size_t{65}, whole.size() - 1})
    CHECK(written(whole.substr(0, length)) == truth);
  setenv("UBP_CACHE", testing::kSurroundings.cache.path().c_str(), 1);
}

TEST_CASE("each registry asks its own describer", "[registry]") {
  Registry({}, UBP_PROGRAM).describe(kAdam);
  CHECK(refusal([] { Registry({}, "/bin/false").describe(kAdam); }, Exit::plugin) ==
        "plugin " + fs::canonical(kAdam).string() + ": ended the process that loaded it (exit 1)");
}

TEST_CASE("a plugin that contradicts itself is blamed where it is described, warm or cold", "[registry]") {
  const Alone alone;
  const Folder folder;
  const fs::path file = put(folder.path() / "contradictory.so", fs::path(UBP_PLUGIN_FOLDER) / "wrong/contradictory.so");
  const std::string sentence =
      "plugin " + file.string() + ": transform 'contradictory': parameter 'rate': default: 2 is outside [0, 1]";
  for (int cold_or_warm = 0; cold_or_warm < 2; ++cold_or_warm) {
    std::vector<std::string> broken;
    Registry registry({folder.path()}, UBP_PROGRAM);
    CHECK(registry.all(&broken).empty());
    CHECK(broken == std::vector{sentence});
    CHECK(refusal([&] { registry.find(UBP_K_TRANSFORM, "contradictory"); }, Exit::plugin) == sentence);
  }
}
