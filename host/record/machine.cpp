// SPDX-License-Identifier: MIT
#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>

#include <dlfcn.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <sqlite3.h>
#include <ubp/version.h>

#include "base/contents.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "record/store.hpp"

namespace ubp {
namespace {

// The value of the first line `key<separator>value`, without quotes and surrounding space.
std::string field(const char* file, const std::string& key, char separator) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const std::size_t at = line.find(separator);
    if (at == std::string::npos || line.rfind(key, 0) != 0) continue;
    const std::size_t begin = line.find_first_not_of(" \t\"", at + 1), end = line.find_last_not_of(" \t\"");
    return begin == std::string::npos ? "" : line.substr(begin, end - begin + 1);
  }
  return "";
}

std::string output_of(const char* command) {
  struct Close {
    void operator()(FILE* f) const { pclose(f); }
  };
  const std::unique_ptr<FILE, Close> pipe(popen(command, "re"));
  std::string text;
  char block[1 << 16];
  if (pipe)
    while (const std::size_t n = std::fread(block, 1, sizeof block, pipe.get())) text.append(block, n);
  return text;
}

std::string line(const std::string& text, int number) {
  std::size_t begin = 0;
  for (; number > 0 && begin != std::string::npos; --number) {
    begin = text.find('\n', begin);
    if (begin != std::string::npos) ++begin;
  }
  return begin == std::string::npos ? "" : text.substr(begin, text.find('\n', begin) - begin);
}

// The engine's BLAS, if this process has it: asked for by name, so that recording does not need the engine.
std::string blas() {
  const auto config = reinterpret_cast<const char* (*)()>(dlsym(RTLD_DEFAULT, "openblas_get_config"));
  return config ? config() : "";
}

void describe_working_tree(Provenance& p) {
  const std::string head = output_of("GIT_OPTIONAL_LOCKS=0 git rev-parse HEAD --abbrev-ref HEAD 2>/dev/null");
  if (line(head, 0).size() != 40 && line(head, 0).size() != 64) return;  // no repository, or no commit yet
  p.git_sha = line(head, 0);
  p.branch = line(head, 1);
  const std::string diff =
      output_of("GIT_OPTIONAL_LOCKS=0 git diff --no-ext-diff --no-color --binary HEAD 2>/dev/null");
  p.dirty = !diff.empty();
  if (p.dirty) p.diff_sha256 = sha256(diff);
}

}  // namespace

Provenance this_machine(const std::filesystem::path& sums) {
  Provenance p;
  utsname name{};
  uname(&name);
  p.host = name.nodename;
  p.kernel = fmt::format("{} {} {}", name.sysname, name.release, name.machine);
  p.os = field("/etc/os-release", "PRETTY_NAME", '=');
  p.cpu = field("/proc/cpuinfo", "model name", ':');
  p.n_cpu = std::thread::hardware_concurrency();
  p.mem_bytes = static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGE_SIZE);
  p.compiler = "GCC " __VERSION__;
  p.build = fmt::format("ubp {} {}; {}; SQLite {}; fmt {}.{}.{}", UBP_VERSION, UBP_BUILD_TYPE, UBP_BUILD_FLAGS,
                        sqlite3_libversion(), FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100);
  p.blas = blas();
  p.host_sha256 = sha256_of_contents("/proc/self/exe", sums);
  describe_working_tree(p);
  return p;
}

}  // namespace ubp
