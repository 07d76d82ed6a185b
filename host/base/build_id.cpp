// SPDX-License-Identifier: MIT
#include "base/build_id.hpp"

#include <elf.h>
#include <link.h>

#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "base/child.hpp"
#include "base/hash.hpp"

namespace ubp {
namespace {

std::size_t padded(std::size_t n) { return (n + 3) / 4 * 4; }

/// The build id among the notes of one segment; "" if it is not there.
std::string id_in(std::string_view notes) {
  while (notes.size() >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) head;
    std::memcpy(&head, notes.data(), sizeof head);
    notes.remove_prefix(sizeof head);
    const std::size_t name = padded(head.n_namesz), size = padded(head.n_descsz);
    if (notes.size() < name + size) break;
    if (head.n_type == NT_GNU_BUILD_ID && notes.substr(0, 4) == std::string_view("GNU", 4)) {
      std::string hex;
      for (const char c : notes.substr(name, head.n_descsz))
        hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
      return hex;
    }
    notes.remove_prefix(name + size);
  }
  return "";
}

/// Called with the program itself first; what is not 0 ends the iteration.
int read_program(dl_phdr_info* program, std::size_t, void* out) {
  for (int i = 0; i < program->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = program->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const auto* notes = reinterpret_cast<const char*>(program->dlpi_addr + segment.p_vaddr);
    if (std::string id = id_in({notes, segment.p_memsz}); !id.empty()) *static_cast<std::string*>(out) = std::move(id);
  }
  return 1;
}

}  // namespace

const std::string& build_id() {
  static const std::string id = [] {
    std::string read;
    dl_iterate_phdr(read_program, &read);
    return read.empty() ? sha256_of_file(this_executable()) : read;
  }();
  return id;
}

}  // namespace ubp
