// SPDX-License-Identifier: MIT
// A line out of a trial's stream: a message that encodes to itself, or none.
#include <cstdint>
#include <cstdlib>

#include "run/protocol.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ubp;
  const std::optional<Message> message = decode({reinterpret_cast<const char*>(data), size});
  if (!message) return 0;
  std::string line, again;
  encode(*message, line);
  const std::optional<Message> back = decode(std::string_view(line).substr(0, line.size() - 1));
  if (!back) std::abort();
  encode(*back, again);
  if (again != line) std::abort();
  return 0;
}
