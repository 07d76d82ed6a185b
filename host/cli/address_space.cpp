// SPDX-License-Identifier: MIT
// Where address space is limited (ulimit -v), OpenBLAS tries for ever, before main(), to get memory for each of its
// threads. ubp needs none of them: trials have one thread each. So the program starts itself anew and tells OpenBLAS.
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

namespace {

constexpr const char* kOneThread = "OPENBLAS_NUM_THREADS=1";
constexpr int kMostVariables = 4096;

// Before the constructors of any library, that of libc among them: there is no getenv() yet.
[[gnu::no_sanitize("address", "undefined")]] void start_with_one_thread(int, char** argv, char** envp) {
  rlimit limit{};
  if (syscall(SYS_prlimit64, 0, RLIMIT_AS, nullptr, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  const char* variables[kMostVariables + 2] = {kOneThread};
  int n = 1;
  for (char** each = envp; *each; ++each) {
    if (std::strncmp(*each, kOneThread, std::strlen("OPENBLAS_NUM_THREADS=")) == 0 || n > kMostVariables) return;
    variables[n++] = *each;
  }
  syscall(SYS_execve, "/proc/self/exe", argv, variables);
}

[[gnu::section(".preinit_array"), gnu::used]] void (*const kStart)(int, char**, char**) = start_with_one_thread;

}  // namespace
