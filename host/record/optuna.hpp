// SPDX-License-Identifier: MIT
// A live database as Optuna reads it: a sweep is a study, an execution a trial. What is made of it is in optuna.sql.
#pragma once

#include <cstdint>
#include <filesystem>

#include "record/sqlite.hpp"

namespace ubp {

/// Which Optuna is to read a file: each refuses the files of others by the version that is stamped on them.
enum class OptunaRelease { of_3_1, since_3_2 };  ///< 3.0 and 3.1; 3.2 and later

/// From now on Optuna reads the sweeps of `database`, also those to come, and `trials.state` is in its words for every
/// program but ubp; once more: for another release. Also while another process writes the database; throws Error as
/// BesideWriter, and Error (usage) if the file has tables of another program where Optuna wants its own.
void serve_optuna(const std::filesystem::path& database, OptunaRelease);

/// Takes that back. Returns how many attributes Optuna had noted on studies, which are gone; does nothing to a database
/// that Optuna does not read. Throws Error as BesideWriter.
std::int64_t stop_serving_optuna(const std::filesystem::path& database);

/// Does Optuna read it?
bool serves_optuna(sqlite::Connection&);

/// Makes all that Optuna reads, tables and views. REQUIRES: a transaction; it does not read the database.
void make_optuna_views(sqlite::Connection&, OptunaRelease = OptunaRelease::since_3_2);

/// Makes the views alone, in place of the view `trials`. REQUIRES: a transaction, and the tables of optuna_on.sql.
void view_as_optuna(sqlite::Connection&);

/// Has Optuna take the file for one of its own, of this release. REQUIRES: the tables of optuna_on.sql.
void stamp(sqlite::Connection&, OptunaRelease);

}  // namespace ubp
