// SPDX-License-Identifier: MIT
// Who may write a database: one process at a time, and never over a network file system.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/error.hpp"

namespace ubp {

/// Another process, or this one, holds the writer's lock.
class Held : public Error {
 public:
  explicit Held(const std::string& message) : Error(Exit::locked, message) {}
};

/// The writer's lock: a POSIX record lock on `<database>-lock`. The kernel releases it with the process, and children
/// do not inherit it, so a worker that outlives a killed coordinator holds nothing. The file says who holds it, as
/// `PID BEGAN_MS SWEEP_ID HOST`; what a dead process wrote there means nothing. Throws Held naming the pid of the
/// holder, which may be this process; Error (usage) if the file has several names, or as require_log().
class WriterLock {
 public:
  explicit WriterLock(const std::filesystem::path& database);
  ~WriterLock();
  WriterLock(const WriterLock&) = delete;

  /// Lets others know which sweep this process carries out.
  void name_sweep(std::int64_t sweep_id);

 private:
  void sign(std::int64_t sweep_id) const;

  std::string file_;
  int descriptor_ = -1;
  std::int64_t began_ms_ = 0;
};

/// Who writes a database.
struct Writer {
  long pid = 0;               ///< on its machine
  std::string host;           ///< "": a process that can be seen from here
  std::int64_t began_ms = 0;  ///< when it took the lock; 0: not known
  std::int64_t sweep_id = 0;  ///< that it carries out; 0: none, or none yet
};

/// The live process that writes `database`, if any. Takes nothing.
std::optional<Writer> writer_of(const std::filesystem::path& database);

/// Throws Error (usage) if the log of a database that was not closed has been taken away. Takes nothing.
void require_log(const std::filesystem::path& database);

/// The name of the network file system with this statfs() magic number, or "".
std::string network_file_system(unsigned long magic);

/// Throws Error (usage) if `folder` lies on a network file system: WAL needs memory shared between processes.
void refuse_network(const std::filesystem::path& folder);

}  // namespace ubp
