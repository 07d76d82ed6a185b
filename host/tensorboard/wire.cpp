// SPDX-License-Identifier: MIT
#include "tensorboard/wire.hpp"

namespace ubp::tensorboard {
namespace {

constexpr int kVarint = 0, kEightBytes = 1, kLength = 2, kFourBytes = 5;

}  // namespace

void Message::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
  bytes_ += static_cast<char>(value);
}

void Message::key(int field, int type) { varint(static_cast<std::uint64_t>(field) << 3 | static_cast<unsigned>(type)); }

Message& Message::integer(int field, std::int64_t value) {
  key(field, kVarint);
  varint(static_cast<std::uint64_t>(value));
  return *this;
}

Message& Message::real(int field, double value) {
  key(field, kEightBytes);
  bytes_ += little_endian(std::bit_cast<std::uint64_t>(value));
  return *this;
}

Message& Message::single(int field, float value) {
  key(field, kFourBytes);
  bytes_ += little_endian(std::bit_cast<std::uint32_t>(value));
  return *this;
}

Message& Message::text(int field, std::string_view value) {
  key(field, kLength);
  varint(value.size());
  bytes_ += value;
  return *this;
}

Message& Message::message(int field, const Message& value) { return text(field, value.bytes()); }

}  // namespace ubp::tensorboard
