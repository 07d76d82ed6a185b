// SPDX-License-Identifier: MIT
// Layout of a cached file: kMagic, u64 length of the JSON header, u64 XXH3 of everything after the first kHeaderBytes,
// u64 XXH3 of the header with both numbers, the header; from kHeaderBytes on each field's rows at a 64-byte boundary,
// at the offsets that the header names; then names of classes and columns, and which columns are one cell, as JSON.
#include "train/data/cache.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <numeric>
#include <sstream>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <ubp/names.h>
#include <ubp/nominal.h>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "plugin/context.hpp"
#include "plugin/instance.hpp"
#include "plugin/loader.hpp"
#include "plugin/registry.hpp"

namespace ubp {
namespace {

namespace fs = std::filesystem;

constexpr i64 kBlockRows = 4096;      // rows decoded per call of the plugin
constexpr i64 kBlockBytes = 1 << 26;  // of wide rows so many fewer
constexpr i64 kAlign = 64;

i64 aligned(i64 n) { return (n + kAlign - 1) / kAlign * kAlign; }

/// The fixed part of a cached file.
struct Seal {
  char magic[8];
  std::uint64_t header_bytes, data_sum, header_sum;
};
constexpr char kMagic[8] = {'U', 'B', 'P', 'D', 'A', 'T', 'A', '3'};
constexpr i64 kHeaderBytes = 1 << 16;

std::uint64_t sum_of(std::string_view header, std::uint64_t data_sum) {
  return XXH3_64bits_withSeed(header.data(), header.size(), data_sum);
}

std::vector<SourceFile> sources_of(const Instance& dataset, const ubp_dataset_vt& calls) {
  const char* lines = "";
  if (calls.files) require_ok(calls.files(dataset.self(), data_dir(), &lines), dataset.who(), "files");
  std::istringstream in(lines ? lines : "");
  std::vector<SourceFile> all;
  try {
    for (std::string path; std::getline(in, path);) all.push_back(source_file(path));
  } catch (const Error& e) {
    fail(Exit::usage, "{}: {}", dataset.who(), e.what());
  }
  return all;
}

// What the content depends on: the plugin's bytes, the parameters, and the bytes of its files.
std::string content_key(const ComponentUse& use, const std::vector<SourceFile>& sources) {
  const std::string text =
      "6\n" + use.sha256 + "\n" + use.id + "\n" + json_text(use.params) + "\n" + digest_of(sources);
  return sha256(text).substr(0, 32);
}

class FileLock {  // two trials that miss the cache together: one decodes, the other waits
 public:
  explicit FileLock(const fs::path& file) : fd_(open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644)) {
    if (fd_ >= 0) flock(fd_, LOCK_EX);
  }
  ~FileLock() {
    if (fd_ >= 0) close(fd_);
  }

