// SPDX-License-Identifier: MIT
// A checkpoint: named sections of bytes in one file, complete or absent.
//
// Format: "UBPCKPT1", then per section u64 length + name, u64 length + bytes (little-endian), then SHA-256 in hex of
// everything before it. Written to a temporary name and renamed, so that a reader sees a whole one or the one before.
#pragma once

#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ubp {

/// Of what the sections mean: section "format" of every checkpoint of a trial.
inline constexpr const char* kCheckpointFormat = "4";

class Checkpoint {
 public:
  void put(const std::string& name, std::string bytes) { sections_[name] = std::move(bytes); }
  bool has(const std::string& name) const { return sections_.count(name) != 0; }
  const std::string& get(const std::string& name) const { return sections_.at(name); }

  template <class T>
  void put_values(const std::string& name, const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    put(name, std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)));
  }
  template <class T>
  std::vector<T> values(const std::string& name) const {
    const std::string& bytes = get(name);
    std::vector<T> all(bytes.size() / sizeof(T));
    std::memcpy(all.data(), bytes.data(), all.size() * sizeof(T));
    return all;
  }
  const std::map<std::string, std::string>& sections() const { return sections_; }

  std::string bytes() const;  ///< of a file
  /// Throws Error (internal) naming the file if it cannot be written.
  void write(const std::filesystem::path&) const;
  /// Nothing if the file is absent, cut short or damaged: the trial then starts from its beginning, with the same
  /// result.
  static std::optional<Checkpoint> read(const std::filesystem::path&);
  static std::optional<Checkpoint> parse(std::string_view bytes);  ///< of a file

 private:
  std::map<std::string, std::string> sections_;
};

}  // namespace ubp
