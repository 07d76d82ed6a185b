// SPDX-License-Identifier: MIT
// Texts from outside - plugins, files, databases, command lines - as texts: nothing in them steers a terminal, and all
// of them are UTF-8 once they have passed here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ubp {

bool is_utf8(std::string_view);

/// The text as it may be shown and kept: control characters and bytes that are no UTF-8 become "\x1b", four characters;
/// line ends and tabs stay. What is plain already comes back as it is.
std::string plain(std::string_view);

/// plain(), and of a text of more than `most` bytes the beginning, cut between two characters, with its whole size.
std::string plain(std::string_view, std::size_t most);

/// plain() on one line: line ends and tabs are blanks.
std::string plain_line(std::string_view);

/// A failure's sentence or a note, at most.
constexpr std::size_t kMostSentence = 4096;

/// 'text', for a shell; a quote within by `quote`: '\'' for bash and zsh, \' for fish.
std::string shell_quoted(const std::string& text, const std::string& quote = "'\\''");

std::string base64(const std::string& bytes);  ///< RFC 4648

}  // namespace ubp
