// SPDX-License-Identifier: MIT
// Who may write a database: one process at a time, and never over a network file system.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace ubp {

/// The writer's lock: a POSIX record lock on `<database>-lock`. The kernel releases it with the process, and children
/// do not inherit it, so a worker that outlives a killed coordinator holds nothing. Throws Error (locked) naming the
/// pid of the holder, which may be this process; Error (usage) if the file has several names, or as require_log().
class WriterLock {
 public:
  explicit WriterLock(const std::filesystem::path& database);
  ~WriterLock();
  WriterLock(const WriterLock&) = delete;

 private:
  std::string file_;
  int descriptor_ = -1;
};

/// The pid of the live process that writes `database`, if any. Takes nothing.
std::optional<long> writer_of(const std::filesystem::path& database);

/// Throws Error (usage) if the log of a database that was not closed has been taken away. Takes nothing.
void require_log(const std::filesystem::path& database);

/// The name of the network file system with this statfs() magic number, or "".
std::string network_file_system(unsigned long magic);

/// Throws Error (usage) if `folder` lies on a network file system: WAL needs memory shared between processes.
void refuse_network(const std::filesystem::path& folder);

}  // namespace ubp
