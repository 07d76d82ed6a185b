// SPDX-License-Identifier: MIT
// Numbers and times as filters write them.
#include <catch2/catch.hpp>

#include "query/filter/literals.hpp"

using namespace ubp;

namespace {

const std::chrono::system_clock::time_point kNow{std::chrono::seconds(1767225600)};  // 2026-01-01T00:00Z

std::string time(const std::string& text) { return time_literal(text, kNow).value_or("none"); }

std::optional<Value> number(const std::string& text) { return number_literal({text}); }

}  // namespace

TEST_CASE("times are as the views write them", "[filter]") {
  CHECK(time("2026-11-20") == "2026-11-20 00:00:00.000");
  CHECK(time("2026-11-20T10:00") == "2026-11-20 10:00:00.000");
  CHECK(time("2026-11-20 10:00:05") == "2026-11-20 10:00:05.000");
  CHECK(time("2026-11-20T10:00:05.25Z") == "2026-11-20 10:00:05.250");
  CHECK(time("-90s") == "2025-12-31 23:58:30.000");
  CHECK(time("-30m") == "2025-12-31 23:30:00.000");
  CHECK(time("-2h") == "2025-12-31 22:00:00.000");
  CHECK(time("-7d") == "2025-12-25 00:00:00.000");
  CHECK(time("-1.5w") == "2025-12-21 12:00:00.000");
}

TEST_CASE("what is no time is none", "[filter]") {
  for (const char* text : {"",
                           "-",
                           "-d",
                           "-7",
                           "7d",
                           "-7y",
                           "--7d",
                           "-nand",
                           "-infd",
                           "-1e300d",
                           "2026",
                           "2026-11",
                           "2026-11-31",
                           "2026-13-01",
                           "2026-00-01",
                           "2026-1-1",
                           "2026-11-20T",
                           "2026-11-20T25:00",
                           "2026-11-20T10:60",
                           "2026-11-20T10:00:60",
                           "2026-11-20T10:00x",
                           "today"})
    CHECK(time(text) == "none");
}

TEST_CASE("numbers are numbers, whatever they look like otherwise", "[filter]") {
  CHECK(number("3") == Value(std::int64_t{3}));
  CHECK(number("-3") == Value(std::int64_t{-3}));
  CHECK(number("+3") == Value(std::int64_t{3}));
  CHECK(number("1e-3") == Value(1e-3));
  CHECK(number(".5") == Value(0.5));
  CHECK(number("true") == Value(std::int64_t{1}));
  CHECK(number("18446744073709551615") == Value("18446744073709551615"));  // a seed, which the views have as text
  for (const char* text : {"", "x", "1x", "nan", "0x10", "1,5", "--3", "+-3"}) CHECK(number(text) == std::nullopt);
  CHECK(number_literal({"3", true}) == std::nullopt);
}
