// SPDX-License-Identifier: MIT
// An archive of any bytes.
#include "dataset_bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::read_file("any.npz", {}, data, size);
  return 0;
}
