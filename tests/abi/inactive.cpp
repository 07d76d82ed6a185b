// SPDX-License-Identifier: MIT
// A parameter whose condition does not hold has no effect, whatever a spec writes: the plugin is given its default.
#include <catch2/catch.hpp>

#include "plugin/instance.hpp"

TEST_CASE("an inactive parameter has its default", "[inactive]") {
  const auto depth = [](const nlohmann::json& height) {
    const ubp::Instance echo(std::string(UBP_PLUGIN_FOLDER) + "/transforms/echo.so", UBP_K_TRANSFORM, "echo",
                             {{"height", height}, {"depth", 0.75}});
    CHECK(echo.number("depth", 0) == *static_cast<double*>(echo.self()));
    return *static_cast<double*>(echo.self());
  };
  CHECK(depth(0.5) == 0.75);
  CHECK(depth(0.0) == 0.25);
  CHECK(depth(-0.0) == 0.25);
  CHECK(depth(0) == 0.25);
}
