// SPDX-License-Identifier: MIT
// The database as Datasette shows it: https://docs.datasette.io/en/stable/metadata.html.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "query/reader.hpp"

namespace ubp {

/// The content of its metadata file: what views and their columns are, from the comments of views.sql; questions with
/// parameters; tables that are not for people, hidden. `name`: what Datasette calls the database, its file's stem.
nlohmann::json datasette_metadata(Reader&, const std::string& name);

}  // namespace ubp
