// SPDX-License-Identifier: MIT
// Protocol Buffers on the wire, as much as events need: https://protobuf.dev/programming-guides/encoding.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace ubp::tensorboard {

template <std::unsigned_integral T>
std::string little_endian(T value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof value; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

/// A message that grows field by field, in the order in which they are added.
class Message {
 public:
  Message& integer(int field, std::int64_t);
  Message& real(int field, double);   ///< a `double`
  Message& single(int field, float);  ///< a `float`
  Message& text(int field, std::string_view);
  Message& message(int field, const Message&);

  const std::string& bytes() const { return bytes_; }

 private:
  void varint(std::uint64_t);
  void key(int field, int type);

  std::string bytes_;
};

}  // namespace ubp::tensorboard
