// SPDX-License-Identifier: MIT
// Layout: kMagic, u64 length of the JSON header, u64 XXH3 of everything from kStoredHead on, u64 XXH3 of the header
// with both numbers, the header; from kStoredHead on each field's rows at a 64-byte boundary, at the offsets that the
// header names; then names of classes and columns, and which columns are one cell, as JSON.
#include "train/data/stored.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/json.hpp"

namespace ubp {
namespace {

using nlohmann::json;

constexpr i64 kAlign = 64;
constexpr i64 kMostAxes = 7;  // of a row: a batch has one more
constexpr i64 kMostBytes = i64{1} << 56;

i64 aligned(i64 n) { return (n + kAlign - 1) / kAlign * kAlign; }

/// The fixed part of a file.
struct Seal {
  char magic[8];
  std::uint64_t header_bytes, data_sum, header_sum;
};
constexpr char kMagic[8] = {'U', 'B', 'P', 'D', 'A', 'T', 'A', '4'};

std::uint64_t sum_of(std::string_view bytes, std::uint64_t seed = 0) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

/// The first boundary behind `rows` rows that begin at `at`.
i64 end_of(const StoredField& field, i64 rows, i64 at, const std::string& who) {
  const std::vector<i64> dims(field.row.dim, field.row.dim + field.row.nd);
  i64 bytes = bytes_of(field.dtype);
  bool fits = rows > 0 && std::ssize(dims) <= kMostAxes && !__builtin_mul_overflow(bytes, rows, &bytes);
  for (const i64 n : dims) fits = fits && n >= 0 && !__builtin_mul_overflow(bytes, n, &bytes);
  if (!fits || bytes > kMostBytes - at)
    throw EngineError(UBP_E_SHAPE, fmt::format("{}, field '{}': found {} rows of shape {}, expected what a file can "
                                               "hold, of at most {} axes",
                                               who, field.name, rows, field.row.text(), kMostAxes));
  return aligned(at + bytes);
}

i64 width_of(const StoredSplit& split) {
  for (const StoredField& field : split.fields)
    if (field.flags & UBP_FIELD_INPUT) return field.row.count();
  return 0;
}

void check_columns(const StoredContent& content, const std::string& who) {
  if (content.splits.empty()) return;
  const i64 width = width_of(content.splits.begin()->second), names = static_cast<i64>(content.column_names.size());
  if (names > 0 && width > 0 && names != width)
    throw EngineError(UBP_E_INVALID_ARG,
                      fmt::format("{}, column names: found {} names, expected one for each of {}", who, names, width));
  i64 next = 0;
  for (std::size_t i = 0; i + 1 < content.nominal.size(); i += 2) {
    const i64 first = content.nominal[i], last = content.nominal[i + 1];
    if (first < next || last < first || last >= width)
      throw EngineError(UBP_E_INVALID_ARG,
                        fmt::format("{}, nominal: found a cell of columns {} to {}, expected columns {} to {} in order",
                                    who, first, last, next, width - 1));
    next = last + 1;
  }
}

/// The header of a file whose sums are right.
std::optional<std::string_view> header_of(std::string_view file) {
  Seal s;
  if (file.size() < static_cast<std::size_t>(kStoredHead)) return std::nullopt;
  std::memcpy(&s, file.data(), sizeof s);
  if (!std::equal(std::begin(kMagic), std::end(kMagic), s.magic)) return std::nullopt;
  if (s.header_bytes > static_cast<std::uint64_t>(kStoredHead) - sizeof s) return std::nullopt;
  const std::string_view header = file.substr(sizeof s, s.header_bytes);
  if (sum_of(header, s.data_sum) != s.header_sum || sum_of(file.substr(kStoredHead)) != s.data_sum) return std::nullopt;
  return header;
}

/// No rounding, no wrapping: what is no such number is an exception.
i64 whole(const json& j) { return static_cast<i64>(j.get_ref<const json::number_unsigned_t&>()); }

std::vector<i64> wholes(const json& j) {
  std::vector<i64> all;
  for (const json& each : j) all.push_back(whole(each));
  return all;
}

void read_names(std::string_view text, StoredContent& content) {
  const json names = json::parse(text);
  content.nominal = wholes(names.at("nominal"));
  content.class_names = names.at("classes").get<std::vector<std::string>>();
  content.column_names = names.at("columns").get<std::vector<std::string>>();
}

void read_fields(const json& list, StoredContent& content) {
  for (const json& j : list) {
    StoredSplit& split = content.splits[j.at("split")];
    split.rows = whole(j.at("rows"));
    const std::vector<i64> dims = wholes(j.at("shape"));
    split.fields.push_back({j.at("name"), static_cast<std::uint32_t>(whole(j.at("flags"))),
                            static_cast<DType>(whole(j.at("dtype"))), Shape(dims.data(), std::ssize(dims))});
  }
}

bool are_alike(const StoredSplit& a, const StoredSplit& b) {
  return std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                    [](const StoredField& x, const StoredField& y) {
                      return x.name == y.name && x.flags == y.flags && x.dtype == y.dtype && x.row == y.row;
                    });
}

std::optional<StoredContent> read(std::string_view header, std::string_view file) {
  const json j = json::parse(header);
  const i64 at = whole(j.at("names").at(0)), n = whole(j.at("names").at(1)), bytes = std::ssize(file);
  if (at < 0 || at > bytes || n < 0 || n > bytes - at) return {};
  StoredContent content;
  const std::string_view names = file.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(n));
  read_names(names, content);
  read_fields(j.at("fields"), content);
  const StoredFrame again = lay_out(content, "");
  if (content.nominal.size() % 2 != 0 || again.header != header || again.names != names || again.bytes != bytes)
    return {};
  for (auto& [name, split] : content.splits) {
    if (!are_alike(split, content.splits.begin()->second)) return {};
    for (StoredField& field : split.fields) field.data = file.data() + field.at;
  }
  return content;
}

}  // namespace

std::optional<StoredContent> StoredContent::parse(std::string_view file) {
  const std::optional<std::string_view> header = header_of(file);
  if (!header) return {};
  try {
    return read(*header, file);
  } catch (const json::exception&) {
  } catch (const EngineError&) {
  }
  return {};
}

StoredFrame lay_out(StoredContent& content, const std::string& who) {
  StoredFrame frame;
  json header = {{"fields", json::array()}};
  i64 at = kStoredHead;
  for (auto& [name, split] : content.splits) {
    const i64 rows = split.rows;
    for (StoredField& field : split.fields) {
      field.at = at;
      at = end_of(field, rows, at, who);
      header["fields"].push_back({{"split", name},
                                  {"rows", rows},
                                  {"name", field.name},
                                  {"flags", field.flags},
                                  {"dtype", static_cast<int>(field.dtype)},
                                  {"shape", std::vector<i64>(field.row.dim, field.row.dim + field.row.nd)},
                                  {"offset", field.at}});
    }
  }
  check_columns(content, who);
  frame.names =
      json_text({{"classes", content.class_names}, {"columns", content.column_names}, {"nominal", content.nominal}});
  frame.names_at = at;
  frame.bytes = aligned(at + std::ssize(frame.names));
  header["names"] = {at, frame.names.size()};
  frame.header = json_text(header);
  return frame;
}

std::string sealed(std::string_view header, std::string_view rows) {
  Seal s{{}, header.size(), sum_of(rows), 0};
  std::copy(std::begin(kMagic), std::end(kMagic), s.magic);
  s.header_sum = sum_of(header, s.data_sum);
  return std::string(reinterpret_cast<const char*>(&s), sizeof s).append(header);
}

}  // namespace ubp
