// SPDX-License-Identifier: MIT
// A component's manifest as a page for people.
#pragma once

#include <string>

#include "plugin/manifest.hpp"
#include "query/print.hpp"

namespace ubp {

/// Title, formula and text, the table of parameters, what its kind has besides, citation, file.
std::string described(const Manifest&);

/// parameter, type, range, default, meaning
void parameter_rows(const std::vector<ParamDecl>&, RowSink&);
std::string parameter_table(const std::vector<ParamDecl>&);  ///< the same, aligned

std::string range_of(const ParamDecl&);    ///< "(0, 1]", "relu | tanh", ">= 1", ""
std::string default_of(const ParamDecl&);  ///< "0.1", "required"

}  // namespace ubp
