// SPDX-License-Identifier: MIT
#include "record/lock.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <set>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace ubp {
namespace {

std::string lock_file(const std::filesystem::path& database) {
  return std::filesystem::weakly_canonical(database).string() + "-lock";
}

// Record locks do not exclude their own process, and closing any descriptor of the file would drop them.
std::set<std::string>& held_here() {
  static std::set<std::string> files;
  return files;
}

struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

/// SQLite keeps the log of a file beside one of its names: under another name that log is not seen, and what both write
/// is damaged.
void require_one_name(const std::filesystem::path& database) {
  struct stat found {};
  if (stat(database.c_str(), &found) == 0 && S_ISREG(found.st_mode) && found.st_nlink > 1)
    fail(Exit::usage,
         "{}: has {} names (hard links), and a database's log lies beside one of them: expected one name; a copy is "
         "made by `sqlite3 FILE \".backup COPY\"`",
         database.string(), found.st_nlink);
}

[[noreturn]] void locked_by(const std::string& file, long pid) {
  throw Held(fmt::format("{}: the database is being written by another ubp, process {}: wait for it, or stop it",
                         file.substr(0, file.size() - std::strlen("-lock")), pid));
}

std::string this_host() {
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace

WriterLock::WriterLock(const std::filesystem::path& database) : file_(lock_file(database)) {
  if (held_here().contains(file_)) locked_by(file_, getpid());
  descriptor_ = open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0)
    fail(Exit::usage, "{}: cannot be written: {}", file_.substr(0, file_.size() - std::strlen("-lock")),
         std::strerror(errno));
  try {
    require_one_name(database);
    require_log(database);
  } catch (...) {
    close(descriptor_);
    throw;
  }
  struct flock lock = whole_file();
  while (fcntl(descriptor_, F_SETLK, &lock) != 0) {
    struct flock holder = whole_file();
    const bool known = fcntl(descriptor_, F_GETLK, &holder) == 0;
    if (known && holder.l_type == F_UNLCK) continue;  // released in between
    close(descriptor_);
    locked_by(file_, known ? holder.l_pid : 0);
  }
  held_here().insert(file_);
  using namespace std::chrono;
  began_ms_ = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  sign(0);
}

void WriterLock::name_sweep(std::int64_t sweep_id) { sign(sweep_id); }

// For people and `ubp stop`: a disk that takes no more keeps nobody from writing what it may still write.
void WriterLock::sign(std::int64_t sweep_id) const {
  const std::string text = fmt::format("{} {} {} {}\n", getpid(), began_ms_, sweep_id, this_host());
  if (ftruncate(descriptor_, 0) == 0) (void)!pwrite(descriptor_, text.data(), text.size(), 0);
}

WriterLock::~WriterLock() {
  // The file stays: removing it would let a third process lock a name that a second one has already opened.
  close(descriptor_);
  held_here().erase(file_);
}

std::optional<Writer> writer_of(const std::filesystem::path& database) {
  const std::string file = lock_file(database);
  if (held_here().contains(file)) return Writer{getpid(), "", 0, 0};
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  struct flock holder = whole_file();
  const bool held = fcntl(descriptor, F_GETLK, &holder) == 0 && holder.l_type != F_UNLCK;
  close(descriptor);
  if (!held) return std::nullopt;
  Writer writer{holder.l_pid, "", 0, 0}, told;
  std::ifstream(file) >> told.pid >> told.began_ms >> told.sweep_id >> told.host;
  const bool elsewhere = !told.host.empty() && told.host != this_host();
  if (told.pid == writer.pid || elsewhere)  // else: a new holder, that has not signed yet
    writer.began_ms = told.began_ms, writer.sweep_id = told.sweep_id;
  const bool seen = writer.pid > 0 && (kill(static_cast<pid_t>(writer.pid), 0) == 0 || errno == EPERM);
  if (!seen || (elsewhere && told.pid == writer.pid))
    writer.pid = told.pid, writer.host = elsewhere ? told.host : "another container";
  return writer;
}

void require_log(const std::filesystem::path& database) {
  const auto there = [&](const char* suffix) { return access((database.string() + suffix).c_str(), F_OK) == 0; };
  // A writer that is about to end removes the one before the other.
  if (!there("") || !there("-shm") || there("-wal") || writer_of(database)) return;
  fail(Exit::usage,
       "{0}: its log {0}-wal is missing, and with it what was written last: put it back, or remove {0}-shm to go on "
       "without",
       database.string());
}

std::string network_file_system(unsigned long magic) {
  switch (magic & 0xffffffffUL) {
    case 0x6969:
      return "NFS";
    case 0xff534d42:
    case 0xfe534d42:
    case 0x517b:
      return "SMB";
    case 0x00c36400:
      return "Ceph";
    case 0x65735546:
      return "FUSE";
    case 0x01021997:
      return "9P";
    case 0x0bd00bd0:
      return "Lustre";
    case 0x47504653:
      return "GPFS";
    case 0x19830326:
      return "BeeGFS";
    case 0x5346414f:
      return "AFS";
    default:
      return "";
  }
}

void refuse_network(const std::filesystem::path& folder) {
  struct statfs info {};
  if (statfs(folder.c_str(), &info) != 0) return;  // opening the file will say what is wrong
  const std::string name = network_file_system(static_cast<unsigned long>(info.f_type));
  if (!name.empty())
    fail(Exit::usage,
         "{}: lies on a network file system ({}), where a live database can be damaged: "
         "use a local folder with --db, and copy the finished file",
         folder.string(), name);
}

}  // namespace ubp
