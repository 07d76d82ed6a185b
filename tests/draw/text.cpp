// SPDX-License-Identifier: MIT
// Any bytes become text that a picture can hold, and any text fits.
#include <catch2/catch.hpp>

#include "draw/text.hpp"

using namespace ubp;

TEST_CASE("what is no text is replaced, byte by byte", "[draw]") {
  CHECK(printable("plain, größer, ×10⁻³, 𝛼") == "plain, größer, ×10⁻³, 𝛼");
  CHECK(printable("tab\there") == "tab\uFFFDhere");
  CHECK(printable("\xc3") == "\uFFFD");              // cut off
  CHECK(printable("\xff z") == "\uFFFD z");          // never in UTF-8
  CHECK(printable("\xc0\xaf") == "\uFFFD\uFFFD");    // longer than need be
  CHECK(printable("\xed\xa0\x80").size() == 3 * 3);  // half of a pair
  CHECK(printable("\xef\xbf\xbf").size() == 3 * 3);  // no character, says XML
  CHECK(printable("\xf4\x90\x80\x80").size() == 4 * 3);
  CHECK(printable(std::string_view("\0", 1)) == "\uFFFD");
}

TEST_CASE("text that finds no room keeps its ends", "[draw]") {
  CHECK(shortened("short", 8, 100) == "short");
  const std::string name = "train.a_name_that_is_too_long_for_its_panel, last 0.1234";
  const std::string kept = shortened(name, 8, 120);
  CHECK(text_width(kept, 8) <= 120);
  CHECK(text_width(kept, 8) > 105);
  CHECK(kept.substr(0, 8) == "train.a_");
  CHECK(kept.substr(kept.size() - 6) == "0.1234");
  CHECK(kept.find("…") != std::string::npos);
  CHECK(shortened("ππππππππππππππππ", 8, 30).size() % 2 ==
        1);  // two bytes a letter, three for the dots: none is halved
  CHECK(shortened("wide", 8, 0) == "…");
}

TEST_CASE("text is as wide as the font says", "[draw]") {
  CHECK(text_width("", 10) == 0);
  CHECK(text_width("0", 10) == Approx(6.36).margin(0.01));  // 1303 of 2048 units
  CHECK(text_width("0000", 10) == Approx(4 * text_width("0", 10)));
  CHECK(text_width("i", 10) < text_width("m", 10));
}
