// SPDX-License-Identifier: MIT
#include "train/data/cache.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <numeric>
#include <sstream>

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
#include "plugin/validate.hpp"
#include "train/data/rows.hpp"

namespace ubp {
namespace {

namespace fs = std::filesystem;

constexpr i64 kBlockRows = 4096;      // rows decoded per call of the plugin
constexpr i64 kBlockBytes = 1 << 26;  // of wide rows so many fewer

std::vector<SourceFile> sources_of(const Instance& dataset, const ubp_dataset_vt& calls) {
  const char* lines = "";
  if (calls.files) require_ok(calls.files(dataset.self(), data_dir(), &lines), dataset.who(), "files");
  std::istringstream in(lines ? lines : "");
  std::vector<SourceFile> all;
  try {
    for (std::string path; std::getline(in, path);) {
      if (path.empty()) fail(Exit::usage, "files: found an empty line, expected one path a line");
      all.push_back(source_file(path));
    }
  } catch (const Error& e) {
    fail(Exit::usage, "{}: {}", dataset.who(), e.what());
  }
  return all;
}

// What the content depends on: the plugin's bytes, the parameters, and the bytes of its files.
std::string content_key(const ComponentUse& use, const std::vector<SourceFile>& sources) {
  const std::string text =
      "7\n" + use.sha256 + "\n" + use.id + "\n" + json_text(use.params) + "\n" + digest_of(sources);
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

/// Refuses a flag that none has, and fields of which nobody could say which is meant.
void require_fields(const std::vector<StoredField>& fields, const Instance& dataset) {
  constexpr std::uint32_t kFieldFlags = UBP_FIELD_INPUT | UBP_FIELD_LABEL | UBP_FIELD_MASK | UBP_FIELD_IMAGE_CHW |
                                        UBP_FIELD_UNIT_BYTES | UBP_FIELD_FACTOR | UBP_FIELD_WEIGHT | UBP_FIELD_LENGTH;
  const auto count = [&](std::uint32_t flag) {
    return std::count_if(fields.begin(), fields.end(), [flag](const StoredField& f) { return f.flags & flag; });
  };
  for (const StoredField& field : fields)
    if (field.flags & ~kFieldFlags)
      fail(Exit::usage, "{}, fields: '{}': no flag has the bits {:#x}", dataset.who(), field.name,
           field.flags & ~kFieldFlags);
  for (const StoredField& field : fields)
    if (field.flags & (UBP_FIELD_FACTOR | UBP_FIELD_WEIGHT | UBP_FIELD_LENGTH) && field.row.count() != 1)
      fail(Exit::usage, "{}, fields: '{}': a factor, a weight or a length is one number a row: found shape {}",
           dataset.who(), field.name, field.row.text());
  for (const StoredField& field : fields)
    if (field.flags & UBP_FIELD_LENGTH && field.dtype != DType::i64)
      fail(Exit::usage, "{}, fields: '{}': a length is a whole number: found {}, expected i64", dataset.who(),
           field.name, name_of(field.dtype));
  for (const auto& [name, n] :
       {std::pair("UBP_FIELD_INPUT", count(UBP_FIELD_INPUT)), std::pair("UBP_FIELD_LABEL", count(UBP_FIELD_LABEL)),
        std::pair("UBP_FIELD_MASK", count(UBP_FIELD_MASK)), std::pair("UBP_FIELD_WEIGHT", count(UBP_FIELD_WEIGHT)),
        std::pair("UBP_FIELD_LENGTH", count(UBP_FIELD_LENGTH))})
    if (n > 1) fail(Exit::usage, "{}, fields: found {} of {}, expected 1", dataset.who(), n, name);
}

std::vector<StoredField> fields_of(const Instance& dataset, const ubp_dataset_vt& calls) {
  const ubp_field* const* fields = nullptr;
  std::uint32_t n = 0;
  require_ok(calls.fields(dataset.self(), &fields, &n), dataset.who(), "fields");
  std::vector<StoredField> all;
  const Engine f32(DType::f32);
  for (std::uint32_t i = 0; i < n; ++i)
    all.push_back({fields[i]->name, fields[i]->flags, dtype_of(fields[i]->shape, f32), shape_of(fields[i]->shape)});
  require_fields(all, dataset);
  return all;
}

/// train, valid and test, then those of the data set's own names.
std::vector<std::string> split_names(const Instance& dataset, const ubp_dataset_vt& calls) {
  std::vector<std::string> all = {"train", "valid", "test"};
  if (!UBP_HAS(&calls, splits)) return all;
  const char* const* names = nullptr;
  require_ok(calls.splits(dataset.self(), &names), dataset.who(), "splits");
  for (; names && *names; ++names) {
    const std::string name = plain_line(*names);
    if (!is_name(name))
      fail(Exit::usage, "{}, splits: found '{}', expected a name of letters a-z, digits and _, a letter first",
           dataset.who(), name);
    if (std::find(all.begin(), all.end(), name) != all.end())
      fail(Exit::usage, "{}, splits: found '{}' twice, expected each name once, and not train, valid or test",
           dataset.who(), name);
    all.push_back(name);
  }
  return all;
}

template <class Extension>
const Extension* extension_of(const Instance& dataset, const char* id) {
  const ubp_lifecycle& life = *dataset.component().life;
  return static_cast<const Extension*>(UBP_HAS(&life, get_extension) ? life.get_extension(dataset.self(), id)
                                                                     : nullptr);
}

/// What a list of ubp_names_ext gives.
std::vector<std::string> listed(const Instance& dataset, const char* what,
                                ubp_status (*list)(void*, const char* const**, std::uint32_t*)) {
  const char* const* names = nullptr;
  std::uint32_t n = 0;
  require_ok(list(dataset.self(), &names, &n), dataset.who(), what);
  std::vector<std::string> all;
  for (std::uint32_t i = 0; i < n; ++i) all.push_back(plain_line(names[i] ? names[i] : ""));
  return all;
}

std::vector<i64> nominal_of(const Instance& dataset) {
  const auto* extension = extension_of<ubp_nominal_ext>(dataset, UBP_EXT_NOMINAL);
  if (!extension || !UBP_HAS(extension, get)) return {};
  const i64* given = nullptr;
  std::uint32_t n = 0;
  require_ok(extension->get(dataset.self(), &given, &n), dataset.who(), "nominal");
  return {given, given + 2 * n};
}

void add_names(const Instance& dataset, StoredContent& content) {
  content.nominal = nominal_of(dataset);
  const auto* extension = extension_of<ubp_names_ext>(dataset, UBP_EXT_NAMES);
  if (!extension) return;
  if (UBP_HAS(extension, classes)) content.class_names = listed(dataset, "class names", extension->classes);
  if (UBP_HAS(extension, columns)) content.column_names = listed(dataset, "column names", extension->columns);
}

void decode(std::ofstream& out, const Instance& dataset, const ubp_dataset_vt& calls, const char* name,
            const StoredSplit& split) {
  std::vector<std::vector<char>> blocks;
  i64 row_bytes = 1;
  for (const StoredField& field : split.fields) row_bytes += field.row_bytes();
  const i64 block = std::clamp(kBlockBytes / row_bytes, i64{1}, kBlockRows);
  for (const StoredField& field : split.fields)
    blocks.emplace_back(static_cast<std::size_t>(block * field.row_bytes()));
  std::vector<i64> index(static_cast<std::size_t>(block));
  for (i64 at = 0; at < split.rows; at += block) {
    const i64 n = std::min(block, split.rows - at);
    std::iota(index.begin(), index.end(), at);
    std::vector<ViewStorage> storage(split.fields.size());
    std::vector<ubp_view> views;
    std::vector<ubp_view*> pointers;
    for (std::size_t f = 0; f < split.fields.size(); ++f)
      views.push_back(
          view_of(split.fields[f].dtype, of_rows(n, split.fields[f].row), blocks[f].data(), false, storage[f]));
    for (ubp_view& v : views) pointers.push_back(&v);
    require_ok(calls.read(dataset.self(), name, index.data(), static_cast<std::uint32_t>(n), pointers.data(),
                          static_cast<std::uint32_t>(pointers.size())),
               dataset.who(), "read");
    for (std::size_t f = 0; f < split.fields.size(); ++f) {
      const i64 bytes = split.fields[f].row_bytes();
      out.seekp(split.fields[f].at + at * bytes);
      out.write(blocks[f].data(), n * bytes);
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
    if (fd >= 0 && fstat(fd, &s) == 0 && s.st_size >= kStoredHead) {
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

/// Writes the header in front of the data. Returns whether it could.
bool seal(const fs::path& file, const std::string& header) {
  const MappedFile mapping(file);
  if (!mapping.base) return false;
  const std::string head = sealed(header, mapping.text().substr(kStoredHead));
  munmap(mapping.base, mapping.bytes);
  std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
  out << head;
  out.close();
  return static_cast<bool>(out);
}

void make(const fs::path& file, const Instance& dataset, const ubp_dataset_vt& calls) {
  require_ok(calls.open(dataset.self(), data_dir()), dataset.who(), "open");
  const std::vector<StoredField> fields = fields_of(dataset, calls);
  StoredContent content;
  for (const std::string& split : split_names(dataset, calls)) {
    i64 rows = 0;
    require_ok(calls.count(dataset.self(), split.c_str(), &rows), dataset.who(), "count");
    if (rows < 0) fail(Exit::usage, "{}, count: '{}': found {} rows, expected 0 or more", dataset.who(), split, rows);
    require_slots(dataset.who(), {{"read", calls.read}});
    if (rows > 0) content.splits[split] = {rows, fields};
  }
  add_names(dataset, content);
  const StoredFrame frame = lay_out(content, dataset.who());
  if (std::ssize(sealed(frame.header, "")) > kStoredHead) fail(Exit::usage, "{}: too many fields", dataset.who());
  const Unfinished draft{file.string() + "." + std::to_string(getpid())};
  std::ofstream out(draft.file, std::ios::binary | std::ios::trunc);
  for (const auto& [name, split] : content.splits) decode(out, dataset, calls, name.c_str(), split);
  out.seekp(frame.names_at) << frame.names;
  out.close();
  std::error_code error;
  if (out) fs::resize_file(draft.file, static_cast<std::uintmax_t>(frame.bytes), error);
  if (out && !error && seal(draft.file, frame.header))
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
  std::optional<StoredContent> content = StoredContent::parse(mapping.text());
  if (content)
    content_ = std::move(*content);
  else
    unmap();
  return content.has_value();
}

}  // namespace ubp
