// SPDX-License-Identifier: MIT
// Sums and bytes that others have published.
#include <catch2/catch.hpp>

#include "tensorboard/event.hpp"
#include "tensorboard/framing.hpp"
#include "tensorboard/wire.hpp"

using namespace ubp::tensorboard;

TEST_CASE("CRC-32C is that of RFC 3720, B.4", "[export]") {
  std::string rising, falling;
  for (int i = 0; i < 32; ++i) rising += static_cast<char>(i), falling += static_cast<char>(31 - i);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43);
  CHECK(crc32c(rising) == 0x46dd794e);
  CHECK(crc32c(falling) == 0x113fdb5c);
  CHECK(crc32c("123456789") == 0xe3069283);
  CHECK(crc32c("") == 0);
}

TEST_CASE("a record is framed by its length and by masked sums", "[export]") {
  const std::string frame = framed("abc");
  REQUIRE(frame.size() == 8 + 4 + 3 + 4);
  CHECK(frame.substr(0, 8) == std::string("\3\0\0\0\0\0\0\0", 8));
  CHECK(frame.substr(12, 3) == "abc");
}

TEST_CASE("fields are encoded as the guide to Protocol Buffers has them", "[export]") {
  CHECK(Message().integer(1, 150).bytes() == "\x08\x96\x01");
  CHECK(Message().text(2, "testing").bytes() == "\x12\x07testing");
  CHECK(Message().message(3, Message().integer(1, 150)).bytes() == "\x1a\x03\x08\x96\x01");
  CHECK(Message().integer(1, -2).bytes() == "\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  CHECK(Message().real(1, 1.0).bytes() == std::string("\x09\0\0\0\0\0\0\xf0\x3f", 9));
  CHECK(Message().single(2, 1.0F).bytes() == std::string("\x15\0\0\x80\x3f", 5));
  CHECK(Message().integer(16, 0).bytes() == std::string("\x80\x01\0", 3));
}
