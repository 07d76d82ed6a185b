// SPDX-License-Identifier: MIT
// Four IDX files, one of them of any bytes: the first byte says which.
#include "dataset_bytes.hpp"

namespace {

constexpr const char* kNames[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                                  "t10k-labels-idx1-ubyte"};
constexpr std::uint8_t kImages[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 1, 2, 3, 4},
                       kLabels[] = {0, 0, 8, 1, 0, 0, 0, 2, 5, 9};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Scratch scratch;
  const std::size_t chosen = size ? data[0] % 4 : 4;
  for (std::size_t f = 0; f < 4; ++f) {
    if (f == chosen)
      scratch.write(kNames[f], data + 1, size - 1);
    else
      scratch.write(kNames[f], f % 2 ? kLabels : kImages, f % 2 ? sizeof kLabels : sizeof kImages);
  }
  fuzz::Dataset({{"folder", scratch.path()}}).read();
  return 0;
}
