// SPDX-License-Identifier: MIT
#include "base/hash.hpp"

#include <fstream>

#include <sha2.h>

#include "base/error.hpp"

namespace ubp {
namespace {

std::string hex(SHA2_CTX& context) {
  std::uint8_t digest[SHA256_DIGEST_LENGTH];
  SHA256Final(digest, &context);
  std::string text;
  for (std::uint8_t byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace

std::string sha256(std::string_view bytes) {
  SHA2_CTX context;
  SHA256Init(&context);
  SHA256Update(&context, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return hex(context);
}

std::string sha256_of_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) fail(Exit::internal, "{}: cannot be read", file.string());
  SHA2_CTX context;
  SHA256Init(&context);
  std::string block(1 << 16, '\0');
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())), in.gcount() > 0)
    SHA256Update(&context, reinterpret_cast<const std::uint8_t*>(block.data()), static_cast<std::size_t>(in.gcount()));
  return hex(context);
}

std::uint64_t hash64(std::string_view bytes) { return std::stoull(sha256(bytes).substr(0, 16), nullptr, 16); }

}  // namespace ubp
