// SPDX-License-Identifier: MIT
// A cached data set of any bytes: read as what writing it would give back, or not believed. An even first byte: then a
// line for the header, and what lies behind it, with the right sums over both; an odd one: a file, sums and all, of
// which the zeros between byte 512 and the rows are left out.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "train/data/stored.hpp"

namespace {

using namespace ubp;

constexpr std::size_t kShownHead = 512;

std::string with_rows(std::string head, std::string_view rows) {
  head.resize(static_cast<std::size_t>(kStoredHead));
  return head.append(rows);
}

std::string file_of(bool is_sealed, std::string_view text) {
  if (is_sealed) {
    const std::size_t line = std::min(text.find('\n'), text.size());
    const std::string_view rows = text.substr(std::min(line + 1, text.size()));
    return with_rows(sealed(text.substr(0, line), rows), rows);
  }
  if (text.size() < kShownHead) return std::string(text);
  return with_rows(std::string(text.substr(0, kShownHead)), text.substr(kShownHead));
}

void require(bool holds) {
  if (!holds) std::abort();
}

/// Every byte can be read, and no two fields share one.
void require_sound(const StoredContent& content, std::string_view file) {
  std::vector<std::pair<const char*, const char*>> places;
  for (const auto& [name, split] : content.splits)
    for (const StoredField& field : split.fields) {
      const char* const begin = static_cast<const char*>(field.data);
      places.emplace_back(begin, begin + split.rows * field.row_bytes());
    }
  std::sort(places.begin(), places.end());
  const char* end = file.data() + kStoredHead;
  unsigned sum = 0;
  for (const auto& [from, to] : places) {
    require(from >= end && to <= file.data() + file.size());
    for (end = from; end != to; ++end) sum += static_cast<unsigned char>(*end);
  }
  require(sum < 256 * file.size());
  require(content.nominal.size() % 2 == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text = file_of(data[0] % 2 == 0, {reinterpret_cast<const char*>(data) + 1, size - 1});
  const std::vector<char> file(text.begin(), text.end());  // no byte more
  std::optional<StoredContent> content = StoredContent::parse({file.data(), file.size()});
  if (!content) return 0;
  require_sound(*content, {file.data(), file.size()});
  const StoredFrame frame = lay_out(*content, "");
  require(sealed(frame.header, {file.data() + kStoredHead, file.size() - static_cast<std::size_t>(kStoredHead)}) ==
          text.substr(0, sealed(frame.header, "").size()));
  return 0;
}
