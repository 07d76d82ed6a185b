// SPDX-License-Identifier: MIT
// Values against their declarations: type, range, choices; and the texts that a command line can hold.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "plugin/manifest.hpp"

namespace ubp {

bool is_list(const ParamDecl&);
bool is_number(const ParamDecl&);  ///< a number or a list of numbers: may be swept over a range

/// What a value may be: "int in [1, inf)", "one of mse, bce", "bool".
std::string expectation(const ParamDecl&);

/// `value` in the declared type: 1 -> 1.0 for a float, 1e3 -> 1000 for an int, 256 -> [256] for a list.
/// Throws Error (usage) `where: key: ...` if it has another type or lies outside the declared range.
nlohmann::json checked(const ParamDecl&, const nlohmann::json& value, const std::string& where, const std::string& key);

/// The same for a text of the command line: `1e-3`, `true`, `relu`, `'quoted'`, and for lists `256+64` or `[256,64]`;
/// the empty list is `[]` or an empty text.
nlohmann::json checked_text(const ParamDecl&, std::string_view text, const std::string& where, const std::string& key);

/// The inverse of checked_text; also what listings show.
std::string shown(const nlohmann::json& value);

/// The whole text as a number, a + in front allowed; nothing if it is none, or not a number at all (nan).
std::optional<double> number_of(std::string_view text);

/// Parts of `text` between `separator`s that stand outside quotes and brackets.
std::vector<std::string> split_outside(std::string_view text, char separator);

const ParamDecl* find_key(const std::vector<ParamDecl>&, std::string_view name);  ///< by name or alias; null if none
std::vector<std::string> names_of(const std::vector<ParamDecl>&);

/// "20m", "1h30m", "90s", "45" in seconds. Throws Error (usage).
double seconds_of(std::string_view text, const std::string& where, const std::string& key);
/// "2GiB", "512MiB", "1.5GB", "4096" in bytes. Throws Error (usage).
std::int64_t bytes_of(std::string_view text, const std::string& where, const std::string& key);

}  // namespace ubp