 private:
  int fd_;
};

struct Column {
  ubp_field field;
  DType dtype;
  i64 row_bytes;
};

std::vector<Column> columns_of(const Instance& dataset, const ubp_dataset_vt& calls) {
  const ubp_field* const* fields = nullptr;
  std::uint32_t n = 0;
  require_ok(calls.fields(dataset.self(), &fields, &n), dataset.who(), "fields");
  std::vector<Column> columns;
  const Engine f32(DType::f32);
  for (std::uint32_t i = 0; i < n; ++i) {
    const DType dtype = dtype_of(fields[i]->shape, f32);
    columns.push_back({*fields[i], dtype, shape_of(fields[i]->shape).count() * bytes_of(dtype)});
  }
  return columns;
}

i64 width_of(const std::vector<Column>& columns) {
  for (const Column& c : columns)
    if (c.field.flags & UBP_FIELD_INPUT) return shape_of(c.field.shape).count();
  return 0;
}

template <class Extension>
const Extension* extension_of(const Instance& dataset, const char* id) {
  const ubp_lifecycle& life = *dataset.component().life;
  return static_cast<const Extension*>(UBP_HAS(&life, get_extension) ? life.get_extension(dataset.self(), id)
                                                                     : nullptr);
}

/// What a list of ubp_names_ext gives: as many as `expected`, if that is not 0, or none.
std::vector<std::string> listed(const Instance& dataset, const char* what, i64 expected,
                                ubp_status (*list)(void*, const char* const**, std::uint32_t*)) {
  const char* const* names = nullptr;
  std::uint32_t n = 0;
  require_ok(list(dataset.self(), &names, &n), dataset.who(), what);
  if (n > 0 && expected > 0 && n != expected)
    throw EngineError(UBP_E_INVALID_ARG, fmt::format("{}, {}: found {} names, expected one for each of {}",
                                                     dataset.who(), what, n, expected));
  std::vector<std::string> all;
  for (std::uint32_t i = 0; i < n; ++i) all.push_back(plain_line(names[i] ? names[i] : ""));
  return all;
}

std::vector<i64> nominal_of(const Instance& dataset, const std::vector<Column>& columns) {
  const auto* extension = extension_of<ubp_nominal_ext>(dataset, UBP_EXT_NOMINAL);
  if (!extension || !UBP_HAS(extension, get)) return {};
  const i64* given = nullptr;
  std::uint32_t n = 0;
  require_ok(extension->get(dataset.self(), &given, &n), dataset.who(), "nominal");
  const i64 width = width_of(columns);
  i64 next = 0;
  for (std::uint32_t i = 0; i < n; ++i) {
    const i64 first = given[2 * i], last = given[2 * i + 1];
    if (first < next || last < first || last >= width)
      throw EngineError(UBP_E_INVALID_ARG,
                        fmt::format("{}, nominal: found a cell of columns {} to {}, expected columns {} to {} in order",
                                    dataset.who(), first, last, next, width - 1));
    next = last + 1;
  }
  return {given, given + 2 * n};
}

nlohmann::json names_of(const Instance& dataset, const std::vector<Column>& columns) {
  std::vector<std::string> classes, inputs;
  if (const auto* extension = extension_of<ubp_names_ext>(dataset, UBP_EXT_NAMES)) {
    if (UBP_HAS(extension, classes)) classes = listed(dataset, "class names", 0, extension->classes);
    if (UBP_HAS(extension, columns)) inputs = listed(dataset, "column names", width_of(columns), extension->columns);
  }
  return {{"classes", classes}, {"columns", inputs}, {"nominal", nominal_of(dataset, columns)}};
}

void decode(std::ofstream& out, const Instance& dataset, const ubp_dataset_vt& calls, const char* split, i64 rows,
            const std::vector<Column>& columns, const std::vector<i64>& offsets) {
  std::vector<std::vector<char>> blocks;
  i64 row_bytes = 1;
  for (const Column& c : columns) row_bytes += c.row_bytes;
  const i64 block = std::clamp(kBlockBytes / row_bytes, i64{1}, kBlockRows);
  for (const Column& c : columns) blocks.emplace_back(static_cast<std::size_t>(block * c.row_bytes));
  std::vector<i64> index(static_cast<std::size_t>(block));
  for (i64 at = 0; at < rows; at += block) {
    const i64 n = std::min(block, rows - at);
    std::iota(index.begin(), index.end(), at);
    std::vector<ViewStorage> storage(columns.size());
    std::vector<ubp_view> views;
    std::vector<ubp_view*> pointers;
    for (std::size_t f = 0; f < columns.size(); ++f) {
      ubp_shape shape = columns[f].field.shape;
      std::memmove(shape.dim + 1, shape.dim, sizeof(i64) * 7);
      shape.dim[0] = n, ++shape.nd;
      views.push_back(view_of(columns[f].dtype, shape_of(shape), blocks[f].data(), false, storage[f]));
    }
    for (ubp_view& v : views) pointers.push_back(&v);
    require_ok(calls.read(dataset.self(), split, index.data(), static_cast<std::uint32_t>(n), pointers.data(),
                          static_cast<std::uint32_t>(pointers.size())),
               dataset.who(), "read");
    for (std::size_t f = 0; f < columns.size(); ++f) {
      out.seekp(offsets[f] + at * columns[f].row_bytes);
      out.write(blocks[f].data(), n * columns[f].row_bytes);
    }
  }
}

/// A file that is gone with this, unless it got another name.
struct Unfinished {
  fs::path file;
  ~Unfinished() {
    std::error_code ignored;
    fs::remove(file, ignored);
  }
};

/// A whole file in memory, to read. Null: it cannot be had.
struct MappedFile {
  explicit MappedFile(const fs::path& file) {
    const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat s {};
    if (fd >= 0 && fstat(fd, &s) == 0 && s.st_size >= kHeaderBytes) {
      bytes = static_cast<std::size_t>(s.st_size);
      base = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd, 0);
      if (base == MAP_FAILED) base = nullptr;
    }
    if (fd >= 0) close(fd);
  }
  std::string_view text() const { return {static_cast<const char*>(base), bytes}; }

