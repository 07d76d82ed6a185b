// SPDX-License-Identifier: MIT
// A checkpoint whose sum is right, with sections of any bytes: read as what writing it would give back, or refused.
#include <cstdint>
#include <cstdlib>

#include "base/hash.hpp"
#include "train/state/checkpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ubp;
  std::string file = "UBPCKPT1" + std::string(reinterpret_cast<const char*>(data), size);
  file += sha256(file);
  const std::optional<Checkpoint> checkpoint = Checkpoint::parse(file);
  if (!checkpoint) return 0;
  std::size_t bytes = 0;
  for (const auto& [name, section] : checkpoint->sections()) bytes += name.size() + section.size();
  if (bytes > size) std::abort();
  return 0;
}
