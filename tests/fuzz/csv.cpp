// SPDX-License-Identifier: MIT
// A CSV of any bytes, with a column y of classes.
#include "dataset_bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::read_file("any.csv", {{"label", "y"}}, data, size);
  return 0;
}
