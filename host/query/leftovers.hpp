// SPDX-License-Identifier: MIT
// Files beside a database that nothing in it names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "query/reader.hpp"

namespace ubp {

struct Leftover {
  std::filesystem::path file;
  std::uintmax_t bytes = 0;
  std::string why;        ///< half a sentence
  bool removable = true;  ///< it is ours, and no database can name it
};

/// In `<database>.files`, by path, and the copy that a merge or a session did not finish: temporary files; versions of
/// artifacts that no record names, and their latest under its plain name; checkpoints of trials that have ended. What
/// lies in the folder of a sweep that the database does not have is listed, but not removable: another database, of
/// another name by now, may name it. Logs, locks, folders of trials that have not ended and files that ubp does not
/// write are not listed. REQUIRES: nobody writes the database.
std::vector<Leftover> leftovers(Reader&);

}  // namespace ubp
