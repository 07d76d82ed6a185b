// SPDX-License-Identifier: MIT
// Who may open a database for writing, and where it may lie.
#include <csignal>
#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "record/lock.hpp"
#include "support.hpp"

using namespace ubp;

namespace {

/// A process that holds the database until it is killed.
class Holder {
 public:
  explicit Holder(const std::filesystem::path& file, std::int64_t sweep_id = 0) {
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    pid_ = fork();
    if (pid_ == 0) {
      WriterLock lock(file);
      lock.name_sweep(sweep_id);
      (void)!write(ready[1], "x", 1);
      for (;;) pause();
    }
    char byte = 0;
    REQUIRE(read(ready[0], &byte, 1) == 1);
    close(ready[0]);
    close(ready[1]);
  }
  ~Holder() { stop(); }
  void stop() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

Exit code_of(const std::filesystem::path& file, std::string* message = nullptr) {
  try {
    Store store(file);
    return Exit::ok;
  } catch (const Error& e) {
    if (message) *message = e.what();
    return e.code();
  }
}

}  // namespace

TEST_CASE("a second writer is told who the first one is, and may write once that is dead", "[record]") {
  const Folder folder;
  { Store store(folder / "a.db"); }
  Holder holder(folder / "a.db");
  std::string message;
  CHECK(code_of(folder / "a.db", &message) == Exit::locked);
  CHECK_THAT(message, Catch::Contains("process " + std::to_string(holder.pid())));
  CHECK(writer_of(folder / "a.db")->pid == holder.pid());
  holder.stop();
  CHECK_FALSE(writer_of(folder / "a.db"));
  CHECK(code_of(folder / "a.db") == Exit::ok);
}

TEST_CASE("a second Store in the same process is a second writer", "[record]") {
  const Folder folder;
  {
    Store first(folder / "a.db");
    CHECK(code_of(folder / "a.db") == Exit::locked);
    CHECK(code_of(folder / "b.db") == Exit::ok);
    CHECK(writer_of(folder / "a.db")->pid == getpid());
  }
  CHECK(code_of(folder / "a.db") == Exit::ok);
}

TEST_CASE("a child that outlives the writer does not hold its lock", "[record]") {
  const Folder folder;
  auto store = std::make_unique<Store>(folder / "a.db");
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  store.reset();
  CHECK_FALSE(writer_of(folder / "a.db"));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_CASE("what cannot be a database is refused with a sentence", "[record]") {
  const Folder folder;
  std::string message;
  SECTION("a folder that does not exist") { CHECK(code_of(folder / "no/a.db", &message) == Exit::usage); }
  SECTION("a text file") {
    std::ofstream(folder / "a.db") << std::string(5000, 'x');
    CHECK(code_of(folder / "a.db", &message) == Exit::usage);
  }
  SECTION("another program's database") {
    sqlite::Connection(folder / "a.db", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE).run("CREATE TABLE t(x)");
    CHECK(code_of(folder / "a.db", &message) == Exit::usage);
    CHECK(ask(folder / "a.db", "PRAGMA journal_mode") == "delete");  // untouched
  }
  CHECK_THAT(message, Catch::Contains("a.db"));
}

TEST_CASE("who writes a database is told: since when, which sweep, and where", "[record]") {
  const Folder folder;
  { Store store(folder / "a.db"); }
  Holder holder(folder / "a.db", 7);
  const std::optional<Writer> writer = writer_of(folder / "a.db");
  REQUIRE(writer);
  CHECK((writer->pid == holder.pid() && writer->host.empty() && writer->sweep_id == 7 && writer->began_ms > 0));
  const auto signed_so = [&](const std::string& text) {
    std::ofstream((folder / "a.db-lock").string()) << text;
    return writer_of(folder / "a.db").value();
  };
  CHECK(signed_so(fmt::format("{} 1000 9 elsewhere\n", holder.pid())).host == "elsewhere");
  CHECK(signed_so(fmt::format("{} 1000 9 ", holder.pid())).pid == holder.pid());
  CHECK((signed_so("").pid == holder.pid() && signed_so("").sweep_id == 0 && signed_so("").host.empty()));
}

TEST_CASE("network file systems are known by name", "[record]") {
  CHECK(network_file_system(0x6969) == "NFS");
  CHECK(network_file_system(0xffffffffff534d42UL) == "SMB");  // statfs() sign-extends
  CHECK(network_file_system(0xef53).empty());                 // ext4
  CHECK(network_file_system(0x01021994).empty());             // tmpfs
}

TEST_CASE("a database of two names is not written under either", "[record]") {
  const Folder folder;
  { Store store(folder / "a.db"); }
  std::filesystem::create_hard_link(folder / "a.db", folder / "b.db");
  for (const char* name : {"a.db", "b.db"}) {
    std::string message;
    CHECK(code_of(folder / name, &message) == Exit::usage);
    CHECK_THAT(message, Catch::Contains(std::string(name) + ": has 2 names (hard links)"));
  }
  std::filesystem::remove(folder / "b.db");
  CHECK(code_of(folder / "a.db") == Exit::ok);
}

TEST_CASE("a log that was taken away is missed, by writers and readers", "[record]") {
  const Folder folder;
  const std::filesystem::path file = folder / "a.db";
  {
    Store store(file);
    for (const char* suffix : {"", "-shm"})  // as a kill leaves them
      std::filesystem::copy_file(file.string() + suffix, (folder / "b.db").string() + suffix);
    CHECK_NOTHROW(require_log(file));
  }
  std::string message;
  CHECK(code_of(folder / "b.db", &message) == Exit::usage);
  CHECK_THAT(message, Catch::Contains("b.db-wal is missing, and with it what was written last"));
  CHECK_THROWS_WITH(require_log(folder / "b.db"), Catch::Contains("b.db-wal is missing"));
  CHECK_NOTHROW(require_log(file));
  std::filesystem::remove(folder / "b.db-shm");
  CHECK(code_of(folder / "b.db") == Exit::ok);
}
