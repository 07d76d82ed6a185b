// SPDX-License-Identifier: MIT
// An array of any bytes.
#include "dataset_bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::read_file("any.npy", {}, data, size);
  return 0;
}
