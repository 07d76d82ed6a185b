// SPDX-License-Identifier: MIT
// The members of a ZIP archive, stored or deflated, also beyond 4 GiB (zip64): what numpy.savez writes.
// Format: PKWARE's APPNOTE.TXT, 4.3; numbers are little-endian.
#pragma once

#include <fstream>
#include <map>

#include "files.hpp"

namespace datasets {

class ZipFile {
 public:
  explicit ZipFile(const std::string& path) : path_(path), in_(path, std::ios::binary) {
    if (!in_) fail("cannot be opened");
    in_.seekg(0, std::ios::end);
    size_ = static_cast<std::uint64_t>(in_.tellg());
    const std::uint64_t tail = std::min<std::uint64_t>(size_, 65557);  // the end record and the longest comment
    const std::string end = take(size_ - tail, tail);
    const std::size_t at = end.rfind("PK\5\6");
    if (at == end.npos || end.size() - at < 22) fail("is no ZIP archive");
    std::uint64_t entries = number(end, at + 10, 2), bytes = number(end, at + 12, 4), from = number(end, at + 16, 4);
    if (at >= 20 && end.compare(at - 20, 4, "PK\6\7") == 0) {  // zip64: the true numbers are elsewhere
      const std::string large = take(number(end, at - 12, 8), 56);
      entries = number(large, 32, 8), bytes = number(large, 40, 8), from = number(large, 48, 8);
    }
    read_directory(take(from, bytes), entries);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& [name, member] : members_) all.push_back(name);
    return all;
  }
  bool has(const std::string& name) const { return members_.count(name); }

  std::string read(const std::string& name) {
    const Member& m = members_.at(name);
    const std::string head = take(m.offset, 30);
    if (head.compare(0, 4, "PK\3\4") != 0) fail("is a damaged ZIP archive");
    std::string packed = take(m.offset + 30 + number(head, 26, 2) + number(head, 28, 2), m.packed), bytes;
    if (m.method == 0)
      bytes = std::move(packed);
    else if (m.method == 8)
      bytes = inflated(packed, m.size);
    else
      fail("packs " + name + " in a way other than stored or deflated");
    uLong sum = crc32(0, nullptr, 0);
    for (std::size_t done = 0; done < bytes.size(); done += 1 << 30)
      sum = crc32(sum, reinterpret_cast<const Bytef*>(bytes.data() + done),
                  static_cast<uInt>(std::min<std::size_t>(bytes.size() - done, 1 << 30)));
    if (bytes.size() != m.size || sum != m.crc) fail("is damaged: " + name + " has another checksum");
    return bytes;
  }

 private:
  struct Member {
    std::uint64_t method, crc, packed, size, offset;
  };

  [[noreturn]] void fail(const std::string& what) const { throw ubp::Error(path_ + ": " + what, UBP_E_IO); }
  std::string take(std::uint64_t from, std::uint64_t n) {
    if (from > size_ || n > size_ - from) fail("is a damaged ZIP archive");
    std::string bytes(n, '\0');
    in_.clear();
    in_.seekg(static_cast<std::streamoff>(from));
    if (!in_.read(bytes.data(), static_cast<std::streamsize>(n))) fail("ends too early");
    return bytes;
  }
  std::uint64_t number(const std::string& bytes, std::size_t at, std::size_t n) const {
    if (at + n > bytes.size()) fail("is a damaged ZIP archive");
    std::uint64_t v = 0;
    for (std::size_t i = n; i-- > 0;) v = v << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    return v;
  }

  void read_directory(const std::string& all, std::uint64_t entries) {
    std::size_t at = 0;
    for (std::uint64_t i = 0; i < entries; ++i) {
      Member m{number(all, at + 10, 2), number(all, at + 16, 4), number(all, at + 20, 4), number(all, at + 24, 4),
               number(all, at + 42, 4)};
      const std::size_t name = number(all, at + 28, 2), extra = number(all, at + 30, 2),
                        comment = number(all, at + 32, 2);
      const std::size_t end = at + 46 + name + extra;
      for (std::size_t x = at + 46 + name;
           x + 4 <= end;) {  // zip64: those of the three that did not fit, in this order
        const std::uint64_t id = number(all, x, 2), length = number(all, x + 2, 2);
        std::size_t value = x + 4;
        if (id == 1)
          for (std::uint64_t* part : {&m.size, &m.packed, &m.offset})
            if (*part == 0xffffffff) *part = number(all, value, 8), value += 8;
        x += 4 + length;
      }
      members_[all.substr(at + 46, name)] = m;
      at = end + comment;
    }
  }

  std::string inflated(const std::string& packed, std::uint64_t size) const {
    if (size / 1032 > packed.size()) fail("is a damaged ZIP archive");  // deflate packs no better
    std::string bytes(size, '\0');
    z_stream z{};
    if (inflateInit2(&z, -15) != Z_OK) throw std::bad_alloc();
    std::size_t from = 0, to = 0;
    int status = Z_OK;
    while (status == Z_OK) {
      z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + from));
      z.avail_in = static_cast<uInt>(std::min<std::size_t>(packed.size() - from, 1 << 30));
      z.next_out = reinterpret_cast<Bytef*>(bytes.data() + to);
      z.avail_out = static_cast<uInt>(std::min<std::size_t>(bytes.size() - to, 1 << 30));
      const uInt in = z.avail_in, out = z.avail_out;
      status = inflate(&z, Z_NO_FLUSH);
      from += in - z.avail_in, to += out - z.avail_out;
      if (status == Z_OK && in == z.avail_in && out == z.avail_out) status = Z_BUF_ERROR;
    }
    inflateEnd(&z);
    if (status != Z_STREAM_END || to != size) fail("is damaged: its data cannot be unpacked");
    return bytes;
  }

  std::string path_;
  std::ifstream in_;
  std::uint64_t size_ = 0;
  std::map<std::string, Member> members_;
};

}  // namespace datasets
