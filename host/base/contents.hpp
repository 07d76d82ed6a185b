// SPDX-License-Identifier: MIT
// Whether a file is still the one that somebody knew: its bytes, and what the kernel says of it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ubp {

/// A file as it was read: what a trial's identity knows of its data.
struct SourceFile {
  std::string file;    ///< absolute
  std::string sha256;  ///< of its bytes
};

/// What the kernel changes whenever a file's bytes or its name's file change: device, inode, size, and the times of its
/// last write and of its last change, which no program can set back. "" if there is no such file.
std::string stamp_of(const std::filesystem::path& file);

/// The same of a file that has rested for longer than the clock's grain, else "": only such a stamp vouches for bytes.
std::string rested_stamp_of(const std::filesystem::path& file);

/// SHA-256 of a file's bytes. Kept in a folder `memo` under the file's stamp, where that is older than the clock's
/// grain: hashing happens once a version of a file, not once a trial. Throws Error (usage) naming the file if it cannot
/// be read or changes meanwhile.
std::string sha256_of_contents(const std::filesystem::path& file, const std::filesystem::path& memo);

/// One sum over files in their order; "" of none. Where they lie does not count.
std::string digest_of(const std::vector<SourceFile>& files);

}  // namespace ubp
