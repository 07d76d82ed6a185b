// SPDX-License-Identifier: MIT
// What is said of the machine and the working tree.
#include <chrono>

#include <catch2/catch.hpp>

#include "support.hpp"

using namespace ubp;

TEST_CASE("a machine and its working tree describe themselves", "[record]") {
  const Folder sums;
  const auto start = std::chrono::steady_clock::now();
  const Provenance p = this_machine(sums / "");
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  CAPTURE(seconds, p.os, p.kernel, p.cpu, p.build);
  CHECK_FALSE(p.host.empty());
  CHECK_THAT(p.kernel, Catch::StartsWith("Linux "));
  CHECK_THAT(p.compiler, Catch::StartsWith("GCC "));
  CHECK_THAT(p.build, Catch::StartsWith("ubp ") && Catch::Contains("SQLite 3."));
  CHECK(p.n_cpu > 0);
  CHECK(p.mem_bytes > 1 << 20);
  CHECK(p.host_sha256.size() == 64);
  CHECK((p.git_sha.empty() || p.git_sha.size() >= 40));
  CHECK(p.diff_sha256.size() == (p.dirty ? 64 : 0));
}

TEST_CASE("a commit and the difference to it are recorded", "[record]") {
  const Folder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  const auto git = [](const std::string& arguments) {
    return std::system(("git -c user.name=a -c user.email=a@b " + arguments + " >/dev/null 2>&1").c_str()) == 0;
  };
  std::filesystem::current_path(folder / "");
  REQUIRE(git("init -b main ."));
  CHECK(this_machine(folder / "sums").git_sha.empty());  // no commit yet
  REQUIRE((std::system("echo one > file") == 0 && git("add file") && git("commit -m first")));
  const Provenance clean = this_machine(folder / "sums");
  REQUIRE(std::system("echo two > file") == 0);
  const Provenance dirty = this_machine(folder / "sums");
  std::filesystem::current_path(before);

  CHECK(clean.git_sha.size() == 40);
  CHECK(clean.branch == "main");
  CHECK_FALSE(clean.dirty);
  CHECK(dirty.git_sha == clean.git_sha);
  CHECK(dirty.dirty);
  CHECK(dirty.diff_sha256.size() == 64);
}
