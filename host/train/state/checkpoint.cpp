// SPDX-License-Identifier: MIT
#include "train/state/checkpoint.hpp"

#include <fstream>
#include <sstream>

#include "base/error.hpp"
#include "base/hash.hpp"

namespace ubp {
namespace {

constexpr char kMagic[] = "UBPCKPT1";
constexpr std::size_t kHashBytes = 64;

void append(std::string& out, const std::string& bytes) {
  const std::uint64_t n = bytes.size();
  out.append(reinterpret_cast<const char*>(&n), sizeof n);
  out += bytes;
}

bool take(std::string_view in, std::size_t& at, std::size_t end, std::string& bytes) {
  std::uint64_t n = 0;
  if (at + sizeof n > end) return false;
  std::memcpy(&n, in.data() + at, sizeof n);
  at += sizeof n;
  if (n > end - at) return false;
  bytes.assign(in, at, n);
  at += n;
  return true;
}

}  // namespace

std::string Checkpoint::bytes() const {
  std::string all = kMagic;
  for (const auto& [name, bytes] : sections_) {
    append(all, name);
    append(all, bytes);
  }
  return all + sha256(all);
}

void Checkpoint::write(const std::filesystem::path& file) const {
  const std::string all = bytes();
  const std::filesystem::path temporary = file.string() + ".new";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out.write(all.data(), static_cast<std::streamsize>(all.size()));
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(temporary, file, error);
  if (!out || error) fail(Exit::internal, "{}: the checkpoint cannot be written", file.string());
}

std::optional<Checkpoint> Checkpoint::read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return parse(text.str());
}

std::optional<Checkpoint> Checkpoint::parse(std::string_view all) {
  const std::size_t magic = sizeof kMagic - 1;
  if (all.size() < magic + kHashBytes || all.compare(0, magic, kMagic) != 0) return std::nullopt;
  const std::size_t end = all.size() - kHashBytes;
  if (all.compare(end, kHashBytes, sha256(all.substr(0, end))) != 0) return std::nullopt;
  Checkpoint checkpoint;
  std::string name, bytes;
  for (std::size_t at = magic; at < end; checkpoint.put(name, std::move(bytes)))
    if (!take(all, at, end, name) || !take(all, at, end, bytes)) return std::nullopt;
  return checkpoint;
}

}  // namespace ubp
