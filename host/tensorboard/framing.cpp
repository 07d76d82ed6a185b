// SPDX-License-Identifier: MIT
#include "tensorboard/framing.hpp"

#include <array>

#include "tensorboard/wire.hpp"

namespace ubp::tensorboard {
namespace {

constexpr std::array<std::uint32_t, 256> kTable = [] {
  constexpr std::uint32_t kReversed = 0x82f63b78;
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ kReversed : crc >> 1;
    table[byte] = crc;
  }
  return table;
}();

/// So that a sum over data that holds sums stays one.
std::uint32_t masked(std::uint32_t crc) { return (crc >> 15 | crc << 17) + 0xa282ead8; }

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char c : bytes) crc = crc >> 8 ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return ~crc;
}

std::string framed(std::string_view record) {
  const std::string length = little_endian(std::uint64_t{record.size()});
  std::string frame = length + little_endian(masked(crc32c(length)));
  frame += record;
  return frame + little_endian(masked(crc32c(record)));
}

}  // namespace ubp::tensorboard