  void* base = nullptr;
  std::size_t bytes = 0;
};

std::uint64_t sum_of_data(std::string_view all) {
  all.remove_prefix(static_cast<std::size_t>(kHeaderBytes));
  return XXH3_64bits(all.data(), all.size());
}

/// Writes the header in front of the data. Returns whether it could.
bool seal(const fs::path& file, const std::string& header) {
  const MappedFile mapping(file);
  if (!mapping.base) return false;
  Seal s{{}, header.size(), sum_of_data(mapping.text()), 0};
  munmap(mapping.base, mapping.bytes);
  std::copy(std::begin(kMagic), std::end(kMagic), s.magic);
  s.header_sum = sum_of(header, s.data_sum);
  std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
  out.write(reinterpret_cast<const char*>(&s), sizeof s) << header;
  out.close();
  return static_cast<bool>(out);
}

/// The header of a cached file; nothing if the file is damaged anywhere.
std::optional<std::string_view> header_of(std::string_view all) {
  Seal s;
  std::memcpy(&s, all.data(), sizeof s);
  if (!std::equal(std::begin(kMagic), std::end(kMagic), s.magic)) return std::nullopt;
  if (s.header_bytes > static_cast<std::uint64_t>(kHeaderBytes) - sizeof s) return std::nullopt;
  const std::string_view header = all.substr(sizeof s, s.header_bytes);
  if (sum_of(header, s.data_sum) != s.header_sum || sum_of_data(all) != s.data_sum) return std::nullopt;
  return header;
}

void make(const fs::path& file, const Instance& dataset, const ubp_dataset_vt& calls) {
  require_ok(calls.open(dataset.self(), data_dir()), dataset.who(), "open");
  const std::vector<Column> columns = columns_of(dataset, calls);
  nlohmann::json header = {{"fields", nlohmann::json::array()}};
  std::map<std::string, std::vector<i64>> offsets;
  std::map<std::string, i64> counts;
  i64 at = kHeaderBytes;
  for (const char* split : {"train", "valid", "test"}) {
    i64 rows = 0;
    require_ok(calls.count(dataset.self(), split, &rows), dataset.who(), "count");
    if (rows < 0) fail(Exit::usage, "{}: streams without an end are not supported yet", dataset.who());
    require_slots(dataset.who(), {{"read", calls.read}});
    if (rows == 0) continue;
    counts[split] = rows;
    for (const Column& c : columns) {
      header["fields"].push_back({{"split", split},
                                  {"rows", rows},
                                  {"name", c.field.name},
                                  {"flags", c.field.flags},
                                  {"dtype", static_cast<int>(c.dtype)},
                                  {"shape", std::vector<i64>(c.field.shape.dim, c.field.shape.dim + c.field.shape.nd)},
                                  {"offset", at}});
      offsets[split].push_back(at);
      at = aligned(at + rows * c.row_bytes);
    }
  }
  const std::string names = json_text(names_of(dataset, columns));
  header["names"] = {at, names.size()};
  const i64 names_at = std::exchange(at, aligned(at + static_cast<i64>(names.size())));
  const std::string text = header.dump();
  if (static_cast<i64>(text.size() + sizeof(Seal)) > kHeaderBytes)
    fail(Exit::usage, "{}: too many fields", dataset.who());
  const Unfinished draft{file.string() + "." + std::to_string(getpid())};
  std::ofstream out(draft.file, std::ios::binary | std::ios::trunc);
  for (const auto& [split, rows] : counts) decode(out, dataset, calls, split.c_str(), rows, columns, offsets[split]);
  out.seekp(names_at) << names;
  out.close();
  std::error_code error;
  if (out) fs::resize_file(draft.file, static_cast<std::uintmax_t>(at), error);
  if (out && !error && seal(draft.file, text))
    fs::rename(draft.file, file, error);
  else if (!error)
    error = std::make_error_code(std::errc::io_error);
  if (error) {
    fail(Exit::internal, "{}: the decoded data set cannot be written: {} (UBP_CACHE names another folder)",
         file.string(), error.message());
  }
}

}  // namespace

