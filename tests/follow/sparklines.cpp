// SPDX-License-Identifier: MIT
#include <cmath>

#include <catch2/catch.hpp>

#include "cli/sparkline.hpp"

using namespace ubp;

TEST_CASE("a sparkline goes from the least to the greatest", "[follow]") {
  CHECK(sparkline({}, 8) == "");
  CHECK(sparkline({3}, 8) == "▁");
  CHECK(sparkline({2, 2, 2}, 8) == "▁▁▁");
  CHECK(sparkline({0, 1, 2, 3, 4, 5, 6, 7}, 8) == "▁▂▃▄▅▆▇█");
  CHECK(sparkline({1, -1, NAN, 0}, 8) == "█▁ ▅");
  CHECK(sparkline({INFINITY, 0, 1}, 8) == " ▁█");
}

TEST_CASE("a sparkline of many values is one of the means of equal parts", "[follow]") {
  CHECK(sparkline({0, 2, 7, 9, 14, 16, 21, 23}, 4) == sparkline({1, 8, 15, 22}, 4));
  CHECK(sparkline({NAN, NAN, 1, 1, 2, 2}, 3) == " ▁█");
}

TEST_CASE("a line that is too long is cut between two characters", "[follow]") {
  CHECK(fitted("▁▂▃", 3) == "▁▂▃");
  CHECK(fitted("▁▂▃▄", 3) == "▁▂…");
  CHECK(fitted("abc", 80) == "abc");
}
