// SPDX-License-Identifier: MIT
// SHA-256 of bytes and files (libmd), in lower-case hex.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace ubp {

std::string sha256(std::string_view bytes);

/// Throws Error (internal) naming the file if it cannot be read.
std::string sha256_of_file(const std::filesystem::path& file);

/// The first 64 bits of SHA-256, big-endian: for seeds and stream keys that must never change between versions.
std::uint64_t hash64(std::string_view bytes);

}  // namespace ubp
