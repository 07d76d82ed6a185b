// SPDX-License-Identifier: MIT
// An ARFF file of any bytes, with an attribute y of classes.
#include "dataset_bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::read_file("any.arff", {{"label", "y"}}, data, size);
  return 0;
}
