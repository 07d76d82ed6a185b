// SPDX-License-Identifier: MIT
// Refuses a processor that lacks what the engine was compiled for, with a sentence instead of an illegal instruction.
#include <unistd.h>

#include <cstring>

#include "base/error.hpp"
#include "engine/needs.hpp"

namespace ubp {
namespace {

#ifdef __x86_64__
bool has(const char* set) {
#define UBP_IF(name) \
  if (std::strcmp(set, name) == 0) return __builtin_cpu_supports(name)
  UBP_IF("sse4.2");
  UBP_IF("popcnt");
  UBP_IF("avx");
  UBP_IF("avx2");
  UBP_IF("bmi");
  UBP_IF("bmi2");
  UBP_IF("lzcnt");
  UBP_IF("f16c");
  UBP_IF("fma");
  UBP_IF("avx512f");
  UBP_IF("avx512bw");
  UBP_IF("avx512cd");
  UBP_IF("avx512dq");
  UBP_IF("avx512vl");
  UBP_IF("avx512ifma");
  UBP_IF("avx512vbmi");
  UBP_IF("avx512vbmi2");
  UBP_IF("avx512vnni");
  UBP_IF("avx512bitalg");
  UBP_IF("avx512vpopcntdq");
#undef UBP_IF
  return true;
}

void say(const char* text) {
  if (write(STDERR_FILENO, text, std::strlen(text)) < 0) _exit(static_cast<int>(Exit::internal));
}

// Before every other constructor: those of the engine may use the instructions in question. Nothing is set up yet, so
// there are no streams and no exceptions.
[[gnu::constructor(101)]] void refuse_lesser_processor() {
  __builtin_cpu_init();
  for (const char* const* set = kEngineNeeds; *set; ++set) {
    if (has(*set)) continue;
    say("ubp: this processor lacks ");
    say(*set);
    say(", which this ubp was built for: build ubp on this machine, ./bootstrap build\n");
    _exit(static_cast<int>(Exit::usage));
  }
}
#endif

}  // namespace
}  // namespace ubp
