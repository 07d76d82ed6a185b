// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cmath>

#include "base/error.hpp"
#include "plan/axis.hpp"

using namespace ubp;
using nlohmann::json;

namespace {

Axis axis(const std::string& text, std::int32_t type) {
  ParamDecl decl;
  decl.name = "x", decl.type = type, decl.min = -INFINITY, decl.max = INFINITY;
  return axis_of("t.x", {text, true, "command line"}, decl).value();
}

json grid(const std::string& text, std::int32_t type) { return grid_values(axis(text, type)); }

}  // namespace

TEST_CASE("a range means the same values every time") {
  CHECK(grid("2..5", UBP_P_INT) == json{2, 3, 4, 5});
  CHECK(grid("8..256:log2", UBP_P_INT) == json{8, 16, 32, 64, 128, 256});
  CHECK(grid("8..200:log2", UBP_P_INT) == json{8, 16, 32, 64, 128});
  CHECK(grid("1..1000:log", UBP_P_INT) == json{1, 10, 100, 1000});
  CHECK(grid("1..9:step=4", UBP_P_INT) == json{1, 5, 9});
  CHECK(grid("0..0.5:step=0.1", UBP_P_FLOAT) == json{0.0, 0.1, 0.2, 0.3, 0.4, 0.5});
  CHECK(grid("0..1:n=3", UBP_P_FLOAT) == json{0.0, 0.5, 1.0});
  CHECK(grid("1e-5..1e-1:log", UBP_P_FLOAT) == json{1e-5, 1e-4, 1e-3, 1e-2, 1e-1});
  CHECK(grid("1e-4..1e-1:log,n=7", UBP_P_FLOAT).size() == 7);
  CHECK(grid("16..64:log2", UBP_P_INT_LIST) == json{{16}, {32}, {64}});
}

TEST_CASE("a choice keeps its order and its types") {
  CHECK(grid("3,1,2", UBP_P_INT) == json{3, 1, 2});
  CHECK(grid("3,1", UBP_P_FLOAT).at(0).is_number_float());
  CHECK(grid("'a,b',c", UBP_P_STRING) == json{"a,b", "c"});
  CHECK(grid("64+32,8,[]", UBP_P_INT_LIST) == json{{64, 32}, {8}, json::array()});
}

TEST_CASE("contradictory ranges are refused") {
  CHECK_THROWS_AS(axis("1..9:step=2,n=3", UBP_P_INT), Error);
  CHECK_THROWS_AS(axis("1..9:log,step=2", UBP_P_INT), Error);
  CHECK_THROWS_AS(axis("1..9:step=0", UBP_P_INT), Error);
  CHECK_THROWS_AS(axis("1..9:n=1", UBP_P_INT), Error);
  CHECK_THROWS_AS(axis("1..", UBP_P_INT), Error);
  CHECK_THROWS_AS(axis("1.5..3", UBP_P_INT), Error);
}

TEST_CASE("draws stay inside, reach both ends, and keep the grid they are on") {
  const Axis log_int = axis("1..64:log", UBP_P_INT), step = axis("0..1:step=0.25", UBP_P_FLOAT),
             real = axis("1e-4..1e-2:log", UBP_P_FLOAT);
  CHECK(draw(log_int, 0) == 1);
  CHECK(draw(log_int, std::nextafter(1.0, 0.0)) == 64);
  CHECK(draw(step, 0.999) == 1.0);
  CHECK(draw(real, 0) == 1e-4);
  CHECK(draw(real, 0.5) == 1e-3);
  for (double u = 0; u < 1; u += 0.01) {
    const double v = draw(real, u);
    CHECK((v >= 1e-4 && v <= 1e-2));
    CHECK(std::fmod(draw(step, u).get<double>(), 0.25) == 0);
  }
}