const char* data_dir() {
  const char* set = std::getenv("UBP_DATA");
  return set ? set : "";
}

SourceFile source_file(const fs::path& file) {
  std::error_code error;
  const fs::path absolute = fs::absolute(file, error);
  return {error ? file.string() : absolute.lexically_normal().string(),
          sha256_of_contents(file, cache_folder() / "contents")};
}

StoredData::StoredData(const ComponentUse& use) {
  const Instance dataset(use.file.string(), UBP_K_DATASET, use.id, use.params);
  const auto calls = dataset.table<ubp_dataset_vt>();
  require_slots(dataset.who(), {{"open", calls.open}, {"fields", calls.fields}, {"count", calls.count}});
  const fs::path folder = cache_folder() / "datasets";
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  sources_ = sources_of(dataset, calls);
  const fs::path file = folder / (use.id + "-" + content_key(use, sources_));
  if (map(file)) return;
  const FileLock lock(file.string() + ".lock");
  if (map(file)) return;
  if (fs::exists(file, ignored))
    host_face().log(&host_face(), UBP_LOG_WARN, "ubp",
                    fmt::format("{}: is damaged, the data set is decoded anew", file.string()).c_str());
  make(file, dataset, calls);
  for (const SourceFile& source : sources_)  // decoded under the key of other bytes it would be believed for ever
    if (source_file(source.file).sha256 != source.sha256) {
      fs::remove(file, ignored);
      fail(Exit::usage, "{}: {}: changed while it was read", dataset.who(), source.file);
    }
  if (!map(file)) fail(Exit::internal, "{}: the decoded data set cannot be read back", file.string());
}

StoredData::~StoredData() { unmap(); }

void StoredData::unmap() {
  if (base_) munmap(base_, bytes_);
  base_ = nullptr;
}

/// Returns whether the file is there and whole.
bool StoredData::map(const fs::path& file) {
  const MappedFile mapping(file);
  if (!mapping.base) return false;
  base_ = mapping.base, bytes_ = mapping.bytes;
  const std::optional<std::string_view> header = header_of(mapping.text());
  if (header)
    read_header(*header);
  else
    unmap();
  return header.has_value();
}

void StoredData::read_header(std::string_view text) {
  const char* bytes = static_cast<const char*>(base_);
  const nlohmann::json header = nlohmann::json::parse(text);
  const auto place = header.at("names").get<std::vector<std::size_t>>();
  const nlohmann::json names = nlohmann::json::parse(bytes + place.at(0), bytes + place.at(0) + place.at(1));
  nominal_ = names.at("nominal").get<std::vector<i64>>();
  class_names_ = names.at("classes").get<std::vector<std::string>>();
  column_names_ = names.at("columns").get<std::vector<std::string>>();
  for (const nlohmann::json& j : header.at("fields")) {
    StoredSplit& split = splits_[j.at("split")];
    split.rows = j.at("rows");
    const auto dims = j.at("shape").get<std::vector<i64>>();
    split.fields.push_back({j.at("name"), j.at("flags"), static_cast<DType>(j.at("dtype").get<int>()),
                            Shape(dims.data(), static_cast<i64>(dims.size())), bytes + j.at("offset").get<i64>()});
  }
}

}  // namespace ubp
