// SPDX-License-Identifier: MIT
// What each version of the plugin header changed, and what is said to a plugin of another one.
#pragma once

#include <filesystem>
#include <span>

#include <ubp/abi.h>

namespace ubp {

/// A minor of the draft, and what a plugin of the minor before it finds changed: the middle of a sentence. The guide
/// (sdk/README.md, "What changed") has a heading for each.
struct AbiVersion {
  int minor;
  const char* changed;
};

/// Ascending; the last is this host's.
std::span<const AbiVersion> abi_versions();

/// Throws Error (plugin) unless a plugin with this entry speaks this host's version; reads no more than the entry's
/// head. One sentence: the file, both versions, what has changed from the one to the other, what to do.
void require_version(const ubp_entry&, const std::filesystem::path& file);

}  // namespace ubp
