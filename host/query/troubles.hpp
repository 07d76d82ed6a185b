// SPDX-License-Identifier: MIT
// What is wrong with a database, as a person would be told.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "query/reader.hpp"

namespace ubp {

struct Trouble {
  std::string area;  ///< machine | drawing | plugins | database | records | files | data
  std::string what;  ///< one sentence, without its end
  std::string cure;  ///< what to do about it
};

/// What is known of the folder of a database.
struct FolderFacts {
  std::string network;  ///< its network file system, as network_file_system() has it; "": it is none
  std::uintmax_t free_bytes = 0;
};
std::vector<Trouble> folder_troubles(const std::filesystem::path& database, const FolderFacts&);

/// Of the file and the folder: where it lies, whether it can be written, its log, its version. Changes nothing; a
/// database of an earlier ubp is not brought up to date. Appends to `found`; returns whether there are records to read.
bool database_troubles(const std::filesystem::path& file, std::vector<Trouble>& found);

/// Of what it holds: damage, trials that look as if they ran, trials from the future, artifacts whose files are not
/// there. `written`: a live process writes it.
std::vector<Trouble> record_troubles(Reader&, bool written);

/// A file that data were read from.
struct RecordedData {
  std::string file, sha256;
  std::int64_t sweep_id = 0;
  std::string sweep;
};
/// Of each file what the latest sweep knew that read it.
std::vector<RecordedData> recorded_data(Reader&);

}  // namespace ubp
