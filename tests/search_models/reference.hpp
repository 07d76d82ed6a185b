// SPDX-License-Identifier: MIT
// What other packages computed: reference.py.
#pragma once

#include <catch2/catch.hpp>

#include <fstream>
#include <vector>

#include <nlohmann/json.hpp>

inline const nlohmann::json& reference() {
  static const nlohmann::json all = nlohmann::json::parse(std::ifstream(SEARCH_REFERENCE));
  return all;
}

inline Approx near(double value, double tolerance = 1e-9) { return Approx(value).epsilon(tolerance).margin(tolerance); }

inline void check_near(const std::vector<double>& found, const std::vector<double>& wanted, double tolerance = 1e-9) {
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CAPTURE(i);
    CHECK(found[i] == near(wanted[i], tolerance));
  }
}
