// SPDX-License-Identifier: MIT
// KEY=VALUE words, one a line: understood, or refused by a sentence.
#include <cstdint>
#include <cstdlib>
#include <sstream>

#include "fake_components.hpp"
#include "plan/space.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ubp;
  std::istringstream lines(std::string(reinterpret_cast<const char*>(data), size));
  std::vector<std::string> words;
  for (std::string line; std::getline(lines, line);) words.push_back(line);
  test::FakeComponents components;
  try {
    const Draft draft = read_draft(read_source(test::kSpec, "s"), "s", words, components, true);
    for (const Axis& axis : draft.axes) {
      draw(axis, 0.5);
      if (count_values(axis) < 1000) grid_values(axis);
    }
  } catch (const Error& e) {
    if (e.code() != Exit::usage) std::abort();
  }
  return 0;
}
