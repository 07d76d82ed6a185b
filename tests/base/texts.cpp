// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "base/text.hpp"

using namespace ubp;

TEST_CASE("what steers a terminal, and what is no UTF-8, is shown as text") {
  CHECK(plain("plain, \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\nand\ttabs") ==
        "plain, \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\nand\ttabs");
  CHECK(plain("\x1b[31mred\x07\r") == "\\x1b[31mred\\x07\\x0d");
  CHECK(plain(std::string_view("a\0b\x7f", 4)) == "a\\x00b\\x7f");
  CHECK(plain("\xc2\x9b"
              "31m") == "\\x9b31m");  // a control sequence in one character
  CHECK(plain("\xff\xc3") == "\\xff\\xc3");
  CHECK(plain("cut \xe2\x82") == "cut \\xe2\\x82");
  CHECK(plain("\xc0\xaf \xe0\x80\xaf \xed\xa0\x80 \xf4\x90\x80\x80") ==
        "\\xc0\\xaf \\xe0\\x80\\xaf \\xed\\xa0\\x80 \\xf4\\x90\\x80\\x80");  // too long, a surrogate, beyond the last
  CHECK(plain_line("two\nlines\tand \x1b") == "two lines and \\x1b");
}

TEST_CASE("every text becomes UTF-8, and stays as it is the second time") {
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) {
      const std::string text = {'x', static_cast<char>(a), static_cast<char>(b), static_cast<char>(0x80)};
      const std::string shown = plain(text);
      REQUIRE(is_utf8(shown));
      REQUIRE(plain(shown) == shown);
      if (is_utf8(text) && a >= 0xa0) REQUIRE(shown == text);
    }
}

TEST_CASE("a long text is cut between two characters, and says how long it was") {
  const std::string euros = [] {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "\xe2\x82\xac";
    return text;
  }();
  for (std::size_t most = 20; most < 60; ++most) {
    const std::string cut = plain(euros, most);
    CHECK(cut.size() <= most);
    CHECK(cut.size() + 3 > most);
    CHECK(is_utf8(cut));
    CHECK(cut.substr(cut.size() - 16) == "... (3000 bytes)");
  }
  CHECK(plain("short", 5) == "short");
  CHECK(plain(std::string(10'000'000, '\x1b'), 100).size() <= 100);
}

TEST_CASE("JSON is written whatever its texts hold") {
  CHECK(json_text({{"a\xff", "b\xff"}}) == "{\"a\xef\xbf\xbd\":\"b\xef\xbf\xbd\"}");
}
